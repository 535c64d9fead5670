// Statements of a stranger who wants to end the server, or to keep it busy.
// Runs alone: it measures when statements end.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startTrackside } from "../harness.mjs";
import { ask, finish, makeRace, post } from "../http.mjs";

let server;
before(async () => {
  server = await startTrackside();
  await makeRace(server);
});
after(() => finish(server));

const sql = async (text) => (await post(server, "/query/sql", { sql: text })).json;
const said = (answer) => answer.exceptions[0]?.message ?? "";

const nan = "7ff8000000000000";
const one = "3ff0000000000000";
const zero = "0000000000000000";

test("geometry from outside is refused before GEOS sees it", async () => {
  const point = `st_point(0,0)`;
  const ring = `x'04${"00000001"}${"00000005"}${"00000000"}${zero}${zero}${zero}${one}${one}${one}${one}${nan}${zero}${zero}'`;
  const dot = `x'04${"00000001"}${"00000001"}${"00000000"}${one}${one}'`;
  for (const [text, reason] of [
    [`select st_distance(x'0100000002${nan}${nan}${one}${one}', ${point})`, /of several/],
    [`select st_distance(${point}, x'0100000002${nan}${nan}${one}${one}')`, /of several/],
    [`select st_equals(x'0100000002${one}${one}${nan}${one}', x'0100000001${one}${one}')`, /of several/],
    [`select st_contains(${ring}, ${point})`, /no finite number/],
    [`select st_contains(${dot}, ${point})`, /four or more/],
    [`select st_distance(st_geomfromtext('MULTILINESTRING((0 0,1 1),EMPTY)'), ${point})`, /not supported/],
    [`select st_astext(st_geomfromtext('LINESTRING(0 0,nan 1)'))`, /no finite number|not a geometry/],
  ]) {
    const answer = await sql(text);
    assert.match(said(answer), reason, text);
  }
  assert.equal((await ask(server, "/healthz")).status, 200);
});

// Each of these went on for seconds to minutes after its limit.
const upTo = (n) => `json_each('[${Array.from({ length: n }, (_, i) => i)}]')`;
const big = `(select group_concat('aaaaaaaaaaaaaaa', 'a') b from ${upTo(300)} a, ${upTo(200)} b)`;
const times = (n, f) => Array.from({ length: n }, (_, i) => f(i)).join("+");
// 0 to n - 1 as i.
const numbers = (n) => `(select a.value * 200 + b.value i from ${upTo(n / 200)} a, ${upTo(200)} b order by i)`;
const zigzag = (n, f) => `(select st_geomfromtext('LINESTRING (' || group_concat(${f}, ',') || ')') from ${numbers(n)})`;
for (const [name, text] of [
  ["LIKE", `select ${times(40, (i) => `(b like '%${"a".repeat(80)}b${i}')`)} from ${big}`],
  ["GLOB", `select ${times(40, (i) => `(b glob '*${"[a-z]".repeat(17)}b${i}')`)} from ${big}`],
  ["long texts", `select ${times(300, (i) => `length(b || '${i}')`)} from ${big}`],
  ["JSON", `select ${times(40, (i) => `json_array_length('[' || b || ']', '$') + ${i}`)} from ${big.replace("'aaaaaaaaaaaaaaa', 'a'", "'1,1,1,1,1,1,1,1', ','")}`],
  ["ST_Distance", `select st_distance(${zigzag(20000, "cos(i*2*pi()/20001)||' '||sin(i*2*pi()/20001)")}, ${zigzag(20000, "1e-7*cos(i*2*pi()/20001)||' '||1e-7*sin(i*2*pi()/20001)")})`],
  ["ST_Equals", `select st_equals(${zigzag(20000, "(i%2)||' '||i")}, ${zigzag(20000, "(i%2)||' '||i")})`],
  ["brackets", `select ${"(".repeat(99)}1${")".repeat(99)}`],
]) {
  test(`${name}: no statement goes on for long after its limit`, { timeout: 60000 }, async () => {
    const answer = await sql(`SET timeoutMs=300; ${text}`);
    assert.ok(answer.exceptions.length > 0);
    assert.ok(answer.timeUsedMs < 1000, `${answer.timeUsedMs} ms: ${said(answer)}`); // 0.2 s over on a machine of its own
    if (name === "brackets") assert.match(said(answer), /nests too deep/);
  });
}

test("a distance between two lines of 60,000 points is answered in time", async () => {
  const answer = await sql(`select st_distance(${zigzag(60000, "i||' '||(i%7)")}, ${zigzag(60000, "i||' '||(1000+i%7)")})`);
  assert.deepEqual(answer.exceptions, []);
  assert.ok(Math.abs(answer.resultTable.rows[0][0] - 994) < 0.01);
});

test("a quoted name of nothing is an error", async () => {
  assert.match(said(await sql('select "nosuch" from parkrun')), /No such column/);
});
