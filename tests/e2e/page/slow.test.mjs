// On a slow connection (3G: 50 kB/s, 400 ms) the course of a half marathon and the first dots are there soon; until then the
// page says that it loads.
// Runs alone: it measures a page that loads.
import assert from "node:assert/strict";
import test, { after } from "node:test";
import { api, startTrackside, until } from "../harness.mjs";
import { createRace, keepPicture, open, untilPage, untilBadge } from "./browser.mjs";

const POINTS = 14000;
/** An idle machine draws the first dots after this time when the network costs nothing. */
const MACHINE_MS = 500;
const LIMIT_MS = 4000;
const TRIES = 3;
const SLOW = { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 };

/** A half marathon as a watch records it: 21.1 km, winding, a point each 1.5 m. */
function halfMarathon() {
  const line = [];
  let [lon, lat, heading] = [8.4, 49.0, 0];
  for (let k = 0; k < POINTS; k++) {
    line.push(`<trkpt lat="${lat.toFixed(7)}" lon="${lon.toFixed(7)}"/>`);
    heading += 0.0045 * Math.sin(k / 90) + 0.0011 * Math.cos(k / 700) + 0.00012;
    lat += (1.507 * Math.cos(heading)) / 111_195;
    lon += (1.507 * Math.sin(heading)) / (111_195 * Math.cos((lat * Math.PI) / 180));
  }
  return `<?xml version="1.0"?><gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1"><trk><name>Half</name><trkseg>${line.join("")}</trkseg></trk></gpx>`;
}

let shared; // one server and race for the tests that only look

async function raceOnHalf() {
  shared ??= await makeRaceOnHalf();
  return shared;
}

after(() => shared?.server.kill());

async function makeRaceOnHalf() {
  const server = await startTrackside();
  const put = await fetch(`${server.url}/api/courses?fileName=half.gpx&shortName=long-half`, { method: "POST", body: halfMarathon() });
  assert.ok(put.ok, await put.text());
  const race = await createRace(server, { course: "long-half", competitors: 300, stopRatio: 0, speed: 100 });
  await until("the field is spread", async () => (await api(server, `/api/races/${race.runId}/board?limit=1`)).asOf.rawTime > 1500);
  await api(server, `/api/races/${race.runId}/speed`, { method: "POST", body: { speed: 1 } });
  return { server, race };
}

async function slowDown(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", SLOW);
}

/** When the first dots are drawn without a slow network: what this machine needs now. */
async function machineNeeds(t, server, race) {
  const page = await open(t, server, `/?race=${race.runId}`);
  await untilPage(page, () => performance.getEntriesByName("first-dots").length > 0);
  const ms = await page.evaluate(() => performance.getEntriesByName("first-dots")[0].startTime);
  await page.context().close();
  return ms;
}

/** Writes down in window.seen what a viewer sees, each time that it changes. */
function watchWhatIsSeen() {
  window.seen = [];
  const look = () => {
    const badge = document.querySelector("[data-badge]")?.getAttribute("data-badge");
    const dots = performance.getEntriesByName("first-dots").length > 0;
    const scale = document.querySelector(".leaflet-control-scale");
    const said = `${badge} ${dots ? "dots" : "empty"} ${document.querySelector(".map-wait") ? "loading" : "-"} ${scale && scale.checkVisibility({ checkVisibilityCSS: true }) ? scale.textContent : "-"}`;
    if (badge && window.seen.at(-1) !== said) window.seen.push(said);
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** A page on the slow network, once it has drawn its first dots, and when that was. */
async function slowLoad(t, server, race) {
  const page = await open(t, server, "/api/config");
  await slowDown(page);
  await page.addInitScript(watchWhatIsSeen);
  await page.goto(`${server.url}/?race=${race.runId}`, { waitUntil: "commit" });
  if (process.env.TRACKSIDE_PICTURES) await page.locator(".map-wait").waitFor();
  await keepPicture(page, "slow-waits");
  await untilPage(page, () => performance.getEntriesByName("first-dots").length > 0);
  const dotsMs = await page.evaluate(() => performance.getEntriesByName("first-dots")[0].startTime);
  t.diagnostic(await page.evaluate(() => performance.getEntriesByType("resource").filter((r) => r.startTime < 6000).map((r) => `${r.name.split("/").at(-1).slice(0, 30)} ${Math.round(r.startTime)}…${Math.round(r.responseEnd)} ${r.transferSize}`).join("; ")));
  return { page, dotsMs };
}

// What else runs on the machine can only add to the time of a load, so the best of a few tries is what the page needs.
test("first dots on 3G within 4 s", async (t) => {
  const { server, race } = await raceOnHalf();
  let best = Infinity;
  for (let k = 0; k < TRIES && best > LIMIT_MS; k++) {
    const machineMs = await machineNeeds(t, server, race);
    const { page, dotsMs } = await slowLoad(t, server, race);
    await page.context().close();
    t.diagnostic(`first dots after ${Math.round(dotsMs)} ms, without a slow network after ${Math.round(machineMs)} ms`);
    best = Math.min(best, dotsMs - Math.max(0, machineMs - MACHINE_MS));
  }
  assert.ok(best <= LIMIT_MS, `first dots after ${Math.round(best)} ms, without what this machine needs beyond ${MACHINE_MS} ms`);
});

test("until the first dots the page says that it loads, and the exact line comes later without a jump", async (t) => {
  const { server, race } = await raceOnHalf();
  const { page } = await slowLoad(t, server, race);
  await untilBadge(page, "live");
  await keepPicture(page, "slow-dots");
  const seen = await page.evaluate(() => window.seen);
  const empty = seen.filter((s) => / empty /.test(s));
  assert.ok(empty.some((s) => /loading/.test(s)), seen.join(" | "));
  for (const s of empty) assert.match(s, /^loading empty (loading -|- \d{1,3} k?m|- -)$/, seen.join(" | "));

  const place = () => page.evaluate(() => {
    const at = [0.1, 0.3, 0.5, 0.7, 0.9].map((share) => window.trackside.places.at(share * 21_098));
    return { zoom: window.trackside.map.getZoom(), at: at.map((p) => [p.x, p.y]) };
  });
  const vertices = () => page.evaluate(() => performance.getEntriesByType("resource").filter((r) => r.name.includes("/api/courses/long-half") && !r.name.includes("points=")).length);
  const rough = await place();
  await until("the exact line is asked for", async () => (await vertices()) === 1);
  const moved = async () => Math.max(...(await place()).at.map(([x, y], k) => Math.hypot(x - rough.at[k][0], y - rough.at[k][1])));
  await page.waitForLoadState("networkidle");
  assert.equal((await place()).zoom, rough.zoom, "the view stays");
  assert.ok((await moved()) <= 1, `a place moved by ${await moved()} px`);
});

test("a course that cannot be loaded is tried again, and the sentence goes", async (t) => {
  const server = await startTrackside({ t });
  const race = await createRace(server);
  const page = await open(t, server, "/api/config");
  let refuse = true;
  await page.route(/\/api\/courses\/crystal/, (route) => (refuse ? route.fulfill({ status: 503, json: { error: "The store is away." } }) : route.continue()));
  await page.goto(`${server.url}/?race=${race.runId}`);
  await page.getByText("The store is away.").waitFor();
  await page.locator('[data-badge="loading"]').waitFor();
  refuse = false;
  await untilBadge(page, "live");
  assert.equal(await page.getByText("The store is away.").count(), 0);
});
