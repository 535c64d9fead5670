// Checkpoints over HTTP: read from a file, typed as CSV and JSON, kept by every format.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startTrackside } from "../harness.mjs";
import { ask, finish, post } from "../http.mjs";

let server;
before(async () => (server = await startTrackside()));
after(() => finish(server));

const points = [...Array(21).keys()].map((i) => i / 1000);
const wpt = (lat, lon, name) => `<wpt lat="${lat}" lon="${lon}"><name>${name}</name></wpt>`;
/** A line of 2.2 km along the equator, with two checkpoints, a kilometre mark and toilets. */
const gpx = `<gpx>${wpt(0.0001, 0.005, "Ravito 1")}${wpt(0, 0.015, "CP2")}${wpt(0, 0.009, "1 km")}${wpt(0, 0.011, "Toilets")}
<trk><trkseg>${points.map((lon) => `<trkpt lat="0" lon="${lon}"/>`).join("")}</trkseg></trk></gpx>`;
const put = (name, body) => ask(server, `/api/courses/${name}/checkpoints`, { method: "PUT", body });
const names = (list) => list.map((c) => `${c.name}@${Math.round(c.distance)}`);

test("a file's waypoints near the line become checkpoints", async () => {
  const made = await post(server, "/api/courses?shortName=line", gpx);
  assert.equal(made.status, 201, made.text);
  assert.equal(made.json.checkpoints, 2);
  const { json } = await ask(server, "/api/courses/line/checkpoints");
  assert.deepEqual([json.shortName, json.revision], ["line", made.json.revision]);
  assert.deepEqual(names(json.checkpoints), ["Ravito 1@557", "CP2@1670"]);
  assert.deepEqual(json.checkpoints.map((c) => [c.kind, c.pass, c.passes]), [["aid", 1, 1], ["checkpoint", 1, 1]]);
  assert.deepEqual((await ask(server, "/api/courses/line")).json.trackside.checkpoints, json.checkpoints);
  assert.deepEqual((await ask(server, "/api/courses/line?points=5")).json.trackside.checkpoints, json.checkpoints);
});

test("what is typed replaces them, and comes back as it was put", async () => {
  await post(server, "/api/courses?shortName=typed", gpx);
  const made = await put("typed", "name,distance,cutoff\nHut,1 km,0:10:00\nTop,2000,\n");
  assert.equal(made.status, 200, made.text);
  assert.deepEqual(names(made.json.checkpoints), ["Hut@1000", "Top@2000"]);
  assert.deepEqual(made.json.checkpoints.map((c) => c.cutoff), [600, undefined]);
  const csv = await ask(server, "/api/courses/typed/checkpoints?format=csv");
  assert.match(csv.headers.get("content-type"), /^text\/csv/);
  assert.equal((await put("typed", csv.text)).json.revision, made.json.revision);
  assert.equal((await put("typed", JSON.stringify(made.json))).json.revision, made.json.revision);
  for (const format of ["geojson", "kml", "gpx", "csv"]) {
    const file = await ask(server, `/api/courses/typed?format=${format}`);
    const again = await post(server, "/api/courses?shortName=typed&replace=true", file.bytes);
    assert.equal(again.json.revision, made.json.revision, format);
  }
  const other = await put("typed", JSON.stringify([{ name: "Hut", lat: 0, lon: 0.01 }]));
  assert.deepEqual(names(other.json.checkpoints), ["Hut@1113"]);
  assert.deepEqual((await put("typed", "")).json.checkpoints, []);
});

test("every wrong line is named, and nothing changes", async () => {
  await post(server, "/api/courses?shortName=wrong", gpx);
  const before = (await ask(server, "/api/courses/wrong/checkpoints")).json;
  const answer = await put("wrong", "name,distance,cutoff\nA,100,1:30\nB,5000,\nC,200,\n");
  assert.equal(answer.status, 400);
  assert.match(answer.json.error, /Line 2: the cut-off "1:30" is neither h:mm:ss.*Line 3: the distance 5000 m is not between/);
  assert.equal(answer.json.field, "checkpoints");
  assert.deepEqual((await ask(server, "/api/courses/wrong/checkpoints")).json, before);
  assert.equal((await put("nowhere", "A,100")).status, 404);
  assert.equal((await put("wrong", "x".repeat(300000))).status, 413);
  assert.equal((await ask(server, "/api/courses/wrong/checkpoints?format=xml")).status, 400);
});
