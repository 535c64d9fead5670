// Who changes something sees it at once, also where Pinot has yet to load the course: races made on a course that was imported a
// moment ago, and what becomes of them, at the server that drives them and at another one.
import assert from "node:assert/strict";
import test, { after } from "node:test";
import { api, until } from "../e2e/harness.mjs";
import { ask } from "../e2e/http.mjs";
import { create, spec } from "../e2e/process/races.mjs";
import { fresh, refused, startServer } from "./cluster.mjs";

const controller = process.env.TRACKSIDE_TEST_PINOT;
const address = process.env.TRACKSIDE_TEST_KAFKA;
const skip = !(controller && address) && "there is no cluster: TRACKSIDE_TEST_KAFKA, TRACKSIDE_TEST_PINOT";
const start = () => startServer({ address }, { t: { after }, args: ["--pinot", controller] });
const servers = skip ? [] : await Promise.all([start(), start()]);

async function newCourse(t, name) {
  const line = { type: "LineString", coordinates: [[0, 51], [0.01, 51.002], [0.02, 51]] };
  const answer = await ask(servers[0], `/api/courses?shortName=${name}`, { method: "POST", body: JSON.stringify(line) });

  assert.equal(answer.status, 201, answer.text);
  t.after(() => api(servers[0], `/api/courses/${name}`, { method: "DELETE" }));
}

const stateAt = async (server, s) => (await api(server, `/api/races/${s.runId}`)).state;
const change = (server, s, what) => api(server, `/api/races/${s.runId}/${what}`, { method: "POST" });

test("a race is there for who made it, and so is every change", { skip }, async (t) => {
  const course = fresh("writes");
  await newCourse(t, course);
  const s = spec(fresh("writes"), { course, stopRatio: 0 });

  await create(servers[0], s);
  assert.equal(await stateAt(servers[0], s), "running");
  assert.ok((await api(servers[0], "/api/races")).races.some((r) => r.runId === s.runId), "it is in the list");
  assert.equal((await api(servers[0], `/api/races/${s.runId}/board`)).counts.competitors, s.competitors);
  await until("the other server shows it", async () => (await ask(servers[1], `/api/races/${s.runId}`)).status === 200);
  // One of the two does not drive it.
  for (const server of servers) {
    for (const [what, state] of [["pause", "paused"], ["resume", "running"]]) {
      await change(server, s, what);
      assert.equal(await stateAt(server, s), state);
      await until("the other hears of it", async () => (await Promise.all(servers.map((x) => stateAt(x, s)))).every((x) => x === state));
    }
  }
  await change(servers[1], s, "stop");
  assert.equal(await stateAt(servers[1], s), "stopped");
  await until("the other hears of it", async () => (await stateAt(servers[0], s)) === "stopped");
  await api(servers[1], `/api/races/${s.runId}`, { method: "DELETE" });
  assert.equal((await ask(servers[1], `/api/races/${s.runId}`)).status, 404);
  await until("the other hears of it", async () => (await ask(servers[0], `/api/races/${s.runId}`)).status === 404);
});

test("the runId of a deleted race is not given again, at any server, nor after a restart", { skip }, async () => {
  const s = spec(fresh("again"), { speed: 50 });

  await create(servers[0], s);
  await until("it has begun", async () => (await api(servers[0], `/api/races/${s.runId}/board`)).asOf.rawTime > 5);
  await api(servers[0], `/api/races/${s.runId}`, { method: "DELETE" });
  await until("the other has heard", async () => (await ask(servers[1], `/api/races/${s.runId}`)).status === 404);
  const later = await start();
  for (const server of [...servers, later]) {
    const no = await until("it is known to be deleted", () => refused(create(server, s)).then((r) => r.status === 409 && r));
    assert.match(no.error, /has been deleted: take another runId/);
    assert.equal((await ask(server, `/api/races/${s.runId}`)).status, 404);
  }
});
