// Clients that ask and do not read: what that costs the server, and who is answered meanwhile.
// Runs alone: it measures the server's memory.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createConnection } from "node:net";
import { after, before, test } from "node:test";
import { sleep, startTrackside, until } from "../harness.mjs";
import { ask, finish, makeRace, post } from "../http.mjs";

let server;
before(async () => (server = await startTrackside({ args: ["--client-memory", "64"] })));
after(() => finish(server));

const MIB = 1 << 20;
const rss = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))[1]) * 1024;
const cpuSeconds = () => {
  const f = readFileSync(`/proc/${server.pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(f[11]) + Number(f[12])) / 100;
};

/** Connections that have asked for `path` and read only when told to. */
function readers(n, path, { method = "GET", body = "" } = {}) {
  const { hostname, port } = new URL(server.url);
  return Array.from({ length: n }, () => {
    const socket = createConnection({ host: hostname, port: Number(port) });
    socket.on("error", () => {});
    socket.pause();
    socket.write(`${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
    return socket;
  });
}

const leave = (sockets) => sockets.forEach((s) => s.destroy());

/** The statuses of answers whose readers have begun to read. */
async function statuses(sockets) {
  const heads = await Promise.all(sockets.map((s) => new Promise((done) => {
    let head = "";
    s.on("data", (b) => {
      head += b.toString("latin1");
      if (head.includes("\r\n\r\n")) done(head.split("\r\n\r\n")[0]);
    });
    s.on("close", () => done(head));
    s.resume();
  })));
  return heads;
}

async function highest(ms, over = () => false) {
  let most = 0;
  for (const end = Date.now() + ms; Date.now() < end && !(await over()); await sleep(50)) most = Math.max(most, rss());
  return most;
}

/** Answers of 503 so far. */
async function refusals() {
  const counted = (await ask(server, "/metrics")).text.matchAll(/^trackside_http_requests_total\{[^}]*(?:code|status)="503"[^}]*\} (\d+)$/gm);
  return [...counted].reduce((sum, [, n]) => sum + Number(n), 0);
}

test("one large course that many ask for is in memory once", async () => {
  const points = Array.from({ length: 100000 }, (_, i) => `[${(9 + i * 1e-5).toFixed(7)},${(48 + 0.01 * Math.sin(i / 500)).toFixed(7)}]`).join(",");
  assert.equal((await post(server, "/api/courses?shortName=long", `{"type":"LineString","coordinates":[${points}]}`)).status, 201);
  const whole = (await ask(server, "/api/courses/long")).bytes.length;
  const began = rss();
  const held = readers(100, "/api/courses/long");
  const most = await highest(3000);
  assert.ok(most - began < 60 * MIB, `${(most - began) / MIB} MiB more for 100 answers of ${whole / MIB} MiB`);
  assert.equal((await ask(server, "/healthz")).status, 200);
  for (const head of await statuses(held)) assert.match(head, /^HTTP\/1\.1 200/);
  leave(held);
});

test("above the budget the answer is 503 with Retry-After; small answers go on; memory is given back", async () => {
  const { runId } = await makeRace(server, { competitors: 100000 });
  await until("the first second", async () => (await ask(server, `/api/races/${runId}/board`)).json.asOf.rawTime > 0);
  const began = rss();
  const body = JSON.stringify({ sql: `select * from parkrun where runId = '${runId}' limit 20000` });
  // A client has few statements at a time, and a slow machine takes its time over each: more are asked until one is refused.
  const held = readers(40, "/query/sql", { method: "POST", body });
  const most = await highest(60000, async () => {
    held.push(...readers(2, "/query/sql", { method: "POST", body }));
    await sleep(300);
    return (await refusals()) > 0;
  });
  assert.ok(most - began < 250 * MIB, `${(most - began) / MIB} MiB more`);
  assert.equal((await ask(server, `/api/races/${runId}/board`)).status, 200);
  const heads = await statuses(held);
  const refused = heads.filter((h) => h.startsWith("HTTP/1.1 503"));
  assert.ok(refused.length > 0 && refused.every((h) => /\r\nRetry-After: \d+/i.test(h)), `${refused.length} of ${held.length} are refused`);
  assert.ok(heads.some((h) => h.startsWith("HTTP/1.1 200")));
  leave(held);
  await until("memory is given back", () => rss() < began + 80 * MIB, 30000);
  await ask(server, `/api/races/${runId}`, { method: "DELETE" });
});

test("bodies that are on their way are counted too", async () => {
  const { hostname, port } = new URL(server.url);
  const piece = Buffer.alloc(12 * MIB, 0x20);
  const held = Array.from({ length: 6 }, () => {
    const s = createConnection({ host: hostname, port: Number(port) });
    s.on("error", () => {});
    s.write(`POST /api/courses HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${30 * MIB}\r\n\r\n`);
    s.write(piece);
    return s;
  });
  const answers = held.map(() => "");
  held.forEach((s, i) => s.on("data", (b) => (answers[i] += b.toString("latin1"))));
  await until("one is refused", () => answers.some((a) => a.startsWith("HTTP/1.1 503")), 20000);
  assert.equal((await ask(server, "/api/races")).status, 200);
  leave(held);
  await until("there is room again", async () => (await post(server, "/api/courses?shortName=late", '{"type":"LineString","coordinates":[[1,1],[1.01,1]]}')).status === 201, 20000);
});

test("a roster is parsed once, however often a name is looked up", async () => {
  const { runId } = await makeRace(server, { competitors: 10 });
  const roster = `competitorId,name\n${Array.from({ length: 300000 }, (_, i) => `${i + 1},Competitor number ${i + 1}`).join("\n")}\n`;
  assert.equal((await ask(server, `/api/races/${runId}/roster`, { method: "PUT", body: roster })).status, 200);
  await until("the first second", async () => (await ask(server, `/api/races/${runId}/competitors/1`)).status === 200);
  const began = cpuSeconds();
  const found = await Promise.all(Array.from({ length: 40 }, () => ask(server, `/api/races/${runId}/competitors/7`)));
  const spent = cpuSeconds() - began;
  assert.ok(found.every((f) => f.json.name === "Competitor number 7"));
  assert.ok(spent < 1, `${spent} s of work for 40 look-ups`);
  await ask(server, `/api/races/${runId}/roster`, { method: "PUT", body: "competitorId,name\n7,Another\n" });
  assert.equal((await ask(server, `/api/races/${runId}/competitors/7`)).json.name, "Another", "a new roster counts at once");
});

test("50 replays and 100 readers of events that do not read leave results and positions answered", async () => {
  const { runId } = await makeRace(server, { competitors: 2000, speed: 100 });
  await until("some history", async () => (await ask(server, `/api/races/${runId}/board`)).json.asOf.rawTime > 300);
  const held = [...readers(50, `/api/races/${runId}/frames?from=0`), ...readers(100, `/api/races/${runId}/events`)];
  await sleep(1000);
  for (const path of ["results.csv", "positions", "board", "roster?version=1"]) {
    const answer = await ask(server, `/api/races/${runId}/${path}`);
    assert.equal(answer.status, 200, `${path}: ${answer.text.slice(0, 200)}`);
  }
  leave(held);
  await ask(server, `/api/races/${runId}`, { method: "DELETE" });
});
