// Pinot's broker refuses, or takes statements and never answers: a proxy in front of the run's own Pinot does so, which nobody
// else notices. The last board stands with its age and the reason, Pinot is left alone meanwhile, and all is well within a
// refresh after it is back. (Real stops and kills are in pinot-faults.test.mjs.)
import assert from "node:assert/strict";
import test, { after } from "node:test";
import { api, sleep, until } from "../e2e/harness.mjs";
import { view } from "../e2e/http.mjs";
import { create, rawTime, spec, untilRaw } from "../e2e/process/races.mjs";
import { fresh, metric, startServer } from "./cluster.mjs";
import { brokerOf, startProxy } from "./proxy.mjs";

const controller = process.env.TRACKSIDE_TEST_PINOT;
const address = process.env.TRACKSIDE_TEST_KAFKA;
const skip = !(controller && address) && "there is no cluster: TRACKSIDE_TEST_KAFKA, TRACKSIDE_TEST_PINOT";
const VIEWERS = 3;
const AWAY_MS = 8000;
// One a second, and those of the first second (after 100, 200, 400 ms), twice over.
const TRIES_MAX = 2 * (AWAY_MS / 1000 + 4);

const proxy = skip ? null : await startProxy({ after }, await brokerOf(controller));
const server = skip
  ? null
  : await startServer({ address }, { t: { after }, args: ["--pinot", controller, "--pinot-broker", proxy.url] });
const lag = (s) => api(server, `/api/lag?race=${s.runId}`);

/** A race that several people look at, and that moves much between two looks. */
async function begin(t, name) {
  const s = spec(fresh(name), { speed: 5 });

  await create(server, s);
  const viewers = await Promise.all(Array.from({ length: VIEWERS }, () => view(server, s.runId)));
  t.after(async () => {
    proxy.pass();
    for (const v of viewers) v.end();
    await api(server, `/api/races/${s.runId}`, { method: "DELETE" });
  });
  await untilRaw(server, s.runId, 10);
  return s;
}

async function untilTrouble(s) {
  const { store } = await until("that Pinot is away is told", async () => {
    const answer = await lag(s);
    return answer.store.trouble !== "" && answer;
  });
  assert.equal(await metric(server, "pinot_answering"), 0);
  return store.trouble;
}

async function untilBack(t, s, standing) {
  const since = Date.now();
  await until("the board goes on", async () => (await rawTime(server, s.runId)) > standing);
  t.diagnostic(`the board goes on ${Date.now() - since} ms after Pinot is back`);
  await until("the trouble is over", async () => (await lag(s)).store.trouble === "");
  assert.equal(await metric(server, "pinot_answering"), 1);
}

test("Pinot refuses: the last board stands, and it is asked ever more seldom", { skip }, async (t) => {
  const s = await begin(t, "refused");

  proxy.refuse();
  assert.match(await untilTrouble(s), /Pinot at .* does not answer/);
  const standing = await rawTime(server, s.runId);
  const tried = proxy.tries();
  for (const end = Date.now() + AWAY_MS; Date.now() < end; await sleep(100))
    assert.equal(await rawTime(server, s.runId), standing, "the last board stands");
  const tries = proxy.tries() - tried;
  t.diagnostic(`${tries} tries in ${AWAY_MS} ms, with ${VIEWERS} viewers and ten boards a second asked for`);
  assert.ok(tries >= 1 && tries <= TRIES_MAX, `${tries} tries`);
  const { store } = await lag(s);
  assert.ok(store.answerAgeMs >= AWAY_MS / 2, `its age is told: ${store.answerAgeMs}`);
  proxy.pass();
  await untilBack(t, s, standing);
});

test("Pinot hangs: boards are answered while a statement is waited for", { skip }, async (t) => {
  const s = await begin(t, "hanging");

  proxy.hang();
  await until("a statement hangs", () => proxy.held() > 0);
  const standing = await rawTime(server, s.runId);
  // Each round is answered in the time that one statement is waited for.
  await until("five boards in the time of one statement", async () => {
    await until("a statement hangs", () => proxy.held() === 1);
    const tries = proxy.tries();
    for (let k = 0; k < 5; k++) assert.equal(await rawTime(server, s.runId), standing);
    return proxy.tries() === tries;
  });
  await untilTrouble(s);
  assert.equal(await rawTime(server, s.runId), standing);
  proxy.pass();
  await untilBack(t, s, standing);
});

test("what nobody has looked at yet is refused with the reason, not waited for", { skip }, async (t) => {
  const s = await begin(t, "unseen");
  const other = spec(fresh("unseen"));

  await create(server, other);
  t.after(() => api(server, `/api/races/${other.runId}`, { method: "DELETE" }));
  proxy.refuse();
  await untilTrouble(s);
  const answer = await fetch(`${server.url}/api/races/${other.runId}/board`);
  assert.equal(answer.status, 503);
  assert.match((await answer.json()).error, /Pinot/);
  assert.equal((await api(server, `/api/races/${other.runId}`)).state, "running", "the race itself is known");
  proxy.pass();
  await until("it is shown", () => rawTime(server, other.runId).then((raw) => raw >= 0, (why) => assert.equal(why.status, 503)));
});

test("a race is made on a course that Pinot cannot be given", { skip }, async (t) => {
  const s = await begin(t, "new-course");
  const course = fresh("away");
  const line = { type: "LineString", coordinates: [[0, 51], [0.02, 51.002]] };
  const other = spec(fresh("new-course"), { course, stopRatio: 0 });

  proxy.refuse();
  await untilTrouble(s);
  await api(server, `/api/courses?shortName=${course}`, { method: "POST", body: line });
  await create(server, other);
  assert.equal((await api(server, `/api/races/${other.runId}`)).state, "running");
  proxy.pass();
  await untilBack(t, s, await rawTime(server, s.runId));
  await until("it is shown", () => rawTime(server, other.runId).then((raw) => raw >= 0, (why) => assert.equal(why.status, 503)));
  const { store } = await until("the course is there", async () => {
    const answer = await lag(s);
    return answer.store.courseTrouble === "" && answer;
  });
  assert.equal(store.trouble, "");
  await api(server, `/api/races/${other.runId}`, { method: "DELETE" });
  await api(server, `/api/courses/${course}`, { method: "DELETE" });
});
