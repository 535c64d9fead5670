// The page by keyboard alone: what the list of keys says is what they do, and they keep out of the way of who types.
import assert from "node:assert/strict";
import test from "node:test";
import { api, startTrackside, until } from "../harness.mjs";
import { findings } from "./axe.mjs";
import { createRace, open, untilPage, untilBadge } from "./browser.mjs";

async function desk(t, options = {}) {
  const server = await startTrackside({ t });
  const race = await createRace(server, { speed: 20, competitors: 30 });
  await until("it is under way", async () => (await api(server, `/api/races/${race.runId}/board?limit=1`)).asOf.rawTime > 60);
  const page = await open(t, server, "/", options);
  await page.locator("tr[data-bib]").first().waitFor();
  await page.locator(".keys-open").waitFor();
  const press = (key) => page.keyboard.press(key);
  return { server, race, page, press };
}

const chosen = (page) => page.evaluate(() => new URL(location.href).searchParams.get("runner"));
const tab = (page) => page.locator('[role=tab][aria-selected="true"]').getAttribute("id");
const zoom = (page) => page.evaluate(() => window.trackside.map.getZoom());

test("? lists the keys, in both themes without a finding", async (t) => {
  for (const colorScheme of ["light", "dark"]) {
    const { page, press } = await desk(t, { colorScheme });
    await press("?");
    const list = page.getByRole("dialog", { name: "Keyboard" });
    await list.waitFor();
    assert.equal(await list.locator("tr").count(), 12);
    assert.deepEqual(await findings(page), []);
    await press("1");
    assert.equal(await tab(page), "tab-leaders", "nothing happens behind the list");
    await press("Escape");
    await list.waitFor({ state: "hidden" });
  }
});

test("boards, the runner, the map", async (t) => {
  const { page, press } = await desk(t);

  for (const [k, name] of ["leaders", "front", "back", "geofence", "justFinished", "all"].entries()) {
    await press(String(k + 1));
    await untilPage(page, (id) => document.querySelector('[role=tab][aria-selected="true"]')?.id === id, `tab-${name}`);
  }
  await page.locator("#board tr[data-bib]").nth(2).waitFor();
  await press("j");
  await page.locator(".competitor").waitFor();
  await untilPage(page, () => document.querySelector("#board tr[data-bib]").classList.contains("selected"));
  await press("j");
  await untilPage(page, () => [...document.querySelectorAll("#board tr[data-bib]")].findIndex((row) => row.classList.contains("selected")) === 1);
  await press("k");
  await untilPage(page, () => document.querySelector("#board tr[data-bib]").classList.contains("selected"));
  assert.notEqual(await chosen(page), null);
  await press("f");
  await page.getByRole("button", { name: "Stop following", exact: true }).waitFor();
  await press("f");
  await page.locator(".competitor").getByRole("button", { name: "Follow", exact: true }).waitFor();
  await press("Escape");
  await page.locator(".competitor").waitFor({ state: "detached" });

  // Leaflet drops a zoom that comes while another one is animated: here each press counts, also in one that is under way.
  const at = (z) => untilPage(page, (want) => Math.abs(window.trackside.map.getZoom() - want) < 0.01, z);
  await page.getByRole("button", { name: "Whole course" }).click();
  await untilPage(page, () => !window.trackside.map._animatingZoom);
  const whole = await zoom(page);
  await press("+");
  await press("+");
  await press("+");
  await at(whole + 1.5);
  await press("-");
  await untilPage(page, () => window.trackside.map._animatingZoom);
  await press("-");
  await at(whole + 0.5);
  await press("+");
  await page.getByRole("button", { name: "Whole course" }).click();
  await at(whole);
  await press("+");
  await press("0");
  await at(whole);
});

test("hold, replay and live", async (t) => {
  const { page, press } = await desk(t);

  await press("p");
  await untilBadge(page, "frozen");
  await press("p");
  await untilBadge(page, "live");
  await press("[");
  await untilBadge(page, "replay");
  const at = await page.evaluate(() => window.trackside.drawnMs);
  await press("[");
  await untilPage(page, (ms) => window.trackside.drawnMs < ms - 5000, at);
  const back = await page.evaluate(() => window.trackside.drawnMs);
  await press("]");
  await untilPage(page, (ms) => window.trackside.drawnMs > ms + 5000, back);
  await press("l");
  await untilBadge(page, "live");
  await press(" ");
  await untilBadge(page, "replay");
  await page.getByRole("button", { name: "Pause the replay" }).waitFor();
});

test("keys are for who does not type, and can be switched off", async (t) => {
  const { page, press } = await desk(t);

  await press("/");
  await page.waitForFunction(() => document.activeElement?.matches(".search input"));
  await page.keyboard.type("2?");
  assert.equal(await page.getByRole("searchbox").inputValue(), "2?");
  assert.notEqual(await tab(page), "tab-front");
  assert.equal(await page.getByRole("dialog").count(), 0);
  await page.getByRole("searchbox").fill("");
  await page.getByRole("tab").first().click();

  await page.locator(".keys-open").click();
  await page.getByRole("checkbox", { name: "Shortcuts with a single key" }).uncheck();
  await page.getByRole("button", { name: "Close" }).click();
  await press("3");
  await press("p");
  await page.reload();
  await page.locator(".keys-open").waitFor();
  await page.locator("tr[data-bib]").first().waitFor();
  await press("3");
  await press("?");
  await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
  assert.equal(await tab(page), "tab-leaders");
  await untilBadge(page, "live");
  await page.getByRole("checkbox", { name: "Shortcuts with a single key" }).check();
  await press("Escape");
  await press("3");
  await untilPage(page, () => document.querySelector('[role=tab][aria-selected="true"]')?.id === "tab-back");
});
