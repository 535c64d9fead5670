// Two tabs on one race: what one does to the race the other shows, what one does to its own picture is its own.
import assert from "node:assert/strict";
import test from "node:test";
import { startTrackside, text, until } from "../harness.mjs";
import { createRace, manage, open, operate, untilPage, untilBadge } from "./browser.mjs";

const chosen = (page) => page.locator("tr.selected").evaluateAll((rows) => rows.map((r) => r.dataset.bib));

async function metric(server, name) {
  return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(await text(server, "/metrics"))[1]);
}

test("pause, speed and stop in one tab are seen in the other; choice, hold and replay are each tab's own", async (t) => {
  const server = await startTrackside({ t });
  const race = await createRace(server, { speed: 5 });
  const one = await open(t, server, `/?race=${race.runId}`);
  const other = await one.context().newPage();
  await other.goto(one.url());
  const both = (word) => Promise.all([untilBadge(one, word), untilBadge(other, word)]);

  await both("live");
  await operate(one, "Pause race");
  await both("paused");
  await operate(other, "Resume race");
  await both("live");
  await manage(other);
  await other.getByLabel("Speed").selectOption("10");
  await manage(one);
  await until("the speed is told", async () => (await one.getByLabel("Speed").inputValue()) === "10");

  await one.locator("tr[data-bib] .bib").first().click();
  await until("it is chosen", async () => (await chosen(one)).length === 1);
  assert.deepEqual(await chosen(other), []);
  await one.getByRole("button", { name: "Pause updates" }).click();
  await untilBadge(one, "frozen");
  await untilBadge(other, "live");
  await other.locator('[data-replay="slider"]').fill("3");
  await untilBadge(other, "replay");
  await one.getByRole("button", { name: "Resume updates" }).click();
  await untilBadge(one, "live");
  await other.locator('[data-replay="live"]').click();

  await both("live");
  await operate(one, "Stop race");
  await one.getByRole("button", { name: "Stop the race" }).click();
  await both("stopped");
});

test("two tabs of one race are two viewers of one stream; a tab that is closed is none", async (t) => {
  const server = await startTrackside({ t });
  const race = await createRace(server, { competitors: 1000, stopRatio: 0 });
  const one = await open(t, server, `/?race=${race.runId}`);
  const other = await one.context().newPage();
  await other.goto(one.url());

  for (const page of [one, other]) {
    await untilBadge(page, "live");
    await untilPage(page, () => window.trackside.clock.newest > 4000);
  }
  assert.deepEqual([await metric(server, "trackside_viewers"), await metric(server, "trackside_races_watched")], [2, 1]);
  assert.equal(await metric(server, "trackside_frames_skipped_total"), 0);
  const at = () => Promise.all([one, other].map((page) => page.evaluate(() => window.trackside.clock.newest)));
  await until("both have the same second", async () => new Set(await at()).size === 1);
  await other.close();
  await until("one viewer is left", async () => (await metric(server, "trackside_viewers")) === 1);
  await untilBadge(one, "live");
});
