// Pinot stops to read the positions, and answers all the same: that is a trouble in words, with its age, until it reads again.
// Runs alone: it stops what every race's positions go through.
import assert from "node:assert/strict";
import test from "node:test";
import { api, sleep, until } from "../e2e/harness.mjs";
import { create, rawTime, spec, untilRaw } from "../e2e/process/races.mjs";
import { anyKafka, fresh, metric, startServer } from "./cluster.mjs";

const controller = process.env.TRACKSIDE_TEST_PINOT;
const skip = !(controller && process.env.TRACKSIDE_TEST_KAFKA) && "there is no cluster: TRACKSIDE_TEST_KAFKA, TRACKSIDE_TEST_PINOT";

async function consumption(action) {
  const answer = await fetch(`${controller}/tables/parkrun/${action}Consumption`, { method: "POST" });
  assert.ok(answer.ok, await answer.text());
}

test("a consumer that stands still while it is behind is told", { skip }, async (t) => {
  const server = await startServer(await anyKafka(t), { t, args: ["--pinot", controller] });
  const s = spec(fresh("stuck"), { competitors: 40, speed: 2 });
  const store = async () => {
    await rawTime(server, s.runId); // somebody watches
    return (await api(server, `/api/lag?race=${s.runId}`)).store;
  };

  await create(server, s);
  await until("the race is shown", () => api(server, `/api/races/${s.runId}`).catch(() => null));
  await untilRaw(server, s.runId, 10);
  const well = await until("Pinot's consumers are known", async () => {
    const now = await store();
    return now.consumers.length > 0 && now.consumers.every((c) => c.behind !== null) && now;
  });
  assert.equal(well.trouble, "");
  assert.ok(well.consumersAgeMs < 20000);

  t.after(() => consumption("resume"));
  await consumption("pause");
  const stuck = await until("it is told", async () => {
    const now = await store();
    return now.consumerTrouble !== "" && now;
  }, 120000);
  t.diagnostic(stuck.trouble);
  assert.equal(stuck.trouble, stuck.consumerTrouble);
  assert.match(stuck.trouble, /^Pinot reads nothing more of partition \d of parkrun: it has stood for \d+ s at offset \d+, /);
  assert.ok(stuck.consumers.some((c) => c.stillMs >= 30000 && c.behind > 0));
  assert.equal(await metric(server, "pinot_answering"), 1, "it answers");
  const still = await Promise.all(stuck.consumers.map((c) => metric(server, `pinot_consumer_still_seconds{partition="${c.partition}"}`.replace(/[{}]/g, "\\$&"))));
  assert.ok(still.some((seconds) => seconds >= 30));
  await sleep(1000);
  assert.ok((await metric(server, "pinot_consumers_age_seconds")) < 20);

  await consumption("resume");
  const before = await rawTime(server, s.runId);
  await until("it reads again", async () => (await rawTime(server, s.runId)) > before + 10, 400000); // it closes a segment first
  await until("there is no trouble any more", async () => (await store()).trouble === "", 60000);
});
