// A race in another site's page: a second origin with a frame, refused and shown; the frame's own manners.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import test from "node:test";
import { api, startTrackside, until } from "../harness.mjs";
import { findings } from "./axe.mjs";
import { createRace, keepPicture, open, unfold, untilPage, untilBadge } from "./browser.mjs";

/** A site on an origin of its own: {url, body}, its page is whatever `body` is by then. */
async function startSite(t) {
  const site = { body: "" };
  const http = createServer((request, answer) => {
    answer.setHeader("content-type", "text/html; charset=utf-8");
    answer.end(`<!doctype html><html lang="en"><title>News</title><body>${site.body}</body></html>`);
  });
  await new Promise((done) => http.listen(0, "127.0.0.1", done));
  t.after(() => {
    http.closeAllConnections();
    http.close();
  });
  site.url = `http://127.0.0.1:${http.address().port}`;
  return site;
}

const frameOf = (address) => `<iframe src="${address}" width="600" height="400"></iframe>`;

/** The site's page with that in it, once the browser has told whether the frame was refused. */
async function refused(t, site, address) {
  site.body = frameOf(address);
  const expected = /frame-ancestors|chrome-error/;
  const said = [];
  const page = await open(t, { url: "about:blank" }, "", { expected });
  page.on("console", (m) => said.push(m.text()));
  await page.goto(site.url);
  const frame = page.frames()[1];
  await until("the frame is refused, or there", async () => said.some((s) => /frame-ancestors/.test(s)) || (await frame.locator(".page").count()) > 0);
  const there = (await frame.locator(".page").count()) > 0;
  await page.close();
  return !there;
}

/** What is in a frame that is shown: dots on a canvas, the board, and nothing that changes a race. */
async function assertEmbedded(frame) {
  await frame.locator('[data-badge="live"]').waitFor();
  await frame.locator("tr[data-bib]").first().waitFor();
  await frame.locator("canvas.dots-canvas").waitFor();
  assert.ok((await frame.locator("tr[data-bib]").count()) >= 5);
  await until("somebody is counted", async () => (await frame.locator('[data-count="on-course"]').textContent()) === "100");
  for (const gone of ["select", "input", ".race-controls", ".replay", ".settings", ".boards", 'a[href="/create"]']) {
    assert.equal(await frame.locator(gone).count(), 0, gone);
  }
  assert.equal(await frame.locator("button:visible").count(), 0);
}

test("another site is refused unless the server allows it, and gets the embedded page alone", async (t) => {
  const site = await startSite(t);
  const other = await startSite(t);
  const alone = await startTrackside({ t });
  const shared = await startTrackside({ t, args: ["--frame-ancestors", `self ${site.url}`] });
  const race = await createRace(alone);
  await createRace(shared, { runId: race.runId });
  const embedded = `/?race=${race.runId}&embed=1`;

  assert.equal(await refused(t, site, alone.url + embedded), true, "by default");
  assert.equal(await refused(t, other, shared.url + embedded), true, "a site that is not named");
  for (const whole of [`/?race=${race.runId}`, "/create", `/results?race=${race.runId}`]) {
    assert.equal(await refused(t, site, shared.url + whole), true, whole);
  }
  site.body = frameOf(shared.url + embedded);
  const page = await open(t, site);
  await assertEmbedded(page.frameLocator("iframe"));
  assert.equal(page.frames()[1].url(), shared.url + embedded, "it stays the page that may be framed");
});

test("the code that the page gives is what works", async (t) => {
  const site = await startSite(t);
  const server = await startTrackside({ t, args: ["--frame-ancestors", site.url] });
  const race = await createRace(server);
  const page = await open(t, server, `/?race=${encodeURIComponent(race.runId)}`, { permissions: ["clipboard-read", "clipboard-write"] });

  await unfold(page);
  await page.getByRole("button", { name: "Embed…" }).click();
  const dialog = page.getByRole("dialog", { name: "Embed this race" });
  await dialog.waitFor();
  assert.match(await dialog.locator("[data-allowed]").textContent(), new RegExp(`lets these sites show it: ${site.url}\\.`));
  await keepPicture(page, "embed-dialog");
  assert.deepEqual(await findings(page), []);
  await dialog.getByRole("button", { name: "Copy" }).click();
  await dialog.getByText("Copied.").waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(copied, await dialog.getByLabel("Code of the frame").inputValue());
  await page.keyboard.press("Escape");
  await until("the dialog is gone", async () => (await dialog.count()) === 0);

  site.body = copied;
  const news = await open(t, site);
  const frame = news.frameLocator("iframe");
  await assertEmbedded(frame);
  assert.equal(await news.locator("iframe").getAttribute("title"), "Live race: Crystal Palace");
  const opened = news.context().waitForEvent("page");
  await frame.getByRole("link", { name: "Open in Trackside" }).click();
  const whole = await opened;
  await whole.locator(".race-controls").waitFor();
  assert.equal(new URL(whole.url()).searchParams.get("race"), race.runId);
  assert.equal(new URL(whole.url()).searchParams.get("embed"), null);
  assert.equal(await whole.evaluate(() => window.opener), null);
});

test("the dialog says where nobody else may show it", async (t) => {
  for (const [args, says] of [[[], "only its own pages"], [["--frame-ancestors", "none"], "lets no site"], [["--frame-ancestors", "*"], "every site"]]) {
    const server = await startTrackside({ t, args });
    await createRace(server);
    const page = await open(t, server);
    await unfold(page);
    await page.getByRole("button", { name: "Embed…" }).click();
    await page.locator("[data-allowed]").getByText(says).waitFor();
    await server.kill();
  }
});

test("it fits, in both themes and at both sizes, with nothing for axe to find", async (t) => {
  const server = await startTrackside({ t });
  const race = await createRace(server, { speed: 10 });
  for (const colorScheme of ["light", "dark"])
    for (const [width, height] of [[600, 400], [320, 400]]) {
      const name = `embed-${width}-${colorScheme}`;
      const page = await open(t, server, `/?race=${race.runId}&embed=1`, { colorScheme, viewport: { width, height } });
      await assertEmbedded(page);
      await keepPicture(page, name);
      assert.deepEqual(await findings(page), [], name);
      const beyond = await page.evaluate(() => {
        const inside = (e) => {
          const r = e.getBoundingClientRect();
          return r.left >= -0.5 && r.top >= -0.5 && r.right <= innerWidth + 0.5 && r.bottom <= innerHeight + 0.5;
        };
        const scrolls = document.documentElement.scrollHeight > innerHeight || document.documentElement.scrollWidth > innerWidth;
        return { scrolls, outside: [...document.querySelectorAll(".status-badge, .race-clock, [data-count], .embed-foot a, .map")].filter((e) => !inside(e)).map((e) => e.className) };
      });
      assert.deepEqual(beyond, { scrolls: false, outside: [] }, name);
      await page.close();
    }
});

test("a wheel over it scrolls the page around it; who looks at the past opens the same moment", async (t) => {
  const server = await startTrackside({ t });
  const race = await createRace(server, { speed: 1000 });
  await until("it is over", async () => (await api(server, `/api/races/${race.runId}`)).state === "finished");
  const page = await open(t, server, `/?race=${race.runId}&embed=1&runner=5&at=600`, { viewport: { width: 600, height: 400 } });
  await untilBadge(page, "replay");
  const link = page.getByRole("link", { name: "Open in Trackside" });
  await link.waitFor();
  await until("the link has the moment", async () => /at=\d+/.test(await link.getAttribute("href")));
  const query = new URL(await link.getAttribute("href"), server.url).searchParams;
  assert.deepEqual([query.get("race"), query.get("runner"), query.get("embed")], [race.runId, "5", null]);
  assert.ok(Math.abs(Number(query.get("at")) - 600) < 30, query.get("at"));
  await untilPage(page, () => Boolean(window.trackside));
  assert.equal(await page.evaluate(() => window.trackside.map.scrollWheelZoom.enabled()), false);
  await page.mouse.move(200, 200);
  const before = await page.evaluate(() => window.trackside.map.getZoom());
  await page.mouse.wheel(0, -600);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  assert.equal(await page.evaluate(() => window.trackside.map.getZoom()), before);
});

test("it says so when the server is gone, and when there is no race", async (t) => {
  const server = await startTrackside({ t });
  const empty = await open(t, server, "/?embed=1", { viewport: { width: 600, height: 400 } });
  await empty.getByText("There is no race yet").waitFor();
  assert.equal(await empty.locator('a[href="/create"], button:visible').count(), 0);
  const race = await createRace(server);
  const page = await open(t, server, `/?race=${race.runId}&embed=1`, { viewport: { width: 320, height: 400 } });
  await untilBadge(page, "live");
  await server.stop();
  await untilBadge(page, "reconnecting");
  await page.locator(".lag.why").waitFor();
  await keepPicture(page, "embed-gone");
});
