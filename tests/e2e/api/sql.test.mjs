// POST /query/sql as Pinot's clients ask it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startTrackside } from "../harness.mjs";
import { ask, finish, finishedRace, post, raw } from "../http.mjs";

let server, race;
before(async () => {
  server = await startTrackside();
  race = await finishedRace(server, { competitors: 12 });
});
after(() => finish(server));

const sql = async (text) => (await post(server, "/query/sql", { sql: text })).json;

test("pinotdb's request, head and body in two writes, gets what pinotdb demands", async () => {
  const body = JSON.stringify({ sql: `select competitorId, distance from parkrun where runId = '${race.runId}' order by competitorId limit 5` });
  const head = `POST /query/sql HTTP/1.1\r\nHost: localhost:8099\r\nAccept: application/json\r\nAccept-Encoding: gzip, deflate\r\nConnection: keep-alive\r\nUser-Agent: python-httpx/0.23\r\nContent-Length: ${body.length}\r\nContent-Type: application/json\r\n\r\n`;
  const answer = await raw(server, head + body, (t) => t.includes("\r\n\r\n") && t.trimEnd().endsWith("}"));
  const a = JSON.parse(answer.slice(answer.indexOf("\r\n\r\n")));
  assert.deepEqual(a.resultTable.dataSchema.columnNames, ["competitorId", "distance"]);
  assert.deepEqual(a.resultTable.dataSchema.columnDataTypes, ["LONG", "DOUBLE"]);
  assert.deepEqual(a.resultTable.rows.map((r) => r[0]), [1, 2, 3, 4, 5]);
  assert.deepEqual(a.exceptions, []);
  assert.equal(a.numServersQueried, a.numServersResponded);
  for (const key of ["totalDocs", "timeUsedMs"]) assert.equal(typeof a[key], "number");
});

test("ten rows where no limit is given; every event under skipUpsert", async () => {
  assert.equal((await sql(`select competitorId from parkrun where runId = '${race.runId}'`)).resultTable.rows.length, 10);
  const events = (await ask(server, `/api/races/${race.runId}/events`)).text.trim().split("\n").length;
  const all = await sql(`select count(*) from parkrun where runId = '${race.runId}' limit 1 option(skipUpsert=true)`);
  assert.equal(all.resultTable.rows[0][0], events);
});

test("what writes, attaches or is no SQL is an exception in the answer", async () => {
  for (const text of ["delete from parkrun", "attach 'x' as y", "pragma journal_mode", "drop table races", "select", "", "select 1; select 2", "create table x (y)"]) {
    const answer = await post(server, "/query/sql", { sql: text });
    assert.equal(answer.status, 200, text);
    assert.ok(answer.json.exceptions.length > 0, text);
    assert.ok(answer.json.exceptions[0].message, text);
  }
});

test("SQL that never ends is ended, and holds up nobody", { timeout: 60000 }, async () => {
  const json = "json_each('[1,2,3,4,5,6,7,8,9,10]')";
  const endless = `select count(*) from ${Array.from({ length: 15 }, (_, i) => `${json} t${i}`)}`;
  const started = Date.now();
  const asked = post(server, "/query/sql", { sql: endless });
  for (let i = 0; i < 10; i++) assert.equal((await ask(server, "/api/races")).status, 200);
  assert.ok(Date.now() - started < 5000);
  assert.ok((await asked).json.exceptions.length > 0);
});

test("a request that is none is a 400", async () => {
  for (const body of ["", "select 1", "{}", "[]", "{\"sql\": 5}"]) {
    const answer = await post(server, "/query/sql", body);
    assert.equal(answer.status, 400, `${body} ${answer.text}`);
    assert.ok(answer.json.error);
  }
});
