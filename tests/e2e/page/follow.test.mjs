// One runner among many: chosen on the map, in a table, by search or by link; followed; the whole field.
import assert from "node:assert/strict";
import test from "node:test";
import { api, startTrackside, until } from "../harness.mjs";
import { createRace, keepPicture, open, untilPage, untilBadge } from "./browser.mjs";

async function paused(t, more) {
  const server = await startTrackside({ t });
  const race = await createRace(server, more);
  const ready = async () => (await api(server, `/api/races/${race.runId}/board?limit=1`)).asOf.rawTime > 500;
  await until("ten minutes are run", ready);
  await api(server, `/api/races/${race.runId}/pause`, { method: "POST" });
  const { positions, asOf } = await api(server, `/api/races/${race.runId}/positions`);
  return { server, race, positions, newest: asOf.rawTime };
}

const drawn = (page, s) => untilPage(page, (at) => Math.abs(window.trackside.drawnMs - at * 1000) < 1, s);
const lead = (page) => page.locator(".competitor h2").innerText();

test("a click on a dot chooses that runner, and the table shows it", async (t) => {
  const { server, positions, newest } = await paused(t, { speed: 100, competitors: 12 });
  const page = await open(t, server);

  await drawn(page, newest);
  const alone = positions.find((p) => p.status === "onCourse" && positions.every((q) => q === p || Math.abs(q.distance - p.distance) > 80));
  const at = await page.evaluate((p) => {
    const point = window.trackside.map.latLngToContainerPoint([p.lat, p.lon]);
    return { x: point.x, y: point.y };
  }, alone);
  const box = await page.locator(".map").boundingBox();
  await page.mouse.click(box.x + at.x, box.y + at.y);
  await page.locator(".competitor").waitFor();
  assert.equal(await lead(page), `Bib ${alone.competitorId}`);
  await page.locator(`tr.selected[data-bib="${alone.competitorId}"]`).waitFor();
  assert.equal(new URL(page.url()).searchParams.get("runner"), String(alone.competitorId));
  const figures = await page.locator(".figures dd").allInnerTexts();
  assert.equal(figures[0], String(alone.rank));
  assert.equal(figures[1], (alone.distance / 1000).toFixed(2));
});

test("a bib is found, followed, and its splits are the API's", async (t) => {
  const { server, race, newest } = await paused(t, { speed: 100, competitors: 300 });
  const page = await open(t, server);

  await drawn(page, newest);
  await page.getByRole("searchbox").fill("277");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Stop following", exact: true }).waitFor();
  assert.equal(await lead(page), "Bib 277");
  assert.equal(await page.locator("tbody tr[data-bib]").count(), 1);
  await page.getByText("Splits and visits").click();
  const { splits } = await api(server, `/api/races/${race.runId}/competitors/277`);
  const shown = await page.locator(".splits").first().locator("li").allInnerTexts();
  assert.equal(shown.length, splits.length);
  const h = (s) => `${Math.floor(s / 3600)}:${String(Math.floor(s / 60) % 60).padStart(2, "0")}:${String(s % 60).padStart(2, "0")}`;
  splits.forEach((s, k) => assert.ok(shown[k].startsWith(`${s.km} ${h(s.rawTime)}`), shown[k]));
});

test("names of a roster are shown as text, and found", async (t) => {
  const server = await startTrackside({ t });
  const race = await createRace(server, { competitors: 30 });
  await fetch(`${server.url}/api/races/${race.runId}/roster`, { method: "PUT", body: 'competitorId,name\n7,"<b>Noor</b>, Tanaka"\n8,Ada\n' });
  const page = await open(t, server);

  await untilBadge(page, "live");
  await page.getByPlaceholder("Find bib or name").fill("noor");
  await page.locator('tr[data-bib="7"]').getByText("<b>Noor</b>, Tanaka").waitFor();
  assert.equal(await page.locator("tbody tr[data-bib]").count(), 1);
});

test("everybody is in the full list, in the API's order, and it sorts", async (t) => {
  const { server, positions, newest } = await paused(t, { speed: 100, competitors: 2000 });
  const page = await open(t, server);
  const visible = () => page.locator("tbody tr[data-bib]").evaluateAll((rows) => rows.map((r) => Number(r.dataset.bib)));

  await drawn(page, newest);
  await page.getByRole("tab", { name: "All" }).click();
  await page.locator("table[aria-rowcount='2001']").waitFor();
  const rank = new Map(positions.map((p) => [p.competitorId, p.rank]));
  const first = await visible();
  assert.ok(first.length < 80, "only what is in sight is in the document");
  first.forEach((bib, k) => assert.ok(Math.abs(rank.get(bib) - (k + 1)) <= 5, `bib ${bib} at ${k + 1}, rank ${rank.get(bib)}`));
  await page.evaluate(() => (document.querySelector(".board-scroll").scrollTop = 1e9));
  await until("the end", async () => (await visible()).length > 0 && rank.get((await visible()).at(-1)) > 1990);
  await page.getByRole("button", { name: "Bib", exact: true }).click();
  await until("by bib", async () => (await visible())[0] === 1);
  await page.getByRole("button", { name: /^Bib/ }).first().click();
  await until("by bib, downwards", async () => (await visible())[0] === 2000);
});

test("who stands in the geofence is above the line and said to stand; who is not heard of is not", async (t) => {
  const server = await startTrackside({ t });
  const race = await createRace(server, { competitors: 20, fastest: 144, slowest: 160, stopRatio: 1, minPause: 86400, maxPause: 86400, speed: 1000 });
  const counts = async () => (await api(server, `/api/races/${race.runId}/board`)).counts;
  await until("all stand", async () => (await counts()).inGeofence === 20);
  await api(server, `/api/races/${race.runId}/speed`, { method: "POST", body: { speed: 5 } });
  const page = await open(t, server, "/create");
  await page.routeWebSocket(/\/ws/, (ws) => {
    const up = ws.connectToServer();
    up.onMessage((m) => {
      const message = typeof m === "string" ? JSON.parse(m) : null;
      if (message?.board) message.board.geofence[0].rawTime = message.board.asOf.rawTime - 40;
      ws.send(message ? JSON.stringify(message) : m);
    });
  });
  await page.goto(server.url);
  await page.getByRole("tab", { name: /In geofence/ }).click();
  const sign = (k) => page.locator("tr[data-bib]").nth(k).locator("[data-inactivity]");
  await page.locator('[data-inactivity="still"]').first().waitFor();
  assert.equal(await sign(0).getAttribute("title"), "no data for 40 s");
  assert.match(await sign(1).getAttribute("title"), /^not moving for \d+/);
  assert.ok((await page.locator("tr.alarm").count()) > 5);
  await page.getByText("20 marked").waitFor();
  await page.getByRole("img", { name: "Standing still" }).first().waitFor();
  await keepPicture(page, "alarm");
  await page.getByRole("button", { name: "Bib 1", exact: true }).click();
  await untilPage(page, () => new URLSearchParams(location.search).get("runner") === "1");
  await page.getByLabel("Mark a stay").selectOption("fixed");
  await page.getByLabel("Seconds in the geofence").fill("80,000");
  await page.getByLabel("Seconds in the geofence").press("Enter");
  await page.reload();
  await page.getByRole("tab", { name: /In geofence/ }).click();
  assert.equal(await page.getByLabel("Seconds in the geofence").inputValue(), "80000", "the line is kept");
});
