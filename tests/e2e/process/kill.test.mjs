// A race outlives its process: killed, stopped, suspended.
import assert from "node:assert/strict";
import test from "node:test";
import { api, sleep, startTrackside, tempDir } from "../harness.mjs";
import { create, exactlyOnce, rawTime, setSpeed, spec, untilRaw, untilState } from "./races.mjs";

// The same moments in every run, and no two alike.
function* moments(seed) {
  for (let x = seed; ; ) {
    x = (x * 1664525 + 1013904223) % 2 ** 32;
    yield x / 2 ** 32;
  }
}

test("kill -9 at 20 moments of a race, and every event exactly once", async (t) => {
  const dir = tempDir(t);
  const first = spec("killed", { speed: 60 });
  const second = spec("killed-too", { speed: 100, competitors: 500, seed: 9 });
  const moment = moments(20);
  let server = await startTrackside({ dir, t });

  await create(server, first);
  await create(server, second);
  for (let i = 0; i < 20; i++) {
    await sleep(20 + 480 * moment.next().value);
    const how = await server.kill();
    assert.equal(how.signal, "SIGKILL");
    if (i % 4 === 0) await sleep(300);
    server = await startTrackside({ dir, t });
  }
  assert.equal((await api(server, "/api/races/killed")).state, "running", "all of it happened in mid-race");
  for (const s of [first, second]) {
    if ((await api(server, `/api/races/${s.runId}`)).state === "running") await setSpeed(server, s.runId, 1000);
    await untilState(server, s.runId, "finished");
    await exactlyOnce(server, s);
  }
  await server.stop();
});

test("killed in the first moments of a race", async (t) => {
  const dir = tempDir(t);
  const s = spec("young", { speed: 1000 });
  let server = await startTrackside({ dir, t });
  const made = await create(server, s);

  await server.kill();
  server = await startTrackside({ dir, t });
  assert.equal((await api(server, "/api/races/young")).revision, made.revision);
  await untilState(server, "young", "finished");
  await exactlyOnce(server, s);
});

test("SIGTERM and Ctrl-C end it with exit code 0, and the race goes on at the next start", async (t) => {
  const dir = tempDir(t);
  const s = spec("stopped-and-started", { speed: 20 });
  let server = await startTrackside({ dir, t });

  await create(server, s);
  await untilRaw(server, s.runId, 5);
  for (const signal of ["SIGTERM", "SIGINT"]) {
    const before = await rawTime(server, s.runId);
    server.signal(signal);
    assert.deepEqual(await server.exited, { code: 0, signal: null });
    await sleep(500);
    server = await startTrackside({ dir, t });
    // The clock did not stop: what was due meanwhile (10 s of race time) is made at once.
    await untilRaw(server, s.runId, before + 10);
  }
  await setSpeed(server, s.runId, 1000);
  await untilState(server, s.runId, "finished");
  await exactlyOnce(server, s);
});

test("a paused race stays where it is over a kill", async (t) => {
  const dir = tempDir(t);
  const s = spec("held", { speed: 50 });
  let server = await startTrackside({ dir, t });

  await create(server, s);
  await untilRaw(server, s.runId, 10);
  await api(server, "/api/races/held/pause", { method: "POST" });
  const at = await rawTime(server, s.runId);
  await server.kill();
  await sleep(300);
  server = await startTrackside({ dir, t });
  const race = await api(server, "/api/races/held");
  assert.equal(race.state, "paused");
  assert.equal(race.reason, "by hand");
  await sleep(300);
  assert.equal(await rawTime(server, s.runId), at);
  await exactlyOnce(server, s, at);
  await api(server, "/api/races/held/resume", { method: "POST" });
  await setSpeed(server, s.runId, 1000);
  await untilState(server, s.runId, "finished");
  await exactlyOnce(server, s);
});

test("suspended for two seconds, it makes all that was due, oldest first", async (t) => {
  const s = spec("stalled", { speed: 100 });
  const server = await startTrackside({ dir: tempDir(t), t });

  await create(server, s);
  await untilRaw(server, s.runId, 10);
  const before = await rawTime(server, s.runId);
  server.signal("SIGSTOP");
  await sleep(2000);
  server.signal("SIGCONT");
  await untilRaw(server, s.runId, before + 200);
  const race = await api(server, "/api/races/stalled");
  const due = race.anchor.rawTime + ((Date.now() - race.anchor.wallMs) * race.anchor.speed) / 1000;
  assert.ok((await rawTime(server, s.runId)) <= due + 100, "no second is made before it is due");
  await setSpeed(server, s.runId, 1000);
  await untilState(server, s.runId, "finished");
  await exactlyOnce(server, s);
});

test("a race that waits for its start is not forgotten", async (t) => {
  const dir = tempDir(t);
  const start = new Date(Math.ceil(Date.now() / 1000) * 1000 + 2000);
  const s = spec("tomorrow", { speed: 1000, startTime: start.toISOString().replace(".000Z", "Z") });
  let server = await startTrackside({ dir, t });

  assert.equal((await create(server, s)).state, "scheduled");
  await server.kill();
  server = await startTrackside({ dir, t });
  assert.equal((await api(server, "/api/races/tomorrow")).state, "scheduled");
  await untilState(server, s.runId, "finished");
  assert.ok(Date.now() >= start.getTime());
  await exactlyOnce(server, s);
});
