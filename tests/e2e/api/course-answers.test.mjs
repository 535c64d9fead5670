// What a course weighs on the way to a page: a first picture, compression, and what a browser may keep.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startTrackside } from "../harness.mjs";
import { ask, finish, post, raw } from "../http.mjs";

let server;
let whole;
const N = 14000;
const route = Array.from({ length: N }, (_, i) => [9 + i * 2e-5 + 3e-5 * Math.sin(i * 1.7), 48 + 0.02 * Math.sin(i / 900) + 3e-5 * Math.cos(i * 2.3)].map((d) => Number(d.toFixed(7))));
const square = { type: "Polygon", coordinates: [[[9.05, 47.9], [9.08, 47.9], [9.08, 48.1], [9.05, 48.1], [9.05, 47.9]]] };

before(async () => {
  server = await startTrackside();
  const file = { type: "FeatureCollection", features: [{ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: route } }, { type: "Feature", properties: { role: "geofence" }, geometry: square }] };
  const made = await post(server, "/api/courses?shortName=halfway&longName=Half", JSON.stringify(file));
  assert.equal(made.status, 201, made.text);
  whole = (await ask(server, "/api/courses/halfway")).json;
});
after(() => finish(server));

const lineOf = (course) => course.features.find((f) => f.properties.role === "route").geometry.coordinates;
const request = (path, headers = "") => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n${headers}\r\n`;

test("a first picture of 14,000 points is at most 20 kB, and has the shape of the whole", async () => {
  const bytes = (await raw(server, request("/api/courses/halfway?points=400"))).split("\r\n\r\n")[1].length;
  assert.ok(bytes <= 20000, `${bytes} bytes`);
  const first = (await ask(server, "/api/courses/halfway?points=400")).json;
  assert.deepEqual(first.trackside.simplified, { points: 400, of: N });
  assert.equal(lineOf(first).length, 400);
  assert.equal(first.trackside.distances.length, 400);
  assert.deepEqual(first.features.map((f) => f.properties.role), whole.features.map((f) => f.properties.role));
  for (const key of ["shortName", "longName", "revision", "laps", "distance", "lapDistance", "geofenceSpans"]) assert.deepEqual(first.trackside[key], whole.trackside[key], key);
  assert.equal(first.trackside.prepared, undefined);
});

test("every kept vertex is one of the course, with its distance, and the line stays where it was", async () => {
  const first = (await ask(server, "/api/courses/halfway?points=400")).json;
  const all = lineOf(whole);
  let at = 0;
  let worst = 0;
  lineOf(first).forEach(([lon, lat], k) => {
    const before_ = at;
    while (at < all.length && Math.hypot(all[at][0] - lon, all[at][1] - lat) > 1.5e-6) at++;
    assert.ok(at < all.length, `vertex ${k} is one of the course`);
    assert.ok(Math.abs(first.trackside.distances[k] - whole.trackside.distances[at]) < 0.11, `distance of vertex ${k}`);
    for (let i = before_ + 1; i < at; i++) worst = Math.max(worst, offLine(all[i], all[before_], all[at]));
  });
  assert.equal(at, all.length - 1);
  assert.ok(worst < 3e-4, `${worst} degrees off`);
});

function offLine([x, y], [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const t = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - ax - t * dx, y - ay - t * dy);
}

test("points that are no number of points are refused, and so are files with fewer", async () => {
  for (const query of ["points=1", "points=10001", "points=x", "points=400&format=gpx"]) {
    const answer = await ask(server, `/api/courses/halfway?${query}`);
    assert.equal(answer.status, 400, query);
    assert.equal(answer.json.field, "points", query);
  }
  assert.deepEqual((await ask(server, "/api/courses/crystal?points=10000")).json.trackside.simplified.of, lineOf((await ask(server, "/api/courses/crystal")).json).length);
});

test("a course travels compressed to who takes gzip, as the same bytes", async () => {
  const plain = await raw(server, request("/api/courses/halfway"));
  const small = await raw(server, request("/api/courses/halfway", "Accept-Encoding: gzip\r\n"));
  assert.doesNotMatch(plain, /content-encoding/i);
  assert.match(small, /Content-Encoding: gzip\r\n/);
  assert.match(small, /Vary: Accept-Encoding\r\n/);
  assert.ok(small.length < plain.length / 2, `${small.length} of ${plain.length}`);
  assert.deepEqual((await ask(server, "/api/courses/halfway", { headers: { "accept-encoding": "gzip" } })).json, whole);
});

test("a revision may be kept for ever; a name is asked about again and costs nothing while it is the same", async () => {
  const { revision } = whole.trackside;
  const kept = await ask(server, `/api/courses/halfway?revision=${revision}&points=400`);
  assert.equal(kept.headers.get("cache-control"), "public, max-age=31536000, immutable");
  const named = await ask(server, "/api/courses/halfway");
  assert.equal(named.headers.get("cache-control"), "no-cache");
  const etag = named.headers.get("etag");
  assert.ok(etag.includes(revision), etag);
  for (const [tag, status] of [[etag, 304], [`"other", ${etag}`, 304], ["*", 304], ['"other"', 200], [kept.headers.get("etag"), 200]]) {
    assert.equal((await ask(server, "/api/courses/halfway", { headers: { "if-none-match": tag, "cache-control": "no-cache" } })).status, status, tag);
  }
  const fence = await ask(server, "/api/courses/halfway/geofence", { method: "PUT", body: JSON.stringify({ type: "Polygon", coordinates: [[[9.1, 47.9], [9.12, 47.9], [9.12, 48.1], [9.1, 48.1], [9.1, 47.9]]] }) });
  assert.equal(fence.status, 200, fence.text);
  assert.equal((await ask(server, "/api/courses/halfway", { headers: { "if-none-match": etag } })).status, 200);
});
