// Courses over HTTP: list, import, export, geofence, deletion; and files that are none.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { startTrackside, until } from "../harness.mjs";
import { ask, finish, makeRace, post } from "../http.mjs";

let server;
before(async () => (server = await startTrackside()));
after(() => finish(server));

const line = (n = 30) => Array.from({ length: n }, (_, i) => [13.4 + i * 0.001, 52.5 + (i % 3) * 0.0001]);
const geojson = (points = line(), name = "Test run") =>
  JSON.stringify({ type: "Feature", properties: { name }, geometry: { type: "LineString", coordinates: points } });
const kml = (points = line(), name = "Test run") =>
  `<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>${name}</name><LineString><coordinates>${points.map((p) => `${p.join(",")},0`).join(" ")}</coordinates></LineString></Placemark></Document></kml>`;
const square = "POLYGON ((13.405 52.49, 13.41 52.49, 13.41 52.51, 13.405 52.51, 13.405 52.49))";

test("the built-in courses are listed with what a chooser needs", async () => {
  const { courses } = (await ask(server, "/api/courses")).json;
  const crystal = courses.find((c) => c.shortName === "crystal");
  assert.deepEqual(courses.map((c) => c.shortName), courses.map((c) => c.shortName).sort());
  assert.ok(Math.abs(crystal.distance - 4966.4) < 1);
  assert.equal(crystal.laps, 1);
  assert.equal(crystal.hasGeofence, true);
  assert.ok(Number.isInteger(crystal.diagnostics));
  assert.equal(courses.find((c) => c.shortName === "loop").laps, 2);
});

test("a file in, the same course out, in every format", async () => {
  const made = await post(server, "/api/courses?shortName=mine&longName=Mein%20Lauf%20%26%20mehr", kml());
  assert.equal(made.status, 201, made.text);
  assert.equal(made.headers.get("location"), "/api/courses/mine");
  assert.equal(made.json.longName, "Mein Lauf & mehr");
  assert.ok(Array.isArray(made.json.diagnostics));
  assert.equal(made.json.hasGeofence, false);
  for (const [format, type] of [["geojson", "application/geo+json"], ["kml", "application/vnd.google-earth.kml+xml"], ["gpx", "application/gpx+xml"], ["csv", "text/csv"]]) {
    const file = await ask(server, `/api/courses/mine?format=${format}`);
    assert.equal(file.status, 200, file.text);
    assert.ok(file.headers.get("content-type").startsWith(type), file.headers.get("content-type"));
    assert.equal(file.headers.get("content-disposition"), `attachment; filename="mine.${format}"`);
    const again = await post(server, "/api/courses?shortName=mine&replace=true", file.bytes);
    assert.equal(again.status, 201, `${format}: ${again.text}`);
    assert.equal(again.json.revision, made.json.revision, format);
  }
  const json = (await ask(server, "/api/courses/mine")).json;
  assert.equal(json.type, "FeatureCollection");
  assert.equal(json.trackside.revision, made.json.revision);
});

test("elevations are kept in every format, and summed up", async () => {
  const high = line().map((p, i) => [...p, 30 + (i % 10) * 2.5]);
  const made = await post(server, "/api/courses?shortName=high", geojson(high, "High"));
  assert.equal(made.status, 201, made.text);
  assert.equal(made.json.climb, 67.5);
  assert.equal(made.json.descent, 45);
  for (const format of ["geojson", "kml", "gpx", "csv"]) {
    const file = await ask(server, `/api/courses/high?format=${format}`);
    const again = await post(server, "/api/courses?shortName=high&replace=true", file.bytes);
    assert.equal(again.json.revision, made.json.revision, format);
  }
  const whole = (await ask(server, "/api/courses/high")).json;
  assert.deepEqual(whole.trackside.elevations, high.map((p) => p[2]));
  const few = (await ask(server, "/api/courses/high?points=10")).json;
  assert.equal(few.trackside.elevations.length, few.trackside.distances.length);
  assert.equal(few.trackside.climb, 67.5);
  const { courses } = (await ask(server, "/api/courses")).json;
  assert.equal(courses.find((c) => c.shortName === "high").descent, 45);
  assert.ok(!("climb" in courses.find((c) => c.shortName === "crystal")));
});

test("a race follows the hills of a course that has some", async () => {
  await post(server, "/api/courses?shortName=hilly", geojson(line().map((p, i) => [...p, i < 15 ? i * 8 : 240 - i * 8])));
  const race = async (more) => {
    const made = await post(server, "/api/races", JSON.stringify({ course: "hilly", competitors: 1, fastest: 100, slowest: 100, seed: 1, speed: 1000, ...more }));
    assert.equal(made.status, 201, made.text);
    await until("the race is over", async () => (await ask(server, `/api/races/${made.json.runId}`)).json.state === "finished");
    const half = (await ask(server, `/api/races/${made.json.runId}/board?at=100&limit=1`)).json.leaders[0];
    const end = (await ask(server, `/api/races/${made.json.runId}/board?limit=1`)).json.leaders[0];
    return { hills: made.json.hills, half: half.distance, finish: end.rawTime };
  };
  const flat = await race({});
  const hills = await race({ hills: true });
  assert.equal(flat.hills, undefined);
  assert.equal(hills.hills, true);
  assert.ok(hills.half < flat.half - 200, `${hills.half} m after 100 s, ${flat.half} m without hills`);
  assert.equal(hills.finish, flat.finish);
  const none = await post(server, "/api/races", JSON.stringify({ course: "crystal", hills: true }));
  assert.equal(none.status, 400);
  assert.equal(none.json.field, "hills");
});

test("a name that is taken is a 409, and replaced when it is asked for", async () => {
  await post(server, "/api/courses?shortName=taken", geojson());
  const again = await post(server, "/api/courses?shortName=taken", geojson(line(10)));
  assert.equal(again.status, 409);
  assert.match(again.json.error, /taken/);
  assert.deepEqual([again.json.code, again.json.option, again.json.candidates], ["name-taken", "shortName", [{ name: "taken-2" }]]);
  assert.equal((await post(server, "/api/courses?shortName=taken-2", geojson())).status, 201);
  assert.deepEqual((await post(server, "/api/courses?shortName=taken", geojson())).json.candidates, [{ name: "taken-3" }]);
  assert.equal((await post(server, "/api/courses?shortName=taken&replace=true", geojson(line(10)))).status, 201);
});

test("laps that nobody said are asked for", async () => {
  const loop = [[0, 0], [0.01, 0], [0.01, 0.01], [0, 0.01], [0, 0]];
  const asked = await post(server, "/api/courses?shortName=asked&distance=8900", geojson(loop, "Loop"));
  assert.equal(asked.status, 409, asked.text);
  assert.deepEqual([asked.json.code, asked.json.option], ["laps", "laps"]);
  assert.match(asked.json.error, /2 laps\?/);
  assert.deepEqual(asked.json.candidates.map((c) => [c.laps, c.line, c.name, c.points, c.path.length]), [[2, 1, "Loop", 5, 5], [1, 1, "Loop", 5, 5]]);
  assert.ok(Math.abs(asked.json.candidates[0].distance - 8877) < 10, asked.text);
  assert.deepEqual(asked.json.candidates[0].path, loop);
  assert.equal((await post(server, "/api/courses?shortName=asked&distance=8900&laps=2", geojson(loop, "Loop"))).status, 201);
});

test("which of several lines is the race is asked for, and what was left out is told", async () => {
  const at = (points) => points.map((p) => p.join(",")).join(" ");
  const placemark = (name, points) => `<Placemark><name>${name}</name><LineString><coordinates>${at(points)}</coordinates></LineString></Placemark>`;
  const small = [[10, 50], [10.01, 50], [10.01, 50.004], [10, 50.004], [10, 50]];
  const large = [[10, 50], [9.98, 50], [9.98, 50.008], [10, 50.008], [10, 50]];
  const map = (...inside) => `<kml xmlns="http://www.opengis.net/kml/2.2"><Document>${inside.join("")}</Document></kml>`;
  const two = map(placemark("5 <b>km</b>".replaceAll("<", "&lt;"), small), placemark("10 km", large), placemark("Shuttle bus", [[9.9, 50], [9.8, 50.1]]));
  const asked = await post(server, "/api/courses?shortName=two", two);
  assert.equal(asked.status, 409, asked.text);
  assert.deepEqual([asked.json.code, asked.json.option], ["choose-line", "line"]);
  assert.deepEqual(asked.json.candidates.map((c) => [c.line, c.name, c.laps, c.points]), [[1, "5 <b>km</b>", 1, 5], [2, "10 km", 1, 5]]);
  assert.deepEqual(asked.json.candidates[1].path, large);
  for (const c of asked.json.candidates) {
    const made = await post(server, `/api/courses?shortName=two&replace=true&line=${c.line}`, two);
    assert.equal(made.status, 201, made.text);
    assert.ok(Math.abs(made.json.distance - c.distance) < 0.001, `${made.json.distance} ${c.distance}`);
  }
  assert.equal((await post(server, "/api/courses?shortName=two&replace=true&line=10%20km", two)).status, 201);
  const none = await post(server, "/api/courses?shortName=two&replace=true&line=7", two);
  assert.deepEqual([none.status, none.json.field], [400, "line"]);
  const bus = await post(server, "/api/courses?shortName=bus", map(placemark("Shuttle bus", large), placemark("Course", small)));
  assert.equal(bus.status, 201, bus.text);
  assert.ok(bus.json.diagnostics.some((d) => d.code === "unused" && /Shuttle bus/.test(d.text)), bus.text);
});

test("laps and direction", async () => {
  const loop = [[0, 0], [0.01, 0], [0.01, 0.01], [0, 0.01], [0, 0]];
  const one = await post(server, "/api/courses?shortName=round", geojson(loop));
  const two = await post(server, "/api/courses?shortName=round-two&laps=2", geojson(loop));
  assert.equal(two.json.laps, 2);
  assert.ok(Math.abs(two.json.distance - 2 * one.json.distance) < 0.002);
  const back = await post(server, "/api/courses?shortName=back&reverse=true", geojson());
  const route = (await ask(server, "/api/courses/back")).json.features.find((f) => f.properties.role === "route");
  assert.deepEqual(route.geometry.coordinates[0], line().at(-1));
  assert.equal(back.json.laps, 1);
});

test("a geofence as WKT and as GeoJSON, and what is none", async () => {
  await post(server, "/api/courses?shortName=fenced", geojson());
  const put = (body) => ask(server, "/api/courses/fenced/geofence", { method: "PUT", body });
  const wkt = await put(square);
  assert.equal(wkt.status, 200, wkt.text);
  assert.equal(wkt.json.hasGeofence, true);
  const coordinates = [[[13.405, 52.49], [13.41, 52.49], [13.41, 52.51], [13.405, 52.51], [13.405, 52.49]]];
  assert.equal((await put(JSON.stringify({ type: "Polygon", coordinates }))).json.revision, wkt.json.revision);
  for (const [what, body] of [
    ["nothing", ""], ["text", "here"], ["a point", "POINT (1 2)"], ["open", "POLYGON ((0 0, 1 0, 1 1))"],
    ["crossing itself", "POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))"], ["latitude 91", "POLYGON ((0 0, 1 0, 1 91, 0 0))"],
    ["across the antimeridian", "POLYGON ((179 0, -179 0, -179 1, 179 1, 179 0))"], ["NaN", "POLYGON ((0 0, NaN 0, 1 1, 0 0))"],
    ["cut off", "{\"type\": \"Polygon\", \"coordinates\": [[[0,0],[1,"],
  ]) {
    const answer = await put(body);
    assert.equal(answer.status, 400, `${what}: ${answer.text}`);
    assert.match(answer.json.error, /\w+ \w+/, what);
  }
  assert.equal((await ask(server, "/api/courses/fenced")).json.trackside.revision, wkt.json.revision, "unchanged");
  assert.equal((await ask(server, "/api/courses/nowhere/geofence", { method: "PUT", body: square })).status, 404);
});

test("a course in use is not deleted, afterwards it is; a race keeps its revision", async () => {
  const first = await post(server, "/api/courses?shortName=used", geojson());
  const race = await makeRace(server, { course: "used" });
  const inUse = await ask(server, "/api/courses/used", { method: "DELETE" });
  assert.equal(inUse.status, 409, inUse.text);
  await post(server, "/api/courses?shortName=used&replace=true", geojson(line(12)));
  assert.equal((await ask(server, `/api/races/${race.runId}`)).json.revision, first.json.revision);
  assert.equal((await ask(server, `/api/courses/used?revision=${first.json.revision}`)).json.trackside.revision, first.json.revision);
  await post(server, `/api/races/${race.runId}/stop`);
  assert.equal((await ask(server, "/api/courses/used", { method: "DELETE" })).status, 200);
  assert.equal((await ask(server, "/api/courses/used")).status, 404);
  assert.equal((await ask(server, `/api/races/${race.runId}/board`)).status, 200);
});

// A zip with one entry, as small as it can be written.
function zip(name, content, packed = deflateRawSync(content)) {
  const crcTable = Array.from({ length: 256 }, (_, n) => { for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1; return n >>> 0; });
  let crc = 0xffffffff;
  for (const b of content) crc = crcTable[(crc ^ b) & 255] ^ (crc >>> 8);
  crc = (crc ^ 0xffffffff) >>> 0;
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0); fields.writeUInt16LE(8, 4);
  fields.writeUInt32LE(crc, 10); fields.writeUInt32LE(packed.length, 14); fields.writeUInt32LE(content.length, 18); fields.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), fields, Buffer.from(name), packed]);
  const central = Buffer.concat([Buffer.from("PK\x01\x02\x14\x00", "latin1"), fields, Buffer.alloc(14), Buffer.from(name)]);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1"); end.writeUInt16LE(1, 8); end.writeUInt16LE(1, 10); end.writeUInt32LE(central.length, 12); end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}

test("KMZ", async () => {
  const answer = await post(server, "/api/courses?shortName=kmz", zip("doc.kml", Buffer.from(kml())));
  assert.equal(answer.status, 201, answer.text);
});

const entities = `<?xml version="1.0"?><!DOCTYPE k [<!ENTITY a "aaaaaaaaaa">${Array.from({ length: 9 }, (_, i) => `<!ENTITY ${"bcdefghij"[i]} "${`&${"abcdefghi"[i]};`.repeat(10)}">`).join("")}]><kml><Placemark><name>&j;</name></Placemark></kml>`;
const wrong = [
  ["nothing", ""],
  ["text", "This is no course."],
  ["bytes", Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) & 255))],
  ["cut-off KML", kml().slice(0, 200)],
  ["cut-off GeoJSON", geojson().slice(0, 100)],
  ["cut-off KMZ", zip("doc.kml", Buffer.from(kml())).subarray(0, 100)],
  ["a KML without a line", "<kml><Placemark><name>x</name><Point><coordinates>1,2</coordinates></Point></Placemark></kml>"],
  ["a GeoJSON point", "{\"type\": \"Point\", \"coordinates\": [1, 2]}"],
  ["NaN", kml([[1, 2], ["NaN", 3], [4, 5]])],
  ["latitude 91", geojson([[0, 0], [0, 91]])],
  ["longitude 181", geojson([[0, 0], [181, 0]])],
  ["one place", geojson([[1, 2], [1, 2]])],
  ["deeply nested GeoJSON", "[".repeat(100000)],
  ["deeply nested KML", "<kml>" + "<Folder>".repeat(100000)],
  ["an entity bomb", entities],
  ["a zip bomb", zip("doc.kml", Buffer.alloc(64 << 20, 32))],
  ["a file from elsewhere", "<?xml version=\"1.0\"?><!DOCTYPE k [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><kml><Placemark><name>&x;</name></Placemark></kml>"],
];
for (const [what, file] of wrong) {
  test(`refused: ${what}`, async () => {
    const answer = await post(server, "/api/courses?shortName=wrong", file);
    assert.ok([400, 413].includes(answer.status), `${answer.status} ${answer.text}`);
    assert.match(answer.json.error, /\w+ \w+/);
    assert.equal((await ask(server, "/api/courses/wrong")).status, 404);
    await until("it goes on", async () => (await ask(server, "/healthz")).status === 200);
  });
}

test("parameters that are wrong", async () => {
  for (const [query, field] of [["shortName=Mine", "shortName"], ["shortName=-x", "shortName"], ["shortName=a%2Fb", "shortName"], ["shortName=", "shortName"],
    ["laps=0", "laps"], ["laps=1001", "laps"], ["reverse=maybe", "reverse"], ["distance=NaN", "distance"], [`longName=${"x".repeat(201)}`, "longName"], ["shortname=x", "shortname"]]) {
    const answer = await post(server, `/api/courses?${query}`, geojson());
    assert.equal(answer.status, 400, query);
    assert.equal(answer.json.field, field, query);
  }
});

test("markup in names is text", async () => {
  const name = "<script>alert(1)</script>";
  const made = await post(server, `/api/courses?shortName=markup`, geojson(line(), name));
  assert.equal(made.status, 201, made.text);
  assert.equal(made.json.longName, name);
  assert.equal(made.headers.get("content-type"), "application/json");
  assert.ok(!(await ask(server, "/api/courses/markup?format=kml")).text.includes("<script>"));
});
