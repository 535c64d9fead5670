// Servers beside one another on one Kafka: what is asked of any of them holds for all.
import assert from "node:assert/strict";
import test, { after } from "node:test";
import { api, sleep, until } from "../e2e/harness.mjs";
import { create, rawTime, setSpeed, spec, untilRaw, untilState } from "../e2e/process/races.mjs";
import { anyKafka, driverOf, exactlyOnceEverywhere, fresh, raceOf, refused, startServer } from "./cluster.mjs";

const kafka = await anyKafka({ after });
const servers = [await startServer(kafka, { t: { after } }), await startServer(kafka, { t: { after } })];

const SQUARE = "POLYGON ((-0.01 51.0, 0.01 51.0, 0.01 51.005, -0.01 51.005, -0.01 51.0))";
const straight = fresh("straight");
const LINE = JSON.stringify({
  type: "LineString",
  coordinates: [
    [0, 51],
    [0, 51.01],
  ],
});

/** Of the two servers, the race's driver and the other one. */
async function roles(runId) {
  const driver = await driverOf(servers, runId);
  return { driver, other: servers.find((s) => s !== driver) };
}

const post = (server, runId, verb) => api(server, `/api/races/${runId}/${verb}`, { method: "POST" });

async function seen(server, runId) {
  return until(`${runId} is seen`, () => raceOf(server, runId).catch((e) => e.status !== 404 && assert.fail(e)));
}

async function importCourse(server, name, query = "") {
  const at = `/api/courses?shortName=${name}&longName=Straight${query}`;
  const answer = await fetch(server.url + at, { method: "POST", body: LINE });
  const said = await answer.text();
  if (!answer.ok) throw Object.assign(new Error(said), { status: answer.status });
  return JSON.parse(said);
}

async function course(server, name) {
  const answer = await fetch(`${server.url}/api/courses/${name}`);
  return answer.ok ? answer.json() : undefined;
}

test("a race that is created at one is seen at both, with the same board at the same raw time", async (t) => {
  const s = spec(fresh("both"), { speed: 50, competitors: 200 });
  const made = await create(servers[0], s);
  const there = await seen(servers[1], s.runId);

  assert.deepEqual({ ...there, driver: "" }, { ...made, driver: "" });
  await untilRaw(servers[0], s.runId, 120);
  await untilRaw(servers[1], s.runId, 120);
  for (const raw of [0, 1, 60, 119]) {
    const boards = await Promise.all(servers.map((x) => api(x, `/api/races/${s.runId}/board?at=${raw}&limit=100`)));
    assert.deepEqual(boards[0], boards[1], `raw time ${raw}`);
    assert.equal(boards[0].asOf.rawTime, raw);
  }
  await setSpeed(servers[1], s.runId, 1000);
  for (const x of servers) await untilState(x, s.runId, "finished");
  await exactlyOnceEverywhere(kafka, servers, s);
  const last = await Promise.all(servers.map((x) => api(x, `/api/races/${s.runId}/board?limit=100`)));
  assert.deepEqual(last[0], last[1]);
});

test("pause, speed, resume, stop and delete at the server that does not drive are obeyed", async () => {
  const s = spec(fresh("ruled-from-afar"), { speed: 20 });

  await create(servers[0], s);
  for (const x of servers) await seen(x, s.runId);
  const { driver, other } = await roles(s.runId);
  await untilRaw(other, s.runId, 5);

  await post(other, s.runId, "pause");
  for (const x of servers) await untilState(x, s.runId, "paused");
  await until("both have read as far", async () => (await rawTime(other, s.runId)) === (await rawTime(driver, s.runId)));
  const at = await rawTime(driver, s.runId);
  await sleep(500);
  assert.equal(await rawTime(driver, s.runId), at, "it stands still");
  assert.equal((await refused(post(other, s.runId, "pause"))).status, 409);

  await setSpeed(other, s.runId, 100);
  await until("the driver has the new speed", async () => (await raceOf(driver, s.runId)).anchor.speed === 100);
  await post(other, s.runId, "resume");
  for (const x of servers) await untilRaw(x, s.runId, at + 20);

  await post(other, s.runId, "stop");
  for (const x of servers) await untilState(x, s.runId, "stopped");
  await until("both have read as far", async () => (await rawTime(other, s.runId)) === (await rawTime(driver, s.runId)));
  await exactlyOnceEverywhere(kafka, servers, s, await rawTime(driver, s.runId));
  assert.equal((await refused(post(driver, s.runId, "resume"))).status, 409);

  await api(other, `/api/races/${s.runId}`, { method: "DELETE" });
  for (const x of servers)
    await until("it is gone", () => raceOf(x, s.runId).then(() => false, (e) => e.status === 404));
});

test("a race that is deleted in mid-race does not come back, at these servers or at a new one", async (t) => {
  const s = spec(fresh("deleted-under-way"), { speed: 100 });
  const marker = spec(fresh("after-it"), { speed: 1000, startTime: "2026-01-01T10:00:00Z" });

  await create(servers[0], s);
  for (const x of servers) await seen(x, s.runId);
  const { other } = await roles(s.runId);
  await untilRaw(other, s.runId, 10);
  await api(other, `/api/races/${s.runId}`, { method: "DELETE" });
  await create(other, marker); // what is read after it has passed whatever was on its way
  for (const x of [...servers, await startServer(kafka, { t })]) {
    await untilState(x, marker.runId, "finished");
    const { races } = await api(x, "/api/races");
    assert.deepEqual(races.filter((r) => r.runId === s.runId), []);
  }
});

test("a course that is imported at one serves at the other; changed, and deleted", async () => {
  const s = spec(fresh("on-straight"), { course: straight, speed: 10, stopRatio: 0 });
  const made = await importCourse(servers[0], straight);

  await until("the other has it", () => course(servers[1], straight));
  assert.equal((await refused(importCourse(servers[1], straight))).status, 409);
  await create(servers[1], s);
  await seen(servers[0], s.runId);

  const fence = await fetch(`${servers[1].url}/api/courses/${straight}/geofence`, { method: "PUT", body: SQUARE });
  assert.equal(fence.status, 200, await fence.text());
  const revision = (c) => c?.properties?.revision ?? c?.revision;
  const changed = await until("the geofence is at the other", async () => {
    const c = await course(servers[0], straight);
    return JSON.stringify(c).includes("Polygon") && c;
  });
  assert.deepEqual(changed, await course(servers[1], straight));
  assert.ok(made.course ?? made.shortName);
  assert.notEqual(revision(changed), (await raceOf(servers[0], s.runId)).revision, "the race keeps the revision it has");

  for (const x of servers) {
    const no = await refused(api(x, `/api/courses/${straight}`, { method: "DELETE" }));
    assert.equal(no.status, 409);
    assert.match(no.error, /straight-.*stop it first/);
  }
  await post(servers[0], s.runId, "stop");
  for (const x of servers) await untilState(x, s.runId, "stopped");
  await api(servers[1], `/api/courses/${straight}`, { method: "DELETE" });
  for (const x of servers) await until("it is gone", async () => !(await course(x, straight)));
});
