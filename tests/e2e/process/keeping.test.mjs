// What is kept on disk and in memory: the limit on the data directory, and courses that nobody uses.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { repository, sleep, startTrackside, tempDir, until } from "../harness.mjs";
import { ask, makeRace, post } from "../http.mjs";

const MIB = 1 << 20;
const rss = (server) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))[1]) * 1024;

/** The memory when nothing more is given back: what importing took for a moment is no matter here. */
async function settled(server) {
  let least = Infinity;
  for (let calm = 0; calm < 8; calm++, await sleep(1000)) {
    const now = rss(server);
    if (now < least - MIB) [least, calm] = [now, 0];
  }
  return rss(server);
}

test("above --max-data a new race is refused; those that run go on, and room is made by deleting one", async (t) => {
  const server = await startTrackside({ t, args: ["--max-data", "0.005"] });
  const { runId } = await makeRace(server, { competitors: 20000, speed: 100 });
  const refused = await until("the limit is reached", async () => {
    const other = await post(server, "/api/races", { course: "crystal", competitors: 2 });
    return other.status !== 201 && other;
  });
  assert.equal(refused.status, 409);
  assert.match(refused.json.error, /--max-data/);
  const at = async () => (await ask(server, `/api/races/${runId}/board?limit=1`)).json.asOf.rawTime;
  const before = await at();
  await until("it goes on", async () => (await at()) > before);
  assert.equal((await ask(server, `/api/races/${runId}`, { method: "DELETE" })).status, 200);
  await until("there is room", async () => (await post(server, "/api/races", { course: "crystal", competitors: 2 })).status === 201);
});

test("a share of a GiB that is none is refused at the start", async (t) => {
  await assert.rejects(startTrackside({ t, args: ["--max-data", "0"] }), /--max-data/);
});

// The program's wall clock is moved on by a file that is preloaded, since a course stays in memory for a while.
test("courses that nobody uses leave memory, and come back when they are asked for", async (t) => {
  const dir = tempDir(t);
  const shim = join(dir, "shift.so");
  execFileSync("cc", ["-std=c17", "-D_GNU_SOURCE", "-shared", "-fPIC", "-o", shim, join(repository, "tests/e2e/process/clock_file.c")]);
  const clock = join(dir, "clock");
  const server = await startTrackside({ t, dir: join(dir, "data"), env: { LD_PRELOAD: shim, CLOCK_FILE: clock } });
  const points = Array.from({ length: 200000 }, (_, i) => `[${(-0.1 + i * 1.5e-6).toFixed(7)},${(51.3 + 0.2 * Math.sin(i / 3000)).toFixed(7)}]`);
  const file = `{"type":"LineString","coordinates":[${points.join(",")}]}`;
  for (let k = 0; k < 6; k++) assert.equal((await post(server, `/api/courses?shortName=big${k}`, file)).status, 201);
  const race = await makeRace(server, { course: "big0", competitors: 5 });
  const full = await settled(server);
  execFileSync("sh", ["-c", `echo 3600 > "${clock}"`]);
  await until("they are gone", () => rss(server) < full - 30 * MIB);
  const board = await ask(server, `/api/races/${race.runId}/board`);
  assert.equal(board.status, 200, "the course of a race that runs stays");
  const again = await ask(server, "/api/courses/big3?format=geojson");
  assert.equal(again.status, 200, again.text.slice(0, 200));
  const lines = again.json.features.filter((f) => f.geometry.type === "LineString");
  assert.equal(lines[0].geometry.coordinates.length, 200000);
});
