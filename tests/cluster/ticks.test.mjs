// A simulated race that comes back from Kafka is stored as ticks, also where its server is killed between two parts of one.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { sleep, text } from "../e2e/harness.mjs";
import { create, rawTime, setSpeed, spec, untilRaw, untilState } from "../e2e/process/races.mjs";
import { exactlyOnceEverywhere, fresh, startKafka, startServer } from "./cluster.mjs";

const kafka = await startKafka({ after });

/** Bytes of a data directory's database. */
const bytesOf = (dir) =>
  readdirSync(dir)
    .filter((f) => f.includes(".db"))
    .reduce((sum, f) => sum + statSync(join(dir, f)).size, 0);

test("a race of 300 takes less than 12 bytes a position, also at a server that drives nothing of it", async (t) => {
  const dirs = [0, 1].map(() => mkdtempSync(join(tmpdir(), "trackside-ticks-")));
  const servers = [];

  for (const dir of dirs) servers.push(await startServer(kafka, { t, dir }));
  t.after(() => dirs.forEach((dir) => rmSync(dir, { recursive: true, force: true })));
  const s = spec(fresh("as-ticks"), { competitors: 300, speed: 200 });

  await create(servers[0], s);
  for (const x of servers) await untilState(x, s.runId, "finished");
  await exactlyOnceEverywhere(kafka, servers, s);
  const positions = (await text(servers[0], `/api/races/${s.runId}/events`)).trimEnd().split("\n").length;

  for (const x of servers) {
    await x.stop();
    const each = bytesOf(x.dir) / positions;
    t.diagnostic(`${each.toFixed(2)} bytes a position`);
    assert.ok(each < 12, `${each} bytes a position`);
  }
});

// The killed server may be the driver too: then the other takes the race over.
test("a server that is killed again and again between parts of ticks has every event once", async (t) => {
  const driver = await startServer(kafka, { t });
  const s = spec(fresh("cut"), { competitors: 300, speed: 20 });

  await create(driver, s);
  await untilRaw(driver, s.runId, 5);
  let reader = await startServer(kafka, { t });
  for (let i = 0; i < 4; i++) {
    await untilRaw(reader, s.runId, (await rawTime(driver, s.runId)) - 5);
    await sleep(37 * i);
    await reader.kill();
    reader = await startServer(kafka, { dir: reader.dir, t });
  }
  await setSpeed(driver, s.runId, 500);
  for (const x of [driver, reader]) await untilState(x, s.runId, "finished");
  await exactlyOnceEverywhere(kafka, [driver, reader], s);
});
