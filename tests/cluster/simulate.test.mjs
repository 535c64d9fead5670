// `trackside simulate --kafka` in several processes makes one race, which no server drives.
import assert from "node:assert/strict";
import test, { after } from "node:test";
import { api, text, trackside, until } from "../e2e/harness.mjs";
import { rawTime, spec, truth, untilState } from "../e2e/process/races.mjs";
import { startKafka, exactlyOnceEverywhere, fresh, raceOf, refused, spawnTrackside, startServer } from "./cluster.mjs";

const kafka = await startKafka({ after });
const server = await startServer(kafka, { t: { after } });

function command(s, more) {
  return [
    ...["simulate", "--kafka", kafka.address, "--course", s.course, "--competitors", String(s.competitors)],
    ...["--fastest", String(s.fastest), "--slowest", String(s.slowest), "--stop-ratio", String(s.stopRatio)],
    ...["--min-pause", String(s.minPause), "--max-pause", String(s.maxPause), "--seed", String(s.seed)],
    ...["--start", s.startTime, "--run-id", s.runId, ...more],
  ];
}

/** What the server has read of the race so far (kcat would follow it to its end). */
async function eventsOf(runId) {
  const said = await text(server, `/api/races/${runId}/events`).catch(() => "");
  return said.split("\n").filter((line) => line !== "");
}

const whole = spec(fresh("whole"));

test("as fast as it can, in one process; the same command again adds nothing", async () => {
  const s = whole;

  for (let i = 0; i < 2; i++) {
    const r = trackside(command(s, []));
    assert.equal(r.code, 0, r.stderr);
  }
  await untilState(server, s.runId, "finished");
  await exactlyOnceEverywhere(kafka, [server], s);
});

test("three shards, one of them killed and started again, are the whole race", async (t) => {
  const s = spec(fresh("sharded"), { competitors: 50 });
  const shard = (i) => spawnTrackside(t, command(s, ["--speed", "100", "--shard", `${i}/3`]));
  const shards = [shard(1), shard(2), shard(3)];

  await until("the server shows it", () => rawTime(server, s.runId).then((raw) => raw > 100, () => false));
  const second = (line) => (JSON.parse(line).competitorId - 1) % 3 === 1;
  await until("the second has published", async () => (await eventsOf(s.runId)).filter(second).length > 500);
  shards[1].child.kill("SIGKILL");
  await shards[1].done;

  const no = await refused(api(server, `/api/races/${s.runId}/pause`, { method: "POST" }));
  assert.equal(no.status, 409);
  assert.match(no.error, /made by 'trackside simulate'/);
  assert.doesNotMatch(server.log(), /race sharded-\S+ is driven here/);

  const again = shard(2);
  for (const one of [shards[0], again, shards[2]]) {
    const how = await one.done;
    assert.equal(how.code, 0, how.stderr);
  }
  assert.match(again.stderr(), /goes on after raw time \d+/);
  await untilState(server, s.runId, "finished");
  await exactlyOnceEverywhere(kafka, [server], s);
});

test("the race is over when every shard is, whichever is the last", async (t) => {
  // Of which shard the last of all runners is: it must not end the race while others are behind.
  const model = spec(fresh("model"), { competitors: 10 });
  const { competitorId } = JSON.parse(truth(model).trimEnd().split("\n").at(-1));
  const withLast = (competitorId - 1) % 3;

  for (const turn of [0, 1, 2]) {
    const s = { ...model, runId: fresh(`turn-${turn}`) };
    const order = [0, 1, 2].map((i) => ((i + turn + withLast) % 3) + 1);
    for (const [i, part] of order.entries()) {
      if (i === 2) { // this one is far behind: it has begun, and is killed
        const slow = spawnTrackside(t, command(s, ["--speed", "10", "--shard", `${part}/3`]));
        await until("it has published", async () => (await eventsOf(s.runId)).some((line) => (JSON.parse(line).competitorId - 1) % 3 === part - 1));
        assert.equal((await raceOf(server, s.runId)).state, "running", `${part} is behind, of ${order}`);
        slow.child.kill("SIGKILL");
        await slow.done;
      }
      const r = trackside(command(s, ["--shard", `${part}/3`]));
      assert.equal(r.code, 0, r.stderr);
    }
    await untilState(server, s.runId, "finished");
    await exactlyOnceEverywhere(kafka, [server], s);
  }
});

test("killed at several moments, it goes on each time", async (t) => {
  const s = spec(fresh("killed-often"), { competitors: 30 });
  const total = truth(s).trimEnd().split("\n").length;

  for (const part of [0.1, 0.3, 0.6]) {
    const one = spawnTrackside(t, command(s, ["--speed", "300"]));
    await until(`${part} of it is published`, async () => (await eventsOf(s.runId)).length > part * total);
    one.child.kill("SIGKILL");
    assert.equal((await one.done).signal, "SIGKILL", "it was still at it");
  }
  const last = await spawnTrackside(t, command(s, ["--speed", "1000"])).done;
  assert.equal(last.code, 0, last.stderr);
  await untilState(server, s.runId, "finished");
  await exactlyOnceEverywhere(kafka, [server], s);
});

test("another race of that id is refused", async () => {
  const s = { ...whole, seed: 5 };
  const r = trackside(command(s, []));

  assert.notEqual(r.code, 0);
  assert.match(r.stderr, /^trackside: Kafka has another race whole-\S+; [^\n]+\n$/);
  assert.equal((await raceOf(server, s.runId)).seed, 4242);
});
