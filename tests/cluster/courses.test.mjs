// A course goes through Kafka in one record: long ones have to fit, and what does not is refused with what to do.
import assert from "node:assert/strict";
import test, { after } from "node:test";
import { api, until } from "../e2e/harness.mjs";
import { anyKafka, fresh, metric, startServer } from "./cluster.mjs";

const kafka = await anyKafka({ after });
const servers = [await startServer(kafka, { t: { after } }), await startServer(kafka, { t: { after } })];

/** A wavy line of n points, about 1.6 m apart. */
function line(n) {
  const coordinates = Array.from({ length: n }, (_, i) => [i * 1e-5, 51 + 0.001 * Math.sin(i / 50)]);
  return JSON.stringify({ type: "LineString", coordinates });
}

async function put(name, n) {
  const answer = await fetch(`${servers[0].url}/api/courses?shortName=${name}`, { method: "POST", body: line(n) });
  return { status: answer.status, ...(await answer.json()) };
}

test("a course of 60,000 points reaches the other server", async () => {
  const name = fresh("long");
  const made = await put(name, 60000);

  assert.equal(made.status, 201, made.error);
  const there = await until("the other has it", () => api(servers[1], `/api/courses/${name}`).catch(() => false));
  assert.deepEqual(there, await api(servers[0], `/api/courses/${name}`));
  await api(servers[1], `/api/courses/${name}`, { method: "DELETE" });
});

test("one that no record can hold is refused, and is nowhere", async () => {
  const name = fresh("longer");
  const made = await put(name, 200000);

  assert.equal(made.status, 413);
  assert.match(made.error, /max\.message\.bytes/);
  for (const x of servers) assert.equal((await fetch(`${x.url}/api/courses/${name}`)).status, 404);
  assert.equal(await metric(servers[0], "feed_connected"), 1, "that is no trouble of Kafka's");
});
