// Manners: accessibility in both themes, phones, languages, units, many runners, and what it costs.
import assert from "node:assert/strict";
import test from "node:test";
import { sleep, startTrackside } from "../harness.mjs";
import { findings } from "./axe.mjs";
import { createRace, manage, open, unfold, untilPage, untilBadge } from "./browser.mjs";

for (const colorScheme of ["light", "dark"])
  test(`axe has nothing to say, ${colorScheme}`, async (t) => {
    const server = await startTrackside({ t });
    await createRace(server, { competitors: 40, speed: 20 });
    const page = await open(t, server, "/", { colorScheme });
    await untilBadge(page, "live");
    await page.locator("tbody tr").first().waitFor();
    await page.getByRole("button", { name: "Pause updates" }).click();
    await page.locator("tbody .bib").first().click();
    assert.deepEqual(await findings(page), []);
    await page.getByText("Charts").click();
    await page.locator(".chart-area canvas").first().waitFor();
    assert.deepEqual(await findings(page), []);
    await page.goto(`${server.url}/create`);
    await page.locator(".course-note strong").waitFor();
    await page.getByLabel("Competitors", { exact: true }).fill("0");
    await page.getByRole("button", { name: "Create race" }).click();
    assert.deepEqual(await findings(page), []);
  });

test("a phone shows all of it without a sideways scroll", async (t) => {
  const server = await startTrackside({ t });
  await createRace(server, { competitors: 40 });
  const page = await open(t, server, "/", { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true });

  await untilBadge(page, "live");
  await page.locator("tbody tr").first().waitFor();
  const wide = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok((await wide()) <= 0);
  await manage(page);
  for (const name of ["Create race", "Pause race", "Stop race", "Pause updates"]) assert.ok(await page.getByRole(name === "Create race" ? "link" : "button", { name }).isVisible(), name);
  await page.goto(`${server.url}/create`);
  await page.locator(".course-note strong").waitFor();
  assert.ok((await wide()) <= 0);
});

test("it speaks the browser's language, and another one when asked", async (t) => {
  const server = await startTrackside({ t });
  await createRace(server, { competitors: 40 });
  const page = await open(t, server, "/", { locale: "de-CH" });

  await untilBadge(page, "live");
  await page.getByRole("tab", { name: "Führende" }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "de");
  await unfold(page);
  await page.getByLabel("Sprache").selectOption("ja");
  await page.getByRole("tab", { name: "上位" }).waitFor();
  await page.reload();
  await page.getByRole("tab", { name: "上位" }).waitFor();
});

test("miles are miles", async (t) => {
  const server = await startTrackside({ t });
  await createRace(server, { competitors: 10, course: "half", stopRatio: 0 });
  const page = await open(t, server);

  await unfold(page);
  await page.getByText("21.11 km").waitFor();
  await page.getByLabel("Units").selectOption("mi");
  await page.getByText("13.12 mi").waitFor();
  await page.getByRole("columnheader", { name: "Pace /mi" }).waitFor();
});

test("what is typed and pressed is enough: tabs, rows, dialogs", async (t) => {
  const server = await startTrackside({ t });
  await createRace(server, { competitors: 40 });
  const page = await open(t, server);

  await page.locator("tbody tr").first().waitFor();
  await page.getByRole("tab", { name: "Leaders" }).focus();
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.getByRole("tab", { name: "At the front" }).getAttribute("aria-selected"), "true");
  await page.locator("tbody .bib").first().focus();
  await page.keyboard.press("Enter");
  await page.locator(".competitor").waitFor();
  await manage(page);
  await page.getByRole("button", { name: "Stop race" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Stop this race for good?" }).waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await page.getByRole("heading", { name: "Stop this race for good?" }).isVisible(), false);
});

test("with reduced motion dots step from tick to tick", async (t) => {
  const server = await startTrackside({ t });
  await createRace(server, { competitors: 10 });
  const page = await open(t, server, "/", { reducedMotion: "reduce" });

  await untilPage(page, () => window.trackside.clock.newest > 3000);
  for (let k = 0; k < 10; k++) {
    await sleep(130);
    assert.equal((await page.evaluate(() => window.trackside.drawnMs)) % 1000, 0);
  }
});

test("50,000 runners: dots, a list that scrolls, and little JavaScript", async (t) => {
  const server = await startTrackside({ t });
  await createRace(server, { competitors: 50000, course: "half", stopRatio: 0 });
  const page = await open(t, server);

  await untilBadge(page, "live");
  await untilPage(page, () => window.trackside.clock.newest > 6000);
  await page.evaluate(() => Object.assign(window.trackside.cost, { frames: 0, ms: 0, worstMs: 0 }));
  const client = await page.context().newCDPSession(page);
  await client.send("Performance.enable");
  const script = async () => (await client.send("Performance.getMetrics")).metrics.find((m) => m.name === "ScriptDuration").value;
  const before = await script();
  await sleep(5000);
  const spent = (await script()) - before;
  const { frames } = await page.evaluate(() => window.trackside.cost);
  assert.ok(frames > 0);
  assert.ok(spent < 1, `${(spent * 1000).toFixed(0)} ms of script in 5 s`);
  await page.getByRole("tab", { name: "All" }).click();
  await page.locator("table[aria-rowcount='50001']").waitFor();
  await page.evaluate(() => (document.querySelector(".board-scroll").scrollTop = 700000));
  await untilPage(page, () => Number(document.querySelector("tbody tr[data-bib]").getAttribute("aria-rowindex")) > 20000);
});
