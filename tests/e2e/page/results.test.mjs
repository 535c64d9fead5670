// The results as a list: everybody, as the API has it, on the screen and on paper; and what is said while it is not final.
import assert from "node:assert/strict";
import test from "node:test";
import { api, startTrackside, text, until } from "../harness.mjs";
import { findings } from "./axe.mjs";
import { createRace, keepPicture, open } from "./browser.mjs";

const raceTime = (s) => `${Math.floor(s / 3600)}:${String(Math.floor(s / 60) % 60).padStart(2, "0")}:${String(s % 60).padStart(2, "0")}`;

/** A race that is over, with names that have to be quoted. */
async function startFinished(t, competitors) {
  const server = await startTrackside({ t });
  const race = await createRace(server, { competitors, speed: 1000 });
  const lines = Array.from({ length: competitors }, (_, i) => `${i + 1},"Runner ""${i + 1}"", the ${i + 1}th"`);
  const put = await fetch(`${server.url}/api/races/${race.runId}/roster`, { method: "PUT", body: ["competitorId,name", ...lines, ""].join("\n") });
  assert.ok(put.ok, await put.text());
  await until("it is over", async () => (await api(server, `/api/races/${race.runId}`)).state === "finished", 120000);
  return { server, race };
}

const rows = (page, which) => page.$$eval(`table[data-results="${which}"] tbody tr`, (all) => all.map((tr) => [...tr.cells].map((c) => c.textContent)));

/** rank, bib, name, time and gap of every finisher, out of the API's CSV. */
function expected(csv) {
  const lines = csv.trim().split("\n");
  assert.equal(lines.shift(), "rank,competitorId,name,finishTime,rawTime,distance,pacePerKm,dwellTotal,finishHms,rawHms,paceHms,dwellHms");
  const all = lines.map((line) => /^(\d+),(\d+),"((?:[^"]|"")*)",(\d+),/.exec(line)).map(([, rank, bib, name, time]) => [rank, bib, name.replace(/""/g, '"'), Number(time)]);
  const best = all[0][3];
  return all.map(([rank, bib, name, time]) => {
    const gap = time - best;
    return [rank, bib, name, raceTime(time), gap ? `+${gap >= 3600 ? raceTime(gap) : `${Math.floor(gap / 60)}:${String(gap % 60).padStart(2, "0")}`}` : ""];
  });
}

test("500 finishers: the screen and every page of paper have what the API has", async (t) => {
  const { server, race } = await startFinished(t, 500);
  const page = await open(t, server, `/?race=${race.runId}`, { colorScheme: "dark" });
  await page.getByRole("link", { name: "Results", exact: true }).click();
  await page.locator('[data-standing="final"]').getByText("The race is over: 500 of 500 finished.").waitFor();
  assert.equal(new URL(page.url()).pathname, "/results");
  const wanted = expected(await text(server, `/api/races/${race.runId}/results.csv`));
  assert.equal(wanted.length, 500);
  assert.deepEqual((await rows(page, "finished")).map((r) => r.slice(0, 5)), wanted);
  assert.equal(await page.locator('table[data-results="out"]').count(), 0);
  await until("the title has the course's name", async () => /^Results: Crystal Palace/.test(await page.title()));
  assert.match(await page.locator(".results-head").innerText(), new RegExp(`2\\d{3}.* · 4\\.9\\d km · ${race.runId}`));
  assert.equal(await page.getByRole("link", { name: "Results (CSV)" }).getAttribute("href"), `/api/races/${race.runId}/results.csv`);
  const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Results (CSV)" }).click()]);
  assert.equal(saved.suggestedFilename(), `results-crystal-${race.startTime.slice(0, 10)}.csv`);
  await keepPicture(page, "results-dark");
  assert.deepEqual(await findings(page), []);

  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  for (const control of [".results-controls", ".results-controls button"]) assert.equal(await page.locator(control).first().isVisible(), false, control);
  const ink = await page.$eval(".results-head h1", (e) => getComputedStyle(e).color);
  assert.equal(ink, "rgb(0, 0, 0)", "dark on white whatever the screen is");
  assert.equal(await page.$eval("table.results thead", (e) => getComputedStyle(e).display), "table-header-group", "its rows are on every page");
  assert.equal(await page.$eval("table.results thead th", (e) => getComputedStyle(e).position), "static");
  const pdf = (await page.pdf({ format: "A4" })).toString("latin1");
  const pages = pdf.match(/\/Type\s*\/Page\b(?!s)/g).length;
  assert.ok(pages >= 8 && pages <= 20, `${pages} pages`);
  await keepPicture(page, "results-print");
});

test("the button prints, the way back leads to the race", async (t) => {
  const { server, race } = await startFinished(t, 20);
  const page = await open(t, server, `/results?race=${race.runId}`);
  await page.evaluate(() => {
    window.print = () => { window.printed = (window.printed ?? 0) + 1; };
  });
  await page.getByRole("button", { name: "Print" }).click();
  assert.equal(await page.evaluate(() => window.printed), 1);
  await page.getByRole("link", { name: "Back to the race" }).click();
  await page.locator('[data-badge="finished"]').waitFor();
  assert.equal(new URL(page.url()).searchParams.get("race"), race.runId);
});

test("while it runs they are provisional and say who is still out; when it is stopped, who did not finish", async (t) => {
  const server = await startTrackside({ t });
  const race = await createRace(server, { competitors: 60, speed: 100, stopRatio: 0 });
  const results = async () => (await text(server, `/api/races/${race.runId}/results.csv`)).trim().split("\n").slice(1).map((l) => l.split(","));
  await until("some are there and some are not", async () => (await results()).filter((r) => r[2] !== "").length > 5);
  await api(server, `/api/races/${race.runId}/pause`, { method: "POST" });
  const page = await open(t, server, `/results?race=${race.runId}`);
  await page.locator('[data-standing="provisional"]').getByText("Provisional.").waitFor();
  const all = await results();
  const there = all.filter((r) => r[2] !== "").length;
  assert.match(await page.locator("[data-standing]").textContent(), new RegExp(`${there} of 60 ha(s|ve) finished; still out: ${60 - there}\\. The race is paused\\.`));
  assert.deepEqual((await rows(page, "finished")).map((r) => r[1]), all.filter((r) => r[2] !== "").map((r) => r[1]));
  assert.deepEqual((await rows(page, "out")).map((r) => r[1]), all.filter((r) => r[2] === "").map((r) => r[1]));
  await page.locator("caption").getByText("Still out").waitFor();
  await keepPicture(page, "results-provisional");
  assert.deepEqual(await findings(page), []);

  await api(server, `/api/races/${race.runId}/stop`, { method: "POST" });
  await page.reload();
  await page.locator("[data-standing]").getByText(/The race was stopped at .*: \d+ of 60 finished, \d+ did not\./).waitFor();
  await page.locator("caption").getByText("Did not finish").waitFor();
});

test("nothing is empty without a reason: no race, none of that name, none that has begun", async (t) => {
  const server = await startTrackside({ t });
  const page = await open(t, server, "/");
  await page.getByRole("heading", { name: "There is no race yet" }).waitFor();
  for (const ofRace of ["[data-badge]", ".race-clock", ".lag", ".updates", ".race-select"]) assert.equal(await page.locator(ofRace).count(), 0, ofRace);
  await page.getByRole("main").getByRole("link", { name: "Create race" }).waitFor();
  await page.goto(`${server.url}/results`);
  await page.getByText("There is no race yet").waitFor();
  await page.getByRole("link", { name: "Create race" }).waitFor();
  await page.goto(`${server.url}/results?race=nowhere`);
  await page.getByRole("alert").getByText(/could not be loaded: .*nowhere/).waitFor();
  const later = await createRace(server, { startTime: new Date(Date.now() + 3_600_000).toISOString() });
  await page.goto(`${server.url}/results?race=${later.runId}`);
  await page.getByText("The race has not started yet, so there are no results.").waitFor();
  await page.goto(`${server.url}/?race=${later.runId}`);
  await page.locator('[data-badge="scheduled"]').waitFor();
  assert.equal(await page.locator(".lag").innerText(), "", "what has no lag says none");
  const now = await createRace(server);
  await page.goto(`${server.url}/results?race=${now.runId}`);
  await page.getByText("Nobody has finished.").waitFor();
  await until("it has begun", async () => (await api(server, `/api/races/${now.runId}/board`)).asOf.rawTime > 0);
  await api(server, `/api/races/${now.runId}/stop`, { method: "POST" });
  await page.setViewportSize({ width: 1440, height: 1600 }); // where the charts are not folded away
  await page.goto(`${server.url}/?race=${now.runId}`);
  await page.locator(".chart-empty").getByText("Nobody has finished.").waitFor();
});
