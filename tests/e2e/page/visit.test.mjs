// A visit: who is followed is near and named, also after a reload; links carry it; Back goes where one came from; what is gone
// or cannot be loaded is said.
import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import { api, startTrackside, tempDir, until } from "../harness.mjs";
import { createRace, keepPicture, open, untilPage, untilBadge } from "./browser.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const LONG = "Maximilian-Alexander von Hohenzollern-Sigmaringen y García Fernández";

async function racing(t, more = {}) {
  const server = await startTrackside({ t });
  const race = await createRace(server, { competitors: 60, speed: 20, ...more });
  await fetch(`${server.url}/api/races/${race.runId}/roster`, { method: "PUT", body: `competitorId,name\n7,${LONG}\n8,Ada\n` });
  await until("some minutes are run", async () => (await api(server, `/api/races/${race.runId}/board?limit=1`)).asOf.rawTime > 120);
  return { server, race };
}

/** Where the followed one is drawn: how far from the middle, as shares of the map's half; and the zoom. Not between two zooms. */
const view = (page, number) => until("the map is between no two zooms", () => page.evaluate((i) => {
  const live = window.trackside;
  if (live.map._animatingZoom) return null;
  const size = live.map.getSize();
  const at = live.places.of(i);
  return at && { x: Math.abs(at.x / size.x - 0.5) * 2, y: Math.abs(at.y / size.y - 0.5) * 2, zoom: live.map.getZoom() };
}, number));

const whole = (e) => e.scrollWidth <= e.clientWidth + 1 && e.textContent;

for (const [place, options] of [["phone", PHONE], ["desk", {}]])
  test(`following brings the runner near, keeps it in view, and says the whole name, also at the next visit, ${place}`, async (t) => {
    const { server, race } = await racing(t);
    const page = await open(t, server, `/?race=${race.runId}`, options);
    await untilBadge(page, "live");
    const far = await page.evaluate(() => window.trackside.map.getZoom());

    await page.getByRole("searchbox").fill("7");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Stop following", exact: true }).waitFor();
    await until("it is near", async () => (await view(page, 6)).zoom > far + 0.4);
    for (let k = 0; k < 12; k++) {
      const at = await view(page, 6);
      assert.ok(at.x < 1 && at.y < 1, `in view: ${JSON.stringify(at)}`);
      await new Promise((done) => setTimeout(done, 250));
    }
    await keepPicture(page, `visit-follow-${place}`);
    const named = async () => {
      await until("card and chip say the name", async () => (await page.locator(".competitor h2").evaluate(whole)).includes(LONG)
        && (await page.locator(".chip button").first().evaluate(whole)).includes(LONG));
    };
    await named();
    await untilPage(page, (name) => document.title === `${name} · Crystal Palace · Trackside`, LONG);
    await page.goto(server.url);
    await named();
    assert.equal(new URL(page.url()).searchParams.get("runner"), "7");
    await page.reload();
    await named();
  });

test("no mark, arrow or flag lies over a dot", async (t) => {
  const { server, race } = await racing(t);
  const page = await open(t, server, `/?race=${race.runId}`, PHONE);
  await untilBadge(page, "live");
  await page.locator(".km-mark").first().waitFor();
  const layers = await page.evaluate(() => {
    const z = (e) => Number(getComputedStyle(e.closest(".leaflet-pane")).zIndex);
    return [".km-mark", ".arrow", ".flag"].map((name) => z(document.querySelector(name)) < z(document.querySelector(".dots-canvas")));
  });
  assert.deepEqual(layers, [true, true, true]);
  const apart = await page.evaluate(() => [...document.querySelectorAll(".km-mark")].map((e) => {
    const box = e.getBoundingClientRect();
    const map = document.querySelector(".map").getBoundingClientRect();
    const at = window.trackside.places.at(1000 * Number(e.textContent));
    return Math.hypot(box.x + box.width / 2 - map.x - at.x, box.y + box.height / 2 - map.y - at.y);
  }));
  for (const px of apart) assert.ok(px > 15 && px < 24, `a mark stands beside the line: ${px}`);
});

test("the link is shared, or copied where the device cannot", async (t) => {
  const { server, race } = await racing(t);
  const page = await open(t, server, `/?race=${race.runId}&runner=8`, { permissions: ["clipboard-read", "clipboard-write"] });
  await untilBadge(page, "live");
  await page.evaluate(() => { navigator.share = undefined; });
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByText("The link was copied.").waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${server.url}/?race=${race.runId}&runner=8`);
  await page.evaluate(() => { navigator.share = async (what) => { window.shared = what; }; });
  await untilPage(page, () => document.title.startsWith("Ada"));
  await page.getByRole("button", { name: "Share" }).click();
  await untilPage(page, () => Boolean(window.shared));
  assert.deepEqual(await page.evaluate(() => window.shared), { title: "Ada · Crystal Palace · Trackside", url: `${server.url}/?race=${race.runId}&runner=8` });
});

test("Back goes from race to race, and to a form that is as it was left", async (t) => {
  const server = await startTrackside({ t });
  const first = await createRace(server);
  const second = await createRace(server);
  const page = await open(t, server, `/?race=${first.runId}`);
  const shown = () => new URL(page.url()).searchParams.get("race");
  const clock = (id) => until(`race ${id}`, async () => shown() === id && (await page.locator(".race-select").inputValue()) === id);
  await untilBadge(page, "live");
  await page.locator(".race-select").selectOption(second.runId);
  await clock(second.runId);
  await page.goBack();
  await clock(first.runId);
  await untilBadge(page, "live");
  await page.goForward();
  await clock(second.runId);

  await page.goto(`${server.url}/create/`);
  await page.getByRole("heading", { name: "Create a race" }).waitFor();
  await page.locator(".course-note strong").waitFor();
  await page.getByLabel("Competitors").fill("123");
  await page.getByLabel("Stop in the geofence").fill("0");
  await page.getByRole("link", { name: "Dashboard" }).click();
  await page.locator(".race-select").waitFor();
  await page.goBack();
  const kept = async () => {
    await page.locator(".course-note strong").waitFor();
    assert.equal(await page.getByLabel("Competitors").inputValue(), "123");
    assert.equal(await page.getByLabel("Stop in the geofence").inputValue(), "0");
  };
  await kept();
  await page.reload();
  await kept();
});

test("an embedded map says when its race is gone, at once and while it is watched", async (t) => {
  const server = await startTrackside({ t });
  const race = await createRace(server);
  const never = await open(t, server, "/?race=never-was&embed=1", { viewport: { width: 600, height: 400 } });
  await never.getByText("This race is no longer here.").waitFor();
  const page = await open(t, server, `/?race=${race.runId}&embed=1`, { viewport: { width: 600, height: 400 } });
  await untilBadge(page, "live");
  await api(server, `/api/races/${race.runId}/stop`, { method: "POST" });
  await api(server, `/api/races/${race.runId}`, { method: "DELETE" });
  await page.getByText("This race is no longer here.").waitFor();
  await keepPicture(page, "visit-embed-gone");
});

test("a base map that cannot be loaded is said on the map", async (t) => {
  const server = await startTrackside({ t, args: ["--tiles", join(tempDir(t), "none.geojson")] });
  await createRace(server);
  const page = await open(t, server);
  await page.getByText("The base map cannot be loaded.").waitFor();
  await keepPicture(page, "visit-no-base");
});
