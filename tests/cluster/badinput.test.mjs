// What is wrong in the world around: topics that are not as Trackside makes them, records that are far too large, clocks that
// disagree by an hour. (Addresses, settings and passwords: start and security; malformed and foreign events: foreign.)
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import test, { after } from "node:test";
import { api, repository, tempDir, text, trackside, until } from "../e2e/harness.mjs";
import { create, setSpeed, spec, untilState } from "../e2e/process/races.mjs";
import { exactlyOnceEverywhere, fresh, metric, raceOf, startKafka, startServer } from "./cluster.mjs";
import { event, foreignRun } from "./foreign.mjs";

const TOPIC = "org.apache.kafka.tools.TopicCommand";
const CONFIG = "kafka.admin.ConfigCommand";
const MB = 1024 * 1024;
const HOUR_S = 3600;

const kafka = await startKafka({ after });
const make = (name, partitions, ...configs) =>
  kafka.tool(TOPIC, "--create", "--topic", name, "--partitions", String(partitions), ...configs.flatMap((c) => ["--config", c]));
await make("parkrun", 7, `max.message.bytes=${16 * MB}`);
await make("races", 3, "cleanup.policy=compact", `max.message.bytes=${16 * MB}`);
await make("courses", 2, "cleanup.policy=compact"); // with Kafka's own limit of 1 MiB
const server = await startServer(kafka, { t: { after } });

const shim = join(tempDir({ after }), "clock_shift.so");
execFileSync("cc", ["-std=c17", "-D_GNU_SOURCE", "-shared", "-fPIC", "-o", shim, join(repository, "tests/cluster/clock_shift.c")]);
const shifted = (seconds) => ({ LD_PRELOAD: shim, CLOCK_SHIFT_S: String(seconds) });

test("a race on topics with other partitions than Trackside makes", async (t) => {
  const other = await startServer(kafka, { t });
  const s = spec(fresh("seven"), { speed: 100 });

  await create(other, s);
  await until("it is seen", () => raceOf(server, s.runId).catch(() => false));
  await setSpeed(server, s.runId, 1000);
  for (const x of [server, other]) await untilState(x, s.runId, "finished");
  await exactlyOnceEverywhere(kafka, [server, other], s);
  const used = new Set(await kafka.consume("parkrun", "%p\n"));
  assert.equal(used.size, 7, "all partitions are used");
});

test("a course for which the topic's records are too small is refused with what to do, and taken when that is done", async () => {
  const name = fresh("long");
  const coordinates = Array.from({ length: 60000 }, (_, i) => [i * 1e-5, 51 + 0.001 * Math.sin(i / 50)]);
  const put = async () => {
    const body = JSON.stringify({ type: "LineString", coordinates });
    const answer = await fetch(`${server.url}/api/courses?shortName=${name}`, { method: "POST", body });
    return { status: answer.status, ...(await answer.json()) };
  };
  const no = await put();

  assert.equal(no.status, 413);
  assert.match(no.error, /record of \d+ bytes, and Kafka's topic courses does not take it: set its max\.message\.bytes to (\d+)/);
  assert.equal((await fetch(`${server.url}/api/courses/${name}`)).status, 404);
  const asked = /--alter --topic courses --add-config (max\.message\.bytes=\d+)/.exec(no.error)[1];
  await kafka.tool(CONFIG, "--alter", "--topic", "courses", "--add-config", asked);
  const yes = await until("it is taken", async () => {
    const made = await put();
    return made.status !== 413 && made;
  });
  assert.equal(yes.status, 201, yes.error);
});

test("records of 10 MB are counted, told and passed over", async () => {
  const skipped = await metric(server, "feed_malformed_total");
  const events = foreignRun(fresh("among-giants"), "crystal", { competitors: 2 });
  const { runId } = events[0];
  const big = "x".repeat(10 * MB);
  const limit = ["-X", `message.max.bytes=${16 * MB}`];
  const half = events.length / 2;

  await kafka.tool(CONFIG, "--alter", "--topic", "courses", "--add-config", `max.message.bytes=${16 * MB}`);
  await kafka.produce("parkrun", events.slice(0, half).map(event));
  await kafka.produce("parkrun", [{ key: "1", value: big }, { key: "2", value: event(events[0]).value.replace(/}$/, `, "more": "${big}"}`) }], limit);
  await kafka.produce("races", [{ key: "x", value: big }, { key: "y", value: JSON.stringify({ runId: "y", course: "crystal", spec: big }) }], limit);
  await kafka.produce("courses", [{ key: "x", value: big }, { key: "y", value: JSON.stringify({ type: "Feature", more: big }) }], limit);
  await kafka.produce("parkrun", events.slice(half).map(event));
  await until("all of it is counted", async () => (await metric(server, "feed_malformed_total")) >= skipped + 6);
  const read = async () => (await text(server, `/api/races/${runId}/events`).catch(() => "")).split("\n").filter((line) => line !== "");
  await until("the events around them are read", async () => (await read()).length >= events.length);
  assert.equal((await read()).length, events.length);
  assert.match(server.log(), /records were skipped that could not be read; the last one: \w+ partition \d offset \d+: [^\n]{0,200}\n/);
  assert.equal((await api(server, "/readyz")).status, "ready");
});

test("other producers whose clocks are an hour off: their races are as right as any", async () => {
  for (const seconds of [HOUR_S, -HOUR_S]) {
    const runId = fresh(seconds > 0 ? "ahead" : "behind");
    const moved = (e) => ({ ...e, timestamp: new Date(Date.parse(`${e.timestamp.replace(" ", "T")}Z`) + 1000 * seconds).toISOString().slice(0, 19).replace("T", " ") });
    const events = foreignRun(runId, "crystal").map(moved);
    const last = Math.max(...events.map((e) => e.rawTime));

    await kafka.produce("parkrun", events.map(event), [], shifted(seconds));
    const board = await until("all of it is read", async () => {
      const b = await api(server, `/api/races/${runId}/board?limit=100`).catch(() => ({ asOf: {} }));
      return b.asOf.rawTime >= last && b;
    });
    assert.equal(board.counts.finished, 5);
    assert.equal((await raceOf(server, runId)).startTime, seconds > 0 ? "2026-01-01T10:00:00Z" : "2026-01-01T08:00:00Z", "the label is the producer's");
    const final = new Map(events.map((e) => [e.competitorId, e]));
    const order = [...final.values()].sort((a, b) => a.rawTime - b.rawTime || a.competitorId - b.competitorId).map((e) => e.competitorId);
    assert.deepEqual(board.leaders.map((r) => r.competitorId), order);
    assert.equal((await text(server, `/api/races/${runId}/events`)).trimEnd().split("\n").length, events.length);
  }
});

test("two servers whose clocks are an hour apart: races run at once and whole, and it is told", async (t) => {
  const ahead = await startServer(kafka, { t, env: shifted(HOUR_S) });
  const races = [];
  const told = () => /race \S+ was due only in \d+ s: the clock of the server that asked for it is ahead of this one's/.test(server.log());

  assert.ok(Math.abs(Date.parse((await create(ahead, spec(fresh("clock"), { startTime: undefined, speed: 1000 }))).startTime) - Date.now() - 1000 * HOUR_S) < 600000);
  await until("the one that is ahead is among the drivers", async () => {
    // Whose a race is, is Kafka's to say: until each has driven one that the other asked for.
    for (const asked of [ahead, server]) {
      const s = spec(fresh("apart"), { competitors: 5, speed: 500 });
      await create(asked, s);
      races.push(s);
      await until("somebody drives it", () => [ahead, server].some((x) => x.log().includes(`race ${s.runId} is driven here`)));
    }
    return told() && races.some((s, i) => i % 2 && ahead.log().includes(`race ${s.runId} is driven here`));
  });
  for (const s of races) for (const x of [server, ahead]) await untilState(x, s.runId, "finished");
  for (const s of races) await exactlyOnceEverywhere(kafka, [server, ahead], s);
});

test("a topic with more partitions than Trackside reads is refused with a sentence", async (t) => {
  await kafka.tool(TOPIC, "--alter", "--topic", "parkrun", "--partitions", "65");
  const r = trackside(["serve", "--listen", "127.0.0.1:0", "--data", tempDir(t), "--kafka", kafka.address], { timeout: 60000 });

  assert.equal(r.code, 1);
  assert.match(r.stderr, /^trackside: Kafka's topic parkrun has 65 partitions; Trackside reads up to 64\n$/);
});
