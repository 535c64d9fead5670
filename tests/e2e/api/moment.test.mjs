// A race at one moment and over time: board, positions, competitors, events, frames, results, roster agree with each other.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startTrackside } from "../harness.mjs";
import { ask, decodeFrames, finish, finishedRace, frameHead, makeRace, splitFrames } from "../http.mjs";

let server, race, events, path;
before(async () => {
  server = await startTrackside();
  race = await finishedRace(server, { competitors: 30, stopRatio: 0.5, minPause: 20, maxPause: 40 });
  path = `/api/races/${race.runId}`;
  events = (await ask(server, `${path}/events`)).text.trim().split("\n").map(JSON.parse);
});
after(() => finish(server));

const at = (rawTime) => {
  const latest = new Map();
  for (const e of events) if (e.rawTime <= rawTime) latest.set(e.competitorId, e);
  return latest;
};

test("events: the nine fields, oldest first, without a gap or a double", () => {
  assert.deepEqual(Object.keys(events[0]), ["runId", "eventId", "competitorId", "rawTime", "timestamp", "lat", "lon", "distance", "course"]);
  const next = new Map();
  let before = 0;
  for (const e of events) {
    assert.ok(e.rawTime >= before);
    before = e.rawTime;
    assert.equal(e.rawTime, next.get(e.competitorId) ?? 0);
    next.set(e.competitorId, e.rawTime + 1);
  }
  assert.equal(next.size, 30);
  assert.equal(new Set(events.map((e) => e.eventId)).size, events.length);
});

test("events of a span", async () => {
  const some = (await ask(server, `${path}/events?from=100&to=102`)).text.trim().split("\n").map(JSON.parse);
  assert.deepEqual(some, events.filter((e) => e.rawTime >= 100 && e.rawTime <= 102));
});

test("a board of any moment is computed from that moment's events", async () => {
  for (const rawTime of [0, 200, 700, 750, 800, 900]) {
    const board = (await ask(server, `${path}/board?at=${rawTime}&limit=1000`)).json;
    const then = at(rawTime);
    assert.equal(board.asOf.rawTime, rawTime);
    assert.equal(board.counts.competitors, board.counts.onCourse + board.counts.finished);
    assert.equal(board.leaders.length, then.size);
    for (const row of board.leaders) {
      assert.equal(row.distance, then.get(row.competitorId).distance);
      assert.equal(row.rawTime, then.get(row.competitorId).rawTime);
    }
    const order = board.leaders.map((r) => [-r.distance, r.rawTime, r.competitorId]);
    for (let i = 1; i < order.length; i++) {
      const k = order[i].findIndex((v, j) => v !== order[i - 1][j]);
      assert.ok(order[i][k] > order[i - 1][k], `row ${i} at ${rawTime}`);
    }
    for (const row of board.geofence) assert.ok(row.dwell >= 0 && row.dwellTotal >= row.dwell);
  }
});

test("a limit cuts the same board", async () => {
  const all = (await ask(server, `${path}/board?limit=1000`)).json;
  const three = (await ask(server, `${path}/board?limit=3`)).json;
  assert.deepEqual(three.leaders, all.leaders.slice(0, 3));
  assert.equal((await ask(server, `${path}/board`)).json.leaders.length, 10);
});

test("positions", async () => {
  for (const rawTime of [0, 333, 5000]) {
    const answer = (await ask(server, `${path}/positions?at=${rawTime}`)).json;
    const then = at(rawTime);
    assert.equal(answer.positions.length, 30);
    for (const p of answer.positions) {
      const e = then.get(p.competitorId);
      assert.deepEqual([p.lat, p.lon, p.distance, p.rawTime], [e.lat, e.lon, e.distance, e.rawTime]);
      assert.ok(["onCourse", "inGeofence", "finished"].includes(p.status));
    }
  }
});

test("a competitor: splits and visits are those of its events", async () => {
  for (const id of [1, 17, 30]) {
    const c = (await ask(server, `${path}/competitors/${id}`)).json;
    const own = events.filter((e) => e.competitorId === id);
    const last = own[own.length - 1];
    assert.deepEqual([c.lat, c.lon, c.distance, c.rawTime, c.timestamp], [last.lat, last.lon, last.distance, last.rawTime, last.timestamp]);
    assert.equal(c.finishTime, last.rawTime);
    assert.equal(c.status, "finished");
    assert.equal(c.splits.length, Math.floor(last.distance / 1000));
    for (const { km, rawTime } of c.splits) assert.equal(rawTime, own.find((e) => e.distance >= km * 1000).rawTime);
    assert.equal(c.dwellTotal, c.visits.reduce((sum, v) => sum + v.dwell, 0));
    assert.equal(c.visits.length, 4); // crystal's route enters its geofence four times
    const early = (await ask(server, `${path}/competitors/${id}?at=100`)).json;
    assert.equal(early.rawTime, 100);
    assert.equal(early.finishTime, null);
    assert.equal(early.name, undefined);
  }
});

test("a competitor's track: its own positions, so many seconds apart, the first and the last", async () => {
  const own = events.filter((e) => e.competitorId === 17);
  const track = async (query) => (await ask(server, `${path}/competitors/17?${query}`)).json.track;
  const points = (some) => some.map((e) => [e.rawTime, e.distance]);

  assert.deepEqual(await track("track=1"), points(own));
  const last = own[own.length - 1];
  assert.deepEqual(await track("track=60"), points(own.filter((e) => e.rawTime % 60 === 0 || e === last)));
  assert.deepEqual(await track("at=100&track=70"), points(own.filter((e) => [0, 70, 100].includes(e.rawTime))));
  assert.equal(await track("at=100"), undefined);
  assert.equal((await ask(server, `${path}/competitors/17?track=0`)).status, 400);
});

test("frames for replay say what the events say", async () => {
  const bytes = (await ask(server, `${path}/frames?from=600&to=780&step=20`)).bytes;
  const frames = [...splitFrames(bytes)];
  assert.equal(frameHead(frames[0]).kind, 1);
  let n = 0;
  for (const { head, distance } of decodeFrames(frames)) {
    assert.equal(head.raceMs, (600 + 20 * n++) * 1000);
    assert.equal(head.flags, 1);
    const then = at(head.raceMs / 1000);
    distance.forEach((d, i) => assert.ok(Math.abs(d - then.get(i + 1).distance) <= head.unit / 2 + 1e-6));
  }
  assert.equal(n, 10);
});

test("results: everybody by rank; names only where there is a roster", async () => {
  const plain = await ask(server, `${path}/results.csv`);
  assert.match(plain.headers.get("content-type"), /^text\/csv/);
  const lines = plain.text.trim().split("\n");
  assert.equal(plain.headers.get("content-disposition"), `attachment; filename="results-crystal-${race.startTime.slice(0, 10)}.csv"`);
  assert.equal(lines[0], "rank,competitorId,finishTime,rawTime,distance,pacePerKm,dwellTotal,finishHms,rawHms,paceHms,dwellHms");
  const hms = (s) => (s === "" ? "" : `${Math.floor(s / 3600)}:${String(Math.floor(s / 60) % 60).padStart(2, "0")}:${String(s % 60).padStart(2, "0")}`);
  for (const [, , finish, raw, , pace, dwell, ...texts] of lines.slice(1).map((l) => l.split(",")))
    assert.deepEqual(texts, [hms(finish), hms(raw), hms(Math.round(Number(pace))), hms(dwell)]);
  assert.equal(lines.length, 31);
  const rows = lines.slice(1).map((l) => l.split(","));
  for (let i = 1; i < rows.length; i++) assert.ok(Number(rows[i][2]) >= Number(rows[i - 1][2]), "who took less time is before");

  const roster = "competitorId,name\r\n1,Ada\n2,\"Byron, Lord\"\n3,\"\"\"Kit\"\" <b>Marlowe</b>\"\n4,=1+1\n30,Žofie\n";
  const put = await ask(server, `${path}/roster`, { method: "PUT", body: roster });
  assert.equal(put.status, 200, put.text);
  assert.equal(put.json.names, 5);
  const named = (await ask(server, `${path}/results.csv`)).text;
  assert.match(named, /^rank,competitorId,name,finishTime/);
  assert.match(named, /,2,"Byron, Lord",/);
  assert.match(named, /,3,"""Kit"" <b>Marlowe<\/b>",/);
  assert.equal((await ask(server, `${path}/competitors/30`)).json.name, "Žofie");
  assert.match(named, /,4,'=1\+1,/, "no spreadsheet runs a name");
  const harmless = roster.replace("4,=", "4,'=");
  assert.equal((await ask(server, `${path}/roster`)).text, harmless);
  assert.equal((await ask(server, `${path}/competitors/4`)).json.name, "=1+1");
  await ask(server, `${path}/roster`, { method: "PUT", body: harmless });
  assert.equal((await ask(server, `${path}/competitors/4`)).json.name, "=1+1", "what was exported comes back as it was");
  const dense = await ask(server, `${path}/roster?version=30`);
  assert.equal(dense.headers.get("roster-version"), "30");
  const denseLines = dense.text.trim().split("\n");
  assert.equal(denseLines.length, 31);
  assert.equal(denseLines[30], "30,Žofie");
  assert.equal(denseLines[4], "4,'=1+1");
  assert.equal(denseLines[10], "10,");
});

test("a roster that is wrong changes nothing", async () => {
  const { runId } = await makeRace(server);
  for (const [what, csv, sentence] of [
    ["empty", "", /first line/],
    ["no header", "1,Ada\n", /first line/],
    ["no number", "competitorId,name\nx,Ada\n", /Line 2/],
    ["no name", "competitorId,name\n1\n", /Line 2/],
    ["three fields", "competitorId,name\n1,a,b\n", /Line 2/],
    ["twice", "competitorId,name\n1,a\n1,b\n", /more than once/],
    ["open quote", "competitorId,name\n1,\"a\n", /Line 2/],
    ["no UTF-8", Buffer.from("competitorId,name\n1,\xff\n", "latin1"), /UTF-8/],
    ["too long", `competitorId,name\n1,${"x".repeat(201)}\n`, /200 bytes/],
    ["beyond int64", "competitorId,name\n9223372036854775808,a\n", /Line 2/],
  ]) {
    const answer = await ask(server, `/api/races/${runId}/roster`, { method: "PUT", body: csv });
    assert.equal(answer.status, 400, what);
    assert.match(answer.json.error, sentence, what);
  }
  assert.doesNotMatch((await ask(server, `/api/races/${runId}/results.csv`)).text, /name/);
});

test("parameters that are wrong are named", async () => {
  for (const [query, field] of [
    ["board?limit=0", "limit"], ["board?limit=1001", "limit"], ["board?limit=ten", "limit"], ["board?limit=1.5", "limit"],
    ["board?limit=", "limit"], ["board?limit=5&limit=6", "limit"], ["board?at=-1", "at"], ["board?at=99999999999", "at"],
    ["board?limits=5", "limits"], ["positions?at=x", "at"], ["events?from=5&to=4", "from"], ["events?from=-1", "from"],
    ["frames?step=0", "step"], ["competitors/1?at=%20", "at"], ["roster?version=x", "version"],
  ]) {
    const answer = await ask(server, `${path}/${query}`);
    assert.equal(answer.status, 400, `${query}: ${answer.text}`);
    assert.equal(answer.json.field, field, query);
  }
});

test("competitors that are not there are 404s", async () => {
  for (const id of ["0", "31", "-1", "x", "99999999999999999999", "1.5"]) {
    assert.equal((await ask(server, `${path}/competitors/${id}`)).status, 404, id);
  }
});
