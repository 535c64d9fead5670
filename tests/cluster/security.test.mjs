// A broker that asks for a password over TLS: what --kafka-config says reaches every client that the program has, and what is
// wrong with it is one sentence.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import test, { after } from "node:test";
import { tempDir, trackside, until } from "../e2e/harness.mjs";
import { create, setSpeed, spec, untilRaw, untilState } from "../e2e/process/races.mjs";
import { exactlyOnceEverywhere, fresh, newKafka, spawnTrackside, startServer } from "./cluster.mjs";

const kafka = await newKafka({ after }, { secure: true });
await kafka.start();
const good = readFileSync(kafka.secure.config, "utf8");
const dir = tempDir({ after });

/** The settings that came with the broker, with some lines changed. */
function config(name, change) {
  const file = join(dir, `${name}.conf`);
  writeFileSync(file, Object.entries(change).reduce((text, [key, value]) => text.replace(new RegExp(`^${key}=.*$`, "m"), value === null ? "" : `${key}=${value}`), good), { mode: 0o600 });
  return file;
}

const simulate = (s, file) => [
  ...["simulate", "--kafka", kafka.secure.address, "--kafka-config", file, "--course", s.course, "--competitors", String(s.competitors)],
  ...["--fastest", String(s.fastest), "--slowest", String(s.slowest), "--stop-ratio", String(s.stopRatio)],
  ...["--min-pause", String(s.minPause), "--max-pause", String(s.maxPause), "--seed", String(s.seed)],
  ...["--start", s.startTime, "--run-id", s.runId],
];

test("`pinot setup` makes the topics", async (t) => {
  // What answers as a Pinot only until the topics are made.
  const pinot = createServer((request, answer) => {
    answer.statusCode = request.url === "/version" ? 200 : 500;
    answer.end('{"pinot-controller": "0.11.0"}');
  });
  pinot.listen(0, "127.0.0.1");
  await once(pinot, "listening");
  t.after(() => pinot.close());
  const url = `http://127.0.0.1:${pinot.address().port}`;
  const command = ["pinot", "setup", "--kafka", kafka.secure.address, "--kafka-config", kafka.secure.config, "--pinot", url, "--pinot-broker", url];
  const how = await spawnTrackside(t, command).done;

  assert.equal(how.code, 1);
  assert.match(how.stderr, /^trackside: [^\n]*Pinot[^\n]*\n$/, "Kafka was no trouble");
  const topics = (await kafka.tool("org.apache.kafka.tools.TopicCommand", "--list")).stdout.split("\n");
  for (const name of ["parkrun", "races", "courses"]) assert.ok(topics.includes(name), topics.join());
});

test("a race by servers, with its lease, transactions and take-over", async (t) => {
  const secure = { ...kafka, address: kafka.secure.address };
  const args = ["--kafka-config", kafka.secure.config];
  const servers = [await startServer(secure, { args, t }), await startServer(secure, { args, t })];
  const s = spec(fresh("secure"), { speed: 50 });

  await create(servers[0], s);
  for (const x of servers) await untilRaw(x, s.runId, 50);
  await servers[0].stop();
  await untilRaw(servers[1], s.runId, 150);
  await setSpeed(servers[1], s.runId, 1000);
  await untilState(servers[1], s.runId, "finished");
  await exactlyOnceEverywhere(kafka, [servers[1]], s);
});

test("a race in shards", async () => {
  const s = spec(fresh("secure-shards"), { competitors: 6 });

  for (const part of [1, 2]) {
    const r = trackside([...simulate(s, kafka.secure.config), "--shard", `${part}/2`]);
    assert.equal(r.code, 0, r.stderr);
  }
  await exactlyOnceEverywhere(kafka, [], s);
});

test("a wrong password and a certificate that nobody trusts end it, with a sentence that says where to look", () => {
  const cases = [
    ["wrong password", { "sasl.password": "guessed" }, /^trackside: Kafka refuses the user or the password \(.+\); see sasl\.\* in the --kafka-config file\n$/],
    ["unknown user", { "sasl.username": "nobody" }, /^trackside: Kafka refuses the user or the password \(.+\); see sasl\.\* in the --kafka-config file\n$/],
    ["no authority", { "ssl.ca.location": null }, /^trackside: Kafka's certificate is not trusted \(.+\); see ssl\.ca\.location in the --kafka-config file\n$/],
  ];

  for (const [name, change, sentence] of cases) {
    const file = config(name.replace(" ", "-"), change);
    const serve = ["serve", "--listen", "127.0.0.1:0", "--data", join(dir, name), "--kafka", kafka.secure.address, "--kafka-config", file];

    for (const command of [serve, simulate(spec(fresh("refused")), file)]) {
      const r = trackside(command, { timeout: 60000 });
      assert.equal(r.code, 1, `${name}: ${r.stderr}`);
      assert.match(r.stderr, sentence);
      assert.ok(!r.stderr.includes("guessed"), "a password is not told");
    }
  }
});

test("the wrong protocol is told, and tried again", async (t) => {
  const plain = config("plain", { "security.protocol": "plaintext" });
  const cases = [
    [kafka.secure.address, plain],
    [kafka.address, kafka.secure.config],
  ];

  for (const [address, file] of cases) {
    const waiting = spawnTrackside(t, ["serve", "--listen", "127.0.0.1:0", "--data", tempDir(t), "--kafka", address, "--kafka-config", file]);

    await until("it has been told", () => waiting.stderr().includes("Trying again until Kafka answers."));
    assert.match(waiting.stderr(), /no Kafka broker answers \(.*(security\.protocol|SSL).*\); is the address right/);
    waiting.child.kill("SIGTERM");
    await waiting.done;
  }
});
