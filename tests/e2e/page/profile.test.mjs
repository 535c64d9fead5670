// The profile of a course with heights: under the live map with the field on it, and in Create Race. A course without heights has none.
import assert from "node:assert/strict";
import test from "node:test";
import { api, startTrackside, until } from "../harness.mjs";
import { findings } from "./axe.mjs";
import { createRace, hasColour, keepPicture, open, pixels, unfold, untilBadge } from "./browser.mjs";
import { PHONE } from "./form.mjs";

const N = 200;
const heightOf = (share) => 500 + 100 * share; // straight up, 100 m on a lap
const BLUE = [0, 114, 178];

/** A ring of about 4 km, run twice. */
const gpx = `<?xml version="1.0"?><gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1"><trk><name>Hill</name><trkseg>${
  Array.from({ length: N + 1 }, (_, k) => {
    const a = (k * 2 * Math.PI) / N;
    return `<trkpt lat="${(47 + 0.006 * Math.cos(a)).toFixed(7)}" lon="${(8 + 0.0088 * Math.sin(a)).toFixed(7)}"><ele>${heightOf(k / N).toFixed(2)}</ele></trkpt>`;
  }).join("")}</trkseg></trk></gpx>`;

async function racing(t, race = {}) {
  const server = await startTrackside({ t });
  const put = await fetch(`${server.url}/api/courses?shortName=hill&laps=2`, { method: "POST", body: gpx });
  assert.equal(put.status, 201, await put.clone().text());
  const { runId } = await createRace(server, { course: "hill", competitors: 30, stopRatio: 0, speed: 400, ...race });
  await until("the field is spread", async () => (await api(server, `/api/races/${runId}/board?limit=1`)).asOf.rawTime > 900);
  await api(server, `/api/races/${runId}/pause`, { method: "POST" });
  return { server, runId };
}

const strip = (page) => page.locator(".profile-strip");
const at = (page) => page.locator('[data-profile="at"]');
/** "1.23 km · 531 m" as numbers. */
const read = (text) => text.match(/([\d.,]+)\D+([\d.,]+)/).slice(1).map((n) => Number(n.replace(",", ".")));

test("the strip shows the field at its distance in the lap, and distance and height under the pointer", async (t) => {
  const { server, runId } = await racing(t);
  const page = await open(t, server, `/?race=${runId}&runner=7`);
  await untilBadge(page, "paused");
  await page.locator(".profile-line").waitFor();
  const course = await api(server, "/api/courses/hill");
  const { lapDistance: lapM, climb } = course.trackside;

  const box = await strip(page).boundingBox();
  await page.mouse.move(box.x + box.width / 4, box.y + box.height / 2);
  const [km, height] = read(await at(page).innerText());
  assert.ok(Math.abs(km - lapM / 4000) < 0.02, `${km} km`);
  assert.ok(Math.abs(height - heightOf(0.25)) < 3, `${height} m`);
  assert.equal(await strip(page).getAttribute("aria-label"), `Profile: from 500 m to 600 m, ${climb.toFixed(0)} m up, ${course.trackside.descent.toFixed(0)} m down`);
  await page.mouse.move(10, 10);
  await at(page).waitFor({ state: "detached" });

  // Everybody's place, laps on one another; the line goes straight up, and 12 px of it are below, 20 px above.
  const { positions } = await api(server, `/api/races/${runId}/positions`);
  const places = positions.filter((p) => p.status === "onCourse").map((p) => (p.distance % lapM) / lapM);
  assert.ok(places.length > 5 && new Set(positions.map((p) => Math.floor(p.distance / lapM))).size > 1, "on both laps");
  await until("all are drawn where they are", async () => {
    const picture = await pixels(page, box);
    return places.every((share) => hasColour(picture, share * box.width, box.height - 12 - share * (box.height - 32), BLUE, 7));
  });
  await keepPicture(page, "profile");
});

test("with a keyboard, in German and the dark, in miles and feet, and axe has nothing to say", async (t) => {
  const { server, runId } = await racing(t);
  const page = await open(t, server, `/?race=${runId}`, { colorScheme: "dark", locale: "de-DE" });
  await untilBadge(page, "paused");
  await page.locator(".profile-line").waitFor();

  assert.match(await strip(page).getAttribute("aria-label"), /^Profil: von 500 m bis 600 m, /);
  await strip(page).focus();
  for (const [key, share] of [["PageUp", 0.1], ["ArrowRight", 0.11], ["End", 1], ["ArrowLeft", 0.99], ["Home", 0]]) {
    await page.keyboard.press(key);
    const [, height] = read(await at(page).innerText());
    assert.ok(Math.abs(height - heightOf(share)) < 2, `${key}: ${height} m`);
    assert.equal(await strip(page).getAttribute("aria-valuetext"), await at(page).innerText());
  }
  assert.deepEqual(await findings(page), []);
  await unfold(page);
  await page.getByLabel("Einheit").selectOption("mi");
  await until("in feet", async () => /1\.640 ft bis 1\.969 ft/.test(await strip(page).getAttribute("aria-label")));
});

test("on a phone a tap says distance and height; without heights there is no strip", async (t) => {
  const { server, runId } = await racing(t);
  const page = await open(t, server, `/?race=${runId}`, PHONE);
  await untilBadge(page, "paused");
  await page.locator(".profile-line").waitFor();
  const box = await strip(page).boundingBox();
  await page.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2);
  assert.ok(Math.abs(read(await at(page).innerText())[1] - heightOf(0.5)) < 3);
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)) <= 0);
  await keepPicture(page, "profile-phone");

  const flat = await createRace(server, { competitors: 5 });
  await page.goto(`${server.url}/?race=${flat.runId}`);
  await untilBadge(page, "live");
  assert.equal(await page.locator(".profile").count(), 0);
});

test("Create Race shows the profile of the chosen course", async (t) => {
  const { server } = await racing(t);
  const page = await open(t, server, "/create");
  await page.locator(".course-note strong").waitFor();

  assert.equal(await strip(page).count(), 0, "Crystal Palace has no heights");
  await page.getByLabel("Course", { exact: true }).selectOption("hill");
  await page.locator(".profile-line").waitFor();
  await page.locator(".course-note").getByText("Profile: from 500 m to 600 m").waitFor();
  assert.deepEqual(await findings(page), []);
});

test("a race whose pace follows the slope can be made in the page, on a course with heights alone", async (t) => {
  const { server } = await racing(t);
  const page = await open(t, server, "/create");
  const hills = page.getByRole("checkbox", { name: /Paces follow the slope/ });
  await page.getByLabel("Course", { exact: true }).selectOption("crystal");
  await page.locator(".race-form button[type=submit]:enabled").waitFor();
  assert.equal(await hills.count(), 0, "crystal has no heights");
  await page.getByLabel("Course", { exact: true }).selectOption("hill");
  await hills.check();
  await page.locator(".race-form button[type=submit]").click();
  await until("the race is there", async () => (await api(server, "/api/races")).races.some((r) => r.hills === true && r.course === "hill"));
});
