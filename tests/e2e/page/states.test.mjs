// Every state that the header can tell of, in both themes and on a phone: said in text and shape, with nothing for axe to find.
import assert from "node:assert/strict";
import test from "node:test";
import { api, startTrackside, until } from "../harness.mjs";
import { findings } from "./axe.mjs";
import { createRace, keepPicture, open, operate, untilPage, untilBadge } from "./browser.mjs";

const THEMES = [
  ["light", { colorScheme: "light" }],
  ["dark", { colorScheme: "dark" }],
  ["phone", { colorScheme: "dark", viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true }],
];

for (const [theme, options] of THEMES)
  test(`scheduled, live, held, replay, paused, stale, reconnecting, finished: ${theme}`, async (t) => {
    const server = await startTrackside({ t });
    const later = new Date(Date.now() + 3600000).toISOString().replace(/\.\d+Z/, "Z");
    const soon = await createRace(server, { startTime: later });
    const over = await createRace(server, { speed: 1000, competitors: 30 });
    const race = await createRace(server, { speed: 20, competitors: 300 });
    await until("it is over", async () => (await api(server, `/api/races/${over.runId}`)).state === "finished");
    const page = await open(t, server, `/?race=${soon.runId}`, options);
    const shapes = new Map();
    const looks = async (word) => {
      await untilBadge(page, word);
      shapes.set(word, (await page.locator("[data-badge] [aria-hidden]").innerText()).trim());
      assert.ok((await page.locator("[data-badge] [role=status]").innerText()).length > 2, word);
      await keepPicture(page, `state-${theme}-${word}`);
      assert.deepEqual(await findings(page), [], word);
    };

    await looks("scheduled");
    await page.locator(".race-select").selectOption(over.runId);
    await looks("finished");
    await page.locator(".race-select").selectOption(race.runId);
    await untilPage(page, () => window.trackside.drawnMs > 60000 && document.querySelectorAll("tr[data-bib]").length > 5);
    await looks("live");
    await page.getByRole("button", { name: "Pause updates" }).click();
    await looks("frozen");
    await page.getByRole("button", { name: "Resume updates" }).click();
    await page.locator('[data-replay="slider"]').fill("30");
    await looks("replay");
    await page.locator('[data-replay="live"]').click();
    await untilBadge(page, "live");
    await operate(page, "Pause race");
    await looks("paused");
    await operate(page, "Resume race");
    await untilBadge(page, "live");
    server.signal("SIGSTOP");
    await looks("stale");
    server.signal("SIGCONT");
    await untilBadge(page, "live");
    await server.kill();
    await looks("reconnecting");
    assert.equal(new Set(shapes.values()).size, shapes.size - 1, "held and paused share a shape: " + JSON.stringify([...shapes]));
  });
