// The lag waterfall of a running race, and what the page makes of what the server says of the way.
import assert from "node:assert/strict";
import { test } from "node:test";
import { startTrackside } from "../harness.mjs";
import { createRace, open, untilPage } from "./browser.mjs";

const HOPS = ["published", "acknowledged", "queryable", "pushed", "received", "painted"];

test("the waterfall: every hop with its figures, later ones not earlier, and two numbers that are not one", async (t) => {
  const server = await startTrackside({ t });
  const race = await createRace(server, { speed: 5 });
  const page = await open(t, server, `/?race=${race.runId}`);
  await page.getByText("How late the data are").click();
  await untilPage(page, () => /^\d+ ms$/.test(document.querySelector("[data-late]")?.textContent ?? ""));
  await untilPage(page, () => /^\d+\.\d s$/.test(document.querySelector("[data-chosen]")?.textContent ?? ""));
  const rows = await page.locator("[data-hop]").evaluateAll((all) =>
    all.map((row) => ({ hop: row.dataset.hop, p50: Number(row.cells[2].textContent), p99: Number(row.cells[4].textContent),
      bar: row.querySelector(".hop-step").getBoundingClientRect().toJSON() })));
  assert.deepEqual(rows.map((r) => r.hop), HOPS);
  for (const [k, row] of rows.entries()) {
    assert.ok(row.p50 <= row.p99, JSON.stringify(row));
    assert.ok(k === 0 || row.p50 >= rows[k - 1].p50, JSON.stringify(rows));
    assert.ok(k === 0 || row.bar.x >= rows[k - 1].bar.x, "a bar begins where the one before it ended");
  }
  await page.waitForSelector('[data-note="local"]');
  assert.equal(await page.locator(".hops .warm").count(), 0);
});

test("what the server says of the way is told, the worst first", async (t) => {
  const server = await startTrackside({ t });
  const race = await createRace(server);
  const page = await open(t, server, `/?race=${race.runId}`);
  await page.getByText("How late the data are").click();
  await page.waitForSelector("[data-hop]");
  await page.route("**/api/lag?*", (route) => route.fulfill({ json: {
    windowMs: 60000,
    race: { runId: race.runId, flow: "silent", tickAgeMs: 9000, overdueMs: 8000, clockMs: 0, hops: [] },
    feed: { name: "kafka", connected: false, ready: true, trouble: "no Kafka broker answers", malformed: 2 },
    store: { name: "embedded", trouble: "" },
  } }));
  await page.waitForSelector('[data-note="feedAway"]');
  const said = await page.locator(".hops .warm").allTextContents();
  assert.match(said[0], /Kafka is away.*no Kafka broker answers/);
  assert.match(said[1], /8.0 s/);
  assert.match(await page.locator('[data-note="skipped"]').textContent(), /^2 records/);
});
