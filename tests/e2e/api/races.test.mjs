// Races over HTTP: made, changed, listed, deleted; and everything that is wrong with a request, each with its sentence.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startTrackside, until } from "../harness.mjs";
import { ask, finish, finishedRace, makeRace, post } from "../http.mjs";

let server;
before(async () => (server = await startTrackside()));
after(() => finish(server));

test("what is left out is filled in and told", async () => {
  const answer = await post(server, "/api/races", { course: "crystal" });
  assert.equal(answer.status, 201, answer.text);
  const r = answer.json;
  assert.equal(answer.headers.get("location"), `/api/races/${r.runId}`);
  assert.match(r.runId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const { competitors, fastest, slowest, stopRatio, minPause, maxPause, speed } = r;
  assert.deepEqual({ competitors, fastest, slowest, stopRatio, minPause, maxPause, speed },
    { competitors: 100, fastest: 144, slowest: 500, stopRatio: 0.1, minPause: 10, maxPause: 60, speed: 1 });
  assert.ok(Number.isSafeInteger(r.seed) && r.seed >= 0);
  assert.match(r.startTime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.match(r.revision, /^[0-9a-f]{32}$/);
  assert.equal(r.state, "running");
  assert.deepEqual((await ask(server, `/api/races/${r.runId}`)).json, r);
});

test("no geofence on the route: nobody stops, unless it is asked for", async () => {
  assert.equal((await makeRace(server, { course: "half" })).stopRatio, 0);
  const answer = await post(server, "/api/races", { course: "half", stopRatio: 0.1 });
  assert.equal(answer.status, 400);
  assert.equal(answer.json.field, "stopRatio");
});

test("the list has the newest first, and a race that is deleted no longer", async () => {
  const first = await makeRace(server);
  await until("another millisecond", () => Date.now() > Date.parse(first.createdAt ?? 0) + 2);
  const second = await makeRace(server);
  const ids = async () => (await ask(server, "/api/races")).json.races.map((r) => r.runId);
  assert.ok((await ids()).indexOf(second.runId) < (await ids()).indexOf(first.runId));
  const gone = await ask(server, `/api/races/${first.runId}`, { method: "DELETE" });
  assert.equal(gone.status, 200);
  assert.equal(gone.json.state, "deleted");
  assert.match(gone.json.kept, /retention/);
  assert.ok(!(await ids()).includes(first.runId));
  for (const path of ["", "/board", "/positions", "/events", "/frames", "/results.csv", "/competitors/1", "/roster"]) {
    assert.equal((await ask(server, `/api/races/${first.runId}${path}`)).status, 404, path);
  }
});

test("pause, resume, another speed, stop", async () => {
  const { runId } = await makeRace(server);
  const act = (what, body) => post(server, `/api/races/${runId}/${what}`, body);
  const paused = await act("pause");
  assert.equal(paused.status, 200, paused.text);
  assert.equal(paused.json.state, "paused");
  assert.equal(paused.json.reason, "by hand");
  assert.equal((await act("resume")).json.state, "running");
  assert.equal((await act("speed", { speed: 10 })).json.anchor.speed, 10);
  assert.equal((await act("stop")).json.state, "stopped");
  const over = await act("resume");
  assert.equal(over.status, 409);
  assert.ok(over.json.error);
});

test("a start in the future is scheduled", async () => {
  const startTime = new Date(Date.now() + 3600e3).toISOString().slice(0, 19) + "Z";
  const race = await makeRace(server, { startTime });
  assert.equal(race.state, "scheduled");
  assert.equal(race.startTime, startTime);
});

test("the same seed makes the same events, another does not", async () => {
  const events = async (seed) => {
    const { runId } = await finishedRace(server, { competitors: 3, seed, startTime: "2026-01-01T09:00:00Z" });
    const text = (await ask(server, `/api/races/${runId}/events`)).text;
    return text.replaceAll(runId, "").replace(/"eventId": "[^"]*"/g, "");
  };
  const one = await events(11);
  assert.equal(await events(11), one);
  assert.notEqual(await events(12), one);
});

const wrong = [
  ["fastest slower than slowest", { fastest: 500, slowest: 144 }, "fastest"],
  ["no competitors", { competitors: 0 }, "competitors"],
  ["negative", { competitors: -5 }, "competitors"],
  ["a fraction of one", { competitors: 1.5 }, "competitors"],
  ["10^12", { competitors: 1e12 }, "competitors"],
  ["text", { competitors: "many" }, "competitors"],
  ["ratio above 1", { stopRatio: 1.01 }, "stopRatio"],
  ["ratio below 0", { stopRatio: -0.1 }, "stopRatio"],
  ["ratio as text", { stopRatio: "half" }, "stopRatio"],
  ["minimum pause above the maximum", { minPause: 61, maxPause: 60 }, "minPause"],
  ["negative pause", { minPause: -1 }, "minPause"],
  ["pace of 0", { fastest: 0 }, "fastest"],
  ["speed of 0", { speed: 0 }, "speed"],
  ["speed of 10^6", { speed: 1e6 }, "speed"],
  ["negative seed", { seed: -1 }, "seed"],
  ["seed beyond 2^53", { seed: 9007199254740993 }, "seed"],
  ["a time that is none", { startTime: "tomorrow" }, "startTime"],
  ["a 30th of February", { startTime: "2026-02-30T09:00:00Z" }, "startTime"],
  ["a runId with a quote", { runId: "a\"b" }, "runId"],
  ["a field that is not there", { competitor: 5 }, "competitor"],
  ["no course", { course: undefined }, "course"],
  ["a course that is a number", { course: 5 }, "course"],
];
for (const [what, change, field] of wrong) {
  test(`refused: ${what}`, async () => {
    const before = (await ask(server, "/api/races")).json.races.length;
    const answer = await post(server, "/api/races", { course: "crystal", competitors: 5, ...change });
    assert.equal(answer.status, 400, answer.text);
    assert.equal(answer.json.field, field, answer.text);
    assert.match(answer.json.error, /\w+ \w+/);
    assert.equal((await ask(server, "/api/races")).json.races.length, before);
  });
}

test("an unknown course is a 404", async () => {
  const answer = await post(server, "/api/races", { course: "atlantis" });
  assert.equal(answer.status, 404, answer.text);
  assert.match(answer.json.error, /atlantis/);
});

test("a runId that is taken is a 409", async () => {
  await makeRace(server, { runId: "mine" });
  assert.equal((await post(server, "/api/races", { course: "crystal", runId: "mine" })).status, 409);
});

const bodies = [
  ["nothing", undefined, /no body/],
  ["half of an object", "{\"course\": \"crys", /not JSON/],
  ["a list", "[]", /JSON object/],
  ["a form", "course=crystal", /not JSON/],
  ["bytes", Buffer.from([0, 1, 2, 255]), /not JSON/],
  ["deep nesting", "[".repeat(30000), /not JSON/],
  ["a field twice", "{\"course\": \"crystal\", \"course\": \"half\"}", /not JSON/],
  ["NaN", "{\"course\": \"crystal\", \"competitors\": NaN}", /not JSON/],
];
for (const [what, body, sentence] of bodies) {
  test(`refused as a body: ${what}`, async () => {
    const answer = await post(server, "/api/races", body);
    assert.equal(answer.status, 400, answer.text);
    assert.match(answer.json.error, sentence);
  });
}

test("actions on a race that is not there are 404s", async () => {
  for (const [method, path, body] of [["POST", "pause"], ["POST", "resume"], ["POST", "stop"], ["POST", "speed", "{\"speed\": 2}"], ["DELETE", ""], ["PUT", "roster", "competitorId,name\n"]]) {
    const answer = await ask(server, `/api/races/nobody${path && `/${path}`}`, { method, body });
    assert.equal(answer.status, 404, `${method} ${path} ${answer.text}`);
    assert.ok(answer.json.error);
  }
});

test("a speed that is none", async () => {
  const { runId } = await makeRace(server);
  for (const body of ["{\"speed\": 0}", "{\"speed\": \"fast\"}", "{\"speed\": 1001}", "{\"speed\": 2, \"x\": 1}", "{}", "5"]) {
    assert.equal((await post(server, `/api/races/${runId}/speed`, body)).status, 400, body);
  }
});
