// What the page makes of what the server says of the way of the data.
import assert from "node:assert/strict";
import { test } from "node:test";
import { startTrackside } from "../harness.mjs";
import { createRace, open } from "./browser.mjs";

test("what the server says of the way is told, the worst first", async (t) => {
  const server = await startTrackside({ t });
  const race = await createRace(server);
  const page = await open(t, server, `/?race=${race.runId}`);
  await page.getByText("Data delay").click();
  await page.waitForSelector("[data-hop]");
  await page.route("**/api/lag?*", (route) => route.fulfill({ json: {
    windowMs: 60000,
    race: { runId: race.runId, flow: "silent", tickAgeMs: 9000, overdueMs: 8000, clockMs: 0, hops: [] },
    feed: { name: "kafka", connected: false, ready: true, trouble: "no Kafka broker answers", malformed: 2 },
    store: { name: "embedded", trouble: "" },
  } }));
  await page.waitForSelector('[data-note="feedAway"]');
  const said = await page.locator(".hops .warm").allTextContents();
  assert.match(said[0], /Kafka does not answer.*no Kafka broker answers/);
  assert.match(said[1], /8.0 s/);
  assert.match(await page.locator('[data-note="skipped"]').textContent(), /^2 records/);
});
