// What it says when it cannot start: one sentence, the right exit code, and nothing lost.
import assert from "node:assert/strict";
import { chmodSync, copyFileSync, existsSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync, writeSync, closeSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import test from "node:test";
import { api, program, startTrackside, tempDir, trackside, until } from "../harness.mjs";

function refused(args, { code, says }) {
  const r = trackside(["serve", "--listen", "127.0.0.1:0", ...args]);

  assert.equal(r.code, code, `${r.stdout}${r.stderr}`);
  assert.match(r.stderr, /^trackside[^\n]*\n$/m);
  assert.match(r.stderr, says);
  assert.equal(r.stdout, "");
}

test("wrong usage", async (t) => {
  const dir = tempDir(t);
  const cases = [
    [["--nonsense"], 2, /--nonsense/],
    [["--keep"], 2, /--keep needs a value/],
    [["--keep", "-1"], 2, /--keep takes a whole number/],
    [["--keep", "soon"], 2, /--keep takes a whole number/],
    [["--log", "loud"], 2, /error, warning, info or debug/],
    [["--tiles", "javascript:alert(1)"], 2, /--tiles takes an address/],
    [["more"], 2, /"more" is one word too many/],
    [["--listen", "nowhere"], 2, /nowhere/],
    [["--listen", "127.0.0.1:99999"], 2, /99999/],
    [["--token-file", join(dir, "none")], 1, /token file .* cannot be read/],
    [["--kafka", "127.0.0.1:1", "--kafka-config", join(dir, "none")], 2, /none/],
    [["--pinot", "http://127.0.0.1:9000"], 1, /--pinot needs --kafka/],
  ];

  for (const [args, code, says] of cases) refused(["--data", join(dir, "data"), ...args], { code, says });
});

test("--help tells and exits 0", () => {
  for (const args of [["--help"], ["serve", "--help"], ["race", "--help"], ["course", "--help"], ["tail", "--help"], ["bench", "--help"]]) {
    const r = trackside(args);

    assert.equal(r.code, 0);
    assert.match(r.stdout, /^usage: trackside/);
    assert.equal(r.stderr, "");
  }
});

test("a second server on the same data directory is refused, and the first goes on", async (t) => {
  const server = await startTrackside({ dir: tempDir(t), t });

  refused(["--data", server.dir], { code: 1, says: new RegExp(`${server.dir}`) });
  assert.ok(Array.isArray((await api(server, "/api/races")).races));
});

test("a port that is taken is named", async (t) => {
  const taken = createServer();
  await new Promise((done) => taken.listen(0, "127.0.0.1", done));
  t.after(() => taken.close());
  const port = taken.address().port;
  const r = trackside(["serve", "--listen", `127.0.0.1:${port}`, "--data", tempDir(t)]);

  assert.equal(r.code, 1, r.stderr);
  assert.match(r.stderr, new RegExp(`${port}`));
});

test("a data directory that cannot be made or written", (t) => {
  const file = join(tempDir(t), "file");

  writeFileSync(file, "not a directory");
  refused(["--data", file], { code: 1, says: new RegExp(file) });
  refused(["--data", join(file, "below")], { code: 1, says: new RegExp(file) });
  refused(["--data", "/proc/trackside"], { code: 1, says: /\/proc\/trackside/ });
  assert.equal(readFileSync(file, "utf8"), "not a directory");
});

function database(dir) {
  return join(dir, "trackside.db");
}

test("a database from a newer version is refused and left as it is", async (t) => {
  const dir = tempDir(t);
  const server = await startTrackside({ dir, t });

  await server.stop();
  assert.ok(existsSync(database(dir)), "the database is where the manual says");
  // "user version" of the SQLite file format, big endian at byte 60.
  const fd = openSync(database(dir), "r+");
  writeSync(fd, Buffer.from([0, 0, 0x7f, 0xff]), 0, 4, 60);
  closeSync(fd);
  const before = readFileSync(database(dir));
  refused(["--data", dir], { code: 1, says: /newer/ });
  assert.deepEqual(readFileSync(database(dir)), before);
});

test("a file that is no database is refused and left as it is", (t) => {
  const dir = tempDir(t);

  writeFileSync(database(dir), "my diary\n".repeat(1000));
  const r = trackside(["serve", "--listen", "127.0.0.1:0", "--data", dir]);
  assert.equal(r.code, 1, r.stderr);
  assert.equal(readFileSync(database(dir), "utf8").slice(0, 9), "my diary\n");
});

test("beyond loopback a token is made, for its owner alone, and kept", async (t) => {
  const dir = join(tempDir(t), "data");
  let server = await startTrackside({ dir, t, args: ["--listen", "0.0.0.0:0"] });
  const file = join(dir, "token");

  assert.ok(server.output().includes(file), "the path is printed");
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const token = readFileSync(file, "utf8");
  assert.ok(token.trim().length >= 32);
  assert.ok(!server.output().includes(token.trim()) && !server.log().includes(token.trim()));
  await server.stop();
  server = await startTrackside({ dir, t, args: ["--listen", "0.0.0.0:0"] });
  assert.equal(readFileSync(file, "utf8"), token);

  const url = server.url.replace("0.0.0.0", "127.0.0.1");
  const body = JSON.stringify({ course: "crystal" });
  const ask = (headers) => fetch(`${url}/api/races`, { method: "POST", body, headers });
  assert.equal((await ask({})).status, 401);
  assert.equal((await ask({ authorization: "Bearer wrong" })).status, 401);
  assert.equal((await ask({ authorization: `Bearer ${token.trim()}` })).status, 201);
  assert.equal((await fetch(`${url}/api/races`)).status, 200, "reading needs no token");
  const r = trackside(["race", "create", "--course", "crystal", "--server", url, "--token-file", file]);
  assert.equal(r.code, 0, r.stderr);
});

test("a token file that is too short, empty or a directory", (t) => {
  const dir = tempDir(t);

  for (const [name, content] of [["short", "abc\n"], ["empty", ""]]) {
    writeFileSync(join(dir, name), content);
    refused(["--data", join(dir, "data"), "--token-file", join(dir, name)], { code: 1, says: /16 to 1024 characters/ });
  }
  mkdirSync(join(dir, "dir"));
  refused(["--data", join(dir, "data"), "--token-file", join(dir, "dir")], { code: 1, says: /token file/ });
});

test("the data directory by default", async (t) => {
  const home = tempDir(t);
  const env = { ...process.env, HOME: home };

  delete env.XDG_DATA_HOME;
  for (const [more, want] of [[{}, join(home, ".local/share/trackside")], [{ XDG_DATA_HOME: join(home, "xdg") }, join(home, "xdg/trackside")]]) {
    const r = trackside(["serve", "--listen", "127.0.0.1:0", "--keep", "1"], { env: { ...env, ...more }, timeout: 3000, killSignal: "SIGTERM" });

    assert.match(r.stdout, /Trackside is at http:/);
    assert.ok(existsSync(database(want)), `${want} was made`);
  }
});

test("--demo has 1,000 competitors under way, once", async (t) => {
  const dir = tempDir(t);

  for (let start = 0; start < 2; start++) {
    const server = await startTrackside({ dir, t, args: ["--demo"] });
    const race = await until("the demo race at its own speed", async () => {
      const { races } = await api(server, "/api/races");
      return races.length > 0 && races[0].anchor.speed === 1 && races[0].anchor.rawTime > 0 && races[0];
    });
    const board = await api(server, `/api/races/${race.runId}/board`);

    assert.equal(race.competitors, 1000);
    assert.equal(race.course, "crystal");
    assert.equal(board.counts.competitors, 1000);
    assert.ok(board.asOf.rawTime >= 240);
    assert.equal((await api(server, "/api/races")).races.length, 1);
    await server.stop();
  }
});

test("a copy of the program alone in a directory serves its demo", async (t) => {
  const home = tempDir(t);
  const copy = join(home, "trackside");

  copyFileSync(program, copy);
  chmodSync(copy, 0o755);
  const server = await startTrackside({ dir: join(home, "data"), t, command: [copy], args: ["--demo"], env: { TRACKSIDE_COURSES: "" } });
  const race = await until("the demo race", async () => (await api(server, "/api/races")).races[0]);
  const { courses } = await api(server, "/api/courses");

  assert.equal(race.course, "crystal");
  assert.deepEqual(courses.map((c) => c.shortName), ["crystal", "half", "loop", "street"]);
  assert.doesNotMatch(server.log(), /warning|error/);
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
});

/** Seconds of CPU that a process has used. */
function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

// What is big is loaded when it is needed first. Measured as CPU, which a busy machine does not make longer.
test("it answers at once, however large its courses and races are", async (t) => {
  const dir = tempDir(t);
  const points = Array.from({ length: 200000 }, (_, i) => `[${(-0.1 + i * 1.5e-6).toFixed(7)},${(51.3 + 0.2 * Math.sin(i / 3000)).toFixed(7)}]`);
  const file = `{"type":"LineString","coordinates":[${points.join(",")}]}`;
  let server = await startTrackside({ dir, t });

  for (let k = 0; k < 5; k++) {
    const answer = await fetch(`${server.url}/api/courses?shortName=big${k}&longName=Big%20${k}`, { method: "POST", body: file });
    assert.equal(answer.status, 201, await answer.text());
  }
  const create = (runId, course, competitors) => api(server, "/api/races", { method: "POST", body: { runId, course, competitors, speed: 2 } });
  await create("crowd", "half", 300000);
  await create("long", "big0", 100);
  await until("they are under way", async () => (await api(server, "/api/races/crowd/board?limit=1")).asOf.rawTime > 3);
  assert.deepEqual(await server.stop(), { code: 0, signal: null });

  server = await startTrackside({ dir, t });
  const cpu = cpuSeconds(server.pid);
  const { courses } = await api(server, "/api/courses");
  assert.ok(cpu < 0.3, `${cpu} s of CPU until it answered`);
  assert.deepEqual(courses.map((c) => c.shortName), ["big0", "big1", "big2", "big3", "big4", "crystal", "half", "loop", "street"]);
  assert.ok(courses.every((c) => c.distance > 1000 && c.revision.length === 32 && c.longName));
  // What is asked of a race that is still being taken up waits for it.
  assert.equal((await api(server, "/api/races/crowd/pause", { method: "POST" })).state, "paused");
  const at = (await api(server, "/api/races/long/board?limit=1")).asOf.rawTime;
  await until("the other race goes on", async () => (await api(server, "/api/races/long/board?limit=1")).asOf.rawTime > at);
  assert.equal((await api(server, "/api/courses/big3?format=geojson")).trackside.shortName, "big3", "loaded when it is asked for");
  assert.equal((await fetch(`${server.url}/api/courses/big4`, { method: "DELETE" })).status, 200, "deleted without having been loaded");
  assert.equal((await fetch(`${server.url}/api/courses/big0`, { method: "DELETE" })).status, 409, "in use");
  assert.equal((await fetch(`${server.url}/api/races`, { method: "POST", body: JSON.stringify({ course: "big2" }) })).status, 201);
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
});
