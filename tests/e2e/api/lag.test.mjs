// The lag and the canary: /api/lag and /metrics tell the same, slow is told from silent, and the Grafana board and the Prometheus file
// name what there is.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { api, repository, sleep, startTrackside, until } from "../harness.mjs";
import { ask } from "../http.mjs";

const HOPS = ["published", "acknowledged", "queryable", "pushed", "received", "painted"];
const RACE = { course: "crystal", competitors: 20, seed: 4, fastest: 144, slowest: 300 };

const metrics = async (server) => (await ask(server, "/metrics")).text;
const named = (text) => new Set([...text.matchAll(/\btrackside_\w+/g)].map((m) => m[0]));
const value = (text, name) => Number(new RegExp(`^trackside_${name}(?:\\{[^}]*\\})? (\\S+)$`, "m").exec(text)?.[1] ?? NaN);
const lag = (server, race) => api(server, `/api/lag?race=${race}`);

test("the hops of a race, in JSON and for Prometheus", async (t) => {
  const server = await startTrackside({ t });
  const { runId } = await api(server, "/api/races", { method: "POST", body: { ...RACE, speed: 20 } });
  const { race, feed, store, engine, windowMs } = await until("some ticks", async () => {
    const answer = await lag(server, runId);
    return answer.race.hops[2].samples > 10 && answer;
  });
  assert.deepEqual(race.hops.map((h) => h.hop), HOPS);
  const known = race.hops.slice(0, 3);
  for (const [k, h] of known.entries()) {
    assert.ok(h.p50 >= 0 && h.p50 <= h.p95 && h.p95 <= h.p99, JSON.stringify(h));
    assert.ok(k === 0 || h.p50 >= known[k - 1].p50, JSON.stringify(known));
  }
  assert.deepEqual(race.hops.slice(3).map((h) => h.samples), [0, 0, 0], "nobody watches");
  assert.equal(known[0].p99, known[1].p99, "without a broker acknowledged is published");
  assert.equal(race.clockMs, 0);
  assert.equal(windowMs, 60000);
  assert.deepEqual([feed.name, feed.connected, feed.trouble, store.name, engine.racesDriven], ["local", true, "", "embedded", 1]);
  const text = await metrics(server);
  for (const hop of HOPS.slice(0, 3))
    for (const q of ["0.5", "0.95", "0.99"]) assert.match(text, new RegExp(`^trackside_lag_ms\\{race="${runId}",hop="${hop}",quantile="${q}"\\} \\d+$`, "m"));
  assert.equal(value(text, "clock_difference_ms"), 0);
});

test("idle, current, and a race that is not there", async (t) => {
  const server = await startTrackside({ t });
  const all = await api(server, "/api/lag");
  assert.equal(all.race, null);
  assert.ok(all.engine.beatAgeMs < 5000, "it wakes where nothing happens, too");
  assert.ok(Number.isNaN(value(await metrics(server), "last_tick_age_seconds")), "there has been no tick");
  const { runId } = await api(server, "/api/races", { method: "POST", body: RACE });
  await until("it runs", async () => (await lag(server, runId)).race.flow === "current");
  await api(server, `/api/races/${runId}/pause`, { method: "POST" });
  const { race } = await lag(server, runId);
  assert.deepEqual([race.flow, race.overdueMs], ["idle", 0], "nothing is due");
  await sleep(1500);
  const text = await metrics(server);
  assert.equal(value(text, "tick_overdue_ms"), 0);
  assert.equal(value(text, "races_running"), 0);
  assert.ok(value(text, "last_tick_age_seconds") > 1, "and so its age may grow");
  assert.equal((await ask(server, "/api/lag?race=nowhere")).status, 404);
  assert.equal((await ask(server, "/api/lag?rcae=x")).status, 400);
});

test("a stall is in the lag of every tick that was due in it", async (t) => {
  const server = await startTrackside({ t });
  const { runId } = await api(server, "/api/races", { method: "POST", body: RACE });
  await until("it runs", async () => (await lag(server, runId)).race.flow === "current");
  process.kill(server.pid, "SIGSTOP");
  await sleep(6500);
  process.kill(server.pid, "SIGCONT");
  const late = await until("the late ticks", async () => {
    const { race } = await lag(server, runId);
    return race.hops[2].p99 > 4000 && race;
  });
  assert.ok(late.hops[2].samples > 6);
  assert.ok(value(await metrics(server), "late_ticks_total") >= 5);
});

test("every metric has its help and its type, and the board in Grafana names what there is", async (t) => {
  const server = await startTrackside({ t });
  const { runId } = await api(server, "/api/races", { method: "POST", body: { ...RACE, speed: 20 } });
  await until("some ticks", async () => (await lag(server, runId)).race.hops[2].samples > 2);
  const text = await metrics(server);
  const helped = new Set([...text.matchAll(/^# HELP (\S+) \S/gm)].map((m) => m[1]));
  const typed = new Set([...text.matchAll(/^# TYPE (\S+) (gauge|counter|summary)$/gm)].map((m) => m[1]));
  const told = new Set([...text.matchAll(/^(trackside_\w+)[{ ]/gm)].map((m) => m[1]));
  for (const name of told) assert.ok(helped.has(name) && typed.has(name), name);
  for (const name of typed) assert.ok(/_total$/.test(name) === new RegExp(`^# TYPE ${name} counter$`, "m").test(text), name);
  const board = JSON.parse(readFileSync(join(repository, "docs/grafana/trackside.json"), "utf8"));
  const wanted = named(JSON.stringify(board));
  assert.ok(wanted.size > 25);
  // What a broker or Pinot has to be there for is looked at where they are (tests/cluster).
  const others = /^trackside_(pinot_\w+|feed_(heard_age_seconds|acknowledged_age_seconds|last_flush_ms))$/;
  assert.deepEqual([...wanted].filter((name) => !others.test(name) && !typed.has(name)), []);
  assert.equal(new Set(board.panels.map((p) => p.id)).size, board.panels.length);
  const scrape = readFileSync(join(repository, "docs/prometheus.yml"), "utf8");
  assert.equal((await ask(server, /metrics_path: (\S+)/.exec(scrape)[1])).status, 200);
});
