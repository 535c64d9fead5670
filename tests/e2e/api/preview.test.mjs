// What the page's HTML says of the race that its link names, for chats that show a preview; and a base map from a local file.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { api, startTrackside, tempDir } from "../harness.mjs";
import { ask, finish } from "../http.mjs";

const EVIL = `"><script>alert(1)</script> & 'Lauf'`;
const LINE = [[13.4, 52.5], [13.41, 52.5], [13.42, 52.51], [13.43, 52.51]];

let server;
before(async () => (server = await startTrackside()));
after(() => finish(server));

const body = { competitors: 20, fastest: 200, slowest: 400, stopRatio: 0, speed: 10, seed: 1 };
const makeRace = (more) => api(server, "/api/races", { method: "POST", body: { course: "crystal", ...body, ...more } });
const tags = (html) => Object.fromEntries([...html.matchAll(/<meta property="og:(\w+)" content="([^"]*)">/g)].map((m) => [m[1], m[2]]));
const title = (html) => /<title>([^<]*)<\/title>/.exec(html)[1];

test("a link to a race and a runner says which", async () => {
  const race = await makeRace({});
  const html = (await ask(server, `/?race=${race.runId}&runner=7`)).text;
  assert.equal(title(html), "Bib 7 · Crystal Palace · Trackside");
  assert.equal(tags(html).title, title(html));
  assert.match(tags(html).description, /^4\.97 km, 20 runners, start \d{4}-\d\d-\d\d \d\d:\d\d UTC\./);
  assert.equal(title((await ask(server, `/?race=${race.runId}`)).text), "Crystal Palace · Trackside");
  await ask(server, `/api/races/${race.runId}/roster`, { method: "PUT", body: `competitorId,name\n7,"Noor ${EVIL.replaceAll('"', '""')}"\n` });
  const named = (await ask(server, `/?race=${race.runId}&runner=7`)).text;
  assert.ok(title(named).startsWith("Noor &quot;&gt;&lt;script&gt;"), title(named));
  assert.equal(tags(named).title, title(named));
});

test("names from outside are text, in the title and in every attribute", async () => {
  const file = JSON.stringify({ type: "Feature", properties: { name: EVIL }, geometry: { type: "LineString", coordinates: LINE } });
  const { shortName } = await ask(server, "/api/courses?fileName=x.geojson&shortName=evil", { method: "POST", body: file }).then((a) => a.json);
  const race = await makeRace({ course: shortName });
  const html = (await ask(server, `/?race=${race.runId}`)).text;
  assert.ok(!html.includes("<script>alert"), html);
  assert.ok(tags(html).title.includes("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#39;Lauf&#39;"), tags(html).title);
  for (const query of [`race=${encodeURIComponent(EVIL)}`, `race=${race.runId}&runner=${encodeURIComponent(EVIL)}`, "race=&runner=7", `race=${race.runId}&race=x`]) {
    const answer = await ask(server, `/?${query}`);
    assert.equal(answer.status, 200, query);
    assert.ok(!answer.text.includes("alert(1)</script>"), query);
  }
});

test("an unknown race has the page's own title, and the same page has the same ETag", async () => {
  const answer = await ask(server, "/?race=nobody");
  assert.equal(title(answer.text), "Trackside");
  assert.deepEqual(tags(answer.text), {});
  const again = await ask(server, "/?race=nobody", { headers: { "if-none-match": answer.headers.get("etag") } });
  assert.equal(again.status, 304);
  const race = await makeRace({});
  assert.notEqual((await ask(server, `/?race=${race.runId}`)).headers.get("etag"), answer.headers.get("etag"));
});

test("the browser may load the course before the scripts run", async () => {
  const race = await makeRace({});
  const html = (await ask(server, `/?race=${race.runId}`)).text;
  const [, href] = /<link rel="preload" href="(\/api\/courses\/[^"]+)"/.exec(html);
  const course = await ask(server, href.replaceAll("&amp;", "&"));
  assert.equal(course.json.trackside.revision, race.revision);
  assert.match(course.headers.get("cache-control"), /immutable/);
});

test("/create/ and /results/ are the pages", async () => {
  for (const path of ["/create", "/results"]) assert.equal((await ask(server, `${path}/`)).text, (await ask(server, path)).text);
});

test("a local GeoJSON file lies under the maps", async (t) => {
  const file = join(tempDir(t), "park.geojson");
  const park = JSON.stringify({ type: "FeatureCollection", features: [{ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: LINE } }] });
  writeFileSync(file, park);
  const other = await startTrackside({ t, args: ["--tiles", file] });
  const { tiles, tilesTrouble } = await api(other, "/api/config");
  assert.match(tiles, /^\/base-map\.geojson\?v=/);
  assert.equal(tilesTrouble, null);
  const answer = await ask(other, tiles);
  assert.equal(answer.text, park);
  assert.match(answer.headers.get("content-type"), /^application\/geo\+json/);
  assert.match(answer.headers.get("cache-control"), /immutable/);
  assert.equal((await ask(other, "/base-map.geojson")).headers.get("cache-control"), "no-cache");
  assert.equal((await ask(server, "/base-map.geojson")).status, 404, "without the option");
});

test("a local file that cannot be used is said at start and told to the page", async (t) => {
  const dir = tempDir(t);
  writeFileSync(join(dir, "torn.geojson"), '{"type": "FeatureCollection", "features": [');
  writeFileSync(join(dir, "other.geojson"), '{"type": "Topology"}');
  writeFileSync(join(dir, "large.geojson"), Buffer.alloc((32 << 20) + 1, 32));
  for (const [name, why] of [["none", /none\.geojson cannot be opened: No such file/], ["torn", /torn\.geojson is not JSON: line 1/],
    ["other", /is not a GeoJSON FeatureCollection/], ["large", /has more than 32 MiB/]]) {
    const other = await startTrackside({ t, args: ["--tiles", join(dir, `${name}.geojson`)] });
    const config = await api(other, "/api/config");
    assert.equal(config.tiles, null, name);
    assert.match(config.tilesTrouble, why);
    assert.match(other.log(), why);
    await other.stop();
  }
});
