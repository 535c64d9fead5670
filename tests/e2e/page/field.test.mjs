// What the page says of a whole field: who is found by a name, how many are where, and who is marked for having stayed too long.
import assert from "node:assert/strict";
import test from "node:test";
import { api, startTrackside, until } from "../harness.mjs";
import { createRace, keepPicture, open, untilPage } from "./browser.mjs";

const NAMES = ["Jörg Müller", "Åse Ødegård", "José García", "Łukasz Żak", "Ngô Thị Ánh", "Müller-Lüdenscheidt, Kay"];

async function named(server, race) {
  const roster = `competitorId,name\n${NAMES.map((name, i) => `${i + 1},"${name}"`).join("\n")}\n`;
  const put = await fetch(`${server.url}/api/races/${race.runId}/roster`, { method: "PUT", body: roster });
  assert.ok(put.ok, await put.text());
}

const count = (page, name) => page.locator(`[data-count="${name}"]`).textContent();
const number = async (page, name) => Number(((await count(page, name)).match(/\d[\d,]*/) ?? ["0"])[0].replace(/,/g, ""));
const shownBibs = (page) => page.locator("#board tr[data-bib]").evaluateAll((rows) => rows.map((r) => Number(r.dataset.bib)));

test("names are found without their accents, and Enter takes the first row", async (t) => {
  const server = await startTrackside({ t });
  const race = await createRace(server, { competitors: 6, stopRatio: 0, speed: 20 });
  await named(server, race);
  await until("they are apart", async () => (await api(server, `/api/races/${race.runId}/board?limit=1`)).asOf.rawTime > 200);
  await api(server, `/api/races/${race.runId}/pause`, { method: "POST" });
  const page = await open(t, server, `/?race=${race.runId}`);
  await page.getByText("Jörg Müller").first().waitFor();
  const box = page.getByRole("searchbox");
  for (const [text, bibs] of [["mull", [1, 6]], ["ase od", [2]], ["garcia", [3]], ["zak", [4]], ["LUKASZ", [4]], ["ngo thi anh", [5]], ["müller", [1, 6]]]) {
    await box.fill(text);
    await until(`${text} finds ${bibs}`, async () => String((await shownBibs(page)).sort((a, b) => a - b)) === String(bibs));
  }
  await box.fill("mull");
  await until("both Müllers", async () => (await shownBibs(page)).length === 2);
  const [first] = await shownBibs(page);
  await box.press("Enter");
  await untilPage(page, (bib) => new URLSearchParams(location.search).get("runner") === bib, String(first));
  // The first row is the one that leads, whichever bib is lower.
  const { leaders } = await api(server, `/api/races/${race.runId}/board?limit=6`);
  assert.equal(leaders.map((r) => r.competitorId).find((bib) => bib === 1 || bib === 6), first);
});

test("a race that waits for its start has nobody on the course, and the counts of one under way add up", async (t) => {
  const server = await startTrackside({ t });
  const later = await createRace(server, { competitors: 300, startTime: new Date(Date.now() + 3600_000).toISOString() });
  const page = await open(t, server, `/?race=${later.runId}`);
  await untilPage(page, () => document.querySelector('[data-count="not-started"]') !== null);
  assert.equal(await number(page, "not-started"), 300);
  assert.equal(await number(page, "on-course"), 0);
  assert.equal(await number(page, "finished"), 0);

  const race = await createRace(server, { competitors: 231, speed: 100 });
  await until("some are home", async () => (await api(server, `/api/races/${race.runId}/board?limit=1`)).counts.finished > 20);
  await api(server, `/api/races/${race.runId}/pause`, { method: "POST" });
  await page.goto(`${server.url}/?race=${race.runId}`);
  const { counts } = await api(server, `/api/races/${race.runId}/board?limit=1`);
  await untilPage(page, (n) => document.querySelector('[data-count="finished"]')?.textContent === String(n), counts.finished);
  const started = (await page.locator('[data-count="not-started"]').count()) ? await number(page, "not-started") : 0;
  assert.equal((await number(page, "on-course")) + (await number(page, "finished")) + started, 231);
  assert.ok((await number(page, "in-geofence")) <= (await number(page, "on-course")), "those in the geofence are on the course too");
});

test("in a geofence of 3 km only those are marked who stay longer than their own pace explains", async (t) => {
  const server = await startTrackside({ t });
  const at = (km) => [8 + km / 73.1, 49]; // 73.1 km a degree of longitude at 49°
  const line = { type: "LineString", coordinates: Array.from({ length: 241 }, (_, k) => at(k / 40)) };
  assert.equal((await fetch(`${server.url}/api/courses?shortName=zone`, { method: "POST", body: JSON.stringify(line) })).status, 201);
  const [west, east] = [at(1.5)[0], at(4.5)[0]];
  const fence = { type: "Polygon", coordinates: [[[west, 48.99], [east, 48.99], [east, 49.01], [west, 49.01], [west, 48.99]]] };
  const put = await fetch(`${server.url}/api/courses/zone/geofence`, { method: "PUT", body: JSON.stringify(fence) });
  assert.ok(put.ok, await put.text());
  const race = await createRace(server, { course: "zone", competitors: 661, fastest: 200, slowest: 420, stopRatio: 0.03, minPause: 1500, maxPause: 1500, speed: 100 });
  const board = () => api(server, `/api/races/${race.runId}/board?limit=1`);
  await until("nearly all are in it", async () => (await board()).asOf.rawTime > 640);
  await api(server, `/api/races/${race.runId}/pause`, { method: "POST" });
  const page = await open(t, server, `/?race=${race.runId}`);
  await page.getByRole("tab", { name: /In geofence/ }).click();
  await untilPage(page, () => document.querySelector("[data-marked]") !== null);
  const inside = (await board()).counts.inGeofence;
  assert.ok(inside > 500, `${inside} are inside`);
  const marked = () => page.locator("[data-marked]").first().getAttribute("data-marked").then(Number);
  assert.ok((await marked()) <= 40, `${await marked()} of ${inside} are marked while all of them move`);
  await api(server, `/api/races/${race.runId}/resume`, { method: "POST" });
  await until("those who stand for long are marked", async () => (await marked()) >= 5);
  assert.ok((await marked()) <= 40, `${await marked()} are marked`);
  await keepPicture(page, "zone");
});
