// What the page costs with 50,000 runners at 1 Hz, by the CPU time that Chromium's trace gives each task, so that a loaded
// machine does not fail it. The figures are in the diagnostics. Chromium without a GPU reads the WebGL canvas back on the
// main thread at each commit; no computer with a GPU does, so a commit's own time is not counted.
// Runs alone: it measures what a click and the first dots cost.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { gzipSync } from "node:zlib";
import { api, sleep, startTrackside, text, until } from "../harness.mjs";
import { view } from "../http.mjs";
import { createRace, hide, open, untilPage, untilBadge } from "./browser.mjs";
import { mainThread, quantile, tasks, trace } from "./trace.mjs";

const MANY = 50000;
const WATCHED_MS = 6000;
const TRIES = 3;

// Twice the target: CPU time swings by that much with what else runs on the two cores.
const SLACK = 2;
const FRAME_P50_MS = 0.5 * SLACK;
const FRAME_P95_MS = 2 * SLACK;
const TASK_MS = 16 * SLACK;
const FIRST_DOTS_CPU_MS = 250 * SLACK;
const HEAP_MB = 25;

const many = (server, more = {}) => createRace(server, { competitors: MANY, course: "half", stopRatio: 0, slowest: 500, ...more });

// One server for all tests, and one race of 50,000 for those that watch it.
let server, race;
before(async () => {
  server = await startTrackside();
  race = await many(server);
});
after(() => server.kill());

/**
 * Measure until it is within the limit, a few times at most: other programs on the machine only ever add to what something costs,
 * so the least of a few measurements is nearest to what it costs by itself.
 */
async function within(limit, measure, worstOf = (x) => x.worst) {
  let best = await measure();
  for (let k = 1; k < TRIES && worstOf(best) > limit; k++) {
    const next = await measure();
    best = worstOf(next) < worstOf(best) ? next : best;
  }
  return best;
}

const own = (task) => task.cpu - task.inside.filter((e) => e.name === "Commit").reduce((sum, e) => sum + e.cpu, 0);

// What the page did while it was watched: its tasks, and the script of each animation frame.
async function watched(page, server, ms = WATCHED_MS) {
  const thread = mainThread(await trace(page, () => sleep(ms)), server.url);
  const frames = thread.filter((e) => e.name === "FireAnimationFrame").map((e) => e.cpu);
  const all = tasks(thread).map(own);
  return { frames, worst: Math.max(...all), perSecond: all.reduce((a, b) => a + b, 0) / (ms / 1000), tasks: all.length };
}

async function heapMb(page) {
  const client = await page.context().newCDPSession(page);
  await client.send("HeapProfiler.collectGarbage");
  const { usedSize, backingStorageSize = 0 } = await client.send("Runtime.getHeapUsage");
  await client.detach();
  return (usedSize + backingStorageSize) / 1e6;
}

const said = ({ frames, worst, perSecond }) => `${frames.length} frames, script p50 ${quantile(frames, 0.5).toFixed(2)} ms, p95 `
  + `${quantile(frames, 0.95).toFixed(2)} ms; longest task ${worst.toFixed(1)} ms; ${perSecond.toFixed(0)} ms of CPU a second`;

test("JavaScript before the first dots is at most 80 kB gz", async (t) => {
  const html = await text(server, "/");
  const files = [...html.matchAll(/(?:modulepreload" href|script type="module"(?: async)? src)="([^"]+\.js)"/g)].map((m) => m[1]);
  assert.ok(files.length > 1, html);
  let size = 0;
  for (const file of files) {
    const script = await text(server, file);
    for (const [, other] of script.matchAll(/from ?"\.(\/[^"]+)"/g)) assert.ok(files.includes(other), `${file} waits for ${other}, which the page does not ask for at once`);
    size += gzipSync(script, { level: 9 }).length;
  }
  t.diagnostic(`${size} B gz in ${files.length} files`);
  assert.ok(size > 20000 && size <= 80000, `${size} B`);
});

test("50,000 runners: frames, tasks and memory while they are watched", async (t) => {
  const page = await open(t, server, `/?race=${race.runId}`, { viewport: { width: 1440, height: 900 } });
  await untilBadge(page, "live");
  await page.locator("tbody tr[data-bib]").first().waitFor();
  await untilPage(page, () => window.trackside.clock.newest > 6000);
  const strain = ({ frames, worst }) => Math.max(worst / TASK_MS, quantile(frames, 0.95) / FRAME_P95_MS);

  const seen = [];
  for (const [what, prepare] of [
    ["the leaders", async () => {}],
    ["everybody in the list", async () => page.getByRole("tab", { name: "All" }).click()],
    ["near by", async () => page.evaluate(() => window.trackside.map.setView(window.trackside.map.getCenter(), 18, { animate: false }))],
  ]) {
    await prepare();
    await sleep(1500);
    const cost = await within(1, () => watched(page, server), strain);
    t.diagnostic(`${what}: ${said(cost)}`);
    seen.push([what, cost]);
  }
  const heap = await heapMb(page);
  t.diagnostic(`heap ${heap.toFixed(1)} MB`);

  // From afar there are few frames, most of them with a new tick or new rows: only near by is the middle one a plain frame.
  const plain = seen[seen.length - 1][1].frames;
  assert.ok(plain.length > 40 && quantile(plain, 0.5) <= FRAME_P50_MS, `p50 ${quantile(plain, 0.5)} ms of ${plain.length} frames`);
  for (const [what, { frames, worst, tasks: count }] of seen) {
    assert.ok(frames.length > 3 && count > 20, `${what}: only ${frames.length} frames and ${count} tasks were seen`);
    assert.ok(quantile(frames, 0.95) <= FRAME_P95_MS, `${what}: p95 ${quantile(frames, 0.95)} ms a frame`);
    assert.ok(worst <= TASK_MS, `${what}: a task of ${worst} ms`);
  }
  assert.ok(heap <= HEAP_MB, `${heap} MB`);
});

test("50,000 names: no long task while they are searched, sorted and chosen", async (t) => {
  const lines = Array.from({ length: MANY }, (_, k) => `${k + 1},${nameOf(k)}`);
  const put = await fetch(`${server.url}/api/races/${race.runId}/roster`, { method: "PUT", body: ["competitorId,name", ...lines, ""].join("\n") });
  assert.ok(put.ok, await put.text());
  const page = await open(t, server, `/?race=${race.runId}`, { viewport: { width: 1440, height: 900 } });
  await untilBadge(page, "live");
  await page.getByRole("tab", { name: "All" }).click();
  await page.getByPlaceholder("Find bib or name").waitFor();
  await sleep(1500); // the names are sorted in the background

  const box = page.getByRole("searchbox");
  const top = page.locator("tbody tr[data-bib]").first();
  const byName = page.locator("thead").getByRole("button", { name: "Name" });
  const acts = [
    ["search", async () => {
      await box.fill("");
      await box.pressSequentially("an jor", { delay: 150 });
      await top.filter({ hasText: "An Jor" }).waitFor();
      await sleep(1000); // a tick with the search in it
    }],
    ["choose", async () => {
      await box.fill("an jor");
      await box.press("Enter");
      await page.locator(".competitor h2").waitFor();
      await box.fill("");
      await sleep(1000);
    }],
    ["sort by name", async () => {
      for (let k = 0; k < 3; k++) { // upwards, downwards, by rank again
        await byName.click();
        await sleep(500);
      }
    }],
  ];
  for (const [what, act] of acts) {
    const { worst, count } = await within(TASK_MS, async () => {
      const all = tasks(mainThread(await trace(page, act), server.url)).map(own);
      return { worst: Math.max(...all), count: all.length };
    });
    t.diagnostic(`50,000 names, ${what}: longest task ${worst.toFixed(1)} ms of ${count}`);
    assert.ok(count > 20, `${what}: only ${count} tasks were seen`);
    assert.ok(worst <= TASK_MS, `${what}: a task of ${worst} ms`);
  }
});

// 50,000 names of many letters, in no order.
function nameOf(k) {
  const part = (n) => ["An", "Bel", "Cor", "Dim", "Els", "Fau", "Gor", "Hil", "Ine", "Jor", "Kla", "Lo", "Mar"][n % 13];
  return `${part(k)} ${part((k * 7) >> 2)}${part(k >> 5).toLowerCase()}${(k * 7919) % MANY}`;
}

test("the first dots of 50,000 runners cost the main thread little", async (t) => {
  const measure = async () => {
    const page = await open(t, server, "/openapi.json");
    await page.addInitScript(() => {
      const look = () => (window.trackside?.drawnMs > -Infinity && window.trackside.places.table ? performance.mark("dots") : requestAnimationFrame(look));
      look();
    });
    const events = await trace(page, async () => {
      await page.goto(`${server.url}/?race=${race.runId}`);
      await untilPage(page, () => performance.getEntriesByName("dots").length > 0);
    });
    const mark = events.find((e) => e.name === "dots");
    const early = tasks(mainThread(events, server.url)).filter((task) => task.ts < mark.ts);
    const wall = await page.evaluate(() => performance.getEntriesByName("dots")[0].startTime);
    await page.context().close();
    return { worst: early.map(own).reduce((a, b) => a + b, 0), count: early.length, wall };
  };
  const { worst: cpu, count, wall } = await within(FIRST_DOTS_CPU_MS, measure);
  t.diagnostic(`first dots: ${cpu.toFixed(0)} ms of CPU on the main thread, ${wall.toFixed(0)} ms after navigation on this machine now`);
  assert.ok(count > 5 && cpu > 10, `only ${count} tasks were seen`);
  assert.ok(cpu <= FIRST_DOTS_CPU_MS, `${cpu} ms`);
});

test("it draws only when something has moved by 0.3 px", async (t) => {
  const few = await many(server, { competitors: 500 });
  const page = await open(t, server, `/?race=${few.runId}`);
  await untilPage(page, () => window.trackside.clock.newest > 4000);
  const drawn = async (ms) => {
    await page.evaluate(() => (window.trackside.cost.frames = 0));
    await sleep(ms);
    return page.evaluate(() => window.trackside.cost.frames);
  };
  const away = (zoom) => page.evaluate((z) => window.trackside.map.setView([52.108, 4.289], z, { animate: false }), zoom);

  await away(8);
  await sleep(1500);
  const far = await drawn(5000);
  t.diagnostic(`from afar ${far} drawings in 5 s`);
  assert.ok(far >= 3 && far <= 10, `${far}: one a tick, for in a second nobody moves 0.3 px`);
  await api(server, `/api/races/${few.runId}/pause`, { method: "POST" });
  await untilBadge(page, "paused");
  await sleep(3000);
  assert.ok((await drawn(3000)) <= 1, "a race that stands is not drawn again");
});

test("a hidden tab costs nothing", async (t) => {
  const page = await open(t, server, `/?race=${race.runId}`);
  await untilBadge(page, "live");
  await page.locator("tbody tr[data-bib]").first().waitFor();
  await sleep(2000);
  let asked = 0;
  page.on("request", () => asked++);

  await hide(page, true);
  await sleep(1500);
  asked = 0;
  const { frames, perSecond, worst } = await watched(page, server, 6000);
  t.diagnostic(`hidden: ${perSecond.toFixed(2)} ms of CPU a second, longest task ${worst.toFixed(2)} ms, ${frames.length} frames, ${asked} requests`);
  assert.equal(asked, 0, "it asks for nothing");
  assert.equal(frames.length, 0, "it draws nothing");
  assert.ok(perSecond < 5, `${perSecond} ms of CPU a second`);

  await hide(page, false);
  await untilBadge(page, "live");
  const from = await page.evaluate(() => window.trackside.clock.newest);
  await untilPage(page, (ms) => window.trackside.clock.newest > ms, from);
});

test("the wire carries at most 1.1 bytes a runner and tick", async (t) => {
  const fast = await many(server, { speed: 10 });
  const viewer = await view(server, fast.runId);
  const frames = await until("61 ticks", () => {
    const ticks = viewer.frames.map((b) => ({ kind: b.readUInt8(0), bytes: b.length })).filter(({ kind }) => kind === 1 || kind === 2);
    return ticks.length >= 61 && ticks.slice(0, 61);
  });
  viewer.end();
  const ticks = frames.slice(1); // of 60 ticks one is a key frame
  const each = ticks.reduce((sum, f) => sum + f.bytes, 0) / ticks.length / MANY;
  t.diagnostic(`${each.toFixed(3)} B a runner and tick over ${ticks.length} ticks, ${ticks.filter((f) => f.kind === 1).length} of them whole`);
  assert.ok(each <= 1.1, `${each} B`);
});
