// Trackside alone is killed, again and again, and started on the same data: the place in the stream and the history are
// one transaction, so nothing is lost and nothing is there twice.
import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import test, { after } from "node:test";
import { sleep, tempDir, until } from "../e2e/harness.mjs";
import { create, rawTime, setSpeed, spec, untilRaw, untilState } from "../e2e/process/races.mjs";
import { anyKafka, exactlyOnceEverywhere, fresh, raceOf, startServer } from "./cluster.mjs";

const kafka = await anyKafka({ after });

/** Between 0 and 1, the same in every run. */
function* moments(seed) {
  for (let x = seed; ; ) {
    x = (x * 1664525 + 1013904223) % 2 ** 32;
    yield x / 2 ** 32;
  }
}

test("a server that drives is killed at four moments, and its history has everything once", async (t) => {
  const dir = tempDir(t);
  const races = [
    spec(fresh("killed"), { speed: 20 }),
    spec(fresh("killed-too"), { speed: 30, competitors: 100, seed: 9 }),
  ];
  const moment = moments(4);
  let server = await startServer(kafka, { dir, t });

  for (const s of races) await create(server, s);
  for (let i = 0; i < 4; i++) {
    await sleep(1000 * moment.next().value);
    const at = await rawTime(server, races[0].runId);
    assert.equal((await server.kill()).signal, "SIGKILL");
    server = await startServer(kafka, { dir, t });
    assert.ok((await rawTime(server, races[0].runId)) >= at);
    const since = Date.now();
    await until("it drives again", async () => (await rawTime(server, races[0].runId)) > at + 100);
    t.diagnostic(`goes on ${Date.now() - since} ms after it was up again`);
  }
  for (const s of races) {
    if ((await raceOf(server, s.runId)).state === "running") await setSpeed(server, s.runId, 1000);
    await untilState(server, s.runId, "finished");
  }
  for (const s of races) await exactlyOnceEverywhere(kafka, [server], s);
  await server.stop();
});

test("a server on a copied data directory goes by the same name: both can drive, and nothing is there twice", async (t) => {
  const dir = tempDir(t);
  const s = spec(fresh("namesakes"), { speed: 20 });
  const first = await startServer(kafka, { t });

  await create(first, s);
  await untilRaw(first, s.runId, 20);
  copyFileSync(join(first.dir, "kafka-member"), join(dir, "kafka-member"));
  const second = await startServer(kafka, { dir, t });
  await untilRaw(second, s.runId, (await rawTime(first, s.runId)) + 100);
  await second.stop(); // the name goes with it: the first one is a driver all the same
  await untilRaw(first, s.runId, (await rawTime(first, s.runId)) + 100);
  await setSpeed(first, s.runId, 500);
  await untilState(first, s.runId, "finished");
  await exactlyOnceEverywhere(kafka, [first], s);
});

test("a server that only reads is killed while it reads", async (t) => {
  const dir = tempDir(t);
  const s = spec(fresh("read"), { speed: 1000, competitors: 100 });
  const driver = await startServer(kafka, { t });
  const moment = moments(4);

  await create(driver, s);
  for (let i = 0; i < 4; i++) {
    const reader = await startServer(kafka, { dir, t });
    await sleep(300 * moment.next().value);
    await reader.kill();
  }
  const reader = await startServer(kafka, { dir, t });
  for (const x of [driver, reader]) await untilState(x, s.runId, "finished");
  await exactlyOnceEverywhere(kafka, [driver, reader], s);
});
