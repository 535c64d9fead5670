// The names of a race's competitors, given at one server, are on all of them, on one that starts later, and after a restart; with Kafka
// alone and with Pinot (TRACKSIDE_TEST_PINOT).
import assert from "node:assert/strict";
import test, { after } from "node:test";
import { api, tempDir, until } from "../e2e/harness.mjs";
import { ask } from "../e2e/http.mjs";
import { create, spec, untilRaw } from "../e2e/process/races.mjs";
import { anyKafka, fresh, metric, startServer } from "./cluster.mjs";

const kafka = await anyKafka({ after });
const pinot = process.env.TRACKSIDE_TEST_KAFKA && process.env.TRACKSIDE_TEST_PINOT;
const NAMES = 'competitorId,name\n1,"Ann, jr."\n2,<b>Bo</b>\n3,小林\n';
const CHANGED = "competitorId,name\n1,Ann\n";

const put = (server, s, csv) => ask(server, `/api/races/${s.runId}/roster`, { method: "PUT", body: csv });
const rosterAt = async (server, s) => (await ask(server, `/api/races/${s.runId}/roster`)).text;

async function hasNames(server, s, csv) {
  await until("it has the names", async () => (await rosterAt(server, s)) === csv);
}

for (const [name, args, skip] of [
  ["Kafka", [], false],
  ["Kafka and Pinot", ["--pinot", process.env.TRACKSIDE_TEST_PINOT], !pinot],
]) {
  test(`names are everywhere: ${name}`, { skip }, async (t) => {
    const servers = [await startServer(kafka, { t, args }), await startServer(kafka, { t, args })];
    const s = spec(fresh("names"));

    await create(servers[0], s);
    await untilRaw(servers[0], s.runId, 1);
    await untilRaw(servers[1], s.runId, 1);
    const answer = await put(servers[1], s, NAMES);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(await rosterAt(servers[1], s), NAMES, "who gave them has them at once");
    await hasNames(servers[0], s, NAMES);
    assert.equal((await api(servers[0], `/api/races/${s.runId}/competitors/3`)).name, "小林");
    const later = await startServer(kafka, { t, args });
    await hasNames(later, s, NAMES);
    assert.equal((await put(servers[0], s, CHANGED)).status, 200);
    for (const server of [...servers, later]) await hasNames(server, s, CHANGED);
    assert.equal((await put(servers[0], { runId: fresh("nobody") }, NAMES)).status, 404);
    await api(servers[1], `/api/races/${s.runId}`, { method: "DELETE" });
    for (const server of [...servers, later])
      await until("the race is gone", async () => (await ask(server, `/api/races/${s.runId}/roster`)).status === 404);
    // Of names that are in the topic there are those of races that are: the last word about this one's is that there are none.
    const words = (await kafka.consume("rosters", "%k %S\n")).filter((line) => line.startsWith(s.runId));
    assert.equal(words.at(-1), `${s.runId} -1`);
  });

  test(`a server that was away catches up with the names: ${name}`, { skip }, async (t) => {
    const one = await startServer(kafka, { t, args });
    const dir = tempDir(t);
    const other = await startServer(kafka, { t, args, dir });
    const s = spec(fresh("away"));

    await other.stop();
    await create(one, s);
    assert.equal((await put(one, s, NAMES)).status, 200);
    const back = await startServer(kafka, { t, args, dir });
    await hasNames(back, s, NAMES);
    await api(one, `/api/races/${s.runId}`, { method: "DELETE" });
  });

  test(`names that come before their race, and a record that is about none: ${name}`, { skip }, async (t) => {
    const server = await startServer(kafka, { t, args });
    const s = spec(fresh("early"));
    const skipped = await metric(server, "feed_malformed_total");

    // Two records, of which the second has a key that is no runId.
    await kafka.produce("rosters", [{ key: s.runId, value: `${NAMES}|no runId\tx` }], ["-D", "|"]);
    await until("the other record is skipped", async () => (await metric(server, "feed_malformed_total")) > skipped);
    assert.match((await api(server, `/api/lag`)).feed.malformedExample, /rosters.*the key of a roster is its race's runId/);
    await create(server, s);
    await hasNames(server, s, NAMES);
    await api(server, `/api/races/${s.runId}`, { method: "DELETE" });
  });

  test(`more names than a record holds are refused with what to do: ${name}`, { skip }, async (t) => {
    const server = await startServer(kafka, { t, args });
    const s = spec(fresh("many"));
    const lines = Array.from({ length: 200000 }, (_, k) => `${k + 1},${"Somebody with a rather long name ".repeat(2)}${k}`);

    await create(server, s);
    const answer = await put(server, s, `competitorId,name\n${lines.join("\n")}\n`);
    assert.equal(answer.status, 413, answer.text);
    assert.match(answer.json.error, /max\.message\.bytes/);
    assert.equal(await rosterAt(server, s), "");
    await api(server, `/api/races/${s.runId}`, { method: "DELETE" });
  });
}
