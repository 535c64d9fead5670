// On a phone: a tap chooses a dot, boards and controls are within reach, two fingers belong to the map.
import assert from "node:assert/strict";
import test from "node:test";
import { api, startTrackside, until } from "../harness.mjs";
import { createRace, keepPicture, open, operate, untilPage, untilBadge } from "./browser.mjs";
import { atRest } from "./scenarios.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

const sideways = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

for (const colorScheme of ["light", "dark"])
  test(`a dot is tapped, its runner told, and the boards are reached, ${colorScheme}`, async (t) => {
    const server = await startTrackside({ t });
    const race = await createRace(server, { speed: 100, competitors: 12 });
    const page = await open(t, server, "/", { ...PHONE, colorScheme });

    await untilBadge(page, "live");
    await until("some minutes are run", async () => (await api(server, `/api/races/${race.runId}/board?limit=1`)).asOf.rawTime > 500);
    await operate(page, "Pause race");
    const { positions } = await atRest(page, server, race);
    await keepPicture(page, `phone-${colorScheme}`);
    const points = await page.evaluate((all) => all.map((p) => {
      const at = window.trackside.map.latLngToContainerPoint([p.lat, p.lon]);
      return { bib: p.competitorId, x: at.x, y: at.y };
    }), positions.filter((p) => p.status === "onCourse"));
    const alone = points.find((p) => points.every((q) => q === p || Math.hypot(q.x - p.x, q.y - p.y) > 20));
    await page.locator(".map").scrollIntoViewIfNeeded();
    const box = await page.locator(".map").boundingBox();
    await page.touchscreen.tap(box.x + alone.x, box.y + alone.y);
    await page.locator(".competitor h2").getByText(`Bib ${alone.bib}`).waitFor();
    await page.locator(".competitor").scrollIntoViewIfNeeded();
    await keepPicture(page, `phone-runner-${colorScheme}`);
    for (const name of ["At the back", "In geofence", "Just finished", "All", "Leaders"]) {
      const tab = page.getByRole("tab", { name });
      await tab.tap();
      assert.equal(await tab.getAttribute("aria-selected"), "true", name);
    }
    await page.locator(`tr[data-bib="${alone.bib}"]`).waitFor();
    await keepPicture(page, `phone-boards-${colorScheme}`);
    assert.ok((await sideways(page)) <= 0, "nothing is cut at the side");
    await operate(page, "Resume race");
    await untilBadge(page, "live");
  });

test("what a finger has to hit is large enough", async (t) => {
  const server = await startTrackside({ t });
  await createRace(server, { competitors: 20, speed: 5 });
  const page = await open(t, server, "/", PHONE);

  await untilBadge(page, "live");
  await untilPage(page, () => document.querySelectorAll("tr[data-bib]").length > 5);
  const small = await page.evaluate(() => [...document.querySelectorAll("button, select, input, [role=tab], a.button, summary")]
    .filter((e) => e.checkVisibility() && !e.closest(".sr, .skip"))
    .map((e) => ({ what: e.textContent.slice(0, 30) || e.className, box: e.getBoundingClientRect() }))
    .filter(({ box }) => box.width > 1 && (box.height < 23.5 || box.width < 23.5))
    .map(({ what, box }) => `${what} ${Math.round(box.width)}×${Math.round(box.height)}`));
  assert.deepEqual(small, [], "at least 24 px both ways (WCAG 2.5.8)");
});

test("no mark of a kilometre lies below a button or on another mark", async (t) => {
  const server = await startTrackside({ t });
  await createRace(server, { competitors: 20, speed: 5 });
  for (const locale of ["en-GB", "de-DE"]) {
    const page = await open(t, server, "/", { ...PHONE, locale });
    await untilBadge(page, "live");
    await page.locator(".km-mark").first().waitFor();
    await page.locator(".map-tools button").nth(1).waitFor();
    const over = await page.evaluate(() => {
      const box = (e) => e.getBoundingClientRect();
      const marks = [...document.querySelectorAll(".km-mark")];
      const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
      const others = [...document.querySelectorAll(".map-tools button, .legend, .leaflet-control-zoom, .leaflet-control-scale")];
      return marks.flatMap((m, k) => [...others, ...marks.slice(k + 1)].filter((e) => meet(box(m), box(e))).map((e) => `${m.textContent} ${e.textContent}`));
    });
    await keepPicture(page, `phone-marks-${locale}`);
    assert.deepEqual(over, [], locale);
    await page.context().close();
  }
});
