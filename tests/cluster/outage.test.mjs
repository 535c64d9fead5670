// Kafka goes away in mid-race: stopped, hung, killed. The race's clock goes on, the servers say what is wrong and go on
// answering, and when Kafka is back everything is published that was due, once.
import assert from "node:assert/strict";
import test, { after } from "node:test";
import { api, sleep, until } from "../e2e/harness.mjs";
import { create, rawTime, setSpeed, spec, untilRaw, untilState } from "../e2e/process/races.mjs";
import { exactlyOnceEverywhere, FAULT_MS, fresh, metric, raceOf, refused, startKafka, startServer } from "./cluster.mjs";

const kafka = await startKafka({ after });
const servers = [await startServer(kafka, { t: { after } }), await startServer(kafka, { t: { after } })];

const ready = (server) => api(server, "/readyz");

async function connected(server, wanted) {
  return until(`connected is ${wanted}`, async () => (await metric(server, "feed_connected")) === wanted, 40000);
}

/** Bring Kafka to grief in mid-race, and see the race come out whole. */
async function throughOutage(t, name, { down, up, ms }) {
  const s = spec(fresh(name), { speed: 20 });

  await create(servers[0], s);
  for (const x of servers) await untilRaw(x, s.runId, 30);
  const started = Date.now();
  await down();
  for (const x of servers) await connected(x, 0);
  t.diagnostic(`noticed at both after ${Date.now() - started} ms`);
  for (const x of servers) {
    const said = await ready(x);
    assert.equal(said.feed.connected, false);
    assert.match(said.feed.trouble, /\w+ \w+/);
    assert.equal((await raceOf(x, s.runId)).state, "running", "the race goes on");
    assert.ok((await rawTime(x, s.runId)) >= 30, "its board is answered");
  }
  const no = await refused(create(servers[1], spec(fresh("refused"))));
  assert.equal(no.status, 503);
  assert.match(no.error, /Kafka/);
  await sleep(Math.max(0, ms - (Date.now() - started)));
  await up();
  const back = Date.now();
  // By now the race's clock is past what it was by the whole outage.
  const due = 30 + Math.floor(((back - started) / 1000) * 20);
  await until("it has caught up", async () => (await rawTime(servers[0], s.runId)) >= due, 60000);
  t.diagnostic(`away for ${back - started} ms, caught up ${Date.now() - back} ms after it was back`);
  for (const x of servers) await connected(x, 1);
  for (const x of servers) assert.equal((await ready(x)).feed.connected, true);
  await setSpeed(servers[0], s.runId, 500);
  for (const x of servers) await untilState(x, s.runId, "finished");
  await exactlyOnceEverywhere(kafka, servers, s);
}

test("Kafka is stopped", (t) => throughOutage(t, "stopped", { down: kafka.stop, up: kafka.start, ms: FAULT_MS }));

test("Kafka is killed", (t) => throughOutage(t, "killed", { down: kafka.kill, up: kafka.start, ms: 0 }));

test("Kafka accepts and never acknowledges", (t) =>
  throughOutage(t, "hung", {
    down: () => kafka.signal("SIGSTOP"),
    up: () => kafka.signal("SIGCONT"),
    ms: Math.max(20000, FAULT_MS),
  }));
