// Before the page's script is there: the bar of the header and a mark without words, in the colours of the system; gone with the
// first thing that is drawn, on every address.
import assert from "node:assert/strict";
import test from "node:test";
import { startTrackside, text } from "../harness.mjs";
import { createRace, keepPicture, open, pixels } from "./browser.mjs";

const CASES = [
  ["the dashboard, light", "/", /\/app-\w+\.js$/, { colorScheme: "light", locale: "de-DE" }, [255, 255, 255]],
  ["the dashboard, dark", "/", /\/app-\w+\.js$/, { colorScheme: "dark" }, [13, 17, 23]],
  ["Create Race, whose script comes last", "/create", /\/CreatePage-\w+\.js$/, { colorScheme: "dark", locale: "ja-JP" }, [13, 17, 23]],
];

for (const [name, path, waits, options, ground] of CASES)
  test(`until the script is there a mark without words is shown: ${name}`, async (t) => {
    const server = await startTrackside({ t });
    await createRace(server, { competitors: 10 });
    const page = await open(t, server, "/api/config", options);
    let release;
    const held = new Promise((done) => { release = done; });
    await page.route(waits, async (route) => {
      await held;
      await route.continue();
    });

    await page.goto(server.url + path, { waitUntil: "commit" });
    const mark = page.locator(".boot");
    await mark.waitFor();
    await mark.locator("svg").waitFor();
    assert.equal((await page.locator("body").innerText()).trim(), "", "no words, as no language is chosen yet");
    const { data } = await pixels(page, { x: 40, y: 300, width: 4, height: 4 });
    assert.deepEqual([...data.subarray(0, 3)], ground);
    await keepPicture(page, `boot-${path === "/" ? options.colorScheme : "create"}`);
    release();
    await page.locator(".page").waitFor();
    assert.equal(await mark.isVisible(), false);
  });

test("without JavaScript the page says so", async (t) => {
  const server = await startTrackside({ t });
  assert.match(await text(server, "/"), /<noscript>[^<]*needs JavaScript/);
});
