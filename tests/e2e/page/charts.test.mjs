// Charts: loaded when they are shown, right for who comes late, in words too, and nothing while nobody sees them.
import assert from "node:assert/strict";
import test from "node:test";
import { api, sleep, startTrackside, text, until } from "../harness.mjs";
import { createRace, hasColour, hide, open, pixels, untilPage, untilBadge } from "./browser.mjs";

const ROOMY = { viewport: { width: 1440, height: 1080 } };

const says = (page, name) => page.locator(`[data-chart="${name}"] [role="img"]`).first().getAttribute("aria-label");
const choose = (page, pair) => page.locator(".chart-choice").getByRole("button", { name: pair }).click();
const seconds = (hms) => hms.split(":").reduce((s, part) => 60 * s + Number(part), 0);

async function finishedRace(server, more = {}) {
  const race = await createRace(server, { speed: 1000, ...more });
  await until("it is over", async () => (await api(server, `/api/races/${race.runId}`)).state === "finished");
  return race;
}

// Finish times as the server has them, in order.
async function results(server, race) {
  const [head, ...lines] = (await text(server, `/api/races/${race.runId}/results.csv`)).trim().split("\n").map((l) => l.split(","));
  const at = head.findIndex((name) => /finish/i.test(name));
  assert.ok(at >= 0, head.join());
  return lines.map((l) => l[at]).filter((s) => s !== "").map((s) => (s.includes(":") ? seconds(s) : Number(s))).sort((a, b) => a - b);
}

test("who comes late sees all finishers at their own times, in the chart and in words", async (t) => {
  const server = await startTrackside({ t });
  const race = await finishedRace(server);
  const times = await results(server, race);
  const page = await open(t, server, `/?race=${race.runId}`, ROOMY);

  await page.locator('[data-chart="finishers"] canvas').waitFor();
  const [, count, total, first, half, last] = /(\d+) of (\d+) have finished: the first after (\S+), half of them by (\S+), the last so far after ([\d:]+)/
    .exec(await says(page, "finishers"));
  assert.deepEqual([Number(count), Number(total)], [100, 100]);
  assert.deepEqual([first, half, last].map(seconds), [times[0], times[49], times[99]]);
  const rows = await page.locator('[data-chart="finishers"] tbody tr').evaluateAll((all) => all.map((r) => [...r.cells].map((c) => c.textContent)));
  assert.ok(rows.length >= 3);
  for (const [at, n] of rows) assert.equal(Number(n), times.filter((s) => s <= seconds(at)).length, `at ${at}`);
  assert.match(await page.locator('[data-chart="perMark"]').innerText(), /all have finished/);
});

test("runners per kilometre are those that the API has", async (t) => {
  const server = await startTrackside({ t });
  const race = await createRace(server, { speed: 20, stopRatio: 0 });
  await until("they have gone a kilometre", async () => (await api(server, `/api/races/${race.runId}/board`)).asOf.rawTime > 250);
  await api(server, `/api/races/${race.runId}/pause`, { method: "POST" });
  const page = await open(t, server, "/", ROOMY);

  await untilBadge(page, "paused");
  await page.locator('[data-chart="perMark"] canvas').waitFor();
  const board = await api(server, `/api/races/${race.runId}/board?limit=1000`);
  const want = new Map();
  for (const r of board.front) {
    const km = Math.floor(r.distance / 1000);
    want.set(`${km}–${km + 1} km`, (want.get(`${km}–${km + 1} km`) ?? 0) + 1);
  }
  const rows = await page.locator('[data-chart="perMark"] tbody tr').evaluateAll((all) => all.map((r) => [...r.cells].map((c) => c.textContent)));
  assert.deepEqual(rows.map(([k, n]) => [k, Number(n)]), [...want].sort((a, b) => a[0].localeCompare(b[0])));
  assert.match(await page.locator('[data-chart="finishers"]').innerText(), /Nobody has finished yet/);
  const box = await page.locator('[data-chart="perMark"] canvas').boundingBox();
  assert.ok(hasColour(await pixels(page, box), box.width / 3, box.height / 2, [0, 114, 178], Math.round(box.width / 2)), "there are bars");
});

test("the field's pace is whole for who comes late, and the selected runner is set against it", async (t) => {
  const server = await startTrackside({ t });
  const race = await finishedRace(server, { stopRatio: 0 });
  const page = await open(t, server, `/?race=${race.runId}`, ROOMY);

  await choose(page, "Pace and lag");
  await page.getByText("Select a runner to compare.").waitFor();
  await until("the past is read", async () => /median/.test((await says(page, "pace")) ?? ""));
  assert.match(await page.locator('[data-chart="lag"]').innerText(), /Lag is measured while the race runs/);
  await page.getByLabel("Find a runner").fill("7");
  await page.keyboard.press("Enter");
  await until("it is compared", async () => /Bib 7 /.test((await says(page, "pace")) ?? ""));
  const { splits } = await api(server, `/api/races/${race.runId}/competitors/7`);
  const rows = await page.locator('[data-chart="pace"] tbody tr').evaluateAll((all) => all.map((r) => [...r.cells].map((c) => c.textContent)));
  assert.equal(rows.length, 5, "four kilometres and the rest");
  splits.forEach((s, k) => assert.equal(seconds(rows[k][1]), s.rawTime - (k > 0 ? splits[k - 1].rawTime : 0), rows[k][0]));
  for (const [at, , fast, median, slow] of rows) {
    assert.ok(seconds(fast) < seconds(median) && seconds(median) < seconds(slow), at);
    assert.ok(seconds(fast) >= 140 && seconds(slow) <= 405, `${at}: nobody is faster than 2:24 or slower than 6:40`);
  }
});

test("lag is drawn while the race runs, large on demand, and a table goes with it", async (t) => {
  const server = await startTrackside({ t });
  await createRace(server, { speed: 5 });
  const page = await open(t, server, "/", ROOMY);

  await untilBadge(page, "live");
  await choose(page, "Pace and lag");
  await until("ticks were painted", async () => /p50 [\d,]+ ms/.test((await says(page, "lag")) ?? ""));
  await page.getByRole("button", { name: "Larger: Lag" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("As a table").click();
  await dialog.getByRole("cell").first().waitFor();
  assert.ok((await dialog.locator("canvas").boundingBox()).height > 250);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
});

test("nothing of the charts is loaded until they are open; open they follow, at most once a second", async (t) => {
  const server = await startTrackside({ t });
  await createRace(server, { speed: 5, stopRatio: 0 });
  const page = await open(t, server);
  const loaded = () => page.evaluate(() => performance.getEntriesByType("resource").filter((e) => /ChartArea/.test(e.name)).length);

  await untilBadge(page, "live");
  await page.locator(".as-of").waitFor();
  assert.equal(await loaded(), 0);
  assert.equal(await page.locator(".chart canvas").count(), 0);
  await page.getByText("Charts", { exact: true }).click();
  await page.locator('[data-chart="perMark"] canvas').waitFor();
  assert.equal(await loaded(), 1);
  await sleep(1500); // it is drawn anew once it has its size
  await page.evaluate(() => {
    window.drawn = 0;
    window.sinceMs = performance.now();
    const count = (name) => {
      const fill = CanvasRenderingContext2D.prototype[name];
      CanvasRenderingContext2D.prototype[name] = function (...args) {
        window.drawn += this.canvas.closest(".chart") !== null && args.length === 4 && args[2] === this.canvas.width ? 1 : 0;
        return fill.apply(this, args);
      };
    };
    count("clearRect");
  });
  await sleep(3000);
  const [times, ms] = await page.evaluate(() => [window.drawn, performance.now() - window.sinceMs]);
  assert.ok(times >= 1 && times <= Math.floor(ms / 1000) + 1, `${times} times in ${ms} ms`);
  await hide(page, true);
  await page.evaluate(() => { window.drawn = 0; });
  await sleep(2000);
  assert.equal(await page.evaluate(() => window.drawn), 0, "a hidden tab draws nothing");
  await hide(page, false);
  await untilPage(page, () => window.drawn > 0);
  await page.getByText("Charts", { exact: true }).click();
  await page.locator(".chart").first().waitFor({ state: "detached" });
});

test("a replay shows the charts of its own moment", async (t) => {
  const server = await startTrackside({ t });
  const race = await finishedRace(server);
  const times = await results(server, race);
  const page = await open(t, server, `/?race=${race.runId}`, ROOMY);

  await page.locator('[data-chart="finishers"] canvas').waitFor();
  const moment = times[29];
  await page.getByLabel("Moment of the race").fill(String(moment));
  const want = times.filter((s) => s <= moment).length;
  await until("it is that many", async () => new RegExp(`: ${want} of 100 have`).test((await says(page, "finishers")) ?? ""));
  await until("most of the others are still running", async () => {
    const running = Number(/: (\d+) are running/.exec((await says(page, "perMark")) ?? "")?.[1]);
    return running <= 100 - want && running > 90 - want;
  });
});
