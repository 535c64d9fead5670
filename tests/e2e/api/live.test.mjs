// Live races: people's phones send their places, over the addresses that their apps use.
import assert from "node:assert/strict";
import { test } from "node:test";
import { startTrackside, tempDir, until } from "../harness.mjs";
import { ask, finish, post } from "../http.mjs";

const LIST = "Bib;Name;Club\r\n1;Ann;Hill\r\nE7;Zoé;Dale\r\n";

/** Points of the course's line and the metres to each. */
async function course(server) {
  const file = (await ask(server, "/api/courses/crystal?format=geojson")).json;
  const line = file.features.map((f) => f.geometry).find((g) => g.type === "LineString").coordinates;
  const at = [0];
  for (let i = 1; i < line.length; i++) {
    const [a, b] = [line[i - 1], line[i]];
    at.push(at[i - 1] + Math.hypot((b[0] - a[0]) * Math.cos((a[1] * Math.PI) / 180), b[1] - a[1]) * 111320);
  }
  return (m) => {
    const i = Math.max(1, at.findIndex((x) => x >= m));
    const share = (m - at[i - 1]) / (at[i] - at[i - 1]);
    return [0, 1].map((k) => line[i - 1][k] + (line[i][k] - line[i - 1][k]) * share);
  };
}

/** A live race that started ten minutes ago, with two people in its list. */
async function liveRace(server, runId = "live") {
  const start = Math.floor(Date.now() / 1000) - 600;
  const made = await post(server, "/api/races", { kind: "live", course: "crystal", runId });
  assert.equal(made.status, 201, made.text);
  assert.equal(made.json.kind, "live");
  assert.equal(made.json.state, "scheduled");
  const list = await ask(server, `/api/races/${runId}/startlist`, { method: "PUT", body: LIST });
  assert.deepEqual(list.json, { competitors: 2, taken: true, problemsInAll: 0, problems: [], encoding: null });
  const started = await post(server, `/api/races/${runId}/start`, { at: new Date(start * 1000).toISOString() });
  assert.equal(started.json.state, "running", started.text);
  const { race: key } = (await ask(server, `/api/races/${runId}/keys`)).json;
  return { runId, start, key };
}

const overland = (device, start, places) => JSON.stringify({
  locations: places.map(([t, [lon, lat]]) => ({ type: "Feature", geometry: { type: "Point", coordinates: [lon, lat] },
    properties: { timestamp: new Date((start + t) * 1000).toISOString(), speed: 3, horizontal_accuracy: 5, battery_level: 0.5, device_id: device } })),
});

const rowsOf = async (server, runId) => (await ask(server, `/api/races/${runId}/board`)).json.leaders;

test("each app gets the answer that it takes for success, and the places are on the board", async () => {
  const server = await startTrackside();
  const { runId, start, key } = await liveRace(server);
  const place = await course(server);
  const seconds = Array.from({ length: 60 }, (_, i) => i * 5);
  const batch = await ask(server, `/t/${key}/overland`, { method: "POST", body: overland("1", start, seconds.map((t) => [t, place(3 * t)])) });
  assert.equal(batch.text, '{"result":"ok"}');
  for (const t of seconds) {
    const [lon, lat] = place(4 * t);
    const query = `id=E7&lat=${lat}&lon=${lon}&timestamp=${(start + t) * 1000}&accuracy=5&speed=4`;
    const answer = await ask(server, `/t/${key}/${t % 2 ? "osmand" : "gpslogger"}?${query}`);
    assert.equal(answer.status, 200);
    assert.equal(answer.text, "");
  }
  const [lon, lat] = place(1200);
  const own = await ask(server, `/t/${key}/owntracks?d=E7`, { method: "POST", body: JSON.stringify({ _type: "location", lat, lon, tst: start + 300, batt: 20 }) });
  assert.equal(own.text, "[]");
  const form = await ask(server, `/t/${key}/traccar`, { method: "POST", body: `id=stranger&lat=${place(885)[1]}&lon=${place(885)[0]}&timestamp=${start + 300}` });
  assert.equal(form.status, 200);

  await until("both are on the board", async () => (await rowsOf(server, runId))[0]?.rawTime === 300);
  const rows = await rowsOf(server, runId);
  assert.deepEqual(rows.map((r) => r.competitorId), [1000000001, 1]);
  assert.ok(Math.abs(rows[0].distance - 1200) < 40, String(rows[0].distance));
  assert.ok(Math.abs(rows[1].distance - 885) < 40, String(rows[1].distance));
  const csv = (await ask(server, `/api/races/${runId}/results.csv`)).text;
  assert.match(csv, /1,1000000001,Zoé,/);

  const { devices } = (await ask(server, `/api/races/${runId}/devices`)).json;
  assert.deepEqual(devices.map((d) => [d.device, d.client, d.bib]), [["1", "overland", "1"], ["E7", "owntracks", "E7"], ["stranger", "traccar", null]]);
  assert.equal(devices[1].last.battery, 20);
  const assigned = await post(server, `/api/races/${runId}/devices`, { device: "stranger", competitorId: 1 });
  assert.equal(assigned.json.devices[2].bib, "1");
  await until("its fix counts from then on", async () => (await rowsOf(server, runId)).every((r) => r.rawTime === 300));
  await finish(server);
});

test("what an app cannot mend is acknowledged; a key that is none is not", async () => {
  const server = await startTrackside();
  const { runId, start, key } = await liveRace(server);
  for (const [app, body, text] of [
    ["traccar", "id=1&notificationToken=x", ""],
    ["traccar", "{]", ""],
    ["traccar", `id=1&lat=0&lon=0&timestamp=${start}`, ""],
    ["owntracks", "", "[]"],
    ["owntracks", '{"_type":"encrypted","data":"x"}', "[]"],
    ["overland", '{"locations":[{}]}', '{"result":"ok"}'],
    ["osmand", "id=1&lat=91&lon=7&timestamp=1", ""],
  ]) {
    const answer = await ask(server, `/t/${key}/${app}`, { method: "POST", body });
    assert.equal(answer.status, 200, `${app} ${body}`);
    assert.equal(answer.text, text, `${app} ${body}`);
  }
  assert.equal((await ask(server, `/t/nobody/osmand?id=1&lat=51&lon=7`)).status, 403);
  assert.equal((await ask(server, `/t/${key}/fax?id=1&lat=51&lon=7`)).status, 404);
  const lines = [{ bib: "1", time: start, lat: 51, lon: 7 }, { bib: "1", time: start, lat: 51, lon: 7 }, { bib: "99", time: start, lat: 51, lon: 7 }, { device: "x", time: 5, lat: 51, lon: 7 }];
  const own = await ask(server, `/api/races/${runId}/fixes`, { method: "POST", body: lines.map((l) => JSON.stringify(l)).join("\n") });
  assert.deepEqual(own.json, { taken: 1, doubles: 1, refused: { badTime: 1, unknownBib: 1 } });
  const renewed = (await post(server, `/api/races/${runId}/keys`, { revoke: true })).json.race;
  assert.notEqual(renewed, key);
  assert.equal((await ask(server, `/t/${key}/osmand?id=1&lat=51&lon=7`)).status, 403);
  assert.equal((await ask(server, `/t/${renewed}/osmand?id=1&lat=51&lon=7`)).status, 200);
  await finish(server);
});

test("a start list with a problem is not taken, unless it is asked for; another one keeps the ids", async () => {
  const server = await startTrackside();
  const { runId } = await liveRace(server);
  const put = (body, query = "") => ask(server, `/api/races/${runId}/startlist${query}`, { method: "PUT", body });
  const wrong = "bib,name\nE8,Bea\nE8,Cem\nE7,Zoé\n";
  const refused = (await put(wrong)).json;
  assert.equal(refused.taken, false);
  assert.deepEqual(refused.problems, [{ line: 3, column: "bib", text: '"E8" is in line 2 already.' }]);
  assert.match((await ask(server, `/api/races/${runId}/startlist`)).text, /Ann/);
  assert.equal((await put(wrong, "?check=1")).json.taken, false);
  assert.equal((await put(wrong, "?lenient=1")).json.taken, true);
  assert.equal((await ask(server, `/api/races/${runId}/startlist`)).text,
    "competitorId,bib,name,club,category,sex,age,wave,device,chip\n1000000002,E8,Bea,,,,,,,\n1000000001,E7,Zoé,,,,,,,\n");
  assert.equal((await put("name\nAnn\n")).status, 400);
  await finish(server);
});

test("what a live race cannot do is said", async () => {
  const server = await startTrackside();
  const { runId, start, key } = await liveRace(server);
  for (const [body, field] of [[{ kind: "live", course: "crystal", competitors: 5 }, "competitors"], [{ kind: "dead", course: "crystal" }, "kind"], [{ kind: "live", course: "nowhere" }, "course"]]) {
    const answer = await post(server, "/api/races", body);
    assert.ok(answer.status >= 400, answer.text);
    assert.equal(answer.json.field, field);
  }
  assert.equal((await post(server, `/api/races/${runId}/pause`)).status, 409);
  assert.equal((await post(server, `/api/races/${runId}/speed`, { speed: 2 })).status, 409);
  assert.equal((await post(server, `/api/races/${runId}/start`, { at: "soon" })).status, 400);
  const moved = await post(server, `/api/races/${runId}/start`, { at: new Date((start + 1) * 1000).toISOString() });
  assert.equal(Date.parse(moved.json.startTime), (start + 1) * 1000);
  const [lon, lat] = (await course(server))(0);
  await ask(server, `/t/${key}/osmand?id=1&lat=${lat}&lon=${lon}&timestamp=${start + 5}&accuracy=5`);
  await until("it is on the board", async () => (await rowsOf(server, runId)).length === 1);
  assert.equal((await post(server, `/api/races/${runId}/start`)).status, 409);
  const simulated = (await post(server, "/api/races", { course: "crystal" })).json.runId;
  assert.equal((await post(server, `/api/races/${simulated}/start`)).status, 409);
  for (const path of ["startlist", "keys", "devices"]) assert.equal((await ask(server, `/api/races/${simulated}/${path}`)).status, 404, path);
  await finish(server);
});

test("kill -9 while phones send: no acknowledged fix is lost, and the board is that of a race without", async (t) => {
  const dir = tempDir(t);
  let server = await startTrackside({ dir: `${dir}/a` });
  const { runId, start, key } = await liveRace(server);
  const place = await course(server);
  const fixes = ["1", "E7"].flatMap((device, k) => Array.from({ length: 100 }, (_, i) => ({ device, t: i * 5, at: place((3 + k) * i * 5) })));
  const address = ({ device, t: s, at: [lon, lat] }) => `/t/${key}/osmand?id=${device}&lat=${lat}&lon=${lon}&timestamp=${(start + s) * 1000}&accuracy=5`;
  const acknowledged = new Set();
  const sendAll = () => Promise.allSettled([0, 1, 2, 3].map(async (lane) => {
    for (const f of fixes.filter((_, i) => i % 4 === lane && !acknowledged.has(fixes[i]))) {
      const answer = await ask(server, address(f));
      if (answer.status === 200) acknowledged.add(f);
    }
  }));
  for (let round = 1; round <= 2; round++) {
    const sending = sendAll();
    await until("some are acknowledged", () => acknowledged.size >= round * 40);
    await server.kill();
    await sending;
    server = await startTrackside({ dir: `${dir}/a` });
    const { devices } = (await ask(server, `/api/races/${runId}/devices`)).json;
    assert.ok(devices.reduce((n, d) => n + d.fixes, 0) >= acknowledged.size);
  }
  await sendAll();
  assert.equal(acknowledged.size, fixes.length);
  const { devices } = (await ask(server, `/api/races/${runId}/devices`)).json;
  assert.equal(devices.reduce((n, d) => n + d.fixes, 0), fixes.length);

  // The same fixes in another server, backwards and in one batch a person.
  const other = await startTrackside({ dir: `${dir}/b` });
  await post(other, "/api/races", { kind: "live", course: "crystal", runId, startTime: new Date(start * 1000).toISOString() });
  await ask(other, `/api/races/${runId}/startlist`, { method: "PUT", body: LIST });
  const lines = fixes.toReversed().map((f) => JSON.stringify({ device: f.device, time: (start + f.t) * 1000, lat: f.at[1], lon: f.at[0], accuracy: 5 }));
  assert.equal((await ask(other, `/api/races/${runId}/fixes`, { method: "POST", body: lines.join("\n") })).json.taken, fixes.length);
  const finals = [];
  for (const s of [server, other]) {
    await until("all is matched", async () => { const rows = await rowsOf(s, runId); return rows.length === 2 && rows.every((r) => r.rawTime === 495); });
    assert.equal((await post(s, `/api/races/${runId}/stop`)).json.state, "finished");
    finals.push((await ask(s, `/api/races/${runId}/board`)).json, (await ask(s, `/api/races/${runId}/events`)).text);
  }
  assert.deepEqual(finals[0], finals[2]);
  assert.equal(finals[1], finals[3]);
  await other.stop();
  await server.stop();
});
