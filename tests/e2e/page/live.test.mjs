// A live race on a phone: what the page says of people of whom it is not known beforehand how many run.
import assert from "node:assert/strict";
import test from "node:test";
import { api, startTrackside, until } from "../harness.mjs";
import { ask, post } from "../http.mjs";
import { manage, open, untilBadge } from "./browser.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const LIST = "bib,name\n1,Ann Hill\n2,Bob Dale\n";

const sideways = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** A live race of two people who are on the course; the course has checkpoints. */
async function liveRace(server) {
  const checkpoints = Array.from({ length: 6 }, (_, k) => `Checkpoint ${k + 1},${(k + 1) * 100}`);
  await ask(server, "/api/courses/crystal/checkpoints", { method: "PUT", body: ["name,distance", ...checkpoints, ""].join("\n") });
  await post(server, "/api/races", { kind: "live", course: "crystal", runId: "live" });
  await ask(server, "/api/races/live/startlist", { method: "PUT", body: LIST });
  const start = Math.floor(Date.now() / 1000) - 600;
  await post(server, "/api/races/live/start", { at: new Date(start * 1000).toISOString() });
  const file = await api(server, "/api/courses/crystal?format=geojson");
  const line = file.features.map((f) => f.geometry).find((g) => g.type === "LineString").coordinates;
  const fixes = ["1", "2"].flatMap((bib) => line.slice(0, 20).map(([lon, lat], i) => JSON.stringify({ bib, time: start + i * 15, lat, lon, accuracy: 5 })));
  await ask(server, "/api/races/live/fixes", { method: "POST", body: fixes.join("\n") });
  await until("both are on the board", async () => (await api(server, "/api/races/live/board")).counts?.competitors === 2);
}

test("a live race has no pause and no speed, and its results say how many there are", async (t) => {
  const server = await startTrackside({ t });
  await liveRace(server);
  const page = await open(t, server, "/?race=live", PHONE);
  await page.locator('tr[data-bib="2"]').waitFor();
  await manage(page);
  await page.locator('[data-action="stop"]').waitFor();
  assert.equal(await page.locator('[data-action="pause"], [data-speed]').count(), 0);
  await page.goto(`${server.url}/results?race=live`);
  await page.getByText("0 of 2 have finished").waitFor();
  const name = page.locator('[data-results="out"] td.results-name').first();
  assert.ok((await name.boundingBox()).width > 90, "the name is not cut to a letter a line");
  assert.ok((await sideways(page)) <= 0, "nothing is cut at the side");
});

test("a live race that waits for its start does not say when that is", async (t) => {
  const server = await startTrackside({ t });
  await post(server, "/api/races", { kind: "live", course: "crystal", runId: "live" });
  const page = await open(t, server, "/?race=live", PHONE);
  await untilBadge(page, "scheduled");
  assert.equal(await page.getByText("starts in").count(), 0);
});
