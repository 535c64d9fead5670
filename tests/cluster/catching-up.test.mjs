// A part of a race comes late: two programs make it, and one of them stands still, as a partition does after a stall of the broker. The
// board never ranks two moments together: the last complete one stands, and says that the race is catching up.
import assert from "node:assert/strict";
import test from "node:test";
import { api, sleep, until } from "../e2e/harness.mjs";
import { untilRaw } from "../e2e/process/races.mjs";
import { anyKafka, fresh, spawnTrackside, startServer } from "./cluster.mjs";

const pinot = process.env.TRACKSIDE_TEST_KAFKA && process.env.TRACKSIDE_TEST_PINOT;
const SPEED = 5;
const STANDS_MS = 4000; // a transaction is aborted after 15 s

function simulate(t, kafka, runId, shard) {
  return spawnTrackside(t, [
    "simulate",
    ...["--kafka", kafka.address, "--course", "crystal", "--competitors", "20", "--fastest", "200", "--slowest", "400"],
    ...["--seed", "5", "--run-id", runId, "--speed", String(SPEED), "--shard", shard],
  ]);
}

/** The unfinished: how far apart they are. */
async function spread(server, runId) {
  const { positions } = await api(server, `/api/races/${runId}/positions`);
  const at = positions.filter((p) => p.status !== "finished").map((p) => p.rawTime);
  return Math.max(...at) - Math.min(...at);
}

/**
 * One half stands still until the board says so. Where it is stopped in the middle of a transaction nobody can read what comes after it, of the
 * other half neither: then it goes on, and is stopped anew.
 */
async function stopHalf(child, board) {
  const says = async () => (await board()).catchingUp;
  for (let k = 0; k < 5; k++) {
    child.kill("SIGSTOP");
    if (await until("it says that it is catching up", says, 9000).catch(() => false)) return;
    child.kill("SIGCONT");
    await sleep(3000);
  }
  assert.fail("it never said that it is catching up");
}

async function lateHalf(t, args) {
  const kafka = await anyKafka(t);
  const server = await startServer(kafka, { t, args });
  const runId = fresh("late");
  const halves = [simulate(t, kafka, runId, "1/2"), simulate(t, kafka, runId, "2/2")];
  const board = () => api(server, `/api/races/${runId}/board`);

  await until("the race is shown", () => api(server, `/api/races/${runId}`).catch(() => null));
  await untilRaw(server, runId, 20);
  await until("it is not catching up", async () => !(await board()).catchingUp);
  await stopHalf(halves[1].child, board);
  const stood = await board();
  for (const end = Date.now() + STANDS_MS; Date.now() < end; await sleep(100)) {
    assert.deepEqual(await board(), stood, "the last complete board stands");
    assert.ok((await spread(server, runId)) <= 7 * SPEED, "of one moment");
  }
  assert.equal(stood.state, "running");
  assert.equal((await api(server, `/api/lag?race=${runId}`)).race.flow, "catchingUp");
  halves[1].child.kill("SIGCONT");
  const caughtUp = await until("it has caught up", async () => {
    assert.ok((await spread(server, runId)) <= 7 * SPEED, "of one moment");
    const now = await board();
    return !now.catchingUp && now;
  });
  assert.ok(caughtUp.asOf.rawTime > stood.asOf.rawTime + (SPEED * STANDS_MS) / 1000);
  await untilRaw(server, runId, caughtUp.asOf.rawTime + 10);
}

test("Kafka: a board of one moment while half the race is late", (t) => lateHalf(t, []));
test("Kafka + Pinot: a board of one moment while half the race is late", { skip: !pinot }, (t) => lateHalf(t, ["--pinot", process.env.TRACKSIDE_TEST_PINOT]));
