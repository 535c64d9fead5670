// Two servers, one race: when its driver dies or hangs, the other drives on, and every event is there exactly once.
import assert from "node:assert/strict";
import test, { after } from "node:test";
import { sleep, until } from "../e2e/harness.mjs";
import { create, rawTime, setSpeed, spec, untilRaw, untilState } from "../e2e/process/races.mjs";
import { allDrive, driverOf, exactlyOnceEverywhere, fresh, startKafka, startServer } from "./cluster.mjs";

// Of its own: a server joins the drivers when it has read its backlog, and these tests are about seconds.
const kafka = await startKafka({ after });

const TAKE_OVER_MS = 10000;
const GUESTS = 3;

async function twoServers(t) {
  const servers = [await startServer(kafka, { t }), await startServer(kafka, { t })];
  await allDrive(servers);
  return servers;
}

/** Wait for the other server's race clock to pass where it was; how long that took. */
async function takenOver(server, runId, since, at) {
  await until("the other server drives on", async () => (await rawTime(server, runId)) > at + 2, 30000);
  return Date.now() - since;
}

test("the driver is killed in mid-race and another server takes over within 10 s", async (t) => {
  const servers = await twoServers(t);
  const s = spec(fresh("driver-killed"), { speed: 20 });

  await create(servers[0], s);
  await untilRaw(servers[0], s.runId, 40);
  const driver = await driverOf(servers, s.runId);
  const other = servers.find((x) => x !== driver);
  const since = Date.now();
  await driver.kill();
  const took = await takenOver(other, s.runId, since, await rawTime(other, s.runId));
  t.diagnostic(`taken over after ${took} ms`);
  assert.ok(took < TAKE_OVER_MS, `${took} ms`);
  await setSpeed(other, s.runId, 500);
  await untilState(other, s.runId, "finished");
  const back = await startServer(kafka, { dir: driver.dir, t });
  await exactlyOnceEverywhere(kafka, [other, back], s);
});

/**
 * A server says at most once for each server that comes or goes that it drives the race, or no longer; and little else.
 * The races by which allDrive finds out who drives are not counted: a slow machine needs more of them.
 */
function saidOnce(server, runId) {
  const lines = server.log().trimEnd().split("\n");
  const count = (words) => lines.filter((line) => line.includes(`race ${runId} ${words}`)).length;
  assert.ok(count("is driven here") <= 1 + 2 * GUESTS, lines.join("\n"));
  assert.ok(count("is driven by another server") <= 2 * GUESTS, lines.join("\n"));
  const others = lines.filter((line) => !line.includes("race whose-"));
  assert.ok(others.length < 40, `${others.length} lines: ${others.slice(-3)}`);
}

test("servers that come and go in good order pass a race on, and say so once", async (t) => {
  const servers = await twoServers(t);
  const s = spec(fresh("passed-on"), { speed: 10, fastest: 290 });

  await create(servers[0], s);
  await untilRaw(servers[0], s.runId, 20);
  for (let i = 0; i < GUESTS; i++) {
    const guest = await startServer(kafka, { t });
    servers.push(guest);
    await untilRaw(guest, s.runId, (await rawTime(servers[0], s.runId)) + 30);
    const driver = await driverOf(servers, s.runId);
    await driver.stop();
    servers.splice(servers.indexOf(driver), 1);
    await untilRaw(servers[0], s.runId, (await rawTime(servers[0], s.runId)) + 10);
    for (const x of [...servers, driver]) saidOnce(x, s.runId);
  }
  await setSpeed(servers[0], s.runId, 500);
  await untilState(servers[0], s.runId, "finished");
  await exactlyOnceEverywhere(kafka, servers, s);
});

test("the driver hangs for 15 s, another takes over, and the one that comes back doubles nothing", async (t) => {
  const servers = await twoServers(t);
  const s = spec(fresh("driver-hangs"), { speed: 20 });

  await create(servers[1], s);
  await untilRaw(servers[1], s.runId, 40);
  const driver = await driverOf(servers, s.runId);
  const other = servers.find((x) => x !== driver);
  const since = Date.now();
  driver.signal("SIGSTOP");
  const took = await takenOver(other, s.runId, since, await rawTime(other, s.runId));
  t.diagnostic(`taken over after ${took} ms`);
  assert.ok(took < TAKE_OVER_MS, `${took} ms`);
  await sleep(Math.max(0, 15000 - (Date.now() - since)));
  driver.signal("SIGCONT");
  const at = await rawTime(other, s.runId);
  await until("the race goes on", async () => (await rawTime(other, s.runId)) > at + 100, 20000);
  await until("the one that hung sees it", async () => (await rawTime(driver, s.runId)) > at + 100, 20000);
  await setSpeed(other, s.runId, 500);
  await untilState(other, s.runId, "finished");
  await untilState(driver, s.runId, "finished");
  await exactlyOnceEverywhere(kafka, [driver, other], s);
});
