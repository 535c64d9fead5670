// count(*) of all positions is answered from what is known, and is what a walk over the rows gives.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startTrackside, until } from "../harness.mjs";
import { ask, finish, finishedRace, makeRace, post } from "../http.mjs";

let server;
let finished;
let stopped;
before(async () => {
  server = await startTrackside();
  finished = await finishedRace(server, { competitors: 3000, stopRatio: 0.5 });
  stopped = await makeRace(server, { competitors: 40, speed: 1000 });
  await until("some of it is run", async () => (await ask(server, `/api/races/${stopped.runId}/board`)).json.asOf.rawTime > 100);
  await post(server, `/api/races/${stopped.runId}/stop`);
  await makeRace(server, { startTime: new Date(Date.now() + 86400000).toISOString().slice(0, 19) + "Z" });
});
after(() => finish(server));

const number = async (sql) => {
  const answer = (await post(server, "/query/sql", { sql })).json;
  assert.deepEqual(answer.exceptions, [], sql);
  return answer.resultTable.rows[0]?.[0];
};

test("it is the number of rows", { timeout: 60000 }, async () => {
  for (const race of [finished, stopped]) {
    for (const [table, option] of [["parkrun", ""], ["parkrun", " option(skipUpsert=true)"], ["parkrun_history", ""]]) {
      // A second condition makes it a walk over the rows.
      const walked = await number(`select count(*) from ${table} where runId = '${race.runId}' and rawTime >= 0${option}`);
      assert.equal(await number(`select count(*) from ${table} where runId = '${race.runId}'${option}`), walked, `${table}${option}`);
      assert.ok(walked > 0);
    }
  }
  assert.equal(await number("select count(*) from parkrun"), 3040);
  const parts = await Promise.all([finished, stopped].map((r) => number(`select count(*) from parkrun_history where runId = '${r.runId}'`)));
  assert.equal(await number("select count(*) from parkrun_history"), parts[0] + parts[1]);
});

test("it takes no time, however many there are", async () => {
  for (const where of ["", ` where runId = '${finished.runId}'`])
    assert.ok((await number(`SET timeoutMs=60; select count(*) from parkrun_history${where}`)) > 2000000);
});

test("the forms of it", async () => {
  const all = await number("select count(*) from parkrun_history");
  for (const sql of ["SELECT COUNT(*) AS n FROM parkrun_history LIMIT 1", "select count(*) as \"how many\" from \"parkrun_history\" h",
    "select count(*) n from parkrun option(skipUpsert=true)", "SET skipUpsert = true; select count(*) from parkrun;"]) assert.equal(await number(sql), all, sql);
  const answer = (await post(server, "/query/sql", { sql: "select count(*) from parkrun" })).json;
  assert.deepEqual(answer.resultTable.dataSchema, { columnNames: ["count(*)"], columnDataTypes: ["LONG"] });
  const named = (await post(server, "/query/sql", { sql: `select count(*) as n from parkrun p where p.runId = '${stopped.runId}' limit 5` })).json;
  assert.deepEqual(named.resultTable, { dataSchema: { columnNames: ["n"], columnDataTypes: ["LONG"] }, rows: [[40]] });
  assert.equal(await number("select count(*) from parkrun_history where runId = 'nobody''s'"), 0);
  assert.equal(await number("select count(*) from parkrun limit 0"), undefined);
});
