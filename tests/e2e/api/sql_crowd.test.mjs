// Statements that take long, in any number, keep nobody else waiting.
// Runs alone: it measures how long control waits behind statements.
import assert from "node:assert/strict";
import { test } from "node:test";
import { sleep, startTrackside, until } from "../harness.mjs";
import { ask, dial, finish, makeRace, post } from "../http.mjs";

const digits = "json_each('[0,1,2,3,4,5,6,7,8,9]')";
const endless = `select count(*) from ${Array.from({ length: 15 }, (_, i) => `${digits} t${i}`)}`;
const body = JSON.stringify({ sql: endless });
const request = `POST /query/sql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

async function quick(what, ms, work) {
  const began = Date.now();
  const answer = await work();
  assert.ok(Date.now() - began < ms, `${what} took ${Date.now() - began} ms`);
  return answer;
}

async function othersAreAnswered(server, race) {
  for (const path of ["/healthz", "/readyz", `/api/races/${race.runId}/board`, "/api/races"])
    assert.equal((await quick(path, 2000, () => ask(server, path))).status, 200, path);
  for (const verb of ["pause", "resume"])
    assert.equal((await quick(verb, 2000, () => post(server, `/api/races/${race.runId}/${verb}`))).status, 200, verb);
}

test("a client that has gone ends its statements and their places in the queue", { timeout: 60000 }, async (t) => {
  const server = await startTrackside({ t });
  const race = await makeRace(server, { competitors: 50 });
  for (let i = 0; i < 40; i++) {
    const c = dial(server);
    await until("the connection stands", () => c.socket.readyState === "open");
    c.send(request);
    await sleep(5);
    c.socket.end(); // as a program that exits does it: nothing more is said
    c.socket.destroySoon();
  }
  await othersAreAnswered(server, race);
  await until("a statement is taken again", async () => (await post(server, "/query/sql", { sql: "select 1" })).status === 200, 4000);
  await finish(server);
});

test("a few statements of one client at once, the rest 429", { timeout: 60000 }, async (t) => {
  const server = await startTrackside({ t });
  const race = await makeRace(server, { competitors: 50 });
  const asked = Array.from({ length: 8 }, () => post(server, "/query/sql", { sql: `SET timeoutMs=3000; ${endless}` }));
  await sleep(300);
  await othersAreAnswered(server, race);
  const answers = await Promise.all(asked);
  const refused = answers.filter((a) => a.status === 429);
  assert.equal(refused.length, 4);
  assert.match(refused[0].json.error, /4 statements under way/);
  assert.ok(refused[0].headers.get("retry-after"));
  for (const a of answers.filter((x) => x.status !== 429)) assert.match(a.json.exceptions[0].message, /ended after 3000 ms/);
  assert.equal((await post(server, "/query/sql", { sql: "select 1" })).status, 200);
  await finish(server);
});

test("SIGTERM ends the program within two seconds, whatever runs", { timeout: 60000 }, async (t) => {
  const server = await startTrackside({ t });
  const numbers = `(select a.value + 10 * b.value + 100 * c.value + 1000 * d.value i from ${digits} a, ${digits} b, ${digits} c, ${digits} d order by i)`;
  const circle = (r) => `(select st_geomfromtext('LINESTRING (' || group_concat(${r}*cos(i*2*pi()/10001) || ' ' || ${r}*sin(i*2*pi()/10001), ',') || ')') from ${numbers})`;
  const slow = [endless, `select st_distance(${circle(1)}, ${circle(0.0000001)})`];
  const asked = slow.map((sql) => post(server, "/query/sql", { sql }).catch(() => undefined));
  await sleep(1500);
  const how = await quick("the end", 2500, () => server.stop());
  assert.equal(how.code, 0);
  await Promise.all(asked);
});
