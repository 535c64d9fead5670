// Checkpoints on the page: signs on the map, the fold with its figures and cut-offs, the times on the card and in the results.
import assert from "node:assert/strict";
import test from "node:test";
import { api, startTrackside, until } from "../harness.mjs";
import { findings } from "./axe.mjs";
import { createRace, keepPicture, open } from "./browser.mjs";

const points = [...Array(21).keys()].map((i) => `<trkpt lat="51" lon="${(i / 1000).toFixed(3)}"/>`).join("");
const gpx = `<gpx><metadata><name>Valley</name></metadata><trk><trkseg>${points}</trkseg></trk></gpx>`;
const LIST = 'name,kind,distance,cutoff\n"<b>Hut</b>",aid,400,0:02:00\nTop,,900,0:04:00\nTop,,1200,\n';
const hms = (s) => `${Math.floor(s / 3600)}:${String(Math.floor(s / 60) % 60).padStart(2, "0")}:${String(s % 60).padStart(2, "0")}`;

async function startRace(t) {
  const server = await startTrackside({ t });
  await fetch(`${server.url}/api/courses?shortName=valley`, { method: "POST", body: gpx });
  const put = await fetch(`${server.url}/api/courses/valley/checkpoints`, { method: "PUT", body: LIST });
  assert.ok(put.ok, await put.text());
  const race = await createRace(server, { course: "valley", competitors: 40, slowest: 400, stopRatio: 0, speed: 1000 });
  await until("it is over", async () => (await api(server, `/api/races/${race.runId}`)).state === "finished", 120000);
  return { server, race };
}

test("a race with checkpoints: map, fold, card, results", async (t) => {
  const { server, race } = await startRace(t);
  const { checkpoints } = await api(server, `/api/races/${race.runId}/checkpoints`);
  const { cutoffs } = await api(server, `/api/races/${race.runId}/cutoffs`);
  const page = await open(t, server, `/?race=${race.runId}`, { viewport: { width: 1900, height: 900 } });

  await page.locator(".cp-sign").nth(2).waitFor({ state: "attached" });
  assert.deepEqual(await page.locator(".cp-sign").allTextContents(), ["<b>Hut</b>", "Top", "Top"], "names are text");

  const board = await api(server, `/api/races/${race.runId}/board`);
  const cell = page.locator("#board tbody tr", { hasText: hms(board.leaders[0].rawTime) }).first().locator("td", { hasText: "Top (2)" });
  assert.equal(await cell.textContent(), `Top (2) ${hms(board.leaders[0].checkpoint.rawTime)}`, "the last checkpoint that was passed");

  await page.locator(".checkpoints-panel > summary").click();
  await page.locator('[data-checkpoint="3"]').waitFor();
  const rows = await page.$$eval(".checkpoints tbody tr", (all) => all.map((tr) => [...tr.cells].map((c) => c.textContent)));
  assert.deepEqual(rows.map((r) => r.slice(0, 1).concat(r.slice(2, 6))), checkpoints.map((c) => [
    `${c.number} ${c.passes > 1 ? `${c.name} (${c.pass})` : c.name}`, String(c.passed), hms(c.first.rawTime), hms(c.last), c.cutoff ? hms(c.cutoff) : ""]));
  assert.deepEqual(rows.map((r) => r[6]), [String(cutoffs[0].behind), String(cutoffs[1].behind), ""]);
  assert.ok(cutoffs[0].behind > 0);
  assert.equal(await page.locator('[data-cutoff="1"] h2').textContent(), "Behind the cut-off 0:02:00 at <b>Hut</b>");
  const late = cutoffs[0].behindList[0];
  const first = page.locator('[data-cutoff="1"] li').first();
  assert.match(await first.textContent(), new RegExp(`^${late.competitorId} \\d:\\d\\d late$`));
  await keepPicture(page, "checkpoints");
  assert.deepEqual(await findings(page), []);

  await first.getByRole("button").click();
  await page.locator(".competitor details summary").click();
  const own = (await api(server, `/api/races/${race.runId}/competitors/${late.competitorId}`)).checkpoints;
  const said = await page.locator("[data-checkpoints] li").allTextContents();
  assert.equal(said.length, 3);
  assert.ok(said[0].startsWith(`<b>Hut</b> ${hms(own[0].rawTime)} rank ${own[0].rank}`), said[0]);
  assert.match(said[0], /late$/);

  await page.goto(`${server.url}/results?race=${race.runId}`);
  await page.locator('table[data-results="finished"]').waitFor();
  assert.deepEqual((await page.locator('table[data-results="finished"] th.results-checkpoint').allTextContents()), ["<b>Hut</b>", "Top (1)", "Top (2)"]);
  const row = page.locator(`tr[data-bib="${late.competitorId}"] .results-checkpoint`);
  assert.deepEqual(await row.allTextContents(), own.map((c) => hms(c.rawTime)));
});

test("a race without checkpoints has no fold for them", async (t) => {
  const server = await startTrackside({ t });
  const race = await createRace(server, { competitors: 5 });
  const page = await open(t, server, `/?race=${race.runId}`);
  await page.locator(".folds summary").first().waitFor();
  await page.locator(".km-mark").first().waitFor({ state: "attached" });
  assert.equal(await page.locator(".checkpoints-panel").count(), 0);
  assert.equal(await page.locator(".cp-sign").count(), 0);
});
