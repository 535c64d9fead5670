// Watching a race on the embedded store; what holds for every set-up is in scenarios.mjs.
import assert from "node:assert/strict";
import test from "node:test";
import { startTrackside, until } from "../harness.mjs";
import { createRace, open, untilPage, untilBadge } from "./browser.mjs";

test("without a race it says so and leads to Create Race", async (t) => {
  const server = await startTrackside({ t });
  const page = await open(t, server);

  await page.getByRole("heading", { name: "There is no race yet" }).waitFor();
  await page.getByRole("main").getByRole("link", { name: "Create race" }).click();
  await page.waitForURL("**/create");
  await page.getByLabel("Competitors").waitFor();
});

test("dots move between ticks, and never back", async (t) => {
  const server = await startTrackside({ t });
  await createRace(server, { competitors: 20 });
  const page = await open(t, server);

  await untilBadge(page, "live");
  await untilPage(page, () => window.trackside.clock.newest > 5000);
  const drawn = await page.evaluate(() => new Promise((done) => {
    const seen = [];
    const look = () => {
      seen.push(window.trackside.clock.at(performance.now()));
      if (seen.length < 180) requestAnimationFrame(look);
      else done(seen);
    };
    look();
  }));
  for (let i = 1; i < drawn.length; i++) assert.ok(drawn[i] >= drawn[i - 1], `back at frame ${i}`);
  const between = drawn.filter((ms) => ms % 1000 !== 0).length;
  assert.ok(between > drawn.length / 2, `only ${between} of ${drawn.length} moments lie between ticks`);
  assert.ok(drawn[drawn.length - 1] > drawn[0]);
});

test("the map has its size from the start: what comes after the dots does not move them", async (t) => {
  const server = await startTrackside({ t });
  await createRace(server, { competitors: 20 });
  for (const viewport of [{ width: 1280, height: 800 }, { width: 390, height: 844 }]) {
    const page = await open(t, server, "/create", { viewport });
    await page.addInitScript(() => {
      window.sizes = [];
      const look = () => {
        const box = document.querySelector(".map")?.getBoundingClientRect();
        const size = box && [box.top, box.width, box.height].map(Math.round).join();
        if (size && window.sizes.at(-1) !== size) window.sizes.push(size);
        requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
    await page.goto(server.url);
    await untilBadge(page, "live");
    await page.locator("[data-replay='slider']").waitFor({ state: "attached" });
    await page.locator("tbody tr[data-bib]").first().waitFor();
    await untilPage(page, () => window.trackside.queue.newest !== null);
    assert.equal((await page.evaluate(() => window.sizes)).length, 1, `${viewport.width} px: ${await page.evaluate(() => window.sizes.join(" then "))}`);
  }
});

test("lag and drawing delay are two numbers", async (t) => {
  const server = await startTrackside({ t });
  await createRace(server);
  const page = await open(t, server);

  await untilPage(page, () => /^Lag \d/.test(document.querySelector("[data-lag]")?.textContent ?? ""));
  assert.match(await page.locator("[data-behind]").innerText(), /shown \d+\.\d s behind/);
  const metrics = await until("the server hears of what was painted", async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    return /trackside_lag_ms[^\n]*painted/.test(text) && text;
  });
  assert.match(metrics, /painted/);
});
