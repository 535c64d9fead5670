// The longest words have room too: in every language nothing is cut, nothing lies over something else, on a desk and on a phone.
import assert from "node:assert/strict";
import test from "node:test";
import { api, startTrackside, until } from "../harness.mjs";
import { createRace, keepPicture, open, untilPage, untilBadge } from "./browser.mjs";

const LANGUAGES = ["en", "de", "fr", "es", "ja"];
const PLACES = [
  ["desk", { viewport: { width: 1440, height: 900 } }],
  ["laptop", { viewport: { width: 1024, height: 700 } }],
  ["phone", { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true }],
];

/** What of the page's text is cut by the window or by what it is in, and which controls lie over one another. */
const amiss = (page) => page.evaluate(() => {
  const found = [];
  const shown = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !e.closest(".sr, .skip, .leaflet-container, .u-off");
  const scrolls = (e) => /auto|scroll/.test(getComputedStyle(e).overflowX + getComputedStyle(e).overflowY);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (walker.currentNode.data.trim() === "" || !shown(e) || e.closest("option, script, style, .course-cards")) continue; // the cards are a strip to be scrolled
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    const text = range.getBoundingClientRect();
    const name = `${e.tagName}.${e.className} "${walker.currentNode.data.trim().slice(0, 40)}"`;
    if (text.right > document.documentElement.clientWidth + 1 || text.left < -1) found.push(`${name} leaves the window`);
    for (let box = e; box && box !== document.body && !scrolls(box); box = box.parentElement) {
      const style = getComputedStyle(box);
      const edge = box.getBoundingClientRect();
      if (/hidden|clip/.test(style.overflowX) && style.textOverflow !== "ellipsis" && (text.right > edge.right + 1 || text.left < edge.left - 1))
        found.push(`${name} is cut by ${box.tagName}.${box.className}`);
    }
    if (e.matches("button, .button, td, th") && text.right > e.getBoundingClientRect().right + 1) found.push(`${name} is wider than its place`);
  }
  const controls = [...document.querySelectorAll("button, select, input, .button, [role=tab], .status-badge, .race-clock, .lag")]
    .filter((e) => shown(e) && !e.closest("dialog, .map-place, .board-scroll"));
  const floats = (e) => e !== null && (/sticky|fixed/.test(getComputedStyle(e).position) || floats(e.parentElement));
  const inSight = (e) => { // what is scrolled away lies over nothing
    let { left, right, top, bottom } = e.getBoundingClientRect();
    for (let box = e.parentElement; box && box !== document.body; box = box.parentElement) {
      if (!scrolls(box)) continue;
      const edge = box.getBoundingClientRect();
      [left, right, top, bottom] = [Math.max(left, edge.left), Math.min(right, edge.right), Math.max(top, edge.top), Math.min(bottom, edge.bottom)];
    }
    return { left, right, top, bottom };
  };
  const inner = (a, b) => a.contains(b) || b.contains(a);
  for (const [k, a] of controls.entries())
    for (const b of controls.slice(k + 1)) {
      const [p, q] = [inSight(a), inSight(b)];
      const over = Math.min(p.right, q.right) - Math.max(p.left, q.left) > 2 && Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 2;
      if (over && !inner(a, b) && floats(a) === floats(b))
        found.push(`${a.className} "${a.textContent.slice(0, 30)}" lies over ${b.className} "${b.textContent.slice(0, 30)}"`);
    }
  return [...new Set(found)];
});

/** Open what is folded away. (In the middle of a summary there may be other buttons.) */
async function openAll(page, within) {
  for (const folded of await page.locator(`${within} details > summary`).all())
    if (!(await folded.evaluate((e) => e.parentElement.open))) await folded.click({ position: { x: 12, y: 8 } });
}

for (const [place, options] of PLACES)
  test(`every language has room, ${place}`, async (t) => {
    const server = await startTrackside({ t });
    const race = await createRace(server, { competitors: 2000, speed: 100, stopRatio: 1, minPause: 200, maxPause: 400 });
    await until("some are in the geofence", async () => (await api(server, `/api/races/${race.runId}/board`)).counts.inGeofence > 100);
    await api(server, `/api/races/${race.runId}/pause`, { method: "POST" });
    for (const language of LANGUAGES) {
      const page = await open(t, server, "/", { ...options, locale: language });
      await untilBadge(page, "paused");
      await untilPage(page, () => document.querySelectorAll("tr[data-bib]").length > 5);
      assert.equal(await page.evaluate(() => document.documentElement.lang), language);
      await keepPicture(page, `${place}-${language}-leaders`);
      assert.deepEqual(await amiss(page), [], `${language}, leaders`);
      await page.getByRole("tab").nth(3).click();
      await page.locator("td.col-dwell").first().waitFor();
      await page.locator("tr[data-bib] .bib").first().click();
      await page.locator(".competitor").waitFor();
      await openAll(page, ".side");
      await keepPicture(page, `${place}-${language}`);
      assert.deepEqual(await amiss(page), [], `${language}, geofence, a runner, all opened`);
      await page.locator('[data-replay="slider"]').fill("30");
      await untilBadge(page, "replay");
      assert.deepEqual(await amiss(page), [], `${language}, replay`);
      await keepPicture(page, `${place}-${language}-replay`);
      await page.goto(`${server.url}/create`);
      await page.locator(".course-note strong").waitFor();
      await openAll(page, ".page");
      await keepPicture(page, `${place}-${language}-create`);
      assert.deepEqual(await amiss(page), [], `${language}, create`);
      await page.context().close();
    }
  });

test("flags speak the page's language, and the card's close button stays in its corner", async (t) => {
  const server = await startTrackside({ t });
  await createRace(server, { competitors: 20, speed: 5 });
  const page = await open(t, server, "/", { locale: "de-DE" });

  await untilBadge(page, "live");
  await page.locator(".flag-finish").waitFor();
  await until("both flags are in German", async () => (await page.locator(".flag-name").allInnerTexts()).join() === "Start,Ziel"); // "Finish" in the file
  await page.locator("tr[data-bib] .bib").first().click();
  await page.getByRole("button", { name: "Folgen", exact: true }).click();
  const [card, close, follow] = await Promise.all([page.locator(".competitor"), page.getByRole("button", { name: "Schließen" }), page.getByRole("button", { name: "Nicht mehr folgen", exact: true })]
    .map((l) => l.boundingBox()));
  assert.ok(Math.abs(close.y - follow.y) < 12, `the cross is beside the button: ${close.y} and ${follow.y}`);
  assert.ok(card.x + card.width - close.x - close.width < 16, "and in the corner");
  await keepPicture(page, "card-de");
});
