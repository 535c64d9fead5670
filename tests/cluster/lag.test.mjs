// The lag's hops on Kafka, seen from the server that drives the race and from one that only reads; with Pinot where the run has one
// (TRACKSIDE_TEST_KAFKA and TRACKSIDE_TEST_PINOT).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test, { after } from "node:test";
import { api, repository, until } from "../e2e/harness.mjs";
import { view } from "../e2e/http.mjs";
import { create, spec, untilRaw } from "../e2e/process/races.mjs";
import { anyKafka, driverOf, fresh, startServer } from "./cluster.mjs";

const kafka = await anyKafka({ after });
const pinot = process.env.TRACKSIDE_TEST_KAFKA && process.env.TRACKSIDE_TEST_PINOT;

/** What comes before what. (The driver may hear that Kafka has a tick after others have read it.) */
const STAMPS = [
  ["due", "published"],
  ["published", "acknowledged"],
  ["published", "queryable"],
  ["queryable", "pushed"],
];

const lag = (server, runId) => api(server, `/api/lag?race=${runId}`);
const hops = (race) => Object.fromEntries(race.hops.map((h) => [h.hop, h]));
const told = async (server) => (await (await fetch(`${server.url}/metrics`)).text());

/** The lag of a race that somebody watches until the test ends, once some ticks have come. */
async function someLag(t, server, runId) {
  const viewer = await view(server, runId);
  t.after(() => viewer.end());
  return until("some ticks", async () => {
    const answer = await lag(server, runId);
    return hops(answer.race).pushed.samples > 5 && { ...answer, viewer };
  });
}

/**
 * Each hop's quantiles are in order. Those of two hops cannot be compared: they are of different ticks, since not every stamp of
 * each is known. So that is asked of single ticks, as the viewer was told of them.
 */
function inOrder({ race, viewer }) {
  for (const h of race.hops.filter((x) => x.samples > 0))
    assert.ok(h.p50 >= 0 && h.p50 <= h.p95 && h.p95 <= h.p99, JSON.stringify(h));
  assert.equal(race.clockMs, 0, "one machine has one clock");
  const ticks = viewer.of("lag");
  assert.ok(ticks.length > 0);
  for (const tick of ticks)
    for (const [first, then] of STAMPS)
      if (tick[first] && tick[then]) assert.ok(tick[first] <= tick[then], `${first}, ${then}: ${JSON.stringify(tick)}`);
}

test("the driver knows when Kafka acknowledged, the other server does not", async (t) => {
  const servers = [await startServer(kafka, { t }), await startServer(kafka, { t })];
  let driver, own, others;

  for (const x of servers) await until("it has read what was there", async () => (await fetch(`${x.url}/readyz`)).ok);
  for (let reader; !reader; ) {
    const s = spec(fresh("lag"), { speed: 5 });
    await create(servers[0], s);
    await untilRaw(servers[0], s.runId, 5);
    driver = await driverOf(servers, s.runId);
    const other = servers.find((x) => x !== driver);
    [own, others] = [await someLag(t, driver, s.runId), await someLag(t, other, s.runId)];
    // One that has only just joined may have been given the race meanwhile: then another race is looked at.
    if (!other.log().includes(`race ${s.runId} is driven here`) && (await driverOf(servers, s.runId)) === driver) reader = other;
  }
  for (const { race, feed, viewer } of [own, others]) {
    inOrder({ race, viewer });
    assert.ok(hops(race).published.samples > 0 && hops(race).queryable.samples > 0);
    assert.deepEqual([feed.name, feed.connected, feed.trouble], ["kafka", true, ""]);
  }
  assert.ok(hops(own.race).acknowledged.samples > 0);
  assert.equal(hops(others.race).acknowledged.samples, 0);
  assert.ok(own.feed.acknowledgedAgeMs !== null && own.feed.heardAgeMs !== null);
  const text = await told(driver);
  const board = readFileSync(join(repository, "docs/grafana/trackside.json"), "utf8");
  for (const [name] of board.matchAll(/\btrackside_feed_\w+/g)) assert.match(text, new RegExp(`^${name} `, "m"));
});

test("with Pinot queryable is when a statement showed it, and its own account stands beside", { skip: !pinot }, async (t) => {
  const server = await startServer(kafka, { t, args: ["--pinot", process.env.TRACKSIDE_TEST_PINOT] });
  const s = spec(fresh("lag-pinot"), { speed: 2 });

  await create(server, s);
  // A race is shown once its course can be looked up in Pinot (docs/pinot.md).
  await until("the race is known", async () => (await fetch(`${server.url}/api/races/${s.runId}`)).ok);
  await untilRaw(server, s.runId, 5);
  const { race, store, viewer } = await someLag(t, server, s.runId);
  inOrder({ race, viewer });
  assert.ok(hops(race).queryable.samples > 0);
  assert.equal(store.name, "pinot");
  assert.ok(store.queryMsP50 > 0 && store.answerAgeMs !== null && store.freshnessAgeMs !== null);
  const text = await until("its consumers are asked", async () => {
    const now = await told(server);
    return /^trackside_pinot_consumer_behind_records/m.test(now) && now;
  });
  const board = readFileSync(join(repository, "docs/grafana/trackside.json"), "utf8");
  for (const [name] of board.matchAll(/\btrackside_pinot_\w+/g)) assert.match(text, new RegExp(`^${name}[{ ]`, "m"));
  await api(server, `/api/races/${s.runId}`, { method: "DELETE" });
});
