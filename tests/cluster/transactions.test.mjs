// A transaction never holds more of a partition than Pinot's fetch: of an aborted one that is larger Pinot 1.x reads nothing more.
import assert from "node:assert/strict";
import test from "node:test";
import { api, until } from "../e2e/harness.mjs";
import { spec } from "../e2e/process/races.mjs";
import { anyKafka, fresh, startServer } from "./cluster.mjs";

const BOUND = 6 << 20; // and what one more second adds
const RUNNERS = 8000;
const SECONDS = 300;

/**
 * The most bytes of records of one race between two offsets that no record has: the end of a transaction takes one. Records are told
 * as "partition offset bytes".
 */
function largest(lines) {
  const open = new Map();
  let most = 0;
  for (const line of lines) {
    const [partition, offset, bytes] = line.split(" ").map(Number);
    const before = open.get(partition);
    const sum = before && before.offset === offset - 1 ? before.sum + bytes : bytes;
    open.set(partition, { offset, sum });
    most = Math.max(most, sum);
  }
  return most;
}

test("a transaction is smaller than a fetch", async (t) => {
  const kafka = await anyKafka(t);
  const server = await startServer(kafka, { t });
  const s = spec(fresh("large"), { competitors: RUNNERS, speed: 1000, stopRatio: 0 });

  await api(server, "/api/races", { method: "POST", body: s });
  await until("enough is out", async () => (await api(server, `/api/races/${s.runId}/board?limit=1`)).asOf.rawTime > SECONDS, 120000);
  await api(server, `/api/races/${s.runId}/stop`, { method: "POST" });
  const lines = (await kafka.consume("parkrun", "%p %o %S %s\n", (line) => line.includes(s.runId))).map((line) => line.split(" {")[0]);
  const most = largest(lines);
  t.diagnostic(`${lines.length} records, at most ${most} bytes of a partition in a transaction`);
  assert.ok(lines.length > RUNNERS * SECONDS);
  assert.ok(most < BOUND + (RUNNERS / 4) * 330, `${most} bytes`);
});
