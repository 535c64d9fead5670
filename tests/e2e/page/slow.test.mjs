// On a slow connection (3G: 50 kB/s, 400 ms) the course of a half marathon and the first dots are there soon; until then the
// page says that it loads.
import assert from "node:assert/strict";
import test, { after } from "node:test";
import { api, startTrackside, until } from "../harness.mjs";
import { createRace, keepPicture, open, untilPage, untilBadge } from "./browser.mjs";

const POINTS = 14000;
/** What an idle machine needs for the first dots when the network costs nothing. */
const MACHINE_MS = 500;
const LIMIT_MS = 4000;
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
  return { page, dotsMs };
}

/** What the page loaded until the first dots: [{name, from, to, bytes}], the document first. */
const loadedBefore = (page, dotsMs) => page.evaluate((dots) => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .map((r) => ({ name: r.name.split("/").at(-1).slice(0, 30), from: r.startTime, to: r.responseEnd, bytes: r.transferSize }))
  .filter((r) => r.from < dots), dotsMs);

/** How many of them had to wait for one another: the longest chain of loads of which each began after the one before had ended. */
function roundTrips(loads) {
  let [trips, end] = [0, -1];
  for (const { from, to } of [...loads].sort((a, b) => a.to - b.to)) {
    if (from < end) continue;
    trips++;
    end = to;
  }
  return trips;
}

// Bytes and round trips are what the page decides; a clock would measure this machine as well. So the time is computed of the two.
test("first dots on 3G need at most the bytes and round trips of 4 s", async (t) => {
  const { server, race } = await raceOnHalf();
  const { page, dotsMs } = await slowLoad(t, server, race);
  const loads = await loadedBefore(page, dotsMs);
  t.diagnostic(loads.map((r) => `${r.name} ${Math.round(r.from)}…${Math.round(r.to)} ${r.bytes}`).join("; "));
  const bytes = loads.reduce((sum, r) => sum + r.bytes, 0);
  const trips = roundTrips(loads) + 1; // and the socket, which brings the dots
  const ms = (bytes / SLOW.downloadThroughput) * 1000 + trips * SLOW.latency;
  t.diagnostic(`${bytes} bytes, ${trips} round trips: ${Math.round(ms)} ms; first dots on this machine now after ${Math.round(dotsMs)} ms`);
  assert.ok(bytes > 60_000 && trips >= 3, "the loads are seen");
  assert.ok(ms <= LIMIT_MS - MACHINE_MS, `${bytes} bytes in ${trips} round trips take ${Math.round(ms)} ms of ${LIMIT_MS - MACHINE_MS}`);
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
