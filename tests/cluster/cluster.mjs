// A Kafka of the test's own (cluster/cluster, real broker) on free ports and in a folder of its own, and what the tests
// of the Kafka set-up share. Only what was started here is stopped.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { api, program, repository, sleep, startTrackside, text, until } from "../e2e/harness.mjs";
import { spec, truth } from "../e2e/process/races.mjs";

const run = promisify(execFile);
const BIG = { maxBuffer: 1 << 30 };

/** Seconds that a part of the cluster is away: 15 in CI, 60 with FAULT_SECONDS=60. */
export const FAULT_MS = 1000 * Number(process.env.FAULT_SECONDS ?? 15);

function isFree(port) {
  return new Promise((done) => {
    const server = createServer().once("error", () => done(false));
    server.listen(port, () => server.close(() => done(true)));
  });
}

/**
 * The first of n free ports in a row. Below those that the system gives out: a port that is free while its owner is
 * stopped must still be free when it starts again.
 */
export async function portRange(n) {
  for (let k = 0; k < 100; k++) {
    const base = 20000 + n * Math.floor((Math.random() * 11000) / n);
    const free = await Promise.all(Array.from({ length: n }, (_, i) => isFree(base + i)));
    if (free.every(Boolean)) return base;
  }
  throw new Error(`there are no ${n} free ports in a row`);
}

/**
 * A cluster that is set up but not started: {address, start, stop, kill, clean, status, signal, tool, produce, consume}; `secure`: with a
 * listener that wants TLS and a password too, {secure: {address, config}}.
 */
export async function newKafka(t, { secure = false } = {}) {
  const dir = mkdtempSync(join(tmpdir(), "trackside-cluster-"));
  const port = await portRange(3);
  const securePort = port + 2;
  const env = {
    ...process.env,
    CLUSTER_DIR: dir,
    CLUSTER_JARS: process.env.CLUSTER_JARS ?? join(repository, ".cluster/jars"),
    KAFKA_PORT: String(port),
    KAFKA_CONTROLLER_PORT: String(port + 1),
    KAFKA_SECURE_PORT: secure ? String(securePort) : "",
  };
  const cluster = (...args) => run(join(repository, "cluster/cluster"), args, { env });
  const address = `127.0.0.1:${port}`;
  t.after(async () => {
    await cluster("clean");
    rmSync(dir, { recursive: true, force: true });
  });
  return {
    ...handles(address),
    secure: { address: `127.0.0.1:${securePort}`, config: join(dir, "kafka/tls/client.conf") },
    start: () => cluster("start", "kafka"),
    stop: () => cluster("stop", "kafka"),
    kill: () => cluster("kill", "kafka"),
    clean: () => cluster("clean", "kafka"),
    status: async () => (await cluster("status", "kafka")).stdout,
    /** SIGSTOP and SIGCONT to the broker. */
    signal: (name) => process.kill(Number(readFileSync(join(dir, "run/kafka.pid"), "utf8")), name),
    /** One of Kafka's own tools, like org.apache.kafka.tools.TopicCommand. */
    tool: (main, ...args) =>
      run("java", ["-Xmx128m", "-cp", `${env.CLUSTER_JARS}/kafka/*`, main, "--bootstrap-server", address, ...args], BIG),
  };
}

/** What is done to a Kafka at an address by kcat. */
export function handles(address) {
  return {
    address,
    produce: (topic, records, more = [], env = {}) => produce(address, topic, records, more, env),
    consume: (topic, format = "%s\n", wanted = () => true) => consume(address, topic, format, wanted),
  };
}

export async function startKafka(t) {
  const kafka = await newKafka(t);
  await kafka.start();
  return kafka;
}

/** The Kafka of the whole run (TRACKSIDE_TEST_KAFKA), for tests that do it no harm; else one of their own. */
export async function anyKafka(t) {
  const address = process.env.TRACKSIDE_TEST_KAFKA;
  return address ? handles(address) : startKafka(t);
}

/** An id that no other test, and no earlier run on the same Kafka, has. */
export const fresh = (name) => `${name}-${randomBytes(4).toString("hex")}`;

/** Records {key, value} (value null: a tombstone), partitioned as Java's producers do. */
async function produce(address, topic, records, more, env) {
  const args = ["-P", "-b", address, "-t", topic, "-K", "\t", "-Z", "-X", "partitioner=murmur2_random", ...more];
  const child = spawn("kcat", args, { stdio: ["pipe", "ignore", "pipe"], env: { ...process.env, ...env } });
  let stderr = "";
  child.stderr.on("data", (s) => (stderr += s));
  child.stdin.end(records.map((r) => `${r.key}\t${r.value ?? ""}\n`).join(""));
  const code = await new Promise((done) => child.on("exit", done));
  assert.equal(code, 0, stderr);
}

/** The wanted ones of the committed records of a topic, a line each as kcat's -f has it. The topic may be longer than a string. */
async function consume(address, topic, format, wanted) {
  const args = ["-C", "-e", "-q", "-b", address, "-t", topic, "-X", "isolation.level=read_committed", "-f", format];
  const child = spawn("kcat", args, { stdio: ["ignore", "pipe", "pipe"] });
  const code = new Promise((done) => child.on("close", done));
  const lines = [];
  let stderr = "";
  child.stderr.on("data", (s) => (stderr += s));
  for await (const line of createInterface({ input: child.stdout })) if (wanted(line)) lines.push(line);
  assert.equal(await code, 0, stderr);
  return lines;
}

export function startServer(kafka, options = {}) {
  return startTrackside({ ...options, args: ["--kafka", kafka.address, ...(options.args ?? [])] });
}

const order = (a, b) => a.rawTime - b.rawTime || a.competitorId - b.competitorId;

/**
 * A race's events in Kafka, read committed, ordered as the simulator writes them. Those of one competitor have to stand
 * there in the order of their raw time already.
 */
export async function published(kafka, runId) {
  const lines = await kafka.consume("parkrun", "%s\n", (line) => line.includes(`"${runId}"`));
  const keyed = lines.map((line) => ({ line, ...JSON.parse(line) }));
  const last = new Map();
  for (const e of keyed) {
    assert.ok(e.rawTime > (last.get(e.competitorId) ?? -1), `after raw time ${last.get(e.competitorId)}: ${e.line}`);
    last.set(e.competitorId, e.rawTime);
  }
  return keyed.sort(order).map((e) => e.line);
}

function sameLines(what, got, want) {
  for (let i = 0; i < Math.min(got.length, want.length); i++)
    if (got[i] !== want[i]) assert.fail(`${what}: event ${i} is\n${got[i]}\nand has to be\n${want[i]}`);
  assert.equal(got.length, want.length, `${what}: number of events`);
}

/**
 * Every event of the race exactly once and byte for byte the simulator's: among Kafka's committed records, and in the
 * history of each server. `lastRaw` cuts the truth of a race that was stopped.
 */
export async function exactlyOnceEverywhere(kafka, servers, s, lastRaw = Infinity) {
  const want = truth(s)
    .trimEnd()
    .split("\n")
    .filter((line) => lastRaw === Infinity || JSON.parse(line).rawTime <= lastRaw);
  sameLines("Kafka", await published(kafka, s.runId), want);
  for (const server of servers) {
    const history = async () => (await text(server, `/api/races/${s.runId}/events`)).trimEnd().split("\n");
    await until("the server has read it all", async () => (await history()).length >= want.length, 30000);
    sameLines(server.url, await history(), want);
  }
}

/** The value of one metric; undefined where there is none. */
export async function metric(server, name) {
  const m = new RegExp(`^trackside_${name} (\\S+)$`, "m").exec(await text(server, "/metrics"));
  return m ? Number(m[1]) : undefined;
}

/** Which of the servers drives the race, by its log: the last to have said so. */
export async function driverOf(servers, runId) {
  const drives = (s) =>
    s.log().lastIndexOf(`race ${runId} is driven here`) > s.log().lastIndexOf(`race ${runId} is driven by another`);
  return until(`${runId} is driven`, () => servers.find(drives));
}

/**
 * Wait until each of the servers has joined the drivers: small races are made until each has driven one. From then on a race
 * stays where it is, unless somebody comes or goes.
 */
export async function allDrive(servers) {
  const has = (s) => s.log().includes("is driven here");
  while (!servers.every(has)) {
    const s = spec(fresh("whose"), { competitors: 1, speed: 1000 });
    await api(servers[0], "/api/races", { method: "POST", body: s });
    await driverOf(servers, s.runId);
    await sleep(200); // a rebalance takes seconds
  }
}

/** Run a command of the program without waiting: {child, done: {code, signal, stdout, stderr}}. */
export function spawnTrackside(t, args) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (s) => (stdout += s));
  child.stderr.setEncoding("utf8").on("data", (s) => (stderr += s));
  t.after(() => child.kill("SIGKILL"));
  const done = new Promise((end) => child.on("exit", (code, signal) => end({ code, signal, stdout, stderr })));
  return { child, done, stdout: () => stdout, stderr: () => stderr };
}

export const raceOf = (server, runId) => api(server, `/api/races/${runId}`);

/** A request that has to be refused: its status and its sentence. */
export async function refused(promise) {
  const e = await promise.then(
    () => assert.fail("it was not refused"),
    (why) => why,
  );
  assert.ok(e.status, String(e));
  return { status: e.status, error: JSON.parse(e.message).error };
}
