// Kafka goes away in mid-race: stopped, hung, killed. The race's clock goes on, the servers say what is wrong and go on
// answering, and when Kafka is back everything is published that was due, once.
import assert from "node:assert/strict";
import test, { after } from "node:test";
import { api, sleep, until } from "../e2e/harness.mjs";
import { view } from "../e2e/http.mjs";
import { create, rawTime, setSpeed, spec, untilRaw, untilState } from "../e2e/process/races.mjs";
import { exactlyOnceEverywhere, FAULT_MS, fresh, metric, raceOf, refused, startKafka, startServer } from "./cluster.mjs";

// A race must not be over when Kafka is back.
const SPEED = Math.floor(1000000 / (FAULT_MS + 35000));

const kafka = await startKafka({ after });
const servers = [await startServer(kafka, { t: { after } }), await startServer(kafka, { t: { after } })];

const ready = (server) => api(server, "/readyz");

async function connected(server, wanted) {
  return until(`connected is ${wanted}`, async () => (await metric(server, "feed_connected")) === wanted, 40000);
}

const REFUSED_MS = 30000; // far more than it takes, far less than if each waited for Kafka in turn

/**
 * Everything that changes something is refused in good time, however much of it is asked at once, and meanwhile what only
 * reads is answered and viewers are.
 */
async function refusesAndAnswers(t, server, runId) {
  const since = Date.now();
  const ask = (path, body) => refused(api(server, path, { method: "POST", body }));
  const race = (verb, body) => ask(`/api/races/${runId}/${verb}`, body);
  const course = fetch(`${server.url}/api/courses/crystal/geofence`, { method: "PUT", body: "POLYGON ((0 0, 1 0, 1 1, 0 0))" });
  const asked = [
    ...Array.from({ length: 12 }, () => ask("/api/races", spec(fresh("refused")))),
    ...["pause", "stop", "pause"].map((verb) => race(verb)),
    race("speed", { speed: 50 }),
    refused(api(server, `/api/races/${runId}`, { method: "DELETE" })),
    course.then(async (r) => ({ status: r.status, error: (await r.json()).error })),
  ];
  const viewer = await view(server, runId);
  viewer.say({ type: "ping", client: 1 });
  await viewer.text("pong");
  viewer.end();
  assert.equal((await api(server, `/api/races/${runId}/board?limit=1`)).runId, runId);
  t.diagnostic(`a board and a viewer's ping after ${Date.now() - since} ms`);
  for (const no of await Promise.all(asked)) {
    assert.equal(no.status, 503, no.error);
    assert.match(no.error, /Kafka .+[.?]$/);
  }
  t.diagnostic(`${asked.length} refusals after ${Date.now() - since} ms`);
  assert.ok(Date.now() - since < REFUSED_MS, `${Date.now() - since} ms`);
}

/** Bring Kafka to grief in mid-race, and see the race come out whole. */
async function throughOutage(t, name, { down, up, ms }) {
  const s = spec(fresh(name), { speed: SPEED });

  await create(servers[0], s);
  for (const x of servers) await untilRaw(x, s.runId, 30);
  const started = Date.now();
  await down();
  for (const x of servers) await refusesAndAnswers(t, x, s.runId);
  for (const x of servers) await connected(x, 0);
  t.diagnostic(`noticed at both after ${Date.now() - started} ms`);
  for (const x of servers) {
    const said = await ready(x);
    assert.equal(said.feed.connected, false);
    assert.match(said.feed.trouble, /\w+ \w+/);
    assert.equal((await raceOf(x, s.runId)).state, "running", "the race goes on");
    assert.ok((await rawTime(x, s.runId)) >= 30, "its board is answered");
  }
  for (const x of servers) await refusesAndAnswers(t, x, s.runId);
  await sleep(Math.max(0, ms - (Date.now() - started)));
  await up();
  const back = Date.now();
  // By now the race's clock is past what it was by the whole outage.
  const due = 30 + Math.floor(((back - started) / 1000) * SPEED);
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
