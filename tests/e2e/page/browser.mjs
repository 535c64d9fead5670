// Debian's Chromium without a screen, WebGL2 in software. Each test gets a context of its own; what the page complains
// about fails the test.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { after } from "node:test";
import { chromium } from "playwright-core";
import { api, until } from "../harness.mjs";
import { ARGS } from "./chromium.mjs";

const DESK = { width: 1280, height: 800 };
const PATIENCE_MS = 60000;

// One browser for the tests of a file; each page has a context of its own, gone with its test.
const browsers = new Map(); // by their arguments

after(() => Promise.all([...browsers.values()].map(async (launched) => (await launched).close())));

function browserWith(args) {
  const name = args.join();
  if (!browsers.has(name)) browsers.set(name, chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args }));
  return browsers.get(name);
}

/**
 * Open a page of the server; what the console and the page's errors said fails the test, but for what is `expected`.
 * `args`: of the browser.
 */
export async function open(t, server, path = "/", { args = ARGS, expected = /(?!)/, ...options } = {}) {
  const context = await (await browserWith(args)).newContext({ viewport: DESK, locale: "en-GB", ...options });
  t.after(() => context.close());
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (e) => complaints.push(e.message));
  page.on("console", (m) => {
    if (m.type() === "error" && !expected.test(m.text()) && !/Failed to load resource|WebSocket connection/.test(m.text())) complaints.push(m.text());
  });
  t.after(() => assert.deepEqual(complaints, []));
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(server.url + path);
  return page;
}

/** A race through the API, with few words, once it is known: with Pinot that is a moment after it was made. */
export async function createRace(server, more = {}) {
  const body = { course: "crystal", competitors: 100, fastest: 144, slowest: 400, stopRatio: 0.3, minPause: 20, maxPause: 60,
    seed: 7, speed: 1, runId: `page-${randomBytes(4).toString("hex")}`, ...more };
  const race = await api(server, "/api/races", { method: "POST", body });
  await until("the race is known", async () => (await fetch(`${server.url}/api/races/${encodeURIComponent(race.runId)}`)).ok, PATIENCE_MS);
  return race;
}

export const badge = (page) => page.locator("[data-badge]").getAttribute("data-badge");

/** Wait until a function of the page says yes. (waitForFunction would need eval, which the page's policy forbids.) */
export async function untilPage(page, ask, arg) {
  return until(String(ask), () => page.evaluate(ask, arg), PATIENCE_MS);
}

/** Open what operators have, unless it is open. */
export async function manage(page) {
  const button = page.getByRole("button", { name: "Manage" });
  await button.waitFor();
  if ((await button.getAttribute("aria-expanded")) !== "true") await button.click();
}

/** Press one of the operators' buttons. */
export async function operate(page, name) {
  await manage(page);
  await page.getByRole("button", { name }).click();
}

/** Wait until the badge says that word. */
export async function untilBadge(page, word) {
  await page.waitForSelector(`[data-badge="${word}"]`);
}

/** Open what is folded beside the map: which race this is, and the settings. */
export async function unfold(page) {
  const fold = page.locator(".about-race");
  await fold.waitFor();
  if (!(await fold.evaluate((e) => e.open))) await fold.locator("> summary").click();
}

/** Leave a picture of the page in the folder TRACKSIDE_PICTURES, where one is named, for people to look at. */
export async function keepPicture(page, name) {
  const folder = process.env.TRACKSIDE_PICTURES;
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** The picture of a part of the page as {width, height, data: RGBA}; `clip` is in CSS pixels. */
export async function pixels(page, clip) {
  return decode(page, (await page.screenshot({ clip })).toString("base64"));
}

// The page's policy lets it fetch nothing but the server, so the picture goes in as bytes.
async function decode(page, base64) {
  const { width, height, data } = await page.evaluate(async (b) => {
    const bytes = Uint8Array.from(atob(b), (c) => c.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const c = canvas.getContext("2d");
    c.drawImage(bitmap, 0, 0);
    const image = c.getImageData(0, 0, bitmap.width, bitmap.height);
    let text = "";
    for (let i = 0; i < image.data.length; i += 32768) text += String.fromCharCode(...image.data.subarray(i, i + 32768));
    return { width: image.width, height: image.height, data: btoa(text) };
  }, base64);
  return { width, height, data: Buffer.from(data, "base64") };
}

/** Whether a pixel within `reach` of (x, y) has about this colour. */
export function hasColour(picture, x, y, [r, g, b], reach) {
  for (let dy = -reach; dy <= reach; dy++)
    for (let dx = -reach; dx <= reach; dx++) {
      const px = Math.round(x + dx);
      const py = Math.round(y + dy);
      if (px < 0 || py < 0 || px >= picture.width || py >= picture.height) continue;
      const at = 4 * (py * picture.width + px);
      const d = picture.data;
      if (Math.abs(d[at] - r) + Math.abs(d[at + 1] - g) + Math.abs(d[at + 2] - b) < 40) return true;
    }
  return false;
}

/** Hide the page as another tab in front of it would, or show it again. */
export function hide(page, hidden) {
  return page.evaluate((h) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => h });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
}
