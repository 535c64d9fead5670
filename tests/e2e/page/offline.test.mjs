// The way to the server is gone, or it is silent: the page says so in text and shape, and is back by itself.
import assert from "node:assert/strict";
import test from "node:test";
import { startTrackside, tempDir, until } from "../harness.mjs";
import { createRace, keepPicture, open, untilPage, untilBadge } from "./browser.mjs";

const said = async (page) => ({ text: (await page.locator("[data-badge]").innerText()).replace(/\s+/g, " "), hint: await page.locator(".top .why").innerText() });

// After this moment of the race the map has moved on.
const movesOn = async (page) => {
  const ms = await page.evaluate(() => window.trackside.drawnMs);
  await untilPage(page, (at) => window.trackside.drawnMs > at + 2000, ms);
};

test("without a network it goes on trying, also while the server is there again, and is back when the network is", async (t) => {
  const dir = tempDir(t);
  const first = await startTrackside({ dir, t });
  await createRace(first, { speed: 5 });
  const page = await open(t, first);

  await untilBadge(page, "live");
  await movesOn(page);
  await page.context().setOffline(true);
  await first.kill();
  await untilBadge(page, "reconnecting");
  const rows = await page.locator("tr[data-bib]").count();
  assert.ok(rows > 5, "what was there stands");
  assert.match((await said(page)).text, /^↻ Reconnecting/);
  assert.match((await said(page)).hint, /The server does not answer.*what you see is from 0:\d\d:\d\d/);
  await keepPicture(page, "offline");
  await startTrackside({ dir, t, args: ["--listen", new URL(first.url).host] });
  assert.equal(await page.evaluate(() => fetch("/healthz").then(() => "an answer", () => "none")), "none");
  assert.match((await said(page)).text, /^↻ Reconnecting/, "the server is there, the network is not");
  await page.context().setOffline(false);
  await untilBadge(page, "live");
  await movesOn(page);
});

test("a server that hangs: stale, with how long, and live again when it goes on", async (t) => {
  const server = await startTrackside({ t });
  await createRace(server, { speed: 5 });
  const page = await open(t, server);

  await untilBadge(page, "live");
  await movesOn(page);
  server.signal("SIGSTOP");
  t.after(() => server.signal("SIGCONT"));
  await untilBadge(page, "stale");
  assert.match((await said(page)).text, /^▲ Stale/);
  assert.match((await said(page)).hint, /No new positions for \d+ s, although the race is on/);
  await keepPicture(page, "stale");
  server.signal("SIGCONT");
  await untilBadge(page, "live");
  await movesOn(page);
});

test("a socket that brings no tick from the start is not called live", async (t) => {
  const server = await startTrackside({ t });
  await createRace(server);
  const page = await open(t, server, "/create");

  await page.routeWebSocket(/\/ws/, (ws) => {
    const upstream = ws.connectToServer();
    upstream.onMessage((message) => {
      if (typeof message === "string" && JSON.parse(message).type !== "board") ws.send(message);
    });
  });
  await page.goto(server.url);
  await untilBadge(page, "stale");
  assert.match((await said(page)).hint, /No new positions for \d+ s/);
  await page.getByText("Waiting for the first positions").first().waitFor();
  await keepPicture(page, "nothing-comes");
});

test("a server that was started again and does not know the race yet is asked again, and not called live meanwhile", async (t) => {
  const server = await startTrackside({ t });
  await createRace(server, { speed: 5 });
  const page = await open(t, server, "/create");
  let refuse = 0;
  let current;

  await page.routeWebSocket(/\/ws/, (ws) => {
    if (refuse-- > 0) {
      ws.send(JSON.stringify({ type: "error", error: "There is no race of that name." }));
      ws.close({ code: 1008 });
    } else {
      current = ws;
      ws.connectToServer();
    }
  });
  await page.goto(server.url);
  await untilBadge(page, "live");
  await movesOn(page);
  refuse = 2;
  await page.evaluate(() => {
    window.badges = [];
    new MutationObserver(() => window.badges.push(document.querySelector("[data-badge]").dataset.badge))
      .observe(document.querySelector("[data-badge]"), { attributes: true, attributeFilter: ["data-badge"] });
  });
  await current.close();
  await untilBadge(page, "reconnecting");
  await until("it was refused twice", () => refuse < 0);
  await untilBadge(page, "live");
  await movesOn(page);
  assert.deepEqual(await page.evaluate(() => window.badges), ["reconnecting", "live"]);
  assert.equal(await page.getByRole("alert").getByText("There is no race").count(), 0);
});

test("a server that is not there when the page is asked for again: a sentence, and the race when it comes", async (t) => {
  const server = await startTrackside({ t });
  await createRace(server);
  const page = await open(t, server, "/create");

  await page.route("**/api/races", (route) => route.abort());
  await page.goto(server.url);
  await page.getByRole("alert").getByText(/The list of races cannot be loaded/).waitFor();
  await keepPicture(page, "no-list");
  await page.unroute("**/api/races");
  await untilBadge(page, "live");
});
