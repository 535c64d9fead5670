// runIds: which may be given to a new race, and how a race is addressed. (Ids that older data or Kafka hold: unit/http/test_server.)
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startTrackside } from "../harness.mjs";
import { ask, finish, post } from "../http.mjs";

let server;
before(async () => {
  server = await startTrackside();
});
after(() => finish(server));

const create = (runId) => post(server, "/api/races", { course: "crystal", competitors: 2, runId });

test("an id that no address can hold is refused, and makes no race", async () => {
  for (const runId of ["a/b", ".", "..", "x/../../healthz", "a b", "a?b", "a#b", "a%62", "ä", ""]) {
    const refused = await create(runId);
    assert.equal(refused.status, 400, JSON.stringify(runId));
    assert.equal(refused.json.field, "runId", JSON.stringify(runId));
  }
  assert.deepEqual((await ask(server, "/api/races")).json.races, []);
});

test("an id of unreserved characters can be read, paused and stopped", async () => {
  for (const runId of ["A-b_c.d~1", "...", "0"]) {
    assert.equal((await create(runId)).status, 201, runId);
    assert.equal((await ask(server, `/api/races/${encodeURIComponent(runId)}`)).json.runId, runId);
    assert.equal((await post(server, `/api/races/${encodeURIComponent(runId)}/pause`)).json.state, "paused", runId);
    assert.equal((await post(server, `/api/races/${encodeURIComponent(runId)}/stop`)).json.state, "stopped", runId);
  }
});
