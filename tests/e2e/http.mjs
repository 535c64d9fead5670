// Asking the server in ways that fetch cannot: raw bytes, and push sockets with what they have said so far.
import { createConnection } from "node:net";
import WebSocket from "ws";
import { until } from "./harness.mjs";

/** Status, body and headers of a request. */
export async function ask(server, path, options = {}) {
  const answer = await fetch(server.url + path, { redirect: "manual", ...options });
  const bytes = Buffer.from(await answer.arrayBuffer());
  const text = bytes.toString("utf8");
  let json;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return { status: answer.status, headers: answer.headers, bytes, text, json };
}

export const post = (server, path, body, headers = {}) =>
  ask(server, path, { method: "POST", body: typeof body === "string" || body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body), headers });

/** Stop the server: it ends well, and a sanitizer in it has nothing to say. */
export async function finish(server) {
  const how = await server.stop();
  if (how.code !== 0 || /Sanitizer|runtime error/.test(server.log())) throw new Error(`the server ended with ${how.code ?? how.signal}: ${server.log()}`);
}

/** Make a race; its record. */
export async function makeRace(server, spec = {}) {
  const answer = await post(server, "/api/races", { course: "crystal", competitors: 20, seed: 7, ...spec });
  if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`);
  return answer.json;
}

/** Make a race that is over in a second or two, and wait for its end. */
export async function finishedRace(server, spec = {}) {
  const race = await makeRace(server, { fastest: 144, slowest: 200, speed: 1000, stopRatio: 0, ...spec });
  await until("the race is finished", async () => (await ask(server, `/api/races/${race.runId}`)).json.state === "finished");
  return race;
}

/** A TCP connection: write with send(), what came is in text(). */
export function dial(server) {
  const { hostname, port } = new URL(server.url);
  const socket = createConnection({ host: hostname, port: Number(port) });
  const came = [];
  let closed = false;
  socket.on("data", (b) => came.push(b));
  socket.on("error", () => {});
  socket.on("close", () => (closed = true));
  return {
    socket,
    send: (bytes) => socket.write(bytes),
    bytes: () => Buffer.concat(came),
    text: () => Buffer.concat(came).toString("latin1"),
    closed: () => closed,
    end: () => socket.destroy(),
  };
}

/** Raw bytes in, everything that came until the server closed (or `enough` says so) out. */
export async function raw(server, bytes, enough = () => false, patienceMs = 20000) {
  const c = dial(server);
  c.send(bytes);
  await until("an answer to raw bytes", () => c.closed() || enough(c.text()), patienceMs);
  c.end();
  return c.text();
}

/** A viewer: its texts (parsed) and frames in order. */
export async function view(server, runId, options = {}) {
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/ws?race=${encodeURIComponent(runId)}`, options);
  const v = { socket, texts: [], frames: [], closed: null, failed: null };
  socket.on("message", (data, binary) => (binary ? v.frames.push(data) : v.texts.push(JSON.parse(data))));
  socket.on("close", (code) => (v.closed = code));
  socket.on("error", (error) => (v.failed = error));
  socket.on("unexpected-response", (_, answer) => {
    v.refused = answer.statusCode;
    let body = "";
    answer.on("data", (b) => (body += b));
    answer.on("end", () => {
      v.sentence = body;
      v.closed = 0;
    });
  });
  v.say = (message) => socket.send(typeof message === "string" ? message : JSON.stringify(message));
  v.of = (type) => v.texts.filter((m) => m.type === type);
  v.text = (type, n = 1) => until(`${n} ${type}`, () => v.of(type).length >= n && v.of(type));
  v.end = () => socket.terminate();
  await until("the socket opens or is refused", () => socket.readyState === WebSocket.OPEN || v.closed !== null || v.failed);
  return v;
}

/** The header of a frame. */
export function frameHead(b) {
  return {
    kind: b.readUInt8(0), flags: b.readUInt8(1), seq: b.readUInt16LE(2), n: b.readUInt32LE(4), serverMs: b.readDoubleLE(8),
    raceMs: b.readDoubleLE(16), unit: b.readFloatLE(24), roster: b.readUInt32LE(28),
  };
}

/** Frames that stand one after the other: what a decoder has to know to find the next. */
export function* splitFrames(b) {
  for (let at = 0; at < b.length;) {
    const head = frameHead(b.subarray(at));
    let len = 32;
    if (head.kind === 1) len += 3 * head.n;
    else if (head.kind === 2) {
      const moved = b.subarray(at + 32, at + 32 + head.n);
      len += head.n;
      for (const m of moved) len += m === 254 ? 2 : m === 255 ? 3 : 0;
    } else len += 4 + b.readUInt32LE(at + 32) * (head.kind === 3 ? 20 : 16);
    yield b.subarray(at, at + len);
    at += len;
  }
}

/** Distances (m) and statuses after each frame of kinds 1 and 2. */
export function* decodeFrames(frames) {
  let units = [];
  let status = [];
  for (const f of frames) {
    const head = frameHead(f);
    if (head.kind === 1) {
      units = Array.from({ length: head.n }, (_, i) => f.readUInt16LE(32 + 2 * i));
      status = Array.from({ length: head.n }, (_, i) => f.readUInt8(32 + 2 * head.n + i));
    } else if (head.kind === 2) {
      let tail = 32 + head.n;
      for (let i = 0; i < head.n; i++) {
        const m = f.readUInt8(32 + i);
        if (m <= 253) units[i] += m;
        else {
          units[i] = f.readUInt16LE(tail);
          tail += 2;
          if (m === 255) status[i] = f.readUInt8(tail++);
        }
      }
    } else continue;
    yield { head, distance: units.map((u) => u * head.unit), status: [...status] };
  }
}
