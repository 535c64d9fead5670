// How much is kept: above a limit a new race or course is refused with a sentence, and what is there stays.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startTrackside } from "../harness.mjs";
import { ask, finish, finishedRace, makeRace, post } from "../http.mjs";

let server;
let builtIn;
before(async () => {
  server = await startTrackside();
  builtIn = (await ask(server, "/api/courses")).json.courses.length;
  await finish(server);
  server = await startTrackside({ args: ["--max-races", "2", "--max-courses", String(builtIn + 1)] });
});
after(() => finish(server));

const line = '{"type":"LineString","coordinates":[[1,1],[1.01,1]]}';

test("races that are over count, and one that is deleted makes room", async () => {
  const over = await finishedRace(server);
  await makeRace(server);
  const refused = await post(server, "/api/races", { course: "crystal", competitors: 2 });
  assert.equal(refused.status, 409);
  assert.match(refused.json.error, /--max-races/);
  assert.equal((await ask(server, `/api/races/${over.runId}`, { method: "DELETE" })).status, 200);
  await makeRace(server);
});

test("courses", async () => {
  assert.equal((await post(server, "/api/courses?shortName=one", line)).status, 201);
  const refused = await post(server, "/api/courses?shortName=two", line);
  assert.equal(refused.status, 409);
  assert.match(refused.json.error, /--max-courses/);
  assert.equal((await post(server, "/api/courses?shortName=one&replace=true", line)).status, 201, "one that is there is replaced");
});
