// What Pinot's answers can lack: rows that an upsert hides for a moment, and everything of the minutes that nobody looked. A proxy in front
// of the broker leaves rows out, and makes answers slow.
import assert from "node:assert/strict";
import test from "node:test";
import { api, sleep, trackside, until } from "../e2e/harness.mjs";
import { create, rawTime, spec, untilRaw } from "../e2e/process/races.mjs";
import { anyKafka, fresh, startServer } from "./cluster.mjs";
import { brokerOf, startDropper } from "./proxy.mjs";

const controller = process.env.TRACKSIDE_TEST_PINOT;
const skip = !(controller && process.env.TRACKSIDE_TEST_KAFKA) && "there is no cluster: TRACKSIDE_TEST_KAFKA, TRACKSIDE_TEST_PINOT";
const IDLE_MS = 75000; // a race stays watched for half a minute, and is not asked for after that
const LATE_S = 15; // of race time, on a busy machine

async function begin(t, name, more) {
  const proxy = await startDropper(t, await brokerOf(controller));
  const server = await startServer(await anyKafka(t), { t, args: ["--pinot", controller, "--pinot-broker", proxy.url] });
  const s = spec(fresh(name), more);

  await create(server, s);
  await until("the race is shown", () => api(server, `/api/races/${s.runId}`).catch(() => null));
  await untilRaw(server, s.runId, 5);
  return { proxy, server, s };
}

test("rows that are missing for a moment lose nobody", { skip }, async (t) => {
  const { proxy, server, s } = await begin(t, "vanish", { competitors: 300, speed: 2 });
  const last = new Map();
  const from = await rawTime(server, s.runId);

  proxy.set({ drop: 0.1 });
  for (const end = Date.now() + 15000; Date.now() < end; await sleep(100)) {
    const [{ counts, leaders }, { positions }] = await Promise.all([
      api(server, `/api/races/${s.runId}/board?limit=300`),
      api(server, `/api/races/${s.runId}/positions`),
    ]);
    assert.equal(counts.competitors, s.competitors);
    assert.equal(counts.onCourse + counts.finished, s.competitors);
    assert.equal(leaders.length, s.competitors);
    assert.equal(positions.length, s.competitors);
    const newest = Math.max(...positions.map((p) => p.rawTime));
    for (const { competitorId, rawTime: raw, distance } of positions) {
      const before = last.get(competitorId);
      assert.ok(!before || (raw >= before.raw && distance >= before.distance), `${competitorId} goes back to ${raw} s`);
      assert.ok(raw >= newest - LATE_S, `${competitorId} stays at ${raw} s, others are at ${newest} s`);
      last.set(competitorId, { raw, distance });
    }
  }
  const now = await rawTime(server, s.runId);
  t.diagnostic(`${proxy.dropped()} rows were left out, and the board went from ${from} to ${now} s`);
  assert.ok(proxy.dropped() > s.competitors);
  assert.ok(now > from + 10, "the board goes on");
});

test("the first look after a long time asks first, and counts no lag", { skip }, async (t) => {
  const { proxy, server, s } = await begin(t, "idle", { competitors: 30, speed: 3 });
  const stood = await rawTime(server, s.runId);

  await sleep(IDLE_MS);
  proxy.set({ delayMs: 2000 }); // a board that is not asked for would be answered sooner
  const asked = Date.now();
  const seen = await rawTime(server, s.runId);
  t.diagnostic(`the board stood at ${stood} s; after ${IDLE_MS} ms it shows ${seen} s, in ${Date.now() - asked} ms`);
  assert.ok(seen >= stood + ((IDLE_MS / 1000) * s.speed) / 4, "what is there now, and not what was there");
  proxy.set({});
  await sleep(1000);
  await rawTime(server, s.runId);
  const { race } = await api(server, `/api/lag?race=${s.runId}`);
  const queryable = race.hops.find((hop) => hop.hop === "queryable");
  t.diagnostic(`queryable: ${JSON.stringify(queryable)}`);
  assert.ok(!queryable.samples || queryable.p99 < 10000, "ticks that nobody looked for were not late");
});

test("pinot status says what each table holds, as lines and as JSON", { skip }, () => {
  const said = trackside(["pinot", "status", "--pinot", controller, "--json"]);
  assert.equal(said.code, 0, said.stderr);
  const { version, broker, tables } = JSON.parse(said.stdout);
  assert.match(version, /^\d/);
  assert.match(broker, /^http/);
  assert.deepEqual(tables.map((table) => [table.name, table.type]), [["courses", "OFFLINE"], ["races", "REALTIME"], ["parkrun", "REALTIME"]]);
  assert.ok(tables.every((table) => Number.isInteger(table.rows) && table.rows >= 0 && !("problem" in table)));
  assert.ok(tables[0].rows >= 4, "the built-in courses");
  const lines = trackside(["pinot", "status", "--pinot", controller]).stdout.trim().split("\n");
  assert.equal(lines.length, 4);
  assert.match(lines[1], /^courses +OFFLINE +\d+ rows$/);
});
