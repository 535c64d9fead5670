// Bytes of the data directory change behind the server's back: it says so, with the right status, and nothing is answered as if it were whole.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { api, startTrackside, tempDir, text, until } from "../harness.mjs";
import { create, setSpeed, spec, untilState } from "./races.mjs";

const database = (dir) => join(dir, "trackside.db");

async function eventsOf(server, runId, rawTime) {
  const lines = await text(server, `/api/races/${runId}/events?from=${rawTime}&to=${rawTime}`);

  return lines.trim().split("\n").map((line) => JSON.parse(line));
}

/** Flips four bytes of that second's positions in the database's file, as a bad disk would. */
function flip(dir, events) {
  const bytes = readFileSync(database(dir));
  const row = Buffer.alloc(4 * events.length);

  events.forEach((e, i) => row.writeUInt32LE(Math.round(e.distance * 1000), 4 * i));
  const at = bytes.indexOf(row);
  assert.ok(at > 0, "the row is in the file");
  for (let i = 8; i < 12; i++) bytes[at + i] ^= 0xa5;
  writeFileSync(database(dir), bytes);
}

/** A finished race of 60 with damage at raw second `rawTime`; the server that was started on it. */
async function damaged(t, rawTime, competitors = 60) {
  const dir = tempDir(t);
  const s = spec("worn", { speed: 1000, competitors });
  let server = await startTrackside({ dir, t });

  await create(server, s);
  await setSpeed(server, s.runId, 1000);
  await untilState(server, s.runId, "finished");
  const events = await eventsOf(server, s.runId, rawTime);
  assert.equal(events.length, competitors, "everybody is still on the way");
  await server.stop();
  flip(dir, events);
  server = await startTrackside({ dir, t });
  return server;
}

test("a damaged second is a 500 with a sentence, where it is read first", async (t) => {
  const server = await damaged(t, 100);

  for (const path of ["events?from=100&to=110", "frames?from=95&to=110", "competitors/2?at=120", "board?at=100"]) {
    const answer = await fetch(`${server.url}/api/races/worn/${path}`);
    const said = await answer.text();

    assert.equal(answer.status, 500, `${path}: ${said.slice(0, 200)}`);
    assert.match(JSON.parse(said).error, /history of race worn .* damaged at raw second 100/, path);
  }
  assert.match(server.log(), /error: GET \/api\/races\/worn\/events: The history of race worn/);
  assert.equal((await fetch(`${server.url}/api/races/worn/events?from=101`)).status, 200, "what is whole is served");
  assert.equal((await api(server, "/api/races/worn/board")).state, "finished", "from the last snapshot on nothing is damaged");
});

test("a stream that has begun ends visibly broken, and the log says why", async (t) => {
  const server = await damaged(t, 700);
  const answer = await fetch(`${server.url}/api/races/worn/events`);

  assert.equal(answer.status, 200, "it had begun");
  await assert.rejects(answer.text(), "the end of the chunks is missing");
  await until("the log", () => /GET \/api\/races\/worn\/events was cut off in the middle: The history of race worn .* raw second 700/.test(server.log()), 5000);
});

// Asked by curl: where a reset comes right behind data, Node.js may report a quiet end.
test("HTTP/1.0 knows no chunks: the connection is reset", async (t) => {
  const server = await damaged(t, 700);
  const how = spawnSync("curl", ["--http1.0", "--silent", "--show-error", "--output", "/dev/null", `${server.url}/api/races/worn/events`], { encoding: "utf8" });

  assert.equal(how.status, 56, how.stderr);
  assert.match(how.stderr, /reset by peer/i);
});
