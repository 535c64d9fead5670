// A hundred viewers cost Pinot no more statements than one, on push sockets and by asking the API: counted by a proxy in
// front of its broker, and by the server's own account.
import assert from "node:assert/strict";
import test, { after } from "node:test";
import { api, sleep, until } from "../e2e/harness.mjs";
import { view } from "../e2e/http.mjs";
import { create, rawTime, spec, untilRaw } from "../e2e/process/races.mjs";
import { fresh, metric, startServer } from "./cluster.mjs";
import { brokerOf, startProxy } from "./proxy.mjs";

const controller = process.env.TRACKSIDE_TEST_PINOT;
const address = process.env.TRACKSIDE_TEST_KAFKA;
const skip = !(controller && address) && "there is no cluster: TRACKSIDE_TEST_KAFKA, TRACKSIDE_TEST_PINOT";
const MANY = 100;
const ROUNDS = 2;
const ROUND_MS = 5000;
// How often Pinot is asked depends on how quick it is, which is not the same in two rounds on a busy machine. Were it asked
// for each viewer, it would be a hundred times as often.
const RATIO_MAX = 1.3;

const proxy = skip ? null : await startProxy({ after }, await brokerOf(controller));
const server = skip
  ? null
  : await startServer({ address }, { t: { after }, args: ["--pinot", controller, "--pinot-broker", proxy.url] });

async function startRace(t, name) {
  const s = spec(fresh(name), { competitors: 200, fastest: 300, slowest: 600 });

  await create(server, s);
  t.after(() => api(server, `/api/races/${s.runId}`, { method: "DELETE" }));
  await untilRaw(server, s.runId, 0);
  return s;
}

/** What Pinot is asked in one round, by the proxy and by the server's own counter. */
async function round() {
  const before = { proxy: proxy.statements(), own: await metric(server, "pinot_queries_total") };

  await sleep(ROUND_MS);
  return { proxy: proxy.statements() - before.proxy, own: (await metric(server, "pinot_queries_total")) - before.own };
}

/** Rounds with one viewer and with many by turns; `look(n)` begins n viewers and answers how to end them. */
async function compare(t, look) {
  const sum = { 1: { proxy: 0, own: 0 }, [MANY]: { proxy: 0, own: 0 } };
  for (let k = 0; k < ROUNDS; k++) {
    for (const n of [1, MANY]) {
      const end = await look(n);
      const asked = await round();
      await end();
      for (const by of ["proxy", "own"]) sum[n][by] += asked[by];
    }
  }
  for (const by of ["proxy", "own"]) {
    const ratio = sum[MANY][by] / sum[1][by];
    t.diagnostic(`${by}: ${sum[1][by]} statements for 1, ${sum[MANY][by]} for ${MANY}: ratio ${ratio.toFixed(2)}`);
    assert.ok(sum[1][by] >= (ROUNDS * ROUND_MS) / 5000, "the race is refreshed");
    assert.ok(ratio <= RATIO_MAX, `${by}: ${ratio}`);
  }
}

test("a hundred on push sockets", { skip }, async (t) => {
  const s = await startRace(t, "sockets");

  await compare(t, async (n) => {
    const viewers = await Promise.all(Array.from({ length: n }, () => view(server, s.runId)));
    await until("all see the race", () => viewers.every((v) => v.frames.length > 0));
    return () => {
      const blind = viewers.filter((v) => v.frames.length < 2).length;
      for (const v of viewers) v.end();
      assert.equal(blind, 0, "all see it go on");
    };
  });
});

test("a hundred that ask for the board, the positions and the race", { skip }, async (t) => {
  const s = await startRace(t, "pollers");
  const paths = ["/board", "/positions", "", "/board?limit=50"].map((path) => `/api/races/${s.runId}${path}`);

  await compare(t, async (n) => {
    let over = false;
    let answers = 0;
    const poll = async (k) => {
      for (; !over; await sleep(n * 10)) {
        const answer = await fetch(server.url + paths[k % paths.length]);
        assert.equal(answer.status, 200);
        await answer.arrayBuffer();
        answers++;
      }
    };
    const all = Promise.all(Array.from({ length: n }, (_, k) => poll(k)));
    return async () => {
      over = true;
      await all;
      assert.ok(answers >= n, `${answers} answers`);
    };
  });
  assert.ok((await rawTime(server, s.runId)) > 0);
});
