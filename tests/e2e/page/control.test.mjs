// What a viewer can do to the race and to the picture: pause, resume, stop, speed, hold, the tables' rate.
import assert from "node:assert/strict";
import test from "node:test";
import { api, sleep, startTrackside, until } from "../harness.mjs";
import { createRace, hide, manage, open, operate, untilPage, untilBadge } from "./browser.mjs";

const state = async (server, race) => (await api(server, `/api/races/${race.runId}`)).state;

test("pause, resume, speed and stop reach the race", async (t) => {
  const server = await startTrackside({ t });
  const race = await createRace(server);
  const page = await open(t, server);

  await untilBadge(page, "live");
  await operate(page, "Pause race");
  await untilBadge(page, "paused");
  assert.equal(await state(server, race), "paused");
  await operate(page, "Resume race");
  await untilBadge(page, "live");
  await manage(page);
  await page.getByLabel("Speed").selectOption("10");
  await until("ten times as fast", async () => (await api(server, `/api/races/${race.runId}`)).anchor.speed === 10);
  await operate(page, "Stop race");
  await page.getByRole("button", { name: "Cancel" }).click();
  assert.equal(await state(server, race), "running");
  await operate(page, "Stop race");
  await page.getByRole("button", { name: "Stop the race" }).click();
  await untilBadge(page, "stopped");
  assert.equal(await state(server, race), "stopped");
  await manage(page);
  assert.ok(await page.getByRole("button", { name: "Pause race" }).isDisabled());
});

test("held updates leave map and tables alone, and the race goes on", async (t) => {
  const server = await startTrackside({ t });
  await createRace(server, { speed: 5 });
  const page = await open(t, server);
  const asOf = page.locator(".as-of");

  await untilBadge(page, "live");
  await asOf.waitFor();
  await page.getByRole("button", { name: "Pause updates" }).click();
  await untilBadge(page, "frozen");
  const text = await asOf.innerText();
  const frames = await page.evaluate(() => window.trackside.cost.frames);
  await sleep(2500);
  assert.equal(await asOf.innerText(), text);
  assert.ok((await page.evaluate(() => window.trackside.cost.frames)) - frames <= 2);
  await page.getByRole("button", { name: "Resume updates" }).click();
  await untilBadge(page, "live");
  await untilPage(page, (t0) => document.querySelector(".as-of").textContent !== t0, text);

  await page.locator('[data-replay="slider"]').fill("2");
  await untilBadge(page, "replay");
  assert.ok(await page.getByRole("button", { name: "Pause updates" }).isDisabled(), "a replay has a pause of its own");
  await page.locator('[data-replay="live"]').click();
  await untilBadge(page, "live");
  assert.ok(await page.getByRole("button", { name: "Pause updates" }).isEnabled());
});

test("a jump in a paused replay shows the rows of its moment, also where the past comes late", async (t) => {
  const server = await startTrackside({ t });
  const race = await createRace(server, { competitors: 20, stopRatio: 0, speed: 100 });
  await until("there is a past", async () => (await api(server, `/api/races/${race.runId}/board?limit=1`)).asOf.rawTime > 400);
  await api(server, `/api/races/${race.runId}/pause`, { method: "POST" });
  const page = await open(t, server, `/?race=${race.runId}`);
  await untilBadge(page, "paused");
  await page.getByRole("tab", { name: "All" }).click();
  await page.route("**/frames?**", async (route) => {
    await sleep(1500);
    await route.continue();
  });

  const slider = page.locator('[data-replay="slider"]');
  await slider.fill("300");
  await untilBadge(page, "replay");
  await slider.fill("100");
  const { positions } = await api(server, `/api/races/${race.runId}/positions?at=100`);
  const [first] = positions.sort((a, b) => a.rank - b.rank);
  const km = (first.distance / 1000).toFixed(2);
  await untilPage(page, (row) => row.every((text) => document.querySelector("#board tbody tr")?.textContent.includes(text)), [String(first.competitorId), km, "0:01:40"]);
});

test("tables can be switched off while the map goes on", async (t) => {
  const server = await startTrackside({ t });
  await createRace(server, { speed: 5 });
  const page = await open(t, server);

  await page.locator(".as-of").waitFor();
  await page.getByLabel("Tables").selectOption("0");
  const text = await page.locator(".as-of").innerText();
  const frames = await page.evaluate(() => window.trackside.cost.frames);
  await sleep(2500);
  assert.equal(await page.locator(".as-of").innerText(), text);
  assert.ok((await page.evaluate(() => window.trackside.cost.frames)) > frames + 2);
});

test("a hidden tab closes its socket and draws nothing", async (t) => {
  const server = await startTrackside({ t });
  await createRace(server, { speed: 5 });
  const page = await open(t, server);
  const viewers = async () => Number(/trackside_viewers (\d+)/.exec(await (await fetch(`${server.url}/metrics`)).text())[1]);

  await untilBadge(page, "live");
  // What comes after the first dots moves the map, which is drawn anew then.
  await page.locator(".keys-open").waitFor();
  await page.locator(".about-race").waitFor();
  await until("it is counted", async () => (await viewers()) === 1);
  await hide(page, true);
  await until("it is gone", async () => (await viewers()) === 0);
  const frames = await page.evaluate(() => window.trackside.cost.frames);
  await sleep(1500);
  assert.equal(await page.evaluate(() => window.trackside.cost.frames), frames);
  await hide(page, false);
  await untilBadge(page, "live");
});

test("a link to a race that is gone says so", async (t) => {
  const server = await startTrackside({ t });
  await createRace(server);
  const page = await open(t, server, "/?race=nothing");

  await page.getByRole("alert").getByText("There is no race nothing any more").waitFor();
});
