// The push socket as docs/push.md has it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sleep, startTrackside, until } from "../harness.mjs";
import { ask, decodeFrames, finish, finishedRace, frameHead, makeRace, post, view } from "../http.mjs";

let server;
before(async () => (server = await startTrackside()));
after(() => finish(server));

const positions = async (runId, rawTime) =>
  new Map((await ask(server, `/api/races/${runId}/positions?at=${rawTime}`)).json.positions.map((p) => [p.competitorId, p]));

test("hello first, then a key frame and a board; then frames, each with its lag", async () => {
  const race = await makeRace(server, { competitors: 50, speed: 10 });
  const v = await view(server, race.runId);
  await v.text("lag", 12);
  const [hello] = v.texts;
  assert.equal(hello.type, "hello");
  assert.equal(hello.race.runId, race.runId);
  assert.ok(Math.abs(hello.serverMs - Date.now()) < 5000);
  const heads = v.frames.map(frameHead);
  assert.equal(heads[0].kind, 1);
  assert.equal(heads[0].n, 50);
  const moving = heads.filter((h) => h.kind === 1 || h.kind === 2);
  for (let i = 1; i < moving.length; i++) assert.equal(moving[i].seq, (moving[i - 1].seq + 1) & 0xffff);
  for (const lag of v.of("lag")) {
    assert.ok(moving.some((h) => h.raceMs === lag.rawTime * 1000));
    assert.ok(lag.due <= lag.published && lag.published <= lag.queryable && lag.queryable <= lag.pushed, JSON.stringify(lag));
  }
  assert.equal((await v.text("board"))[0].board.runId, race.runId);
  v.end();
});

test("what the frames say is what the API says of the same moment", async () => {
  const { runId } = await makeRace(server, { competitors: 100, speed: 20, stopRatio: 0.3 });
  const v = await view(server, runId);
  await v.text("lag", 25);
  v.end();
  const name = { 1: "onCourse", 2: "inGeofence", 3: "finished" };
  let n = 0;
  for (const { head, distance, status } of decodeFrames(v.frames)) {
    if (head.raceMs < 0 || n++ % 8) continue;
    const then = await positions(runId, head.raceMs / 1000);
    distance.forEach((d, i) => {
      const p = then.get(i + 1);
      assert.ok(Math.abs(d - p.distance) <= head.unit / 2 + 1e-6, `${d} ${p.distance}`);
      assert.equal(name[status[i]], p.status);
    });
  }
  assert.ok(n > 20);
});

test("one who joins late goes on with everybody's frames", async () => {
  const { runId } = await makeRace(server, { competitors: 30, speed: 10 });
  const first = await view(server, runId);
  await first.text("lag", 5);
  const second = await view(server, runId);
  await second.text("lag", 8);
  const seen = new Map([...decodeFrames(first.frames)].map((f) => [f.head.seq, f]));
  let same = 0;
  for (const f of decodeFrames(second.frames)) {
    const theirs = seen.get(f.head.seq);
    if (!theirs) continue;
    assert.deepEqual(f.distance, theirs.distance);
    assert.deepEqual(f.status, theirs.status);
    same++;
  }
  assert.ok(same >= 6);
  first.end();
  second.end();
});

test("at most ten frames a second, and a board a second", async () => {
  const { runId } = await makeRace(server, { competitors: 10, speed: 200, fastest: 400 });
  const v = await view(server, runId);
  await v.text("lag", 3);
  const [frames, boards, start] = [v.frames.length, v.of("board").length, Date.now()];
  await until("three seconds are over", () => Date.now() - start > 3000);
  const seconds = (Date.now() - start) / 1000;
  assert.ok(v.frames.length - frames <= seconds * 10 + 2, `${v.frames.length - frames} in ${seconds} s`);
  assert.ok(v.frames.length - frames >= 5);
  assert.ok(v.of("board").length - boards <= seconds + 1.5);
  v.end();
});

test("a finished race: its last state, times, board, no more", async () => {
  const { runId } = await finishedRace(server, { competitors: 25 });
  const v = await view(server, runId);
  const [{ board }] = await v.text("board");
  assert.equal(board.counts.finished, 25);
  const heads = v.frames.map(frameHead);
  assert.deepEqual(heads.map((h) => h.kind).sort(), [1, 4]);
  const times = v.frames.find((f) => frameHead(f).kind === 4);
  assert.equal(times.readUInt32LE(32), 25);
  const results = (await ask(server, `/api/races/${runId}/results.csv`)).text.trim().split("\n").slice(1).map((l) => l.split(","));
  for (let i = 0; i < 25; i++) {
    const id = times.readUInt32LE(36 + 16 * i) + 1;
    assert.equal(String(times.readInt32LE(36 + 16 * i + 12)), results.find((r) => Number(r[1]) === id)[2]);
  }
  v.end();
});

test("pause, speed and deletion are told", async () => {
  const { runId } = await makeRace(server);
  const v = await view(server, runId);
  await v.text("hello");
  await post(server, `/api/races/${runId}/pause`);
  assert.equal((await v.text("race"))[0].race.state, "paused");
  await post(server, `/api/races/${runId}/resume`);
  await post(server, `/api/races/${runId}/speed`, { speed: 5 });
  await until("the new speed", () => v.of("race").some((m) => m.race.anchor.speed === 5));
  await ask(server, `/api/races/${runId}`, { method: "DELETE" });
  await until("the deletion", () => v.of("race").some((m) => m.race.state === "deleted"));
  v.end();
});

test("ping, key, limit", async () => {
  const { runId } = await makeRace(server, { competitors: 200 });
  const v = await view(server, runId);
  await v.text("board");
  v.say({ type: "ping", t: 12345.678 });
  const [pong] = await v.text("pong");
  assert.equal(pong.t, 12345.678);
  assert.ok(Math.abs(pong.serverMs - Date.now()) < 5000);
  const keys = () => v.frames.filter((f) => frameHead(f).kind === 1).length;
  const before = keys();
  v.say({ type: "key" });
  await until("a key frame on request", () => keys() === before + 1);
  v.say({ type: "limit", limit: 3 });
  await until("a board of three", () => v.of("board").some((m) => m.board.leaders.length === 3));
  v.say({ type: "limit", limit: 1000 });
  await until("a board of all", () => v.of("board").some((m) => m.board.leaders.length === 200));
  v.end();
});

test("painted goes into the metrics", async () => {
  const { runId } = await makeRace(server);
  const v = await view(server, runId);
  await v.text("lag");
  for (let i = 1; i <= 20; i++) v.say({ type: "painted", rawTime: 1, lagMs: 40 + i, receivedMs: 20 + i });
  const line = (hop, q) => new RegExp(`^trackside_lag_ms\\{race="${runId}",hop="${hop}",quantile="${q}"\\} (\\d+)$`, "m");
  const text = await until("the lag of painting", async () => {
    const metrics = (await ask(server, "/metrics")).text;
    return line("painted", "0.99").exec(metrics)?.[1] === "60" && metrics;
  });
  assert.equal(line("painted", "0.5").exec(text)[1], "50");
  assert.equal(line("received", "0.95").exec(text)[1], "39");
  for (const hop of ["published", "queryable", "pushed"]) assert.match(text, line(hop, "0.5"));
  v.say({ type: "painted", rawTime: 1, lagMs: "soon" });
  v.say({ type: "painted" });
  v.say({ type: "ping", t: 1 });
  await v.text("pong");
  assert.equal(v.closed, null);
  v.end();
});

const wrong = [
  ["no JSON", "hello"], ["no type", "{}"], ["an unknown type", { type: "shout" }], ["a limit of 0", { type: "limit", limit: 0 }],
  ["a limit of 1001", { type: "limit", limit: 1001 }], ["more than 1 KiB", { type: "ping", t: "x".repeat(1100) }], ["64 KiB", "x".repeat(65536)],
];
for (const [what, message] of wrong) {
  test(`ends the socket with a sentence: ${what}`, async () => {
    const { runId } = await makeRace(server);
    const v = await view(server, runId);
    await v.text("hello");
    v.say(message);
    const [{ error }] = await v.text("error");
    assert.match(error, /\w+ \w+/);
    await until("it closes", () => v.closed !== null);
    assert.equal((await ask(server, "/healthz")).status, 200);
  });
}

test("bytes from a viewer end the socket", async () => {
  const { runId } = await makeRace(server);
  const v = await view(server, runId);
  v.socket.send(Buffer.from([1, 2, 3]));
  await v.text("error");
  await until("it closes", () => v.closed !== null);
});

test("a flood from a viewer ends the socket", async () => {
  const { runId } = await makeRace(server);
  const v = await view(server, runId);
  for (let i = 0; i < 200; i++) v.say({ type: "ping", t: i });
  await v.text("error");
  await until("it closes", () => v.closed !== null);
});

test("an unknown race, and none, get a sentence", async () => {
  for (const [runId, sentence] of [["nobody", /nobody/], ["", /name a race/], ["a b", /name a race/], ["x".repeat(100), /name a race/]]) {
    const v = await view(server, runId);
    const [{ error }] = await v.text("error");
    assert.match(error, sentence);
    await until("it closes", () => v.closed !== null);
  }
});

test("other sites' pages get no socket", async () => {
  const { runId } = await makeRace(server);
  for (const [options, status] of [[{ origin: "http://evil.example" }, 403], [{ headers: { host: "evil.example" } }, 403]]) {
    const v = await view(server, runId, options);
    assert.equal(v.refused, status);
    await until("the sentence", () => v.closed !== null);
    assert.ok(JSON.parse(v.sentence).error);
  }
  const own = await view(server, runId, { origin: server.url });
  await own.text("hello");
  own.end();
});

test("a viewer that does not read loses frames, gets a key frame later, and costs nobody else anything", { timeout: 120000 }, async () => {
  const { runId } = await makeRace(server, { competitors: 100000, speed: 10, stopRatio: 0 });
  const slow = await view(server, runId);
  const quick = await view(server, runId);
  await slow.text("lag", 2);
  slow.socket._socket.pause();
  const skipped = async () => Number(/^trackside_frames_skipped_total (\d+)/m.exec((await ask(server, "/metrics")).text)[1]);
  const before = quick.frames.length;
  const skippedBefore = await skipped();
  await until("frames are skipped", async () => (await skipped()) > skippedBefore + 20, 100000);
  assert.ok(quick.frames.length > before + 20);
  const lastSeq = (v) => frameHead(v.frames.filter((f) => frameHead(f).kind <= 2).at(-1)).seq;
  const present = lastSeq(quick);
  slow.socket._socket.resume();
  await until("it goes on", () => lastSeq(slow) > present, 60000);
  const heads = slow.frames.map(frameHead).filter((h) => h.kind <= 2);
  let gaps = 0;
  for (let i = 1; i < heads.length; i++) {
    if (heads[i].seq === ((heads[i - 1].seq + 1) & 0xffff)) continue;
    gaps++;
    assert.equal(heads[i].kind, 1, "after a gap comes a key frame");
  }
  assert.ok(gaps >= 1);
  const last = [...decodeFrames(slow.frames)].at(-1);
  const then = await positions(runId, last.head.raceMs / 1000);
  last.distance.forEach((d, i) => assert.ok(Math.abs(d - then.get(i + 1).distance) <= last.head.unit / 2 + 1e-6));
  slow.end();
  quick.end();
});

test("a million runners' key frame arrives whole", { timeout: 120000 }, async () => {
  const { runId } = await makeRace(server, { competitors: 1000000, stopRatio: 0 });
  const v = await view(server, runId);
  const key = await until("the key frame", () => v.frames.find((f) => frameHead(f).kind === 1 && frameHead(f).raceMs >= 0), 60000);
  assert.equal(key.length, 32 + 3e6);
  await ask(server, `/api/races/${runId}`, { method: "DELETE" });
  v.end();
});

test("a hundred viewers come and go", async () => {
  const { runId } = await makeRace(server, { competitors: 100, speed: 10 });
  const viewers = await Promise.all(Array.from({ length: 100 }, () => view(server, runId)));
  await Promise.all(viewers.map((v) => v.text("lag", 3)));
  const count = async () => Number(/^trackside_viewers (\d+)/m.exec((await ask(server, "/metrics")).text)[1]);
  assert.ok((await count()) >= 100);
  for (const v of viewers) v.end();
  await until("all are gone", async () => (await count()) === 0, 20000);
  await sleep(0);
});

// What a viewer knows of finishes and visits: the second of the frame in which a status changed is the moment of the change,
// until a kind 4 says it better.
function timesOf(frames, n) {
  const known = Array.from({ length: n }, () => ({ status: 0, entered: -1, dwell: 0, finish: -1 }));
  let told = 0;
  const take = (f) => {
    for (let k = 0, at = 36; k < f.readUInt32LE(32); k++, at += 16, told++) {
      const [entered, dwell, finishS] = [4, 8, 12].map((d) => f.readInt32LE(at + d));
      Object.assign(known[f.readUInt32LE(at)], { entered, dwell, finish: finishS });
    }
  };
  const change = (k, now, s) => {
    if (k.status === 2 && k.entered >= 0) Object.assign(k, { dwell: k.dwell + s - k.entered, entered: -1 });
    if (now === 2 && k.entered < 0) k.entered = s;
    if (now === 3 && k.finish < 0) k.finish = s;
    k.status = now;
  };
  function* positionsOnly() {
    for (const f of frames) {
      if (frameHead(f).kind === 4) take(f);
      else yield f;
    }
  }
  for (const { head, status } of decodeFrames(positionsOnly()))
    status.forEach((now, i) => now !== known[i].status && change(known[i], now, head.raceMs / 1000));
  return { known, told };
}

test("a fast race: who watched from the start knows every finish and visit in the end", async () => {
  const { runId } = await makeRace(server, { competitors: 200, fastest: 144, slowest: 200, stopRatio: 0.5, speed: 300 });
  const v = await view(server, runId);
  await until("the race is finished", () => v.of("race").some((m) => m.race.state === "finished"));
  await until("the last board", () => v.of("board").at(-1).board.counts.finished === 200);
  v.end();
  const { known, told } = timesOf(v.frames, 200);
  assert.ok(told >= 200, `${told} times are told`);
  const lines = (await ask(server, `/api/races/${runId}/results.csv`)).text.trim().split("\n").slice(1).map((l) => l.split(","));
  assert.equal(lines.length, 200);
  for (const [, id, finishTime, , , , dwellTotal] of lines) {
    const k = known[Number(id) - 1];
    assert.deepEqual([k.finish, k.dwell, k.entered], [Number(finishTime), Number(dwellTotal), -1], `competitor ${id}`);
  }
});
