// Connections: silent ones keep nobody out, a client has so many, and what comes in one piece is read in pieces.
// Runs alone: it opens thousands of connections.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { program, sleep, startTrackside, until } from "../harness.mjs";
import { ask, dial, finish, makeRace, raw, view } from "../http.mjs";

let server;
before(async () => (server = await startTrackside()));
after(() => finish(server));

const head = (method, path, more = "") => `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`;
const statuses = (text) => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((m) => Number(m[1]));
const dialMany = async (n) => {
  const all = Array.from({ length: n }, () => dial(server));
  await until("they are connected", () => all.every((c) => !c.socket.connecting));
  return all;
};

test("1,500 connections without a whole head keep nobody out", { timeout: 60000 }, async () => {
  const race = await makeRace(server);
  const silent = await dialMany(750);
  const halves = await dialMany(750);
  for (const c of halves) c.send("GET /healthz HTTP/1.1\r\nHost: local");
  for (let i = 0; i < 20; i++) {
    for (const path of ["/healthz", `/api/races/${race.runId}/board`]) {
      const began = performance.now();
      assert.equal((await ask(server, path)).status, 200);
      assert.ok(performance.now() - began < 2000, `${path} took ${performance.now() - began} ms`);
    }
  }
  for (const c of [...silent, ...halves]) c.end();
});

test("a connection that was answered once waits without a buffer too", { timeout: 60000 }, async () => {
  const kept = await dialMany(1200);
  for (const c of kept) c.send(head("GET", "/healthz"));
  await until("all have an answer", () => kept.every((c) => c.text().includes("\"ok\"")));
  for (const c of kept) c.send("GET /healthz HTTP/1.1\r\nHost: local");
  const began = performance.now();
  assert.equal((await ask(server, "/api/races")).status, 200);
  assert.ok(performance.now() - began < 2000);
  for (const c of kept) c.send("host\r\n\r\n");
  await until("all have a second answer", () => kept.every((c) => statuses(c.text()).length === 2));
  for (const c of kept) c.end();
});

test("a head has five seconds, the first byte too", { timeout: 20000 }, async () => {
  const began = performance.now();
  const [silent, slow] = [dial(server), dial(server)];
  slow.send("GET /healthz HTTP/1.1\r\n");
  const drip = setInterval(() => slow.closed() || slow.send("X"), 500);
  await until("both are closed", () => silent.closed() && slow.closed(), 12000);
  clearInterval(drip);
  const took = performance.now() - began;
  assert.ok(took > 4000 && took < 9000, `${took} ms`);
  assert.equal(silent.text(), "");
  assert.deepEqual(statuses(slow.text()), [408]);
});

test("requests in one piece get an answer each, in their order", async () => {
  const post = (sql) => head("POST", "/query/sql", `Content-Length: ${JSON.stringify({ sql }).length}\r\n`) + JSON.stringify({ sql });
  const c = dial(server);
  c.send(post("select 11") + post("select 22") + head("GET", "/healthz") + post("select 33"));
  await until("four answers", () => statuses(c.text()).length === 4 && /\[\[33\]\]/.test(c.text()), 10000);
  assert.deepEqual(statuses(c.text()), [200, 200, 200, 200]);
  assert.match(c.text(), /\[\[11\]\][^]*\[\[22\]\][^]*"ok"[^]*\[\[33\]\]/);
  c.end();
});

test("heads that two readers may read in two ways are refused", async () => {
  for (const [name, request] of [
    ["an empty Host", "GET /healthz HTTP/1.1\r\nHost: \r\n\r\n"], ["no Host", "GET /healthz HTTP/1.1\r\nAccept: */*\r\n\r\n"],
    ["two Hosts", "GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n"],
    ["two lengths", head("POST", "/query/sql", "Content-Length: 3\r\nContent-Length: 3\r\n") + "{]}"],
    ["a folded line", "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b: c\r\n\r\n"],
    ["a blank before the colon", "GET /healthz HTTP/1.1\r\nHost : localhost\r\n\r\n"],
    ["a line without a name", "GET /healthz HTTP/1.1\r\nHost: localhost\r\nnothing\r\n\r\n"],
    ["a zero byte", "GET /healthz HTTP/1.1\r\nHost: local\0host\r\n\r\n"],
    ["another protocol", "CONNECT x:1 HTTP/1.1\r\nHost: localhost\r\n\r\n"],
  ]) {
    const answer = await raw(server, request);
    assert.deepEqual(statuses(answer), [400], `${name}: ${answer}`);
    assert.match(answer, /"error":/, name);
  }
  assert.deepEqual(statuses(await raw(server, head("GET", "/healthz", `X: ${"y".repeat(9000)}\r\n`))), [431]);
});

test("an empty line before a request is no request", async () => {
  assert.deepEqual(statuses(await raw(server, "\r\n\n" + head("GET", "/healthz", "Connection: close\r\n"))), [200]);
});

/** Seconds of a processor that a process has had. */
const cpuOf = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
};

const upgrade = (runId) =>
  head("GET", `/ws?race=${runId}`, "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n");
const frame = (opcode, payload, { mask = true, first = 0x80 } = {}) =>
  Buffer.concat([Buffer.from([first | opcode, (mask ? 0x80 : 0) | payload.length]), mask ? Buffer.alloc(4) : Buffer.alloc(0), Buffer.from(payload)]);

test("frames that a client may not send end the socket with 1002", async () => {
  const { runId } = await makeRace(server);
  const ping = JSON.stringify({ type: "ping", t: 4711 });
  for (const [name, bytes] of [
    ["unmasked", frame(1, ping, { mask: false })], ["an unmasked ping", frame(9, "", { mask: false })], ["a reserved bit", frame(1, ping, { first: 0xc0 })],
    ["an unknown opcode", frame(3, ping)], ["a ping in pieces", frame(9, "x", { first: 0 })], ["a continuation of nothing", frame(0, ping)],
    ["a message within a message", Buffer.concat([frame(1, "{", { first: 0 }), frame(1, ping)])],
  ]) {
    const c = dial(server);
    c.send(upgrade(runId));
    await until("101", () => c.text().includes("101 "));
    c.send(bytes);
    await until(`the end of ${name}`, () => c.closed(), 10000);
    assert.ok(c.bytes().includes(Buffer.from([0x88, 2, 0x03, 0xea])), `${name}: a close frame with 1002`);
    assert.ok(!c.text().includes("4711"), `${name} was not answered`);
  }
});

test("frames in one piece with the upgrade, in pieces, byte by byte; a ping gets its own bytes back", async () => {
  const { runId } = await makeRace(server);
  const c = dial(server);
  const ping = (t) => JSON.stringify({ type: "ping", t });
  c.send(Buffer.concat([Buffer.from(upgrade(runId)), frame(1, ping(111))]));
  await until("its pong", () => /"t": 111/.test(c.text()), 10000);
  c.send(Buffer.concat([frame(1, ping(222).slice(0, 5), { first: 0 }), frame(9, "abcdef"), frame(0, ping(222).slice(5))]));
  await until("both", () => /"t": 222/.test(c.text()) && c.bytes().includes(Buffer.from("\x8a\x06abcdef", "latin1")), 10000);
  for (const byte of frame(1, ping(333))) {
    c.send(Buffer.from([byte]));
    await sleep(1);
  }
  await until("its pong", () => /"t": 333/.test(c.text()), 10000);
  c.send(frame(8, Buffer.from([0x03, 0xe9])));
  await until("the end", () => c.closed(), 10000);
  assert.ok(c.bytes().includes(Buffer.from([0x88, 2, 0x03, 0xe9])), "its code comes back");
});

test("a client behind a proxy has so many connections and no more, others have theirs", async (t) => {
  const bounded = await startTrackside({ t, args: ["--connections-per-client", "3", "--trusted-proxy", "192.0.2.0/24"] });
  const { runId } = await makeRace(bounded);
  const from = (address) => ({ headers: { "x-forwarded-for": address } });
  const open = [];
  for (let i = 0; i < 3; i++) open.push(await view(bounded, runId, from(`198.51.100.7, 203.0.113.5, 192.0.2.${i}`)));
  assert.ok(open.every((v) => v.refused === undefined));
  const fourth = await view(bounded, runId, from("203.0.113.5"));
  assert.equal(fourth.refused, 429);
  assert.match(fourth.sentence, /203\.0\.113\.5 has 3 connections/);
  assert.equal((await ask(bounded, "/healthz", from("203.0.113.5"))).status, 429);
  assert.equal((await ask(bounded, "/healthz", from("203.0.113.6"))).status, 200);
  const twice = (first, last) => head("GET", "/healthz", `X-Forwarded-For: ${first}\r\nX-Forwarded-For: ${last}\r\nConnection: close\r\n`);
  assert.deepEqual(statuses(await raw(bounded, twice("203.0.113.6", "203.0.113.5"))), [429], "the last of two headers counts");
  assert.deepEqual(statuses(await raw(bounded, twice("203.0.113.5", "203.0.113.6"))), [200]);
  assert.equal((await ask(bounded, "/healthz")).status, 200);
  const v6 = [];
  for (let i = 1; i < 4; i++) v6.push(await view(bounded, runId, from(`2001:db8:0:1::${i}`)));
  assert.equal((await view(bounded, runId, from("2001:db8:0:1::9"))).refused, 429);
  open[0].end();
  await until("there is room again", async () => (await ask(bounded, "/healthz", from("203.0.113.5"))).status === 200, 5000);
  for (const v of [...open, ...v6]) v.end();
});

test("out of file descriptors it drops the silent, waits, says so once, and goes on", { timeout: 60000 }, async (t) => {
  const small = await startTrackside({ t, command: ["sh", "-c", "ulimit -n 100; exec \"$0\" \"$@\"", program] });
  const { runId } = await makeRace(small);
  const health = async () => statuses(await raw(small, head("GET", "/healthz", "Connection: close\r\n")))[0];
  const silent = Array.from({ length: 200 }, () => dial(small));
  await sleep(300);
  assert.equal(await health(), 200);
  for (const c of silent) c.end();

  const viewers = Array.from({ length: 120 }, () => dial(small));
  for (const c of viewers) c.send(upgrade(runId));
  await until("as many as can are in", () => viewers.filter((c) => c.text().includes("101 ")).length > 50, 20000);
  await sleep(1500);
  const began = cpuOf(small.pid);
  await sleep(2000);
  assert.ok(cpuOf(small.pid) - began < 1, "it does not spin");
  assert.equal((small.log().match(/no more connections can be taken/g) ?? []).length, 1, small.log());
  for (const c of viewers) c.end();
  await until("it answers again", async () => (await health()) === 200, 10000);
});

test("listening everywhere prints an address that can be opened", async (t) => {
  const everywhere = await startTrackside({ t, args: ["--listen", "0.0.0.0:0"] });
  assert.match(everywhere.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.equal((await ask(everywhere, "/healthz")).status, 200);
});
