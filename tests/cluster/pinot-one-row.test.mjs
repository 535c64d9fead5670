// A race that another producer has announced, with a partitioner of its own, has one row in Pinot, also after its record has changed.
import assert from "node:assert/strict";
import test from "node:test";
import { api, until } from "../e2e/harness.mjs";
import { anyKafka, fresh, startServer } from "./cluster.mjs";
import { brokerOf } from "./proxy.mjs";

const controller = process.env.TRACKSIDE_TEST_PINOT;
const skip = !(controller && process.env.TRACKSIDE_TEST_KAFKA) && "there is no cluster: TRACKSIDE_TEST_KAFKA, TRACKSIDE_TEST_PINOT";
const RACES = 8; // some of them land in another partition

test("one race, one row", { skip }, async (t) => {
  const kafka = await anyKafka(t);
  const server = await startServer(kafka, { t, args: ["--pinot", controller] });
  const ids = Array.from({ length: RACES }, () => fresh("twin"));
  const broker = await brokerOf(controller);
  const rows = async () => {
    const sql = `select runId, course, state from races where runId in (${ids.map((id) => `'${id}'`).join(", ")}) limit 100`;
    const answer = await (await fetch(`${broker}/query/sql`, { method: "POST", body: JSON.stringify({ sql }) })).json();
    assert.deepEqual(answer.exceptions, []);
    return answer.resultTable.rows;
  };

  const plain = ids.map((key) => ({ key, value: JSON.stringify({ runId: key, course: "crystal", startTime: Date.parse("2026-01-01T09:00:00Z") }) }));
  await kafka.produce("races", plain, ["-X", "partitioner=consistent"]); // crc32, as kcat and librdkafka do
  for (const id of ids) await until("the race is shown", () => api(server, `/api/races/${id}`).catch(() => null));
  await until("each has its row", async () => new Set((await rows()).map(([id]) => id)).size === RACES);
  assert.equal((await rows()).length, RACES);
  for (const id of ids) assert.equal((await api(server, `/api/races/${id}`)).foreign, true);
  for (const id of ids) await api(server, `/api/races/${id}`, { method: "DELETE" });
  await until("Pinot has their last records", async () => (await rows()).filter(([, , state]) => state === "deleted").length === RACES);
  assert.equal((await rows()).length, RACES, JSON.stringify(await rows()));
  await kafka.produce("races", plain.slice(0, 1), ["-X", "partitioner=consistent"]); // its producer says it again
  const again = await startServer(kafka, { t, args: ["--pinot", controller] });
  await until("it has read all", async () => (await fetch(`${again.url}/readyz`)).ok);
  assert.equal((await fetch(`${again.url}/api/races/${ids[0]}`)).status, 404, "what is deleted does not come back");
  assert.equal((await rows()).length, RACES);
});
