// A client that asks and then takes nothing is dropped after 30 s, and what was held for it is given back.
import assert from "node:assert/strict";
import { createConnection } from "node:net";
import { after, before, test } from "node:test";
import { sleep, startTrackside, until } from "../harness.mjs";
import { ask, finish, post } from "../http.mjs";

let server;
before(async () => (server = await startTrackside()));
after(() => finish(server));

const POINTS = 200000; // the answer is far larger than what the system's buffers take
const PATH = "/api/courses/long?format=geojson";

/** A connection that has asked; it reads when it is resumed. */
function asked() {
  const { hostname, port } = new URL(server.url);
  const socket = createConnection({ host: hostname, port: Number(port) });
  socket.on("error", () => {});
  socket.pause();
  socket.write(`GET ${PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
  return socket;
}

/** How many bytes come until the connection ends. */
async function taken(socket) {
  let n = 0;
  socket.on("data", (b) => (n += b.length));
  const over = new Promise((done) => socket.on("close", done));
  socket.resume();
  await over;
  return n;
}

test("who takes nothing for 30 s is dropped; who takes a little now and then gets everything", async () => {
  const points = Array.from({ length: POINTS }, (_, i) => `[${(9 + i * 1e-5).toFixed(7)},${(48 + 0.01 * Math.sin(i / 500)).toFixed(7)}]`).join(",");
  assert.equal((await post(server, "/api/courses?shortName=long", `{"type":"LineString","coordinates":[${points}]}`)).status, 201);
  const whole = (await ask(server, PATH)).bytes.length;
  const silent = asked();
  const slow = asked();
  let slowBytes = 0;
  slow.on("data", (b) => (slowBytes += b.length));
  const end = Date.now() + 40000;
  while (Date.now() < end) {
    slow.resume();
    await sleep(5);
    slow.pause();
    await sleep(5000);
  }
  assert.ok((await taken(silent)) < whole / 2, "the rest was not kept for it");
  slow.resume();
  await until("all of it has come", () => slowBytes >= whole, 20000);
  slow.destroy();
  silent.destroy();
});
