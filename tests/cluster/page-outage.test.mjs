// Kafka, and Pinot, are away while somebody watches: the page says which and why in a sentence, what was there stands, the race goes on,
// and the page catches up by itself without a step back.
import assert from "node:assert/strict";
import test from "node:test";
import { api, until } from "../e2e/harness.mjs";
import { createRace, keepPicture, open, operate, untilPage, untilBadge } from "../e2e/page/browser.mjs";
import { watchTheClock } from "../e2e/page/scenarios.mjs";
import { startKafka, startServer } from "./cluster.mjs";
import { brokerOf, startProxy } from "./proxy.mjs";

const address = process.env.TRACKSIDE_TEST_KAFKA;
const controller = process.env.TRACKSIDE_TEST_PINOT;

const said = (page, key) => page.getByRole("alert").locator(`[data-pipeline="${key}"]`);

async function watch(t, server) {
  const race = await createRace(server, { speed: 5 });
  const page = await open(t, server, `/?race=${race.runId}`);
  await untilBadge(page, "live");
  await untilPage(page, () => window.trackside.drawnMs > 20000);
  await watchTheClock(page);
  return { race, page };
}

/** The page is live again, as far as the race's clock has come meanwhile, and never stepped back. */
async function recovered(page, server, race, key) {
  await untilBadge(page, "live");
  await until("the sentence is gone", async () => (await said(page, key).count()) === 0);
  const { anchor } = await api(server, `/api/races/${race.runId}`);
  const due = (Date.now() - anchor.wallMs) * anchor.speed;
  await untilPage(page, (ms) => window.trackside.drawnMs >= ms, due);
  assert.equal(await page.evaluate(() => window.drawnMoments.back), 0);
}

test("Kafka is killed and comes back", async (t) => {
  const kafka = await startKafka(t);
  const server = await startServer(kafka, { t });
  const { race, page } = await watch(t, server);

  await kafka.kill();
  await untilBadge(page, "stale");
  await said(page, "feedAway").getByText(/Kafka does not answer; the race catches up when it is back: \S+ \S+/).waitFor();
  assert.match(await page.locator(".top .why").innerText(), /No new positions for \d+ s/);
  await keepPicture(page, "kafka-away");
  const rows = await page.locator("tr[data-bib]").count();
  assert.ok(rows > 5, "what was there stands");
  assert.equal((await api(server, `/api/races/${race.runId}`)).state, "running");
  await operate(page, "Pause race");
  await page.getByRole("alert").getByText(/That did not work: .*Kafka/).waitFor();
  await keepPicture(page, "kafka-away-pause");
  await kafka.start();
  await recovered(page, server, race, "feedAway");
});

test("Pinot does not answer, and answers again", { skip: !(address && controller) }, async (t) => {
  const proxy = await startProxy(t, await brokerOf(controller));
  const server = await startServer({ address }, { t, args: ["--pinot", controller, "--pinot-broker", proxy.url] });
  const { race, page } = await watch(t, server);

  proxy.refuse();
  await untilBadge(page, "stale");
  const age = async () => Number(/what is shown is ([\d.]+) s old: \S+ \S+/.exec(await said(page, "storeAway").innerText({ timeout: 60000 }))[1]);
  const first = await age();
  const asOf = await page.locator(".as-of").innerText();
  await keepPicture(page, "pinot-away");
  await until("it grows older", async () => (await age()) > first + 2);
  assert.equal(await page.locator(".as-of").innerText(), asOf, "the last board stands");
  assert.equal((await api(server, `/api/races/${race.runId}`)).state, "running");
  proxy.pass();
  await recovered(page, server, race, "storeAway");
  await api(server, `/api/races/${race.runId}`, { method: "DELETE" });
});
