// What a viewer sees of a race, told once for every set-up: scenarios.test.mjs runs it on the embedded store, tests/cluster/page.test.mjs
// on Kafka and on Kafka + Pinot. A set-up is {name, start(options)}, start as startTrackside's.
import assert from "node:assert/strict";
import { api, tempDir, until } from "../harness.mjs";
import { createRace, hasColour, manage, open, operate, pixels, unfold, untilPage, untilBadge } from "./browser.mjs";

const ON_COURSE = [0, 114, 178];
const IN_GEOFENCE = [213, 94, 0];
const FINISHED = [0, 122, 90];
const HOPS = ["published", "acknowledged", "queryable", "pushed", "received", "painted"];

export const board = (server, race, query = "?limit=50") => api(server, `/api/races/${race.runId}/board${query}`);

/** 5025 is 1:23:45. */
export const clockTime = (s) => `${Math.floor(s / 3600)}:${String(Math.floor(s / 60) % 60).padStart(2, "0")}:${String(s % 60).padStart(2, "0")}`;

const bibs = (page) => page.locator("table[data-board] tr[data-bib]").evaluateAll((rows) => rows.map((r) => Number(r.dataset.bib)));

/** The table holds the rows in sight and a few more: until they are the first of the API's. */
export async function shows(page, rows, what) {
  const wanted = rows.map((r) => r.competitorId);
  let got = [];
  await until(`${what}: the API's rows`, async () => {
    got = await bibs(page);
    return got.length >= Math.min(wanted.length, 8) && got.every((bib, k) => bib === wanted[k]);
  }).catch((why) => assert.deepEqual(got, wanted.slice(0, got.length), why.message));
}

/** Until map and table show that second. */
export async function drawn(page, s) {
  await untilPage(page, (ms) => Math.abs(window.trackside.drawnMs - ms) < 1, s * 1000);
  await page.getByText(`As of ${clockTime(s)}`).waitFor();
}

/** A paused race at rest, the same here and there: {asOf, positions}. Its last second is its record's: a board may still be on its way there. */
export async function atRest(page, server, race) {
  await untilBadge(page, "paused");
  const last = await until("the paused race has come to rest", async () => {
    const now = await api(server, `/api/races/${race.runId}/positions`);
    const { anchor } = await api(server, `/api/races/${race.runId}`);
    return now.asOf.rawTime === anchor.rawTime && (await page.evaluate(() => window.trackside.clock.newest)) === now.asOf.rawTime * 1000 && now;
  });
  await drawn(page, last.asOf.rawTime);
  return last;
}

/** Where the map draws those positions: pixels from the map's corner. */
const places = (page, positions) => page.evaluate((all) => all.map((p) => {
  const at = window.trackside.map.latLngToContainerPoint([p.lat, p.lon]);
  return { ...p, x: at.x, y: at.y };
}), positions);

/** Pixels prove that a dot of the right colour is where each position is, and none where nobody is. */
export async function dotsAreThere(page, positions) {
  await page.addStyleTag({ content: ".leaflet-marker-pane, .leaflet-control, .legend, .map-fit { visibility: hidden }" });
  const points = await places(page, positions);
  const picture = await pixels(page, await page.locator(".map").boundingBox());
  const colour = { onCourse: ON_COURSE, inGeofence: IN_GEOFENCE, finished: FINISHED };
  const covered = (p) => points.some((q) => q !== p && Math.hypot(q.x - p.x, q.y - p.y) < 8);
  for (const p of points)
    assert.ok(hasColour(picture, p.x, p.y, colour[p.status], 4) || covered(p), `bib ${p.competitorId} (${p.status}) at ${p.x}, ${p.y}`);
  let stray = 0;
  for (let y = 60; y < picture.height - 60; y += 2)
    for (let x = 60; x < picture.width - 60; x += 2)
      if (hasColour(picture, x, y, ON_COURSE, 0) && !points.some((p) => Math.hypot(p.x - x, p.y - y) < 14)) stray++;
  assert.equal(stray, 0, "no dot where nobody is");
}

/** Facts, counts and every board of a race that stands still are the API's. */
export async function boardsAreTheApis(page, server, race) {
  const want = await board(server, race);
  await unfold(page);
  assert.equal(await page.locator('[data-fact="id"]').innerText(), race.runId);
  assert.equal(await page.locator('[data-fact="course"]').innerText(), "Crystal Palace");
  assert.ok((await page.locator('[data-fact="start"] time').getAttribute("datetime")).startsWith(race.startTime.slice(0, 19)));
  for (const [tab, list] of [["Leaders", "leaders"], ["At the front", "front"], ["At the back", "back"], [/In geofence/, "geofence"], ["Just finished", "justFinished"]]) {
    await page.getByRole("tab", { name: tab }).click();
    await shows(page, want[list], String(tab));
  }
  await page.getByRole("tab", { name: /In geofence/ }).click();
  const stays = await page.locator("td.col-dwell").allInnerTexts();
  assert.ok(stays.length >= Math.min(want.geofence.length, 8));
  assert.deepEqual(stays, want.geofence.slice(0, stays.length).map((r) => `${Math.floor(r.dwell / 60)}:${String(r.dwell % 60).padStart(2, "0")}`));
  const shown = async (name) => Number((await page.locator(`[data-count="${name}"]`).innerText()).replace(/\D/g, ""));
  assert.deepEqual([await shown("finished"), await shown("not-finished"), await shown("on-course"), await shown("in-geofence")],
    [want.counts.finished, want.counts.competitors - want.counts.finished, want.counts.onCourse, want.counts.inGeofence]);
  await page.getByRole("tab", { name: "Leaders" }).click();
}

/** The slider is at that second: dots and boards are as of then. */
async function momentIsShown(page, server, race, s) {
  await page.locator('[data-replay="slider"]').fill(String(s));
  await untilBadge(page, "replay");
  await drawn(page, s);
  await shows(page, (await board(server, race, `?at=${s}&limit=50`)).leaders, `leaders at ${s}`);
  const { positions } = await api(server, `/api/races/${race.runId}/positions?at=${s}`);
  assert.equal(positions.length, race.competitors);
  const far = await page.evaluate((all) => Math.max(...all.map((p) => {
    const is = window.trackside.places.of(p.competitorId - 1);
    return Math.hypot(is.x - p.x, is.y - p.y);
  })), await places(page, positions));
  assert.ok(far < 2, `${far} px off at ${s}`);
}

/** Make a race in the page as a viewer would; its record. */
export async function createInPage(page, server, values) {
  await page.getByLabel("Course", { exact: true }).selectOption("crystal");
  for (const [label, value] of Object.entries(values)) await page.getByLabel(label, { exact: true }).fill(value);
  await page.getByRole("button", { name: "Create race" }).click();
  await page.waitForURL("**/?race=*");
  await untilBadge(page, "live");
  return api(server, `/api/races/${new URL(page.url()).searchParams.get("race")}`);
}

async function wholeLife(t, setUp) {
  const server = await setUp.start({ t });
  const page = await open(t, server, "/create");
  // The race clock does not wait for a page that is slow to load: at speed 50 and 5:00 the whole race took 30 s, and on a busy machine it was
  // over before the page said "live", or before "Pause" was clicked. It begins slowly, and some run for a minute after the first is home.
  const race = await createInPage(page, server, { Competitors: "80", "Fastest pace": "2:24", "Slowest pace": "12:00", Speed: "2", Seed: "7" });

  assert.deepEqual([race.competitors, race.fastest, race.slowest, race.seed, race.anchor.speed], [80, 144, 720, 7, 2]);
  await manage(page);
  await page.getByLabel("Speed").selectOption("50");
  await until("some have finished, some are in the geofence", async () => {
    const { counts } = await board(server, race);
    return counts.finished > 3 && counts.inGeofence > 1;
  });
  await operate(page, "Pause race");
  const { positions } = await atRest(page, server, race);
  assert.equal(positions.length, 80, "nobody vanishes, finishers neither");
  await dotsAreThere(page, positions);
  await boardsAreTheApis(page, server, race);

  await operate(page, "Resume race");
  await untilBadge(page, "live");
  await manage(page);
  await page.getByLabel("Speed").selectOption("1000");
  await untilBadge(page, "finished");
  const allHome = () => untilPage(page, () => document.querySelector('[data-count="finished"]').textContent === "80");
  await allHome();
  await boardsAreTheApis(page, server, race);
  await page.getByRole("tab", { name: "At the front" }).click();
  await page.getByText("Nobody is running.").waitFor();
  await page.getByRole("tab", { name: "Leaders" }).click();

  await momentIsShown(page, server, race, 700);
  await page.locator('[data-replay="speed"]').selectOption("50");
  await page.getByRole("button", { name: "Play from here" }).click();
  await untilPage(page, () => window.trackside.drawnMs > 730000);
  await page.getByRole("button", { name: "Pause the replay" }).click();
  await momentIsShown(page, server, race, 100);
  await page.locator('[data-replay="live"]').click();
  await untilBadge(page, "finished");
  await allHome();
}

async function backInTime(t, setUp) {
  const server = await setUp.start({ t });
  const race = await createRace(server, { speed: 20 });
  const page = await open(t, server, `/?race=${race.runId}`);

  await untilBadge(page, "live");
  await until("some minutes are run", async () => (await board(server, race)).asOf.rawTime > 180);
  await untilPage(page, () => window.trackside.clock.newest > 180000);
  await momentIsShown(page, server, race, 60);
  assert.equal(new URL(page.url()).searchParams.get("at"), "60");
  await page.locator('[data-replay="live"]').click();
  await untilBadge(page, "live");
  await untilPage(page, () => window.trackside.drawnMs > 180000);
  await page.reload();
  await untilBadge(page, "live");
  await page.goto(`${server.url}/?race=${race.runId}&at=90`);
  await untilBadge(page, "replay");
  await drawn(page, 90);
  await api(server, `/api/races/${race.runId}`, { method: "DELETE" });
}

/** Note in the page how often the drawn moment went back. */
export const watchTheClock = (page) => page.evaluate(() => {
  const seen = (window.drawnMoments = { back: 0, last: -Infinity });
  const look = () => {
    const now = window.trackside.drawnMs;
    if (now < seen.last) seen.back++;
    seen.last = now;
    requestAnimationFrame(look);
  };
  look();
});

async function serverDies(t, setUp) {
  const dir = tempDir(t);
  const first = await setUp.start({ dir, t });
  const race = await createRace(first, { speed: 5 });
  const page = await open(t, first, `/?race=${race.runId}`);

  await untilBadge(page, "live");
  await untilPage(page, () => window.trackside.drawnMs > 20000);
  await watchTheClock(page);
  await first.kill();
  await untilBadge(page, "reconnecting");
  assert.match(await page.locator("[data-badge]").innerText(), /^↻\s+Reconnecting/, "in text and shape");
  assert.match(await page.locator(".top .why").innerText(), /does not answer.*tries again.*from 0:0\d:\d\d/);
  const left = await page.evaluate(() => window.trackside.clock.newest);
  const second = await setUp.start({ dir, t, args: ["--listen", new URL(first.url).host] });
  await untilBadge(page, "live");
  await untilPage(page, (ms) => window.trackside.drawnMs > ms + 5000, left);
  const { asOf } = await board(second, race);
  await untilPage(page, (ms) => window.trackside.drawnMs >= ms, asOf.rawTime * 1000);
  assert.equal(await page.evaluate(() => window.drawnMoments.back), 0, "it never jumped back");
  await api(second, `/api/races/${race.runId}`, { method: "DELETE" });
}

async function everyHop(t, setUp) {
  const server = await setUp.start({ t });
  const race = await createRace(server, { speed: 2 });
  const page = await open(t, server, `/?race=${race.runId}`);

  await page.getByText("Data delay").click();
  await untilPage(page, () => /^\d+ ms$/.test(document.querySelector("[data-late]")?.textContent ?? ""));
  await untilPage(page, () => /^\d+\.\d s$/.test(document.querySelector("[data-chosen]")?.textContent ?? ""));
  const read = () => page.locator("[data-hop]").evaluateAll((all) => all.map((row) => ({ hop: row.dataset.hop,
    p50: row.cells[2].textContent, p99: row.cells[4].textContent, x: row.querySelector(".hop-step")?.getBoundingClientRect().x })));
  const ms = (text) => Number(text.replace(/\D/g, ""));
  // Not every tick has every stamp, so that the figures of a few ticks need not be in order yet.
  const inOrder = (rows) => rows.every((r, k) => /^\d/.test(r.p50) && ms(r.p50) <= ms(r.p99) &&
    (k === 0 || (ms(r.p50) >= ms(rows[k - 1].p50) && r.x >= rows[k - 1].x)));
  let rows = [];
  await until("every hop has its figures, none before the one before it, and its bar begins where that one's ended",
    async () => (rows = await read()).length === HOPS.length && inOrder(rows)).catch((why) => assert.fail(`${why.message}: ${JSON.stringify(rows)}`));
  assert.deepEqual(rows.map((r) => r.hop), HOPS);
  await page.locator(`[data-note="${{ embedded: "local", pinot: "pinot" }[setUp.name] ?? "none"}"]`).waitFor({ state: setUp.name === "kafka" ? "detached" : "visible" });
  await until("nothing is amiss", async () => (await page.locator(".hops .warm").count()) === 0);
  await api(server, `/api/races/${race.runId}`, { method: "DELETE" });
}

export const SCENARIOS = [
  ["a race is created in the page, watched, paused, run to its end and played again", wholeLife],
  ["of a running race a moment is shown, by the slider and by a link, and live again", backInTime],
  ["the server dies in mid-race: the page says so, comes back with it, and nothing jumps back", serverDies],
  ["how late the data are: every hop with its figures, later ones not earlier", everyHop],
];
