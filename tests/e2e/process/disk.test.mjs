// The disk fills up in mid-race: the race stands still, says so, and goes on when there is room. On a small file system in
// memory where this user may mount one; else under a limit on the size of files, which is lifted later.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import test from "node:test";
import { api, program, sleep, startTrackside, tempDir, text, trackside, until } from "../harness.mjs";
import { create, exactlyOnce, rawTime, setSpeed, spec, untilState } from "./races.mjs";

const SMALL_MB = 3;
const LARGE_MB = 100;

function run(command, ...args) {
  const r = spawnSync(command, args, { encoding: "utf8" });

  return { ok: r.status === 0, why: r.error?.message ?? r.stderr };
}

/** {dir, command, widen(pid), how}: a place for the data that is small until widen() is called. */
function smallPlace(t) {
  let mounted = { ok: false };
  const dir = tempDir(t, (path) => mounted.ok && run("umount", path));

  mounted = run("mount", "-t", "tmpfs", "-o", `size=${SMALL_MB}m`, "trackside-test", dir);
  if (mounted.ok) {
    return {
      dir,
      how: "tmpfs",
      command: [program],
      widen: () => run("mount", "-o", `remount,size=${LARGE_MB}m`, dir),
    };
  }
  return {
    dir,
    how: `a limit on file sizes, because mount said: ${mounted.why.trim()}`,
    command: ["prlimit", `--fsize=${SMALL_MB << 20}:${LARGE_MB << 20}`, program],
    widen: (pid) => run("prlimit", "--pid", String(pid), `--fsize=${LARGE_MB << 20}:${LARGE_MB << 20}`),
  };
}

const diskFull = async (server) => /^trackside_disk_full 1$/m.test(await text(server, "/metrics"));

test("a full disk stops the races and loses nothing", async (t) => {
  const place = smallPlace(t);
  const s = spec("full", { speed: 200, competitors: 500 });
  const server = await startTrackside({ dir: place.dir, command: place.command, t });

  t.diagnostic(`ran on: ${place.how}`);
  await create(server, s);
  await until("the disk is full", () => diskFull(server));
  const race = await api(server, "/api/races/full");
  assert.equal(race.state, "paused");
  assert.equal((await api(server, "/api/races/full/board")).state, "paused", "the board says so too");
  assert.ok(["disk full", "the store cannot be written"].includes(race.reason), race.reason);
  const at = await rawTime(server, s.runId);
  await sleep(2500);
  assert.equal(await rawTime(server, s.runId), at, "it stands still");

  const refused = await fetch(`${server.url}/api/races`, { method: "POST", body: JSON.stringify(spec("more")) });
  assert.ok([500, 507].includes(refused.status), `${refused.status}`);
  assert.match((await refused.json()).error, /\w+ \w+/);

  assert.ok(place.widen(server.pid).ok);
  await until("it goes on", async () => (await rawTime(server, s.runId)) > at);
  assert.equal((await api(server, "/api/races/full")).state, "running");
  assert.equal((await api(server, "/api/races")).races.length, 1, "the refused race does not appear");
  await setSpeed(server, s.runId, 1000);
  await untilState(server, s.runId, "finished");
  await exactlyOnce(server, s);
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
});

test("killed while the disk is full, it goes on from what was committed", async (t) => {
  const place = smallPlace(t);
  const s = spec("full-and-killed", { speed: 200, competitors: 500 });
  let server = await startTrackside({ dir: place.dir, command: place.command, t });

  await create(server, s);
  await until("the disk is full", () => diskFull(server));
  const at = await rawTime(server, s.runId);
  await server.kill();
  if (place.how === "tmpfs") assert.ok(place.widen().ok);
  server = await startTrackside({ dir: place.dir, t });
  await until("it goes on", async () => (await rawTime(server, s.runId)) > at);
  await setSpeed(server, s.runId, 1000);
  await untilState(server, s.runId, "finished");
  await exactlyOnce(server, s);
});

test("nothing can be changed while the disk is full, and everything when there is room", async (t) => {
  const place = smallPlace(t);
  const s = spec("next", { speed: 200, competitors: 500 });
  const server = await startTrackside({ dir: place.dir, command: place.command, t });
  const race = (verb) => trackside(["race", verb, "next", "--server", server.url]);

  await create(server, s);
  await until("the disk is full", () => diskFull(server));
  for (const verb of ["pause", "stop", "delete"]) {
    const r = race(verb);

    assert.equal(r.code, 1);
    assert.match(r.stderr, /^trackside: [^\n]+\n$/);
  }
  assert.ok(place.widen(server.pid).ok);
  await until("there is room", async () => !(await diskFull(server)));
  assert.equal((await api(server, "/api/races/next")).state, "running");
  assert.equal(race("stop").code, 0);
  await exactlyOnce(server, s, await rawTime(server, s.runId));
  assert.equal(race("delete").code, 0);
  assert.deepEqual((await api(server, "/api/races")).races, []);
});
