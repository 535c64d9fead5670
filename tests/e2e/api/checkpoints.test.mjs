// Checkpoints over HTTP: read from a file, typed as CSV and JSON, kept by every format.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startTrackside, until } from "../harness.mjs";
import { ask, finish, finishedRace, makeRace, post } from "../http.mjs";

let server;
const dir = mkdtempSync(join(tmpdir(), "trackside-e2e-"));
before(async () => (server = await startTrackside({ dir })));
after(async () => {
  await finish(server);
  rmSync(dir, { recursive: true, force: true });
});

const points = [...Array(21).keys()].map((i) => i / 1000);
const wpt = (lat, lon, name) => `<wpt lat="${lat}" lon="${lon}"><name>${name}</name></wpt>`;
/** A line of 2.2 km along the equator, with two checkpoints, a kilometre mark and toilets. */
const gpx = `<gpx>${wpt(0.0001, 0.005, "Ravito 1")}${wpt(0, 0.015, "CP2")}${wpt(0, 0.009, "1 km")}${wpt(0, 0.011, "Toilets")}
<trk><trkseg>${points.map((lon) => `<trkpt lat="0" lon="${lon}"/>`).join("")}</trkseg></trk></gpx>`;
const put = (name, body) => ask(server, `/api/courses/${name}/checkpoints`, { method: "PUT", body });
const names = (list) => list.map((c) => `${c.name}@${Math.round(c.distance)}`);

test("a file's waypoints near the line become checkpoints", async () => {
  const made = await post(server, "/api/courses?shortName=line", gpx);
  assert.equal(made.status, 201, made.text);
  assert.equal(made.json.checkpoints, 2);
  const { json } = await ask(server, "/api/courses/line/checkpoints");
  assert.deepEqual([json.shortName, json.revision], ["line", made.json.revision]);
  assert.deepEqual(names(json.checkpoints), ["Ravito 1@557", "CP2@1670"]);
  assert.deepEqual(json.checkpoints.map((c) => [c.kind, c.pass, c.passes]), [["aid", 1, 1], ["checkpoint", 1, 1]]);
  assert.deepEqual((await ask(server, "/api/courses/line")).json.trackside.checkpoints, json.checkpoints);
  assert.deepEqual((await ask(server, "/api/courses/line?points=5")).json.trackside.checkpoints, json.checkpoints);
});

test("what is typed replaces them, and comes back as it was put", async () => {
  await post(server, "/api/courses?shortName=typed", gpx);
  const made = await put("typed", "name,distance,cutoff\nHut,1 km,0:10:00\nTop,2000,\n");
  assert.equal(made.status, 200, made.text);
  assert.deepEqual(names(made.json.checkpoints), ["Hut@1000", "Top@2000"]);
  assert.deepEqual(made.json.checkpoints.map((c) => c.cutoff), [600, undefined]);
  const csv = await ask(server, "/api/courses/typed/checkpoints?format=csv");
  assert.match(csv.headers.get("content-type"), /^text\/csv/);
  assert.equal((await put("typed", csv.text)).json.revision, made.json.revision);
  assert.equal((await put("typed", JSON.stringify(made.json))).json.revision, made.json.revision);
  for (const format of ["geojson", "kml", "gpx", "csv"]) {
    const file = await ask(server, `/api/courses/typed?format=${format}`);
    const again = await post(server, "/api/courses?shortName=typed&replace=true", file.bytes);
    assert.equal(again.json.revision, made.json.revision, format);
  }
  const other = await put("typed", JSON.stringify([{ name: "Hut", lat: 0, lon: 0.01 }]));
  assert.deepEqual(names(other.json.checkpoints), ["Hut@1113"]);
  assert.deepEqual((await put("typed", "")).json.checkpoints, []);
});

test("every wrong line is named, and nothing changes", async () => {
  await post(server, "/api/courses?shortName=wrong", gpx);
  const before = (await ask(server, "/api/courses/wrong/checkpoints")).json;
  const answer = await put("wrong", "name,distance,cutoff\nA,100,1:30\nB,5000,\nC,200,\n");
  assert.equal(answer.status, 400);
  assert.match(answer.json.error, /Line 2: the cut-off "1:30" is neither h:mm:ss.*Line 3: the distance 5000 m is not between/);
  assert.equal(answer.json.field, "checkpoints");
  assert.deepEqual((await ask(server, "/api/courses/wrong/checkpoints")).json, before);
  assert.equal((await put("nowhere", "A,100")).status, 404);
  assert.equal((await put("wrong", "x".repeat(300000))).status, 413);
  assert.equal((await ask(server, "/api/courses/wrong/checkpoints?format=xml")).status, 400);
});

/** By the definition: the raw second of the first event at or beyond the distance, by competitor. */
async function firstAt(runId, distance, to = Infinity) {
  const first = new Map();
  for (const line of (await ask(server, `/api/races/${runId}/events`)).text.trim().split("\n")) {
    const e = JSON.parse(line);
    if (e.distance >= distance && e.rawTime <= to && !first.has(e.competitorId)) first.set(e.competitorId, e.rawTime);
  }
  return first;
}
const hms = (s) => (s === undefined ? "" : `${Math.floor(s / 3600)}:${String(Math.floor(s / 60) % 60).padStart(2, "0")}:${String(s % 60).padStart(2, "0")}`);
const LIST = "name,distance,cutoff\nHut,557,0:02:30\n\"=Top\",1500,0:04:30\n";

test("every competitor has a time at every checkpoint, in answers of all kinds, also after a restart", async () => {
  await post(server, "/api/courses?shortName=race", gpx);
  assert.equal((await put("race", LIST)).status, 200);
  const race = await finishedRace(server, { course: "race", competitors: 30, fastest: 144, slowest: 330, seed: 3 });
  const path = `/api/races/${race.runId}`;
  const hut = await firstAt(race.runId, 557), top = await firstAt(race.runId, 1500);
  assert.equal(hut.size, 30);

  const look = async () => {
    const all = [];
    for (const id of [1, 7, 30]) {
      const c = (await ask(server, `${path}/competitors/${id}`)).json;
      assert.deepEqual(c.checkpoints.map((k) => [k.number, k.name, k.distance, k.rawTime, k.cutoff]), [[1, "Hut", 557, hut.get(id), 150], [2, "=Top", 1500, top.get(id), 270]]);
      assert.equal(c.checkpoints[0].rank, 1 + [...hut.values()].filter((s) => s < hut.get(id)).length);
      all.push(c.checkpoints);
    }
    const half = (await ask(server, `${path}/competitors/7?at=${hut.get(7)}`)).json;
    assert.deepEqual(half.checkpoints.map((k) => k.rawTime), [hut.get(7), null]);

    const board = (await ask(server, `${path}/board?checkpoint=2&limit=5`)).json;
    for (const row of board.leaders) assert.deepEqual(row.checkpoint, { number: 2, rawTime: top.get(row.competitorId) });
    const order = [...top].sort(([a, s], [b, t]) => s - t || a - b).slice(0, 5);
    assert.deepEqual(board.atCheckpoint.rows.map((r) => [r.competitorId, r.rawTime]), order);
    assert.deepEqual([board.atCheckpoint.rows[0].rank, board.atCheckpoint.rows[0].behindFirst], [1, 0]);

    const list = (await ask(server, `${path}/checkpoints`)).json;
    assert.deepEqual(list.checkpoints.map((c) => [c.number, c.name, c.passed, c.first.rawTime, c.last, c.closed]), [
      [1, "Hut", 30, Math.min(...hut.values()), Math.max(...hut.values()), true],
      [2, "=Top", 30, Math.min(...top.values()), Math.max(...top.values()), true],
    ]);

    const csv = (await ask(server, `${path}/results.csv`)).text.trim().split("\n").map((l) => l.split(","));
    assert.deepEqual(csv[0].slice(-2), ["Hut", "'=Top"]);
    for (const row of csv.slice(1)) assert.deepEqual(row.slice(-2), [hms(hut.get(Number(row[1]))), hms(top.get(Number(row[1])))]);
    return JSON.stringify([all, half, board, list, csv]);
  };
  const before = await look();
  await finish(server);
  server = await startTrackside({ dir });
  assert.equal(await look(), before);
});

test("who is behind a cut-off, and who is in danger, at any moment", async () => {
  await post(server, "/api/courses?shortName=cut", gpx);
  await put("cut", LIST);
  const race = await finishedRace(server, { course: "cut", competitors: 30, fastest: 144, slowest: 330, seed: 3 });
  const path = `/api/races/${race.runId}/cutoffs`;
  const hut = await firstAt(race.runId, 557), top = await firstAt(race.runId, 1500);
  const { cutoffs, asOf } = (await ask(server, `${path}?at=200`)).json;
  assert.equal(asOf.rawTime, 200);
  const late = [...hut.keys()].filter((id) => hut.get(id) > 150).sort((a, b) => a - b);
  assert.ok(late.length > 0 && late.length < 30);
  assert.deepEqual([cutoffs[0].closed, cutoffs[0].behind, cutoffs[0].danger], [true, late.length, 0]);
  assert.deepEqual(cutoffs[0].behindList.map((r) => r.competitorId).sort((a, b) => a - b), late);
  for (const r of cutoffs[0].behindList) {
    assert.equal(r.rawTime, hut.get(r.competitorId) <= 200 ? hut.get(r.competitorId) : null);
    assert.equal(r.late, (r.rawTime ?? 200) - 150);
  }
  assert.deepEqual([cutoffs[1].closed, cutoffs[1].behind], [false, 0]);
  for (const r of cutoffs[1].dangerList) {
    assert.equal(r.timeLeft, 70);
    assert.ok(Math.abs(r.distance + r.distanceLeft - 1500) < 0.002);
    assert.ok(r.expected > 270 && Math.abs(r.expected - (200 * 1500) / r.distance) <= 1);
  }
  assert.equal(cutoffs[1].danger, cutoffs[1].dangerList.length);
  assert.ok(cutoffs[1].danger > 0);
  assert.equal((await ask(server, `${path}?at=200&limit=1`)).json.cutoffs[0].behindList.length, 1);
  // Nobody leaves the race.
  assert.equal((await ask(server, `/api/races/${race.runId}/board`)).json.counts.finished, 30);
  const end = (await ask(server, path)).json.cutoffs;
  assert.equal(end[1].behind, [...top.values()].filter((s) => s > 270).length);
});

test("a race keeps the checkpoints that it started with; one without any says so", async () => {
  await post(server, "/api/courses?shortName=kept", gpx);
  const race = await makeRace(server, { course: "kept", competitors: 3, speed: 1 });
  await put("kept", "Other,100");
  const at = (await ask(server, `/api/races/${race.runId}/checkpoints`)).json;
  assert.deepEqual(at.checkpoints.map((c) => [c.name, c.passed, c.first, c.last]), [["Ravito 1", 0, null, null], ["CP2", 0, null, null]]);
  assert.equal((await ask(server, `/api/races/${race.runId}/board?checkpoint=3`)).status, 400);
  await until("somebody is seen", async () => (await ask(server, `/api/races/${race.runId}/board`)).json.leaders.length > 0);
  assert.equal((await ask(server, `/api/races/${race.runId}/board`)).json.leaders[0].checkpoint, null);
  const plain = await finishedRace(server, { course: "crystal", competitors: 3 });
  assert.deepEqual((await ask(server, `/api/races/${plain.runId}/checkpoints`)).json.checkpoints, []);
  assert.deepEqual((await ask(server, `/api/races/${plain.runId}/cutoffs`)).json.cutoffs, []);
  const none = await ask(server, `/api/races/${plain.runId}/board?checkpoint=1`);
  assert.equal(none.status, 400);
  assert.match(none.json.error, /the course of this race has none/);
  assert.ok(!("checkpoint" in (await ask(server, `/api/races/${plain.runId}/board`)).json.leaders[0]));
  assert.ok(!("checkpoints" in (await ask(server, `/api/races/${plain.runId}/competitors/1`)).json));
});
