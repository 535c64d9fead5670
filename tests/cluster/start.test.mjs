// How a server begins on Kafka, and with what it does not.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { api, tempDir, trackside, until } from "../e2e/harness.mjs";
import { create, spec, untilState } from "../e2e/process/races.mjs";
import { anyKafka, exactlyOnceEverywhere, fresh, metric, newKafka, spawnTrackside, startServer } from "./cluster.mjs";

const ONE_SENTENCE = /^trackside(?: \w+)?: [A-Za-z/][^\n]+\n$/;
const serve = (kafka, dir, more = []) => ["serve", "--listen", "127.0.0.1:0", "--data", dir, "--kafka", kafka, ...more];

test("Kafka is not there yet: one sentence, and it begins when it comes", async (t) => {
  const kafka = await newKafka(t);
  const dir = tempDir(t);
  const waiting = spawnTrackside(t, serve(kafka.address, dir));

  await until("it has been told", () => waiting.stderr().includes("Trying again until Kafka answers."));
  await kafka.start();
  const url = await until("it answers", () => /Trackside is at (\S+)\//.exec(waiting.stdout())?.[1], 30000);
  const server = { url, log: waiting.stderr };
  const told = server.log().split("\n").filter((line) => line.includes("Trying again"));
  assert.equal(told.length, 1, server.log());
  assert.match(told[0], /127\.0\.0\.1:\d+: no Kafka broker answers \(.+\); is the address right and the broker up\? Trying again/);
  const s = spec(fresh("after-waiting"), { speed: 1000, competitors: 3 });
  await create(server, s);
  await untilState(server, s.runId, "finished");
  await exactlyOnceEverywhere(kafka, [server], s);
  waiting.child.kill("SIGTERM");
  assert.equal((await waiting.done).code, 0);

  const other = await anyKafka(t);
  const r = trackside(serve(other.address, dir), { timeout: 30000 });
  assert.equal(r.code, 1, "the data of another cluster is refused");
  assert.match(r.stderr, /another Kafka cluster \(.+\); use another --data directory\n$/);
});

test("an address where nothing is, or that is none, is told once and tried again", async (t) => {
  for (const address of ["127.0.0.1:1", "nowhere.invalid:9092", "127.0.0.1:99999"]) {
    const waiting = spawnTrackside(t, serve(address, tempDir(t)));

    await until("it has been told", () => waiting.stderr().includes("Trying again until Kafka answers."));
    assert.match(waiting.stderr(), /no Kafka broker answers/);
    waiting.child.kill("SIGTERM");
    assert.equal((await waiting.done).signal, "SIGTERM");
    if (address !== "127.0.0.1:1") continue;
    const simulate = ["simulate", "--kafka", address, "--course", "crystal", "--competitors", "1"];
    const r = trackside(simulate, { timeout: 30000 });
    assert.equal(r.code, 1);
    assert.match(r.stderr, /^trackside: no Kafka broker answers [^\n]+\n$/);
  }
});

test("it is ready when what was there before has been read, and not sooner", async (t) => {
  const kafka = await anyKafka(t);
  const s = spec(fresh("before"), { competitors: 300 });
  const options = ["--competitors", s.competitors, "--fastest", s.fastest, "--slowest", s.slowest, "--stop-ratio", s.stopRatio, "--seed", s.seed];
  const r = trackside(["simulate", "--kafka", kafka.address, "--course", s.course, ...options.map(String), "--run-id", s.runId]);
  assert.equal(r.code, 0, r.stderr);

  const server = await startServer(kafka, { t });
  const answer = await until("it is ready", async () => {
    const answer = await fetch(`${server.url}/readyz`);
    if (answer.status === 200) return answer;
    assert.equal(answer.status, 503);
    assert.match((await answer.json()).error, /^The (positions|courses and races) that were published before are still (being|to be) read/);
    return false;
  });
  const { counts } = await api(server, `/api/races/${s.runId}/board?limit=1`);
  assert.equal((await answer.json()).status, "ready");
  assert.equal(counts.finished, s.competitors, "the last events that were there are counted");
  assert.equal(await metric(server, "feed_ready"), 1);
});

test("a settings file that cannot be used ends it at once with a sentence", (t) => {
  const dir = tempDir(t);
  const file = join(dir, "kafka.conf");
  const cases = [
    ["no.such.setting=1", /kafka\.conf line 1: .*no\.such\.setting/],
    ["# of ours\ntransactional.id=mine", /kafka\.conf line 2: transactional\.id is set by Trackside itself/],
    ["group.id=mine", /kafka\.conf line 1: group\.id is set by Trackside itself/],
    ["just words", /kafka\.conf line 1: this is not key=value: "just words"/],
    ["security.protocol=carrier_pigeon", /kafka\.conf line 1: .*security\.protocol/],
  ];

  for (const [content, sentence] of cases) {
    writeFileSync(file, `${content}\n`);
    for (const command of [serve("127.0.0.1:1", join(dir, "data")), ["simulate", "--course", "crystal", "--kafka", "127.0.0.1:1"]]) {
      const r = trackside([...command, "--kafka-config", file], { timeout: 20000 });
      assert.equal(r.code, 2, `${command[0]}, ${content}: ${r.stderr}`);
      assert.match(r.stderr, ONE_SENTENCE);
      assert.match(r.stderr, sentence);
    }
  }
  const r = trackside([...serve("127.0.0.1:1", join(dir, "data")), "--kafka-config", join(dir, "none")], { timeout: 20000 });
  assert.equal(r.code, 2);
  assert.match(r.stderr, /cannot read .*none: No such file/);
});

test("settings are passed on", async (t) => {
  const kafka = await anyKafka(t);
  const file = join(tempDir(t), "kafka.conf");

  writeFileSync(file, "# compressed\nsecurity.protocol = plaintext\ncompression.codec=zstd\nclient.id=tracker\n");
  const server = await startServer(kafka, { t, args: ["--kafka-config", file] });
  await until("it has read what was there", async () => (await metric(server, "feed_ready")) === 1);
  assert.deepEqual((await api(server, "/api/config")).setUp.feed, "kafka");

  // A broker that speaks no TLS: said, and tried again.
  writeFileSync(file, "security.protocol=ssl\n");
  const waiting = spawnTrackside(t, [...serve(kafka.address, tempDir(t)), "--kafka-config", file]);
  await until("it has been told", () => waiting.stderr().includes("Trying again until Kafka answers."));
  waiting.child.kill("SIGTERM");
  await waiting.done;
});
