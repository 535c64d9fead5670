// The map: with and without WebGL, with a context that is lost, with tiles or lines below it, tails, places in doubt, and a
// mass start that never was. What is drawn is judged by its pixels.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import test from "node:test";
import { deflateSync } from "node:zlib";
import { api, sleep, startTrackside, until } from "../harness.mjs";
import { findings } from "./axe.mjs";
import { createRace, hasColour, hide, open, pixels, unfold, untilPage, untilBadge } from "./browser.mjs";
import { NO_WEBGL } from "./chromium.mjs";

const ON_COURSE = [0, 114, 178];
const FINISHED = [0, 122, 90];
const IN_GEOFENCE = [213, 94, 0];
const TAIL = [181, 65, 140];

const COLOURS = { onCourse: ON_COURSE, inGeofence: IN_GEOFENCE, finished: FINISHED };

async function pausedAt(t, server, rawTime, more = {}) {
  const race = await createRace(server, { speed: 100, competitors: 40, ...more });
  await until("it is far enough", async () => (await api(server, `/api/races/${race.runId}/board?limit=1`)).asOf.rawTime >= rawTime);
  await api(server, `/api/races/${race.runId}/pause`, { method: "POST" });
  return race;
}

// Where the API says that everybody is, in pixels of the map's box, once the map has drawn that moment.
async function places(page, server, race, at = "") {
  const { asOf, positions } = await api(server, `/api/races/${race.runId}/positions${at}`);
  await untilPage(page, (s) => window.trackside.drawnMs === s * 1000, asOf.rawTime);
  return page.evaluate((all) => all.map((p) => {
    const at = window.trackside.map.latLngToContainerPoint([p.lat, p.lon]);
    return { ...p, x: at.x, y: at.y };
  }), positions);
}

// The map without what lies on it.
async function picture(page) {
  const bare = await page.addStyleTag({ content: ".leaflet-marker-pane, .leaflet-arrows-pane, .leaflet-control, .map-place > :not(.map) { visibility: hidden }" });
  await sleep(700);
  const shot = await pixels(page, await page.locator(".map").boundingBox());
  await bare.evaluate((style) => style.remove());
  return shot;
}

const apart = (points, p, px) => points.every((q) => q === p || Math.hypot(q.x - p.x, q.y - p.y) >= px);

function assertDots(shot, points) {
  const alone = points.filter((p) => apart(points, p, 12));
  assert.ok(alone.length > 5, `only ${alone.length} of ${points.length} stand alone`);
  for (const p of alone) assert.ok(hasColour(shot, p.x, p.y, COLOURS[p.status], 4), `bib ${p.competitorId} (${p.status}) at ${p.x}, ${p.y}`);
}

async function follow(page, ...bibs) {
  for (const bib of bibs) {
    await page.getByRole("searchbox").fill(String(bib));
    await page.keyboard.press("Enter");
    await page.locator(".chip", { hasText: String(bib) }).waitFor();
  }
}

// How many pixels within `reach` of a place have that colour.
function count(shot, x, y, colour, reach) {
  let n = 0;
  for (let dy = -reach; dy <= reach; dy++) for (let dx = -reach; dx <= reach; dx++) n += hasColour(shot, x + dx, y + dy, colour, 0) ? 1 : 0;
  return n;
}

test("without WebGL the dots are on a 2D canvas, where the API says, and have tails", async (t) => {
  const server = await startTrackside({ t });
  const race = await pausedAt(t, server, 700);
  const page = await open(t, server, "/", { args: NO_WEBGL });

  await untilBadge(page, "paused");
  assert.equal(await page.evaluate(() => document.createElement("canvas").getContext("webgl2")), null, "this browser has no WebGL");
  await untilPage(page, () => window.trackside.renderer.kind === "canvas2d");
  const points = await places(page, server, race);
  assertDots(await picture(page), points);
  const one = points.find((p) => p.status === "onCourse" && p.distance > 600);
  await follow(page, one.competitorId);
  await sleep(2500);
  const shot = await picture(page);
  assert.ok(await tailBehind(page, shot, one.competitorId) > 3, "a tail behind who is followed");
});

// How many of ten places behind a runner have the tail's colour.
async function tailBehind(page, shot, bib) {
  const behind = await page.evaluate((i) => {
    const map = window.trackside;
    const now = map.queue.newest.unit[i] * map.queue.newest.unitM;
    return Array.from({ length: 10 }, (_, k) => map.places.at(now - 12 - 5 * k)).map((p) => ({ x: p.x, y: p.y }));
  }, bib - 1);
  return behind.filter((p) => count(shot, p.x, p.y, TAIL, 5) > 3).length;
}

test("a lost WebGL context comes back, and the dots with it", async (t) => {
  const server = await startTrackside({ t });
  const race = await pausedAt(t, server, 700);
  const page = await open(t, server);

  await untilBadge(page, "paused");
  const points = await places(page, server, race);
  assertDots(await picture(page), points);
  await page.evaluate(() => {
    const gl = document.querySelector(".dots-canvas").getContext("webgl2");
    window.lost = gl.getExtension("WEBGL_lose_context");
    window.lost.loseContext();
  });
  await untilPage(page, () => document.querySelector(".dots-canvas").getContext("webgl2").isContextLost());
  await sleep(300);
  await page.evaluate(() => window.lost.restoreContext());
  await untilPage(page, () => !document.querySelector(".dots-canvas").getContext("webgl2").isContextLost());
  await sleep(1000);
  assertDots(await picture(page), points);
  const one = points.find((p) => p.status === "onCourse" && p.distance > 600);
  await follow(page, one.competitorId);
  await sleep(2500);
  assert.ok(await tailBehind(page, await picture(page), one.competitorId) > 3, "tails are rebuilt too");
});

test("a tail is drawn behind who is followed, live and in replay, as long as was chosen", async (t) => {
  const server = await startTrackside({ t });
  const race = await pausedAt(t, server, 700);
  const page = await open(t, server);

  await untilBadge(page, "paused");
  const points = await places(page, server, race);
  const [one, other] = points.filter((p) => p.status === "onCourse" && p.distance > 900 && apart(points, p, 20));
  assert.equal(await tailBehind(page, await picture(page), one.competitorId), 0);
  await follow(page, one.competitorId);
  await page.locator('[data-legend="tail"]').waitFor();
  await untilPage(page, () => window.trackside.tails.trail?.oldestMs < 500000);
  await sleep(1000);
  const shot = await picture(page);
  assert.ok(await tailBehind(page, shot, one.competitorId) > 3, "live");
  assert.equal(await tailBehind(page, shot, other.competitorId), 0, "nobody else has one");

  await unfold(page);
  await page.locator("[data-tail]").selectOption("0");
  await sleep(700);
  assert.equal(await tailBehind(page, await picture(page), one.competitorId), 0, "switched off");
  await page.locator("[data-tail]").selectOption("300");
  await page.locator('[data-replay="slider"]').fill("500");
  await untilPage(page, () => window.trackside.drawnMs === 500000 && window.trackside.tails.trail.oldestMs < 300000);
  await sleep(1000);
  assert.ok(await tailBehind(page, await picture(page), one.competitorId) > 3, "in replay");
  await page.getByRole("button", { name: `No longer follow bib ${one.competitorId}` }).click();
  await sleep(700);
  assert.equal(await tailBehind(page, await picture(page), one.competitorId), 0);
});

test("places that are older than they should be are hollow, with their age in words, and never go back", async (t) => {
  const server = await startTrackside({ t });
  const race = await createRace(server, { competitors: 12, speed: 100 });
  await until("they have spread", async () => (await api(server, `/api/races/${race.runId}/board?limit=1`)).asOf.rawTime > 400);
  await api(server, `/api/races/${race.runId}/speed`, { method: "POST", body: { speed: 1 } });
  const page = await open(t, server);
  await untilBadge(page, "live");
  await untilPage(page, () => window.trackside.clock.newest > 402000);

  const full = async () => {
    const at = await page.evaluate(() => Array.from({ length: 12 }, (_, i) => window.trackside.places.of(i)).map((p) => ({ x: p.x, y: p.y })));
    const shot = await picture(page);
    return at.filter((p) => apart(at, p, 14)).map((p) => count(shot, p.x, p.y, ON_COURSE, 3)).filter((n) => n > 15).length;
  };
  assert.equal(await page.locator("[data-age]").count(), 0);
  await until("dots are full", async () => (await full()) > 4); // they run on while the picture is taken
  const before = await page.evaluate(() => window.trackside.drawnMs);

  server.signal("SIGSTOP");
  t.after(() => server.signal("SIGCONT"));
  await untilBadge(page, "stale");
  await page.locator('[data-legend="doubt"]').waitFor({ state: "attached" });
  const age = () => page.locator("[data-age]").getAttribute("data-age").then(Number);
  const first = await age();
  assert.ok(first >= 4, `${first} s`);
  await until("it grows old", async () => (await age()) > first);
  assert.equal(await full(), 0, "no dot is full any more");
  const held = await page.evaluate(() => window.trackside.drawnMs);
  assert.ok(held >= before);

  server.signal("SIGCONT");
  await untilBadge(page, "live");
  await until("no age is told any more", async () => (await page.locator("[data-age]").count()) === 0);
  await sleep(1500);
  assert.ok((await full()) > 4, "full again");
  assert.ok((await page.evaluate(() => window.trackside.drawnMs)) > held);
});

test("who alone is silent is hollow among the others", async (t) => {
  const server = await startTrackside({ t });
  const race = await pausedAt(t, server, 700, { competitors: 20 });
  const page = await open(t, server);
  await untilBadge(page, "paused");
  const points = await places(page, server, race);
  const alone = points.filter((p) => p.status === "onCourse" && apart(points, p, 16));
  assert.ok(alone.length > 2);
  const silent = alone[0].competitorId;
  await page.evaluate((i) => {
    const newest = window.trackside.queue.newest;
    const sent = newest.status.slice();
    sent[i] += 128;
    window.trackside.frame({ ...newest, unit: newest.unit.slice(), sent, maxMoved: 0 });
    window.trackside.refresh();
  }, silent - 1);
  await sleep(700);
  const shot = await picture(page);
  for (const p of alone) {
    const n = count(shot, p.x, p.y, ON_COURSE, 3);
    assert.equal(n > 15, p.competitorId !== silent, `bib ${p.competitorId}: ${n} pixels`);
  }
});

test("chosen runners as if they had started together: dots, tables and words say so", async (t) => {
  const server = await startTrackside({ t });
  const race = await pausedAt(t, server, 900);
  const page = await open(t, server);
  await untilBadge(page, "paused");
  await follow(page, 4, 9, 17);
  await page.locator("[data-virtual-start]").click();
  await page.getByText("Virtual mass start of 3: all times since each one’s own start").waitFor();
  await untilBadge(page, "replay");
  await page.locator('[data-replay="speed"]').selectOption("100");
  await untilPage(page, () => window.trackside.drawnMs > 60000);
  await page.locator('[data-replay="play"]').click();
  await page.locator('[data-replay="slider"]').fill("600");
  await untilPage(page, () => window.trackside.drawnMs === 600000);

  const { positions } = await api(server, `/api/races/${race.runId}/positions?at=600`);
  const off = await page.evaluate((all) => all.map((p) => {
    const is = window.trackside.places.of(p.competitorId - 1);
    const has = window.trackside.map.latLngToContainerPoint([p.lat, p.lon]);
    return { bib: p.competitorId, shown: window.trackside.queue.newest.status[p.competitorId - 1] !== 0, px: Math.hypot(is.x - has.x, is.y - has.y) };
  }), positions);
  assert.deepEqual(off.filter((p) => p.shown).map((p) => p.bib), [4, 9, 17], "nobody else is shown");
  for (const p of off.filter((q) => q.shown)) assert.ok(p.px < 2, `bib ${p.bib} is ${p.px} px off`);

  await page.getByRole("searchbox").fill("");
  await page.getByRole("tab", { name: "Leaders" }).click();
  const want = positions.filter((p) => [4, 9, 17].includes(p.competitorId)).sort((a, b) => b.distance - a.distance).map((p) => p.competitorId);
  await until("the table is theirs", async () => {
    const bibs = await page.locator("tbody tr[data-bib]").evaluateAll((rows) => rows.map((r) => Number(r.dataset.bib)));
    return JSON.stringify(bibs) === JSON.stringify(want);
  });
  await page.getByText("0:10:00 after each one’s own start").waitFor();
  assert.deepEqual(await findings(page), []);

  await page.getByRole("button", { name: "No longer follow bib 9" }).click();
  await page.getByText("Virtual mass start of 2:").waitFor();
  await page.locator("[data-virtual-start]").click();
  await page.locator(".virtual-start").waitFor({ state: "detached" });
  await until("everybody is back", () => page.evaluate(() => window.trackside.queue.newest?.status.every((s) => s !== 0)));
  await page.locator('[data-replay="live"]').click();
  await untilBadge(page, "paused");
});

test("while the ticks of a moment are fetched the picture before it stays, and then is that moment's", async (t) => {
  const server = await startTrackside({ t });
  const race = await pausedAt(t, server, 700);
  const page = await open(t, server);
  await untilBadge(page, "paused");
  const now = await places(page, server, race);
  let release;
  const held = new Promise((done) => { release = done; });
  await page.route("**/frames?*", async (route) => {
    await held;
    await route.continue();
  });
  await page.locator('[data-replay="slider"]').fill("300");
  await untilBadge(page, "replay");
  await page.locator(".slider[aria-valuetext='0:05:00']").waitFor();
  assertDots(await picture(page), now);
  release();
  const then = await places(page, server, race, "?at=300");
  assertDots(await picture(page), then);
});

test("a replay of a race that runs waits while it is out of sight, and goes live again", async (t) => {
  const server = await startTrackside({ t });
  const race = await createRace(server, { competitors: 30, speed: 100 });
  await until("it is far enough", async () => (await api(server, `/api/races/${race.runId}/board?limit=1`)).asOf.rawTime >= 500);
  await api(server, `/api/races/${race.runId}/speed`, { method: "POST", body: { speed: 1 } });
  const page = await open(t, server);
  await untilBadge(page, "live");
  await page.locator('[data-replay="slider"]').fill("300");
  await untilBadge(page, "replay");
  const far = async () => {
    const { positions } = await api(server, `/api/races/${race.runId}/positions?at=300`);
    return page.evaluate((all) => Math.max(...all.map((p) => {
      const is = window.trackside.places.of(p.competitorId - 1);
      const has = window.trackside.map.latLngToContainerPoint([p.lat, p.lon]);
      return is ? Math.hypot(is.x - has.x, is.y - has.y) : Infinity;
    })), positions);
  };
  await untilPage(page, () => window.trackside.drawnMs === 300000 && window.trackside.queue.newest !== null);
  await until("everybody is where they were", async () => (await far()) < 2);
  await page.getByText("As of 0:05:00").waitFor();

  await hide(page, true);
  await sleep(1500);
  await hide(page, false);
  await until("the same moment is there again", async () => (await far()) < 2);
  await page.locator('[data-replay="play"]').click();
  await untilPage(page, () => window.trackside.drawnMs > 301500);
  await page.locator('[data-replay="live"]').click();
  await untilBadge(page, "live");
  await untilPage(page, () => window.trackside.drawnMs > 500000);
});

test("the dot under the pointer says who it is", async (t) => {
  const server = await startTrackside({ t });
  const race = await pausedAt(t, server, 700, { competitors: 12 });
  const page = await open(t, server);
  await untilBadge(page, "paused");
  const points = await places(page, server, race);
  const alone = points.find((p) => p.status === "onCourse" && apart(points, p, 40));
  const box = await page.locator(".map").boundingBox();
  await page.mouse.move(box.x + alone.x, box.y + alone.y);
  const tip = page.locator(`[data-tip="${alone.competitorId}"]`);
  await tip.waitFor();
  assert.match(await tip.innerText(), new RegExp(`Bib ${alone.competitorId}[^]*on course · ${(alone.distance / 1000).toFixed(2)} km`));
  await page.mouse.move(box.x + 3, box.y + box.height - 120);
  await tip.waitFor({ state: "detached" });
});

// A PNG of one colour, 256 pixels wide and high.
function png([r, g, b]) {
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const whole = Buffer.alloc(body.length + 8);
    whole.writeUInt32BE(data.length, 0);
    body.copy(whole, 4);
    whole.writeUInt32BE(crc32(body), body.length + 4);
    return whole;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(256, 0);
  head.writeUInt32BE(256, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.concat([Buffer.from([0]), Buffer.concat(Array(256).fill(Buffer.from([r, g, b])))]);
  return Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), chunk("IHDR", head), chunk("IDAT", deflateSync(Buffer.concat(Array(256).fill(row)))),
    chunk("IEND", Buffer.alloc(0))]);
}

function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let k = 0; k < 8; k++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

// Somebody else's server: tiles of one colour, lines in a file. `asked` are the paths.
async function baseMapServer(t, colour, file) {
  const asked = [];
  const tile = png(colour);
  const server = createServer((request, answer) => {
    asked.push(request.url);
    if (request.url.endsWith(".geojson")) answer.writeHead(200, { "content-type": "application/geo+json", "access-control-allow-origin": "*" }).end(JSON.stringify(file));
    else answer.writeHead(200, { "content-type": "image/png" }).end(tile);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  t.after(() => new Promise((done) => {
    server.closeAllConnections();
    server.close(done);
  }));
  return { url: `http://127.0.0.1:${server.address().port}`, asked };
}

test("tiles below the course, their attribution as text, and a plain grid when it is chosen", async (t) => {
  const colour = [201, 224, 187];
  const tiles = await baseMapServer(t, colour);
  const attribution = "© Somebody <img src=x onerror=alert(1)> & Others";
  const server = await startTrackside({ t, args: ["--tiles", `${tiles.url}/{z}/{x}/{y}.png`, "--tiles-attribution", attribution] });
  await createRace(server, { competitors: 5 });
  assert.deepEqual(await api(server, "/api/config").then((c) => [c.tiles, c.attribution]), [`${tiles.url}/{z}/{x}/{y}.png`, attribution]);
  const policy = (await fetch(server.url)).headers.get("content-security-policy");
  assert.match(policy, new RegExp(`img-src 'self' data: blob: ${tiles.url};`), "that origin, and no other");
  const page = await open(t, server);

  await untilBadge(page, "live");
  await untilPage(page, () => document.querySelectorAll(".base-tile img.leaflet-tile-loaded").length > 3);
  assert.equal(await page.locator(".attribution").innerText(), attribution);
  assert.equal(await page.locator(".attribution *").count(), 0, "no markup comes of it");
  assert.ok(tiles.asked.every((path) => /^\/\d+\/\d+\/\d+\.png$/.test(path)), tiles.asked.join(" "));
  const corner = async () => {
    const box = await page.locator(".map").boundingBox();
    return pixels(page, { x: box.x + box.width - 60, y: box.y + box.height - 160, width: 40, height: 40 });
  };
  await until("the tile's colour is there", async () => hasColour(await corner(), 20, 20, colour, 2));

  await unfold(page);
  await page.locator("[data-ground]").selectOption("plain");
  await until("it is gone", async () => !hasColour(await corner(), 20, 20, colour, 2));
  assert.equal(await page.locator(".attribution").count(), 0);
  await page.reload();
  await unfold(page);
  await page.locator("[data-ground]").waitFor();
  assert.equal(await page.locator(".base-tile").count(), 0, "the choice is kept");
});

test("lines and areas of a GeoJSON file below the course", async (t) => {
  const park = [[-0.08, 51.41], [-0.06, 51.41], [-0.06, 51.43], [-0.08, 51.43], [-0.08, 51.41]];
  const file = { type: "FeatureCollection", features: [
    { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [park] } },
    { type: "Feature", properties: {}, geometry: { type: "MultiLineString", coordinates: [park.slice(0, 2), park.slice(2, 4)] } },
    { type: "Feature", properties: {}, geometry: { type: "Point", coordinates: park[0] } },
    { type: "Feature", properties: {}, geometry: null },
  ] };
  const base = await baseMapServer(t, [0, 0, 0], file);
  const server = await startTrackside({ t, args: ["--tiles", `${base.url}/park.geojson`, "--tiles-attribution", "City of Trees"] });
  await createRace(server, { competitors: 5 });
  const page = await open(t, server);

  await untilPage(page, () => document.querySelectorAll("path.base-area").length === 1 && document.querySelectorAll("path.base-line").length === 2);
  await page.getByText("City of Trees").waitFor();
  assert.ok(await page.evaluate(() => {
    const z = (e) => Number(getComputedStyle(e.closest(".leaflet-pane")).zIndex);
    return z(document.querySelector("path.base-area")) < z(document.querySelector("path.course-line"));
  }), "below the course");
  assert.deepEqual(base.asked, ["/park.geojson"]);
});
