// What goes wrong on the wire: bodies that never end or are too long, other sites' pages, slow and hasty clients.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sleep, startTrackside, until } from "../harness.mjs";
import { ask, dial, finish, finishedRace, makeRace, post, raw } from "../http.mjs";

let server;
before(async () => (server = await startTrackside()));
after(() => finish(server));

const head = (method, path, more = "") => `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`;
const status = (answer) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
const whole = (n) => (text) => (text.match(/HTTP\/1\.1 /g) ?? []).length >= n && text.trimEnd().endsWith("}");

test("a body that never ends is a 408, and the server goes on", { timeout: 60000 }, async () => {
  const answer = await raw(server, head("POST", "/api/races", "Content-Length: 100\r\n") + "{\"course\":", undefined, 40000);
  assert.equal(status(answer), 408, answer);
  assert.match(answer, /did not come in time/);
  assert.match(answer, /Connection: close/);
  assert.equal((await ask(server, "/healthz")).status, 200);
});

test("a body that is too large is a 413 before it is sent", async () => {
  for (const [path, method, bytes] of [
    ["/api/races", "POST", 65537], ["/query/sql", "POST", 65537], ["/api/courses", "POST", 33554433],
    ["/api/courses/crystal/geofence", "PUT", 2 << 20], ["/api/races/x/roster", "PUT", 1 << 30], ["/", "POST", 1e14],
  ]) {
    const answer = await raw(server, head(method, path, `Content-Length: ${bytes}\r\nContent-Type: text/plain\r\n`));
    assert.equal(status(answer), 413, `${method} ${path}: ${answer}`);
    assert.match(answer, /at most \d+ are taken here/);
  }
});

test("a body in chunks is refused, a length that is none too", async () => {
  assert.equal(status(await raw(server, head("POST", "/api/races", "Transfer-Encoding: chunked\r\n") + "2\r\n{}\r\n0\r\n\r\n")), 411);
  for (const length of ["x", "-1", "1e3", "5, 5", "99999999999999999999"]) {
    assert.equal(status(await raw(server, head("POST", "/api/races", `Content-Length: ${length}\r\n`))), 400, length);
  }
});

test("no Content-Length on a POST is an empty body", async () => {
  const { runId } = await makeRace(server);
  const answer = await raw(server, head("POST", `/api/races/${runId}/pause`));
  assert.equal(status(answer), 200, answer);
  assert.match(answer, /"state":"paused"/);
  assert.equal(status(await raw(server, head("POST", "/api/races"))), 400);
});

test("who waits for 100 Continue gets it", async () => {
  const body = "{\"course\": \"crystal\", \"competitors\": 1}";
  const c = dial(server);
  c.send(head("POST", "/api/races", `Content-Length: ${body.length}\r\nExpect: 100-continue\r\n`));
  await until("100 Continue", () => c.text().includes("100 Continue"), 5000);
  c.send(body);
  await until("201", () => c.text().includes("HTTP/1.1 201"), 5000);
  c.end();
});

test("the head and the body in two writes, byte by byte, and several requests at once", async () => {
  const body = "{\"sql\": \"select count(*) from parkrun\"}";
  const request = head("POST", "/query/sql", `Content-Length: ${body.length}\r\n`) + body;
  const c = dial(server);
  for (const byte of request) {
    c.send(byte);
    await sleep(1);
  }
  await until("the first answer", () => whole(1)(c.text()), 5000);
  c.send(request + head("GET", "/healthz").repeat(20) + head("GET", "/api/config"));
  await until("22 more answers", () => (c.text().match(/HTTP\/1\.1 200/g) ?? []).length === 23, 10000);
  c.end();
});

test("a request after one that was refused is answered on the same connection", async () => {
  const bad = head("POST", "/api/races", "Content-Length: 3\r\n") + "{]}";
  const nowhere = head("POST", "/api/nowhere", "Content-Length: 5\r\n") + "12345";
  const c = dial(server);
  const answers = () => [...c.text().matchAll(/HTTP\/1\.1 (\d+)/g)].map((m) => m[1]);
  for (const [i, request] of [bad, nowhere + head("GET", "/healthz"), bad].entries()) {
    c.send(request);
    await until("its answer", () => answers().length >= [1, 3, 4][i], 5000);
  }
  assert.deepEqual(answers(), ["400", "404", "200", "400"]);
  c.end();
});

test("bodies one behind the other in the same bytes: answered, or the connection ends; never a hang", async () => {
  const body = head("POST", "/query/sql", "Content-Length: 3\r\n") + "{]}";
  const c = dial(server);
  c.send(body.repeat(5));
  await until("an end", () => c.closed() || (c.text().match(/HTTP\/1\.1 400/g) ?? []).length === 5, 5000);
  assert.match(c.text(), /^HTTP\/1\.1 400/);
  assert.equal((await ask(server, "/healthz")).status, 200);
});

test("other sites' pages may not change anything, our own and no page may", async () => {
  const { host } = new URL(server.url);
  for (const [origin, expected] of [
    [undefined, 201], [`http://${host}`, 201], ["http://evil.example", 403], ["null", 403], [`http://evil.${host}`, 403],
    [`http://${host}.evil.example`, 403], ["http://localhost:1", 403], ["file://", 403],
  ]) {
    const answer = await raw(server, `POST /api/races HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${origin ? `Origin: ${origin}\r\n` : ""}Content-Length: 37\r\n\r\n{"course":"crystal","competitors": 1}`);
    assert.equal(status(answer), expected, `${origin}: ${answer}`);
    if (expected === 403) assert.match(answer, /only the server's own page may/);
  }
  const sql = await ask(server, "/query/sql", { method: "POST", body: "{\"sql\": \"select 1\"}", headers: { origin: "http://evil.example" } });
  assert.equal(sql.status, 403);
});

test("a name that somebody else's DNS points at us is refused", async () => {
  for (const [host, expected] of [["evil.example", 403], ["evil.example:8080", 403], ["127.0.0.1.evil.example", 403], ["localhost:99", 200], ["127.0.0.1", 200], ["[::1]:5", 200], ["LOCALHOST", 200]]) {
    const answer = await raw(server, `GET /api/races HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    assert.equal(status(answer), expected, host);
  }
});

test("long addresses and too many parameters", async () => {
  const long = await ask(server, `/api/races/${"x".repeat(3000)}`);
  assert.equal(long.status, 414);
  const many = await ask(server, `/api/races?${Array.from({ length: 40 }, (_, i) => `p${i}=1`).join("&")}`);
  assert.equal(many.status, 400);
});

test("noise is no reason to fall over", async () => {
  for (const noise of ["\r\n\r\n", "GET\r\n\r\n", "\0\0\0\0", "GET / HTTP/9.9\r\n\r\n", "A".repeat(70000), "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET /%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"y".repeat(20000)}\r\n\r\n`, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "CONNECT x:1 HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"]) {
    const c = dial(server);
    c.send(noise);
    await sleep(50);
    c.end();
  }
  assert.equal((await ask(server, "/healthz")).status, 200);
});

test("HTTP/1.0 gets its answer and the end of the connection", async () => {
  const { runId } = await finishedRace(server, { competitors: 40 });
  const small = await raw(server, "GET /healthz HTTP/1.0\r\n\r\n");
  assert.match(small, /"status":"ok"/);
  const long = await raw(server, `GET /api/races/${runId}/events HTTP/1.0\r\n\r\n`);
  assert.doesNotMatch(long, /chunked/);
  const body = long.slice(long.indexOf("\r\n\r\n") + 4);
  assert.equal(body, (await ask(server, `/api/races/${runId}/events`)).text);
});

test("a client that does not read holds up nobody, and one that goes away ends the work", async () => {
  const { runId } = await finishedRace(server, { competitors: 400 });
  const lazy = Array.from({ length: 40 }, () => {
    const c = dial(server);
    c.socket.pause();
    c.send(head("GET", `/api/races/${runId}/events`));
    return c;
  });
  await sleep(300);
  for (let i = 0; i < 20; i++) assert.equal((await ask(server, `/api/races/${runId}`)).status, 200);
  const busy = await ask(server, `/api/races/${runId}/events?to=1`);
  assert.equal(busy.status, 503);
  assert.ok(Number(busy.headers.get("retry-after")) >= 1);
  for (const c of lazy) c.end();
  await until("the streams' workers are free again", async () => (await ask(server, `/api/races/${runId}/events?to=1`)).status === 200, 20000);
});

test("what is streamed is whole, also on a slow client", async () => {
  const { runId } = await finishedRace(server, { competitors: 200 });
  const quick = await ask(server, `/api/races/${runId}/events`);
  assert.ok(quick.bytes.length > 5e6);
  const answer = await fetch(`${server.url}/api/races/${runId}/events`);
  let length = 0;
  let n = 0;
  for await (const part of answer.body) {
    length += part.length;
    if (++n % 16 === 0) await sleep(5);
  }
  assert.equal(length, quick.bytes.length);
});

test("many at once", async () => {
  const answers = await Promise.all(Array.from({ length: 300 }, (_, i) => ask(server, i % 2 ? "/api/races" : "/api/courses/crystal")));
  assert.ok(answers.every((a) => a.status === 200));
  for (let i = 0; i < 13; i++) {
    const sql = await Promise.all(Array.from({ length: 4 }, () => post(server, "/query/sql", { sql: "select count(*) from parkrun" })));
    assert.ok(sql.every((a) => a.status === 200 && a.json.exceptions.length === 0)); // a client has no more than four at once
  }
});
