// 50,000 runners: they are all there, on the map and in the list, and each of them is found.
import assert from "node:assert/strict";
import test from "node:test";
import { api, sleep, startTrackside, until } from "../harness.mjs";
import { createRace, hasColour, keepPicture, open, pixels, untilPage, untilBadge } from "./browser.mjs";
import { atRest } from "./scenarios.mjs";

const N = 50000;
const ON_COURSE = [0, 114, 178];

const places = (page, bibs) => page.evaluate((all) => all.map((bib) => window.trackside.places.of(bib - 1)), bibs);

test("50,000 runners: drawn where the API says, listed to the last, found by bib", async (t) => {
  const server = await startTrackside({ t });
  const race = await createRace(server, { competitors: N, course: "half", stopRatio: 0, speed: 50 });
  const page = await open(t, server);

  await untilBadge(page, "live");
  await until("they have spread", async () => (await api(server, `/api/races/${race.runId}/board?limit=1`)).asOf.rawTime > 900);
  await api(server, `/api/races/${race.runId}/pause`, { method: "POST" });
  const { positions } = await atRest(page, server, race);
  assert.equal(positions.length, N);
  await keepPicture(page, "crowd");

  const some = positions.filter((p) => p.competitorId % 97 === 0);
  const drawn = await places(page, some.map((p) => p.competitorId));
  const wanted = await page.evaluate((all) => all.map((p) => {
    const at = window.trackside.map.latLngToContainerPoint([p.lat, p.lon]);
    return { x: at.x, y: at.y };
  }), some);
  const far = Math.max(...drawn.map((p, k) => Math.hypot(p.x - wanted[k].x, p.y - wanted[k].y)));
  assert.ok(far < 2, `${far} px off`);

  await page.getByRole("tab", { name: "All" }).click();
  await page.locator(`table[aria-rowcount="${N + 1}"]`).waitFor();
  const rank = new Map(positions.map((p) => [p.competitorId, p.rank]));
  const lastShown = () => page.locator("tbody tr[data-bib]").evaluateAll((rows) => ({ bib: Number(rows.at(-1)?.dataset.bib), rows: rows.length }));
  for (const part of [0.25, 0.5, 1]) {
    const row = Math.floor(N * part);
    await page.evaluate((share) => {
      const list = document.querySelector(".board-scroll");
      list.scrollTop = list.scrollHeight * share;
    }, part);
    const seen = await until(`row ${row}`, async () => {
      const last = await lastShown();
      return Math.abs(rank.get(last.bib) - row) < 120 && last;
    });
    assert.ok(seen.rows < 100, "only what is in sight is in the document");
  }
  await keepPicture(page, "crowd-list");

  for (const bib of [1, 31415, N]) {
    await page.getByRole("searchbox").fill(String(bib));
    await page.keyboard.press("Enter");
    await page.locator(".competitor h2").getByText(`Bib ${bib}`, { exact: true }).waitFor();
    const box = await page.locator(".map").boundingBox();
    await until(`bib ${bib} is in sight`, async () => {
      const [at] = await places(page, [bib]);
      return at.x >= 0 && at.y >= 0 && at.x <= box.width && at.y <= box.height;
    });
  }
  await keepPicture(page, "crowd-found");
  const still = () => places(page, [N]).then(([p]) => `${p.x}, ${p.y}`);
  await until("the map rests", async () => {
    const before = await still();
    await sleep(400);
    return (await still()) === before;
  });
  const box = await page.locator(".map").boundingBox();
  const picture = await pixels(page, box);
  const [at] = await places(page, [N]);
  assert.ok(hasColour(picture, at.x, at.y, ON_COURSE, 12), "and drawn there");
  await page.getByRole("searchbox").fill(String(N + 1));
  await page.getByText("Nobody has that bib or name.").waitFor();
});

test("who is followed is in sight after every zoom, also while the next one is asked for", async (t) => {
  const server = await startTrackside({ t });
  await createRace(server, { competitors: 1000, course: "half", stopRatio: 0, speed: 20 });
  const page = await open(t, server);

  await untilBadge(page, "live");
  await untilPage(page, () => window.trackside.drawnMs > 60000);
  await page.getByRole("searchbox").fill("500");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Stop following", exact: true }).waitFor();
  await page.evaluate(() => {
    const { map } = window.trackside;
    window.seen = { frames: 0, lost: 0, zoom: map.getZoom() };
    map.on("zoomstart", () => (window.seen.zooming = true)).on("zoomend", () => (window.seen.zooming = false));
    const look = () => {
      const p = window.trackside.places.of(499);
      const size = map.getSize();
      if (!window.seen.zooming) window.seen.frames++;
      if (!window.seen.zooming && (p.x < 0 || p.y < 0 || p.x > size.x || p.y > size.y)) window.seen.lost++;
      requestAnimationFrame(look);
    };
    look();
  });
  for (let k = 0; k < 5; k++) {
    await page.getByRole("button", { name: "Zoom in" }).click();
    await sleep(300);
  }
  await untilPage(page, () => window.trackside.map.getZoom() >= window.seen.zoom + 2 && !window.seen.zooming);
  const { frames } = await page.evaluate(() => window.seen);
  await untilPage(page, (n) => window.seen.frames > n + 30, frames);
  assert.equal(await page.evaluate(() => window.seen.lost), 0);
});
