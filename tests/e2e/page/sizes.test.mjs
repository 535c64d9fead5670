// The page from a small phone to a wall: nothing covers anything else, nothing is cut off, and the table has its rows.
// Runs alone: it looks at one page after the other when it has come to rest.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { api, startTrackside, until } from "../harness.mjs";
import { createRace, keepPicture, open, untilPage } from "./browser.mjs";

const FINGER = { isMobile: true, hasTouch: true };

// Width, height, the rows that are whole on the first screen at least, and the size of the table's text at least.
const SIZES = [
  [320, 568, 1, 13, FINGER],
  [360, 740, 4, 13, FINGER],
  [390, 844, 6, 13, FINGER],
  [667, 375, 5, 12, FINGER],
  [844, 390, 5, 12, FINGER],
  [768, 1024, 8, 13, FINGER],
  [1024, 768, 11, 13, {}],
  [1280, 800, 14, 14, {}],
  [1440, 900, 18, 14, {}],
  [1920, 1080, 17, 15, {}],
  [2560, 1440, 20, 18, {}],
];

const NAMES = ["Ada Lovelace-Byron", "Noor Tanaka", "Maximilian von Hohenzollern", "José García Fernández"];

let server, race;
before(async () => {
  server = await startTrackside();
  race = await namedRace();
});
after(() => server.kill());

/** A race under way whose 3,000 runners have names. It is paused, so that all tests see the same. */
async function namedRace() {
  const race = await createRace(server, { competitors: 3000, speed: 100, stopRatio: 0.1 });
  const lines = Array.from({ length: 3000 }, (_, i) => `${i + 1},${NAMES[i % NAMES.length]} ${i + 1}`);
  const put = await fetch(`${server.url}/api/races/${race.runId}/roster`, { method: "PUT", body: `competitorId,name\n${lines.join("\n")}\n` });
  assert.ok(put.ok);
  await until("the first are home", async () => (await api(server, `/api/races/${race.runId}/board?limit=1`)).counts.finished > 20);
  await api(server, `/api/races/${race.runId}/pause`, { method: "POST" });
  return race;
}

/** What is wrong with what is on the screen now: {covered, beyond, sideways}, and the rows that are whole. */
function look() {
  const seen = (e) => e.checkVisibility({ checkVisibilityCSS: true }) && !e.closest(".sr, .skip, dialog");
  const whole = (r) => r.left >= -0.5 && r.right <= innerWidth + 0.5 && r.top >= -0.5 && r.bottom <= innerHeight + 0.5;
  const name = (e) => `${e.className || e.tagName} "${(e.getAttribute("aria-label") ?? e.textContent).trim().slice(0, 30)}"`;
  const covered = [];
  const beyond = [];
  for (const e of document.querySelectorAll("button, .button, select, input, summary, a[href], .status-badge, .race-clock, [data-count]")) {
    const r = e.getBoundingClientRect();
    if (!seen(e) || r.width < 2 || e.closest("table, .tabs")) continue;
    if (r.left < -0.5 || r.right > innerWidth + 0.5) beyond.push(name(e));
    if (!whole(r)) continue;
    const scrolled = e.closest(".side, .bottom");
    const box = scrolled?.getBoundingClientRect();
    if (box && (r.bottom > box.bottom + 0.5 || r.top < box.top - 0.5)) continue; // the panel scrolls to it
    for (const [x, y] of [[0.5, 0.5], [0.1, 0.5], [0.9, 0.5], [0.5, 0.15], [0.5, 0.85]]) {
      const top = document.elementFromPoint(r.left + x * r.width, r.top + y * r.height);
      if (top && top !== e && !e.contains(top) && !top.contains(e)) {
        const sticky = top.closest(".replay") && getComputedStyle(top.closest(".replay")).position === "sticky";
        if (!sticky || r.bottom <= top.closest(".replay").getBoundingClientRect().top) covered.push(`${name(e)} by ${name(top)}`);
        break;
      }
    }
  }
  const scroll = document.querySelector(".board-scroll, .embed-scroll");
  const box = scroll.getBoundingClientRect();
  const head = scroll.querySelector("thead").getBoundingClientRect();
  const foot = document.querySelector(".replay")?.getBoundingClientRect();
  const bottom = Math.min(box.bottom, innerHeight, foot && foot.top > innerHeight / 2 ? foot.top : Infinity);
  const rows = [...scroll.querySelectorAll("tr[data-bib]")].map((r) => r.getBoundingClientRect())
    .filter((r) => r.top >= head.bottom - 1 && r.bottom <= bottom + 1).length;
  const cells = [...scroll.querySelectorAll("th, td")].filter((c) => !c.matches(".space *"));
  return {
    covered: [...new Set(covered)],
    beyond,
    sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    rows,
    cut: cells.filter((c) => c.getBoundingClientRect().right > box.right + 0.5).map((c) => c.className).filter((c, i, all) => all.indexOf(c) === i),
    squeezed: [...scroll.querySelectorAll("thead th:not(.col-name), tbody td:not(.col-name)")].filter((c) => c.scrollWidth > c.clientWidth + 1).map((c) => c.className),
    heads: [...scroll.querySelectorAll("thead th")].map((h) => h.className.replace("col-", "")),
    nameEm: scroll.querySelector("td.col-name").clientWidth / parseFloat(getComputedStyle(scroll.querySelector("td")).fontSize),
    textPx: parseFloat(getComputedStyle(scroll.querySelector("tbody td")).fontSize),
    create: (() => { const e = document.querySelector('a[href="/create"]'); return !e || whole(e.getBoundingClientRect()); })(),
  };
}

const named = (page) => untilPage(page, () => [...document.querySelectorAll("td.col-name")].some((c) => c.textContent.length > 8));

/** Until the board has all its 50 rows (the socket's first one has ten), and then what `look` says once it says it twice. */
async function settled(page) {
  await named(page);
  await untilPage(page, () => Number(document.querySelector("[data-board]")?.getAttribute("aria-rowcount") ?? 99) > 50);
  await page.getByRole("tab").nth(5).waitFor();
  await page.locator('[data-replay="live"]').waitFor();
  return rested(page);
}

/** What `look` says once it says the same twice. */
async function rested(page) {
  let before = "";
  return until("the layout rests", async () => {
    const is = await page.evaluate(look);
    const now = JSON.stringify(is);
    const same = now === before;
    before = now;
    return same && is;
  });
}

test("at every size nothing is covered or cut, Create is at hand and rows show", async (t) => {
  const wrong = [];
  for (const [width, height, rows, textPx, more] of SIZES)
    for (const locale of width <= 1024 || width === 1440 ? ["en-GB", "de-DE"] : ["en-GB"]) {
      const what = `${width}×${height} ${locale}`;
      const page = await open(t, server, `/?race=${race.runId}`, { viewport: { width, height }, locale, ...more });
      const is = await settled(page);
      await keepPicture(page, `size-${width}-${locale}`);
      const bad = { covered: is.covered, beyond: is.beyond, cut: is.cut, squeezed: is.squeezed };
      for (const [kind, of] of Object.entries(bad)) if (of.length > 0) wrong.push(`${what} ${kind}: ${of}`);
      if (is.sideways > 0) wrong.push(`${what}: ${is.sideways} px to the side`);
      if (!is.create) wrong.push(`${what}: Create is off the screen`);
      if (is.rows < rows) wrong.push(`${what}: ${is.rows} rows, wanted ${rows}`);
      if (is.textPx < textPx) wrong.push(`${what}: text of ${is.textPx} px, wanted ${textPx}`);
      if (!["rank", "bib", "name", "time"].every((c) => is.heads.includes(c))) wrong.push(`${what}: only ${is.heads}`);
      if (is.nameEm < 6.5) wrong.push(`${what}: ${is.nameEm} em for the name`);
      await page.context().close();
    }
  assert.deepEqual(wrong, []);
});

test("the columns come back with the room, and every board fits", async (t) => {
  const page = await open(t, server, `/?race=${race.runId}`, { viewport: { width: 2560, height: 1440 } });
  const wide = (await settled(page)).heads;
  assert.deepEqual(wide, ["rank", "bib", "name", "distance", "toGo", "pace", "time", "gap"]);
  await page.setViewportSize({ width: 1024, height: 768 });
  await until("fewer columns", async () => (await page.evaluate(look)).heads.length < wide.length);
  for (const tab of ["At the back", /In geofence/, "Just finished", "All", "Leaders"]) {
    await page.getByRole("tab", { name: tab }).click();
    await named(page);
    const is = await rested(page);
    assert.deepEqual([is.cut, is.squeezed], [[], []], String(tab));
  }
  await page.setViewportSize({ width: 2560, height: 1440 });
  await until("all columns", async () => (await page.evaluate(look)).heads.length === wide.length);
});

test("the embedded page shows the name and the value", async (t) => {
  for (const [width, height] of [[600, 400], [320, 400], [1000, 700]])
    for (const locale of ["en-GB", "de-DE", "fr-FR"]) {
      const page = await open(t, server, `/?race=${race.runId}&embed=1`, { viewport: { width, height }, locale });
      await named(page);
      const is = await rested(page);
      await keepPicture(page, `size-embed-${width}-${locale}`);
      assert.deepEqual([is.covered, is.beyond, is.cut, is.squeezed, is.sideways], [[], [], [], [], 0], `${width}×${height} ${locale}`);
      await page.context().close();
    }
});
