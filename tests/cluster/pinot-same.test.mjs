// The same race at two servers of one Kafka, one with the embedded store and one with Pinot: the same answers, of the end and of any
// moment before it.
import assert from "node:assert/strict";
import test, { after } from "node:test";
import { api, until } from "../e2e/harness.mjs";
import { ask, splitFrames } from "../e2e/http.mjs";
import { create, rawTime, spec, untilState } from "../e2e/process/races.mjs";
import { fresh, startServer } from "./cluster.mjs";

const controller = process.env.TRACKSIDE_TEST_PINOT;
const address = process.env.TRACKSIDE_TEST_KAFKA;
const skip = !(controller && address) && "there is no cluster: TRACKSIDE_TEST_KAFKA, TRACKSIDE_TEST_PINOT";
const MOMENTS = [0, 1, 59, 300, 601, 777, 5000];
const NAMES = "competitorId,name\n1,Ann\n7,Bo\n";

/** A frame without the time of its sending and its place among the others. */
function bare(frame) {
  const copy = Buffer.from(frame);

  copy.fill(0, 2, 4);
  copy.fill(0, 8, 16);
  return copy.toString("hex");
}

async function same(servers, path, read) {
  const [left, right] = await Promise.all(
    servers.map(async (server) => {
      const answer = await ask(server, path);
      assert.equal(answer.status, 200, `${path}: ${answer.text}`);
      return read(answer);
    }),
  );
  assert.deepEqual(right, left, path);
  return left;
}

const json = (answer) => answer.json;
const text = (answer) => answer.text;
const frames = (answer) => [...splitFrames(answer.bytes)].map(bare);

test("with Pinot every answer is the embedded store's", { skip }, async (t) => {
  const servers = [
    await startServer({ address }, { t: { after } }),
    await startServer({ address }, { t: { after }, args: ["--pinot", controller] }),
  ];
  const s = spec(fresh("same"), { competitors: 30, slowest: 250, speed: 400 });
  const path = `/api/races/${s.runId}`;

  await create(servers[1], s);
  for (const server of servers) {
    await until("the race is known", async () => (await ask(server, path)).status === 200);
    await untilState(server, s.runId, "finished");
    // The record may be there before the last events are.
    await until("all are home", async () => (await api(server, `${path}/board`)).counts.finished === s.competitors);
  }
  const last = await rawTime(servers[0], s.runId);
  assert.equal((await ask(servers[0], `${path}/roster`, { method: "PUT", body: NAMES })).status, 200);
  await until("the names are there", async () => (await ask(servers[1], `${path}/roster`)).text === NAMES);

  const race = await same(servers, path, json);
  assert.equal(race.state, "finished");
  const end = await same(servers, `${path}/board?limit=50`, json);
  assert.equal(end.counts.finished, s.competitors);
  await same(servers, `${path}/positions`, json);
  await same(servers, `${path}/results.csv`, text);
  for (const at of MOMENTS) {
    await same(servers, `${path}/board?limit=50&at=${at}`, json);
    await same(servers, `${path}/positions?at=${at}`, json);
    for (const id of [1, 7, 30]) await same(servers, `${path}/competitors/${id}?at=${at}&track=13`, json);
  }
  const one = await same(servers, `${path}/competitors/7`, json);
  assert.equal(one.name, "Bo");
  assert.ok(one.splits.length > 0 && one.visits.length > 0, "there is something to compare");
  const lines = await same(servers, `${path}/events`, text);
  assert.equal(lines.trimEnd().split("\n").length > s.competitors, true);
  await same(servers, `${path}/events?from=500`, text);
  const shown = await same(servers, `${path}/frames?from=100&to=220`, frames);
  assert.ok(shown.length > 1);
  await same(servers, `${path}/frames?from=0&to=${last}&step=7`, frames);
  await api(servers[0], path, { method: "DELETE" });
});

/** A line of 2.2 km along the equator, passed out and back at its checkpoints. */
const LON = [...Array(11).keys(), ...[...Array(10).keys()].reverse()].map((i) => i / 1000);
const GPX = `<gpx><trk><trkseg>${LON.map((lon) => `<trkpt lat="0" lon="${lon}"/>`).join("")}</trkseg></trk></gpx>`;
const LIST = "name,lat,lon,cutoff\nHut,0,0.004,0:08:00\nTop,0,0.0095,0:05:00\n";

test("with Pinot everybody has the same times at checkpoints, also where they are read in groups", { skip }, async (t) => {
  const servers = [
    await startServer({ address }, { t: { after } }),
    await startServer({ address }, { t: { after }, args: ["--pinot", controller] }),
  ];
  const course = fresh("checkpoints").toLowerCase().replace(/[^a-z0-9-]/g, "-").slice(0, 60);
  const s = spec(fresh("checkpoints"), { course, competitors: 200, slowest: 300, speed: 400, stopRatio: 0 });
  const path = `/api/races/${s.runId}`;

  assert.equal((await ask(servers[1], `/api/courses?shortName=${course}`, { method: "POST", body: GPX })).status, 201);
  assert.equal((await ask(servers[1], `/api/courses/${course}/checkpoints`, { method: "PUT", body: LIST })).status, 200);
  await create(servers[1], s);
  for (const server of servers) {
    await until("the race is known", async () => (await ask(server, path)).status === 200);
    await untilState(server, s.runId, "finished");
    await until("all are home", async () => (await api(server, `${path}/board`)).counts.finished === s.competitors);
  }
  const list = await same(servers, `${path}/checkpoints`, json);
  assert.ok(list.checkpoints.length >= 3 && list.checkpoints.every((c) => c.passed === s.competitors));
  for (const at of ["", "?at=200", "?at=330", "?at=500"]) {
    await same(servers, `${path}/checkpoints${at}`, json);
    await same(servers, `${path}/cutoffs${at}`, json);
    await same(servers, `${path}/competitors/11${at}`, json);
  }
  await same(servers, `${path}/board?limit=200&checkpoint=2&at=400`, json);
  await same(servers, `${path}/results.csv`, text);
  await api(servers[0], path, { method: "DELETE" });
});
