// Other producers' events, as the articles' own generator prints them, and records that are none: produced with kcat into
// topics that were there before Trackside, with other partitions than it would have made.
import assert from "node:assert/strict";
import test, { after } from "node:test";
import { api, text, trackside, until } from "../e2e/harness.mjs";
import { fresh, metric, raceOf, startKafka, startServer } from "./cluster.mjs";
import { event, foreignRun } from "./foreign.mjs";

const TOPIC = "org.apache.kafka.tools.TopicCommand";
const BIG = 5 * 1024 * 1024;

const kafka = await startKafka({ after });
await kafka.tool(TOPIC, ..."--create --topic parkrun --partitions 2 --config max.message.bytes=8388608".split(" "));
const started = Date.now();
const server = await startServer(kafka, { t: { after } });

const board = (runId, query = "?limit=100") => api(server, `/api/races/${runId}/board${query}`);

const untilSeen = (runId, raw) =>
  until(`${runId} at ${raw}`, () => board(runId).then((b) => b.asOf.rawTime >= raw && b, (e) => e.status !== 404 && assert.fail(e)));

test("topics that are there are used as they are", async () => {
  const said = (await kafka.tool(TOPIC, "--describe")).stdout;

  assert.match(said, /Topic: parkrun\s.*PartitionCount: 2\s/);
  assert.match(said, /Topic: races\s.*PartitionCount: 4\s/);
  assert.match(said, /Topic: courses\s.*PartitionCount: 1\s/);
});

test("a run of an unknown id on a known course", async () => {
  const runId = fresh("stranger");
  const events = foreignRun(runId, "crystal");
  const last = Math.max(...events.map((e) => e.rawTime));

  await kafka.produce("parkrun", events.map(event));
  const b = await untilSeen(runId, last);
  const race = await raceOf(server, runId);
  assert.equal(race.foreign, true);
  assert.equal(race.course, "crystal");
  assert.equal(race.startTime, "2026-01-01T09:00:00Z");
  assert.deepEqual(b.counts, { ...b.counts, competitors: 5, onCourse: 0, finished: 5 });
  const final = new Map(events.map((e) => [e.competitorId, e]));
  assert.deepEqual(
    b.leaders.map((r) => r.competitorId),
    [...final.values()].sort((x, y) => x.rawTime - y.rawTime || x.competitorId - y.competitorId).map((e) => e.competitorId),
  );
  const lines = (await text(server, `/api/races/${runId}/events`)).trimEnd().split("\n");
  assert.equal(lines.length, events.length);
});

test("an id that no new race may have is addressed by the commands as it is", async () => {
  const runId = fresh("x/../healthz?a=1#b%2Fc");
  const events = foreignRun(runId, "crystal");
  const last = Math.max(...events.map((e) => e.rawTime));
  const command = (...args) => {
    const said = trackside(["race", ...args, "--server", server.url]);
    assert.equal(said.code, 0, said.stderr);
    return said.stdout;
  };

  await kafka.produce("parkrun", events.map(event));
  const { races } = await until("it is listed", async () => {
    const all = await api(server, "/api/races");
    return all.races.some((r) => r.runId === runId) && all;
  });
  assert.ok(races.some((r) => r.runId === runId));
  await until("it is whole", async () => (await api(server, `/api/races/${encodeURIComponent(runId)}/board`)).asOf.rawTime >= last);
  assert.ok(command("list").includes(runId));
  assert.ok(command("show", runId).includes(runId));
  assert.equal(command("results", runId).trim().split("\n").length, 6);
  command("delete", runId);
  await until("it is gone", async () => !(await api(server, "/api/races")).races.some((r) => r.runId === runId));
});

test("a run on an unknown course is kept, and counted when the course comes", async () => {
  const runId = fresh("elsewhere");
  const name = fresh("unheard-of");
  const events = foreignRun(runId, name);
  const last = Math.max(...events.map((e) => e.rawTime));

  await kafka.produce("parkrun", events.map(event));
  const before = await untilSeen(runId, last);
  assert.equal(before.counts.competitors, 5);
  assert.equal(before.counts.finished, 0);
  assert.ok(before.leaders.every((r) => r.toGo === null || r.toGo === undefined));

  const body = await text(server, "/api/courses/crystal?format=kml");
  const answer = await fetch(`${server.url}/api/courses?shortName=${name}`, { method: "POST", body });
  assert.equal(answer.status, 201, await answer.text());
  const then = await until("it is counted again", async () => {
    const b = await board(runId);
    return b.counts.finished === 5 && b;
  });
  assert.equal(then.leaders[0].toGo, 0);
  assert.equal((await text(server, `/api/races/${runId}/events`)).trimEnd().split("\n").length, events.length);
});

test("late, doubled and misdated events", async () => {
  const runId = fresh("untidy");
  const at = (rawTime, distance, more = {}) =>
    event({ runId, competitorId: 7, rawTime, distance, lat: 51.42, lon: -0.07, course: "crystal", timestamp: "2026-01-01 09:00:00", ...more });

  await kafka.produce("parkrun", [at(60, 300), at(20, 100), at(60, 301), at(10, 50, { timestamp: "2026-01-01 08:00:00" })]);
  await kafka.produce("parkrun", [at(61, 305, { timestamp: "2026-01-01 10:00:59" })]);
  const b = await untilSeen(runId, 61);
  assert.deepEqual(b.leaders.map((r) => [r.competitorId, r.rawTime, r.distance]), [[7, 61, 305]]);
  const at60 = await board(runId, "?at=60");
  assert.equal(at60.leaders[0].distance, 301, "of two with one raw time the later arrival counts");
  const kept = (await text(server, `/api/races/${runId}/events`)).trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(kept.map((e) => [e.rawTime, e.distance]), [[10, 50], [20, 100], [60, 301], [61, 305]]);
});

test("what cannot be read is counted, told with an example, and passed over", async () => {
  const runId = fresh("among-rubbish");
  const good = foreignRun(runId, "crystal", { competitors: 1 });
  const skipped = await metric(server, "feed_malformed_total");
  const bad = [
    ...["rubbish", "{", "[]", "null", "{}", '"text"', '{"runId": 5}', "\u0000\u0001\u00ff"],
    event(good[0]).value.slice(0, -1),
    event({ ...good[0], lat: 91 }).value,
    event({ ...good[0], rawTime: -1 }).value,
    event({ ...good[0], rawTime: 1.5 }).value,
    event({ ...good[0], distance: NaN }).value,
    event({ ...good[0], timestamp: "yesterday" }).value,
    event({ ...good[0], runId: 'a"b' }).value,
  ];
  const half = good.length / 2;

  await kafka.produce("parkrun", good.slice(0, half).map(event));
  await kafka.produce("parkrun", bad.map((value) => ({ key: "1", value })));
  await kafka.produce("parkrun", [{ key: "2", value: "x".repeat(BIG) }], ["-X", "message.max.bytes=8388608"]);
  await kafka.produce("parkrun", [{ key: "3", value: null }]);
  for (const topic of ["races", "courses"])
    await kafka.produce(topic, [{ key: "x", value: "no json" }, { key: "x", value: null }, { key: "y", value: '{"runId": "y"}' }]);
  await kafka.produce("parkrun", good.slice(half).map(event));
  await untilSeen(runId, good.at(-1).rawTime);
  await until("all of it is counted", async () => (await metric(server, "feed_malformed_total")) >= skipped + bad.length + 5);
  assert.equal(await metric(server, "feed_malformed_total"), skipped + bad.length + 5);
  assert.match(server.log(), /records were skipped that could not be read; the last one: parkrun partition \d offset \d+: /);
  for (let i = 1; i <= 3; i++) {
    await kafka.produce("parkrun", [{ key: "1", value: "more rubbish" }]);
    await until("it is counted", async () => (await metric(server, "feed_malformed_total")) >= skipped + bad.length + 5 + i);
  }
  const told = server.log().match(/records were skipped/g).length;
  assert.ok(told <= 1 + (Date.now() - started) / 60000, `once a minute at most, and not ${told} times`);
  const lines = (await text(server, `/api/races/${runId}/events`)).trimEnd().split("\n");
  assert.equal(lines.length, good.length);
});

test("a run that the articles' own page announced in `races`", async () => {
  const runId = fresh("announced");

  await kafka.produce("races", [{ key: runId, value: JSON.stringify({ runId, course: "crystal", startTime: 1767258000000 }) }]);
  const race = await until("it is seen", () => raceOf(server, runId).catch(() => false));
  assert.equal(race.foreign, true);
  assert.equal(race.startTime, "2026-01-01T09:00:00Z");
});
