// Pinot goes away in mid-race, alone and together with Kafka. The last board stands and says why, the race goes on, and
// in the end Kafka and Pinot hold what the simulator says, once. The servers are this file's own.
// Has a cluster of its own.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { promisify } from "node:util";
import { api, repository, sleep, trackside, until } from "../e2e/harness.mjs";
import { create, rawTime, setSpeed, spec, truth, untilRaw, untilState } from "../e2e/process/races.mjs";
import { exactlyOnceEverywhere, FAULT_MS, fresh, handles, metric, portRange, raceOf, startServer } from "./cluster.mjs";

const run = promisify(execFile);
const PORTS = 16;
// A race must not be over when everything is back, and on a busy machine stopping and starting take minutes.
const SPEED = Math.floor(1000000 / (FAULT_MS + 240000));
const CATCH_UP_MS = 180000;

const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/** Kafka, ZooKeeper and Pinot, started, with Trackside's tables: {address, produce, consume, controller, broker, next, run}. */
async function startCluster() {
  const dir = mkdtempSync(join(tmpdir(), "trackside-pinot-faults-"));
  const base = await portRange(PORTS);
  const port = (k) => String(base + k);
  const env = {
    ...process.env,
    CLUSTER_DIR: dir,
    CLUSTER_JARS: process.env.CLUSTER_JARS ?? join(repository, ".cluster/jars"),
    KAFKA_PORT: port(0),
    KAFKA_CONTROLLER_PORT: port(1),
    ZOOKEEPER_PORT: port(2),
    PINOT_CONTROLLER_PORT: port(3),
    PINOT_BROKER_PORT: port(4),
    PINOT_SERVER_PORT: port(5),
    PINOT_ADMIN_PORT: port(6),
    PINOT_INTERNAL_PORT: port(8),
  };
  const cluster = (...args) => run(join(repository, "cluster/cluster"), args, { env });
  const clean = async () => {
    await cluster("clean");
    rmSync(dir, { recursive: true, force: true });
  };
  const address = `127.0.0.1:${port(0)}`;
  const controller = `http://127.0.0.1:${port(3)}`;
  try {
    await cluster("start");
    const r = trackside(["pinot", "setup", "--kafka", address, "--pinot", controller]);
    assert.equal(r.code, 0, r.stderr);
  } catch (why) {
    await clean(); // before there is a test nobody else does
    throw why;
  }
  after(clean);
  return {
    ...handles(address),
    controller,
    broker: `http://127.0.0.1:${port(4)}`,
    /** The next n records to be committed; the end of a stream that goes on is never reached. */
    next: async (topic, n) => {
      const args = ["-C", "-q", "-b", address, "-t", topic, "-f", "%s\n", "-X", "isolation.level=read_committed"];
      return (await run("kcat", [...args, "-o", "end", "-c", String(n)], { timeout: 20000 })).stdout;
    },
    run: cluster,
  };
}

const began = Date.now();
const cluster = await startCluster();
const server = await startServer(cluster, { t: { after }, args: ["--pinot", cluster.controller] });
const setUpTook = seconds(began);

/** The rows of a statement that Pinot itself answers whole. */
async function pinotRows(sql) {
  const body = JSON.stringify({ sql });
  const answer = await (await fetch(`${cluster.broker}/query/sql`, { method: "POST", body })).json();
  assert.deepEqual(answer.exceptions, [], sql);
  assert.equal(answer.numServersResponded, answer.numServersQueried, sql);
  return answer.resultTable.rows;
}

async function board(s) {
  const { asOf, counts, leaders, front, back } = await api(server, `/api/races/${s.runId}/board`);
  return { rawTime: asOf.rawTime, counts, leaders, front, back };
}

/** The raw time that the race has reached in Kafka, by the records that are committed next. */
async function rawInKafka(s) {
  const lines = (await cluster.next("parkrun", 20)).split("\n").filter((line) => line.includes(`"${s.runId}"`));
  return Math.max(...lines.map((line) => JSON.parse(line).rawTime));
}

/** Do something while somebody looks at the board, which is answered all the time. */
async function watched(s, what) {
  let over = false;
  const done = what.finally(() => (over = true));
  while (!over) {
    await board(s);
    await sleep(100);
  }
  return done;
}

/** Pinot does not answer: /api/lag and /metrics say so. */
async function untilTrouble(s) {
  const store = await until("that Pinot is away is told", async () => {
    await board(s);
    const lag = await api(server, `/api/lag?race=${s.runId}`);
    return lag.store.trouble !== "" && lag.store;
  });
  assert.equal(store.name, "pinot");
  assert.match(store.trouble, /\w+ \w+/);
  assert.equal(await metric(server, "pinot_answering"), 0);
  return store.trouble;
}

async function untilNoTrouble(s) {
  await until("Pinot answers again", async () => {
    await board(s);
    return (await api(server, `/api/lag?race=${s.runId}`)).store.trouble === "";
  });
  assert.equal(await metric(server, "pinot_answering"), 1);
}

/** What the simulator alone says of each competitor: [id, events, last raw time, sum of raw times, last distance]. */
function wantedRows(s) {
  const of = new Map();
  for (const line of truth(s).trimEnd().split("\n")) {
    const e = JSON.parse(line);
    const [, n, , sum] = of.get(e.competitorId) ?? [e.competitorId, 0, 0, 0];
    of.set(e.competitorId, [e.competitorId, n + 1, e.rawTime, sum + e.rawTime, e.distance]);
  }
  return [...of.values()].sort((a, b) => a[0] - b[0]);
}

/** Pinot's tables are the truth: the latest of each competitor, and without upsert each second of each one once. */
async function pinotIsTruth(s) {
  const want = wantedRows(s);
  const total = want.reduce((sum, row) => sum + row[1], 0);
  const from = `from parkrun where runId = '${s.runId}'`;
  const since = Date.now();
  await until(
    "Pinot has consumed it all",
    async () => (await pinotRows(`SET skipUpsert=true; select count(*) ${from}`))[0][0] >= total,
    CATCH_UP_MS,
  );
  const took = seconds(since);
  const latest = await pinotRows(`select competitorId, rawTime, distance ${from} order by competitorId limit 1000`);
  assert.deepEqual(
    latest,
    want.map(([id, , raw, , distance]) => [id, raw, distance]),
    "one row a competitor, the last",
  );
  const all = await pinotRows(
    `SET skipUpsert=true; select competitorId, count(*), distinctcount(rawTime), max(rawTime), sum(rawTime) ${from} ` +
      "group by competitorId order by competitorId limit 1000",
  );
  assert.deepEqual(
    all,
    want.map(([id, n, raw, sum]) => [id, n, n, raw, sum]),
    "every raw time of every competitor once",
  );
  return `${total} events of ${want.length} competitors in Pinot once, ${took} after the end`;
}

async function begin(t, name) {
  const s = spec(fresh(name), { competitors: 50, speed: SPEED });

  await create(server, s);
  // A race is shown once its course can be looked up in Pinot.
  await until("the race is shown", () => raceOf(server, s.runId).catch((why) => assert.equal(why.status, 404)));
  await untilRaw(server, s.runId, 60);
  t.diagnostic(`cluster, tables and server stood after ${setUpTook}; speed ${SPEED}`);
  return s;
}

/** Everything is back: the board catches up with the race's clock, and the race comes out whole. */
async function end(t, s, { due, back }) {
  await untilNoTrouble(s);
  t.diagnostic(`the board is asked of Pinot again ${seconds(back)} after it was back`);
  await until("the board has caught up", async () => (await rawTime(server, s.runId)) >= due, CATCH_UP_MS);
  t.diagnostic(`caught up (raw time ${due}) ${seconds(back)} after it was back`);
  assert.equal((await raceOf(server, s.runId)).state, "running", "still in mid-race");
  await setSpeed(server, s.runId, 500);
  await untilState(server, s.runId, "finished");
  t.diagnostic(await pinotIsTruth(s));
  await exactlyOnceEverywhere(cluster, [server], s);
  const last = Math.max(...wantedRows(s).map((row) => row[2]));
  await until("the board shows the end", async () => (await board(s)).rawTime === last);
  assert.equal((await board(s)).counts.finished, wantedRows(s).length);
}

test("Pinot is stopped", async (t) => {
  const s = await begin(t, "pinot-stopped");

  const asked = Date.now();
  await watched(s, cluster.run("stop", "pinot"));
  t.diagnostic(`stopped within ${seconds(asked)}`);
  const gone = Date.now();
  t.diagnostic(`told as "${await untilTrouble(s)}" ${seconds(asked)} after the order to stop`);
  const last = await board(s);
  const before = await rawInKafka(s);
  assert.ok(last.rawTime >= 60);
  while (Date.now() - gone < FAULT_MS) {
    assert.deepEqual(await board(s), last, "the last board stands");
    assert.equal((await raceOf(server, s.runId)).state, "running");
    await sleep(250);
  }
  const now = await rawInKafka(s);
  t.diagnostic(`away for ${seconds(gone)}: the board stood at ${last.rawTime}, Kafka went from ${before} to ${now}`);
  assert.ok(now >= before + (SPEED * FAULT_MS) / 2000, "the race goes on in Kafka");
  assert.equal(await metric(server, "feed_connected"), 1);
  const starting = Date.now();
  await cluster.run("start", "pinot");
  t.diagnostic(`started within ${seconds(starting)}`);
  await end(t, s, { due: now, back: Date.now() });
});

test("Kafka and Pinot are killed", async (t) => {
  const s = await begin(t, "both-killed");

  const gone = Date.now();
  await watched(s, cluster.run("kill", "kafka", "pinot"));
  t.diagnostic(`told as "${await untilTrouble(s)}"`);
  await until("that Kafka is away is told", async () => (await metric(server, "feed_connected")) === 0, 40000);
  const last = await board(s);
  await sleep(1000);
  assert.deepEqual(await board(s), last, "the last board stands");
  assert.equal((await raceOf(server, s.runId)).state, "running", "the race goes on");
  await cluster.run("start", "kafka");
  t.diagnostic(`Kafka is back after ${seconds(gone)}`);
  await cluster.run("start", "pinot");
  t.diagnostic(`both are back after ${seconds(gone)}`);
  const back = Date.now();
  // By now the race's clock is past what the board stands at by the whole time that they were away.
  await end(t, s, { due: last.rawTime + Math.floor(((back - gone) / 1000) * SPEED) - SPEED, back });
});
