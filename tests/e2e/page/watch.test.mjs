// Watching a race: the boards are the API's, the dots are where the API says, and they move.
import assert from "node:assert/strict";
import test from "node:test";
import { api, sleep, startTrackside, until } from "../harness.mjs";
import { createRace, hasColour, open, pixels, untilPage, untilPill } from "./browser.mjs";

const ON_COURSE = [0, 114, 178];
const IN_GEOFENCE = [213, 94, 0];
const FINISHED = [0, 122, 90];

const bibs = (page) => page.locator("table[data-board] tr[data-bib]").evaluateAll((rows) => rows.map((r) => Number(r.dataset.bib)));

// The table holds the rows in sight and a few more: they have to be the first of the API's.
async function shows(page, rows, what) {
  const got = await bibs(page);
  assert.ok(got.length >= Math.min(rows.length, 8), `${what}: only ${got.length} rows`);
  assert.deepEqual(got, rows.slice(0, got.length).map((r) => r.competitorId), what);
}

const board = (server, race, limit = 50) => api(server, `/api/races/${race.runId}/board?limit=${limit}`);

test("without a race it says so and leads to Create Race", async (t) => {
  const server = await startTrackside({ t });
  const page = await open(t, server);

  await page.getByRole("heading", { name: "There is no race yet" }).waitFor();
  await page.getByRole("main").getByRole("link", { name: "Create race" }).click();
  await page.waitForURL("**/create");
  await page.getByLabel("Competitors").waitFor();
});

test("race, boards and counts are the API's", async (t) => {
  const server = await startTrackside({ t });
  const race = await createRace(server, { speed: 50, competitors: 120 });
  const page = await open(t, server);

  await untilPill(page, "live");
  await until("somebody is in the geofence", async () => (await board(server, race)).counts.inGeofence > 3);
  await api(server, `/api/races/${race.runId}/pause`, { method: "POST" });
  await untilPill(page, "paused");
  const want = await board(server, race);
  await page.getByText(`As of ${new Date(want.asOf.rawTime * 1000).toISOString().slice(12, 19)}`).waitFor();

  assert.equal(await page.locator('[data-fact="id"]').innerText(), race.runId);
  assert.equal(await page.locator('[data-fact="course"]').innerText(), "Crystal Palace");
  assert.ok((await page.locator('[data-fact="start"] time').getAttribute("datetime")).startsWith(race.startTime.slice(0, 19)));
  for (const [tab, list] of [["Leaders", "leaders"], ["At the front", "front"], ["At the back", "back"], [/In geofence/, "geofence"], ["Just finished", "justFinished"]]) {
    await page.getByRole("tab", { name: tab }).click();
    await shows(page, want[list], String(tab));
  }
  await page.getByRole("tab", { name: /In geofence/ }).click();
  const stays = await page.locator("td.col-stay").allInnerTexts();
  assert.ok(stays.length >= Math.min(want.geofence.length, 8));
  assert.deepEqual(stays, want.geofence.slice(0, stays.length).map((r) => `${Math.floor(r.dwell / 60)}:${String(r.dwell % 60).padStart(2, "0")}`));
  const shown = async (name) => Number((await page.locator(`[data-count="${name}"]`).innerText()).replace(/\D/g, ""));
  assert.deepEqual([await shown("finished"), await shown("not-finished"), await shown("on-course"), await shown("in-geofence")],
    [want.counts.finished, want.counts.competitors - want.counts.finished, want.counts.onCourse, want.counts.inGeofence]);
});

test("pixels prove that the dots are where the API says", async (t) => {
  const server = await startTrackside({ t });
  const race = await createRace(server, { speed: 100, competitors: 60 });
  const page = await open(t, server);

  await until("some have finished, some are in the geofence", async () => {
    const { counts } = await board(server, race);
    return counts.finished > 3 && counts.inGeofence > 1 && counts.onCourse > 20;
  });
  await api(server, `/api/races/${race.runId}/pause`, { method: "POST" });
  await untilPill(page, "paused");
  const { asOf, positions } = await api(server, `/api/races/${race.runId}/positions`);
  await untilPage(page, (s) => window.trackside.clock.newest === s * 1000, asOf.rawTime);
  await sleep(1500);

  await page.addStyleTag({ content: ".leaflet-marker-pane, .leaflet-control, .legend, .map-fit { visibility: hidden }" });
  const box = await page.locator(".map").boundingBox();
  const points = await page.evaluate((all) => all.map((p) => {
    const at = window.trackside.map.latLngToContainerPoint([p.lat, p.lon]);
    return { ...p, x: at.x, y: at.y };
  }), positions);
  const picture = await pixels(page, box);
  const colour = { onCourse: ON_COURSE, inGeofence: IN_GEOFENCE, finished: FINISHED };
  assert.equal(points.length, 60, "nobody vanishes, finishers neither");
  const covered = (p) => points.some((q) => q !== p && Math.hypot(q.x - p.x, q.y - p.y) < 8);
  for (const p of points)
    assert.ok(hasColour(picture, p.x, p.y, colour[p.status], 4) || covered(p), `bib ${p.competitorId} (${p.status}) at ${p.x}, ${p.y}`);
  let stray = 0;
  for (let y = 60; y < picture.height - 60; y += 2)
    for (let x = 60; x < picture.width - 60; x += 2)
      if (hasColour(picture, x, y, ON_COURSE, 0) && !points.some((p) => Math.hypot(p.x - x, p.y - y) < 14)) stray++;
  assert.equal(stray, 0, "no dot where nobody is");
});

test("dots move between ticks, and never back", async (t) => {
  const server = await startTrackside({ t });
  await createRace(server, { competitors: 20 });
  const page = await open(t, server);

  await untilPill(page, "live");
  await untilPage(page, () => window.trackside.clock.newest > 5000);
  const drawn = await page.evaluate(() => new Promise((done) => {
    const seen = [];
    const look = () => {
      seen.push(window.trackside.clock.at(performance.now()));
      if (seen.length < 180) requestAnimationFrame(look);
      else done(seen);
    };
    look();
  }));
  for (let i = 1; i < drawn.length; i++) assert.ok(drawn[i] >= drawn[i - 1], `back at frame ${i}`);
  const between = drawn.filter((ms) => ms % 1000 !== 0).length;
  assert.ok(between > drawn.length / 2, `only ${between} of ${drawn.length} moments lie between ticks`);
  assert.ok(drawn[drawn.length - 1] > drawn[0]);
});

test("lag and drawing delay are two numbers", async (t) => {
  const server = await startTrackside({ t });
  await createRace(server);
  const page = await open(t, server);

  await untilPage(page, () => /^Lag \d/.test(document.querySelector("[data-lag]")?.textContent ?? ""));
  assert.match(await page.locator("[data-behind]").innerText(), /shown \d+\.\d s behind/);
  const metrics = await until("the server hears of what was painted", async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    return /trackside_lag_ms[^\n]*painted/.test(text) && text;
  });
  assert.match(metrics, /painted/);
});

test("a race runs to its end", async (t) => {
  const server = await startTrackside({ t });
  const race = await createRace(server, { speed: 1000, competitors: 30 });
  const page = await open(t, server);

  await untilPill(page, "finished");
  await untilPage(page, () => document.querySelector('[data-count="finished"]').textContent === "30");
  const want = await board(server, race);
  await shows(page, want.leaders, "leaders");
  await page.getByRole("tab", { name: "At the front" }).click();
  await page.getByText("Nobody is running.").waitFor();
  await page.getByRole("tab", { name: "Just finished" }).click();
  await shows(page, want.justFinished, "just finished");
});
