// The original generator's own request, as its page sent it.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { startTrackside } from "../harness.mjs";
import { ask, finish, post, raw } from "../http.mjs";

let server, points;
before(async () => {
  server = await startTrackside();
  const course = (await ask(server, "/api/courses/crystal")).json;
  points = course.features.find((f) => f.properties.role === "route").geometry.coordinates;
});
after(() => finish(server));

const request = (change = {}) => ({
  run_id: randomUUID(), points, course: "crystal", how_many_get_stopped: 0.1, competitors: 100, fastest: 144, slowest: 500, min_pause: 10, max_pause: 60, ...change,
});

test("Success, and the race is there", async () => {
  const r = request();
  // As python-requests sends a body of text: no Content-Type.
  const body = JSON.stringify(r);
  const answer = await raw(server, `POST / HTTP/1.1\r\nHost: localhost:8080\r\nUser-Agent: python-requests/2.28.2\r\nAccept-Encoding: gzip, deflate\r\nAccept: */*\r\nConnection: keep-alive\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    (t) => t.endsWith("Success"));
  assert.match(answer, /^HTTP\/1\.1 200 OK/);
  assert.match(answer, /Content-Type: text\/html\r\n/);
  const race = (await ask(server, `/api/races/${r.run_id}`)).json;
  const { course, competitors, fastest, slowest, stopRatio, minPause, maxPause } = race;
  assert.deepEqual({ course, competitors, fastest, slowest, stopRatio, minPause, maxPause },
    { course: "crystal", competitors: 100, fastest: 144, slowest: 500, stopRatio: 0.1, minPause: 10, maxPause: 60 });
});

test("points either way round, a little off, repeated, or not at all", async () => {
  const off = points.map(([x, y]) => [x + 1e-6, y - 1e-6]);
  for (const [what, given] of [["back", [...points].reverse()], ["off by 0.1 m", off], ["repeated", points.flatMap((p) => [p, p])], ["none", undefined]]) {
    const answer = await post(server, "/", request({ points: given }));
    assert.equal(answer.status, 200, `${what}: ${answer.text}`);
    assert.equal(answer.text, "Success");
  }
});

test("any Content-Type, whole numbers written as 100.0", async () => {
  for (const type of ["application/json", "application/x-www-form-urlencoded", "text/plain"]) {
    const body = JSON.stringify(request()).replace("\"competitors\":100", "\"competitors\":100.0");
    assert.equal((await post(server, "/", body, { "content-type": type })).text, "Success");
  }
});

const wrong = [
  ["another line", { points: [[0, 0], [1, 1]] }, "points"],
  ["a line that is 10 m off", () => ({ points: points.map(([x, y]) => [x, y + 0.0001]) }), "points"],
  ["points that are none", { points: [["a", "b"]] }, "points"],
  ["points as text", { points: "LINESTRING" }, "points"],
  ["latitude 91", { points: [[0, 91], [0, 0]] }, "points"],
  ["more than all get stopped", { how_many_get_stopped: 5 }, "how_many_get_stopped"],
  ["fastest slower than slowest", { fastest: 500, slowest: 144 }, "fastest"],
  ["pauses the wrong way round", { min_pause: 60, max_pause: 10 }, "min_pause"],
  ["half a competitor", { competitors: 0.5 }, "competitors"],
  ["a field that is not theirs", { seed: 1 }, "seed"],
];
for (const [what, change, field] of wrong) {
  test(`refused with a sentence, at once: ${what}`, async () => {
    const r = request(typeof change === "function" ? change() : change);
    const answer = await post(server, "/", r);
    assert.equal(answer.status, 400, answer.text);
    assert.equal(answer.json.field, field);
    assert.equal((await ask(server, `/api/races/${r.run_id}`)).status, 404, "no ghost race");
  });
}

test("an unknown course, a run_id twice", async () => {
  assert.equal((await post(server, "/", request({ course: "atlantis", points: undefined }))).status, 404);
  const r = request();
  assert.equal((await post(server, "/", r)).status, 200);
  assert.equal((await post(server, "/", r)).status, 409);
});
