// A disk that fails is called by its name, and a data directory that somebody takes away is noticed. Errors that no file
// system here can be made to give come from disk_fault.c, between the program and the system.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, truncateSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { after } from "node:test";
import { api, program, repository, startTrackside, tempDir, trackside, until } from "../harness.mjs";
import { create, exactlyOnce, rawTime, setSpeed, spec, untilState } from "./races.mjs";

const shim = join(tempDir({ after }), "disk_fault.so");
execFileSync("cc", ["-std=c17", "-D_GNU_SOURCE", "-shared", "-fPIC", "-o", shim, join(repository, "tests/e2e/process/disk_fault.c")]);

const ask = async (server, path) => {
  const answer = await fetch(server.url + path);
  return { status: answer.status, said: await answer.text() };
};

/** A server whose disk fails while fail("write EIO") has been said and mend() has not. */
async function failing(t) {
  const dir = tempDir(t);
  const data = join(dir, "data");
  const control = join(dir, "fault");
  const server = await startTrackside({ dir: data, t, env: { LD_PRELOAD: shim, DISK_FAULT: control, DISK_FAULT_DIR: data } });

  return { server, data, fail: (what) => writeFileSync(control, what), mend: () => unlinkSync(control) };
}

for (const [name, reason, says] of [
  ["EIO", "disk error", /answers with an error \(Input\/output error\)/],
  ["EROFS", "file system read-only", /file system .* is read-only/],
  ["ENOSPC", "disk full", /disk .* is full/],
  ["EDQUOT", "disk quota used up", /quota .* is used up/],
]) {
  test(`${name} when writing: the race says "${reason}", and goes on`, async (t) => {
    const { server, fail, mend } = await failing(t);
    const s = spec("race", { speed: 100, competitors: 50 });

    await create(server, s);
    await until("it runs", async () => (await rawTime(server, s.runId)) > 10);
    fail(`write ${name}`);
    const race = await until("it stands still", async () => {
      const r = await api(server, "/api/races/race");
      return r.state === "paused" && r;
    });
    assert.equal(race.reason, reason);
    const ready = await ask(server, "/readyz");
    assert.equal(ready.status, 503);
    assert.match(ready.said, says);
    assert.match(server.log(), says);
    const refused = await fetch(`${server.url}/api/races`, { method: "POST", body: JSON.stringify(spec("more")) });
    assert.ok([500, 503, 507].includes(refused.status), `${refused.status}`);
    assert.match((await refused.json()).error, says);
    mend();
    await until("it goes on", async () => (await api(server, "/api/races/race")).state === "running");
    await setSpeed(server, s.runId, 1000);
    await untilState(server, s.runId, "finished");
    await exactlyOnce(server, s);
  });
}

test("EIO when reading: 500 and not 400, and /readyz agrees", async (t) => {
  const { server, fail, mend } = await failing(t);
  const s = spec("race", { speed: 1000, competitors: 500 });

  await create(server, s);
  await untilState(server, s.runId, "finished");
  fail("read EIO");
  const answer = await until("a read that fails", async () => {
    const a = await ask(server, "/api/races/race/events?from=0&to=40");
    return a.status !== 200 && a;
  });
  assert.equal(answer.status, 500);
  assert.match(JSON.parse(answer.said).error, /answers with an error \(Input\/output error\)/);
  const ready = await ask(server, "/readyz");
  assert.equal(ready.status, 503);
  assert.match(ready.said, /answers with an error/);
  mend();
  assert.equal((await ask(server, "/api/races/race/events?from=0&to=40")).status, 200);
});

test("a directory on a file system that is mounted read-only", (t) => {
  const dir = tempDir(t);
  const script = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && exec "$2" serve --listen 127.0.0.1:0 --data "$1/data"';
  const r = spawnSync("unshare", ["-m", "sh", "-c", script, "sh", dir, program], { encoding: "utf8", timeout: 20000 });

  if (/Operation not permitted|unshare failed|permission denied/i.test(r.stderr) && !/trackside/.test(r.stderr)) {
    t.skip(`no mount namespace here: ${r.stderr.trim()}`);
    return;
  }
  assert.equal(r.status, 1, r.stderr);
  assert.match(r.stderr, /^trackside: The data directory .* (cannot be made|cannot be written to): Read-only file system/m);
});

/** A running server with a race, and what somebody does to its directory. */
async function taken(t, what) {
  const dir = join(tempDir(t), "data");
  const server = await startTrackside({ dir, t });

  await create(server, spec("race", { speed: 50 }));
  await until("it runs", async () => (await rawTime(server, "race")) > 10);
  what(dir);
  return { dir, server };
}

for (const [name, what, says] of [
  ["the directory was renamed", (dir) => renameSync(dir, `${dir}-away`), /data was removed or replaced/],
  ["the directory was deleted", (dir) => rmSync(dir, { recursive: true }), /data was removed or replaced/],
  ["the directory was replaced", (dir) => (renameSync(dir, `${dir}-away`), mkdirSync(dir)), /data was removed or replaced/],
  ["the database was deleted", (dir) => unlinkSync(join(dir, "trackside.db")), /trackside.db was removed or replaced/],
  ["the database was emptied", (dir) => truncateSync(join(dir, "trackside.db")), /trackside.db was emptied/],
  ["the log was deleted", (dir) => unlinkSync(join(dir, "trackside.db-wal")), /parted from its log/],
]) {
  test(`${name}: 503, and nothing more is written`, async (t) => {
    const { dir, server } = await taken(t, what);
    const ready = await until("/readyz notices", async () => {
      const r = await ask(server, "/readyz");
      return r.status === 503 && r;
    });

    assert.match(ready.said, says);
    for (const path of ["/api/races", "/api/races/race/board", "/api/courses"]) {
      const answer = await until(`${path} refuses`, async () => {
        const a = await ask(server, path);
        return a.status !== 200 && a;
      }, 5000);
      assert.equal(answer.status, 503, path);
      assert.match(JSON.parse(answer.said).error, says);
    }
    assert.equal((await fetch(`${server.url}/api/races`, { method: "POST", body: JSON.stringify(spec("more")) })).status, 503);
    assert.match(server.log(), says);
    if (name === "the directory was replaced") assert.deepEqual(readdirSync(dir), [], "nothing is written into another's directory");
    if (name === "the database was emptied") assert.equal(statSync(join(dir, "trackside.db")).size, 0);
    assert.deepEqual(await server.stop(), { code: 0, signal: null });
  });
}

test("a directory that comes back is used again", async (t) => {
  const { dir, server } = await taken(t, (d) => renameSync(d, `${d}-away`));

  await until("/readyz notices", async () => (await ask(server, "/readyz")).status === 503);
  renameSync(`${dir}-away`, dir);
  await until("it is ready", async () => (await ask(server, "/readyz")).status === 200);
  await setSpeed(server, "race", 1000);
  await untilState(server, "race", "finished");
  await exactlyOnce(server, spec("race"));
});

test("without its lock file the directory is still locked, and /readyz says so", async (t) => {
  const { dir, server } = await taken(t, (d) => unlinkSync(join(d, "lock")));
  const second = trackside(["serve", "--listen", "127.0.0.1:0", "--data", dir]);

  assert.equal(second.code, 1, second.stdout);
  assert.match(second.stderr, /in use by another trackside/);
  const ready = await ask(server, "/readyz");
  assert.equal(ready.status, 503);
  assert.match(ready.said, /lock was removed/);
  await until("the log", () => /lock was removed/.test(server.log()), 5000);
  const at = await rawTime(server, "race");
  await until("races go on", async () => (await rawTime(server, "race")) > at);
});
