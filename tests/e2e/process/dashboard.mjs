// The dashboard of the articles that Trackside's topics and tables come from, section by section, asked in its own forms of SQL while
// people finish. It knows nothing of Trackside: it takes the finish from the first point of `courseMap`.
import assert from "node:assert/strict";
import { api, until } from "../harness.mjs";
import { create, setSpeed, spec, truth } from "./races.mjs";

const SLOW_FROM_S = 650;
const STOPS_AT_S = [900, 1100, 1300];

async function ask(server, statement) {
  const answer = await api(server, "/query/sql", { method: "POST", body: { sql: statement } });
  assert.deepEqual(answer.exceptions, [], statement);
  const { dataSchema, rows } = answer.resultTable;
  return rows.map((row) => Object.fromEntries(row.map((cell, i) => [dataSchema.columnNames[i], cell])));
}

/** One column, as the dashboard makes a data frame of it. */
const column = (rows, name) => rows.map((row) => row[name]);

const RUNNER = (metres) => `competitorId,
    distance AS distanceCovered,
    round(${metres} - distance, 1) AS distanceToGo,
    ToDateTime(1000 / (distance / rawTime) * 1000, 'mm:ss') AS pacePerKm,
    ToDateTime(rawTime * 1000, 'mm:ss') AS raceTime`;

const IN_FENCE = `ST_Contains(
      toGeometry(lookup('courses','geoFenceLocation','shortName',course)),
      toGeometry(location)
    ) = 1`;

const twoDigits = (n) => String(n).padStart(2, "0");
const minutes = (s) => `${twoDigits(Math.floor(s / 60) % 60)}:${twoDigits(s % 60)}`;

/** Everybody's latest event at a raw second, and all that were in between, by the simulator alone. */
function moment(s, rawTime) {
  const latest = new Map();
  const events = truth(s)
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line))
    .filter((e) => e.rawTime <= rawTime);
  for (const e of events) latest.set(e.competitorId, e);
  return { latest, events };
}

/** Each row is that competitor's, as far on as the race is. */
function isLatest(rows, { latest }) {
  for (const row of rows) {
    const e = latest.get(row.competitorId);
    assert.equal(row.distanceCovered, e.distance);
    assert.equal(row.raceTime, minutes(e.rawTime));
  }
}

function isOrdered(rows, before) {
  for (let i = 1; i < rows.length; i++)
    assert.ok(before(rows[i - 1], rows[i]), `${JSON.stringify(rows[i - 1])} before ${JSON.stringify(rows[i])}`);
}

/** "Select event" and the head of the page: names, distance and places of the course, of which the first of the map is the finish. */
async function head(server, s) {
  const races = await ask(
    server,
    `select runId, course, ToDateTime(startTime, 'YYYY-MM-dd HH:mm:ss') AS startTime,
       lookup('courses','longName','shortName',course) as courseName
     from races where runId = '${s.runId}' order by startTime DESC`,
  );
  assert.deepEqual(races, [{ runId: s.runId, course: "crystal", startTime: "2026-01-01 09:00:00", courseName: "Crystal Palace" }]);
  const [race] = await ask(
    server,
    `select course, runId,
       lookup('courses','distance','shortName',course) as distance,
       St_AsText(lookup('courses','courseMap','shortName',course)) as courseMap,
       St_AsText(lookup('courses','geoFenceLocation','shortName',course)) as geoFenceLocation,
       St_AsText(lookup('courses','startLocation','shortName',course)) as startLocation,
       St_AsText(lookup('courses','endLocation','shortName',course)) as endLocation
     from races where runId = '${s.runId}'`,
  );
  const map = /^LINESTRING \((.*)\)$/.exec(race.courseMap)[1].split(", ");
  assert.match(race.geoFenceLocation, /^POLYGON \(\(/);
  assert.match(race.startLocation, /^POINT \(/);
  assert.match(race.endLocation, /^POINT \(/);
  return { finish: `ST_GeogFromText('POINT(${map[0]})')`, map, metres: Math.trunc(race.distance) };
}

async function leaderboard(server, s, { metres }, at) {
  const rows = await ask(
    server,
    `select ${RUNNER(metres)} from parkrun WHERE runId = '${s.runId}' ORDER BY distanceToGo, rawTime limit 10`,
  );
  assert.equal(rows.length, 10);
  isLatest(rows, at);
  isOrdered(rows, (a, b) => a.distanceToGo <= b.distanceToGo);
  const furthest = [...at.latest.values()].map((e) => e.distance).sort((a, b) => b - a)[9];
  for (const row of rows) assert.ok(row.distanceCovered > furthest - 1, "the ten that are furthest on");
}

/** "Currently running": who has finished is in neither list. The front's places are the dots of the map. */
async function running(server, s, { metres, finish }, at) {
  const unfinished = `from parkrun WHERE location <> ${finish} AND runId = '${s.runId}'`;
  const front = await ask(server, `select ${RUNNER(metres)}, lon, lat ${unfinished} ORDER BY distanceToGo, rawTime limit 1000`);
  const back = await ask(server, `select ${RUNNER(metres)}, lon, lat ${unfinished} ORDER BY distanceCovered limit 100`);
  const want = [...at.latest.values()].filter((e) => e.distance < 4966.445);

  assert.deepEqual(column(front, "competitorId").sort(), want.map((e) => e.competitorId).sort(), "everybody who runs");
  for (const row of front) {
    const { lat, lon } = at.latest.get(row.competitorId);
    assert.deepEqual([row.lat, row.lon], [lat, lon]);
  }
  isLatest(front, at);
  isLatest(back, at);
  isOrdered(front, (a, b) => a.distanceToGo <= b.distanceToGo);
  isOrdered(back, (a, b) => a.distanceCovered <= b.distanceCovered);
}

/** "Who's in the geofence?": how many, who, and for how long. */
async function inFence(server, s, { metres }, at) {
  const [{ "count(*)": count }] = await ask(server, `select count(*) from parkrun WHERE runId = '${s.runId}' AND ${IN_FENCE}`);
  const rows = await ask(
    server,
    `select ${RUNNER(metres)}, lon, lat from parkrun WHERE runId = '${s.runId}' AND ${IN_FENCE} ORDER BY distanceCovered limit 100`,
  );
  const times = await ask(
    server,
    `select competitorId, max("timestamp") - min("timestamp") AS timeInGeoFence from parkrun
     WHERE runId = '${s.runId}' AND ${IN_FENCE} GROUP BY competitorId LIMIT 100 option(skipUpsert=true)`,
  );
  const { geofence, counts } = await api(server, `/api/races/${s.runId}/board?limit=100`);
  const spent = new Map(times.map((row) => [row.competitorId, row.timeInGeoFence]));

  assert.equal(count, counts.inGeofence);
  assert.deepEqual(column(rows, "competitorId").sort(), column(geofence, "competitorId").sort());
  isLatest(rows, at);
  for (const row of geofence) assert.ok(spent.get(row.competitorId) >= 1000 * row.dwell, "since the first of all visits");
}

/** "Finished?" and "Who just finished?" */
async function finished(server, s, { metres, finish }, at) {
  const count = async (how) =>
    (await ask(server, `select count(*) from parkrun WHERE location ${how} ${finish} AND runId = '${s.runId}'`))[0]["count(*)"];
  const just = await ask(
    server,
    `select ${RUNNER(metres)}, ToDateTime("timestamp", 'HH:mm:ss') AS finishedAt
     from parkrun WHERE location = ${finish} AND runId = '${s.runId}' ORDER BY rawTime DESC limit 5`,
  );
  const { counts, justFinished } = await api(server, `/api/races/${s.runId}/board`);
  const home = [...at.latest.values()].filter((e) => e.distance >= 4966.445);

  assert.ok(home.length > 0, "people finish");
  assert.deepEqual([await count("="), await count("<>")], [home.length, s.competitors - home.length]);
  assert.deepEqual([counts.finished, counts.onCourse], [home.length, s.competitors - home.length], "and so says the board");
  assert.equal(just.length, Math.min(5, home.length));
  isLatest(just, at);
  assert.deepEqual(column(just, "raceTime"), justFinished.slice(0, 5).map((row) => minutes(row.rawTime)));
  for (const row of just) assert.equal(row.finishedAt, at.latest.get(row.competitorId).timestamp.slice(11));
  return home.length;
}

/** Until that raw time is due: the board may be far behind on a busy machine, and the race does not wait for it. */
async function untilDue(server, runId, raw) {
  const due = async () => {
    const { anchor } = await api(server, `/api/races/${runId}`);
    return anchor.rawTime + ((Date.now() - anchor.wallMs) / 1000) * anchor.speed;
  };
  await until(`${raw} s are due`, async () => (await due()) >= raw);
}

/** The race stands still at three moments, so that the dashboard's many statements are all of one. */
export async function dashboard(t, server, runId) {
  const s = spec(runId, { competitors: 40, speed: 60, seed: 11, stopRatio: 0.9, minPause: 20, maxPause: 120 });
  const seen = [];

  await create(server, s);
  await until("the race is shown", () => api(server, `/api/races/${runId}`).catch(() => null));
  await untilDue(server, runId, SLOW_FROM_S);
  await setSpeed(server, runId, 15); // a busy machine must not miss a stop
  for (const stop of STOPS_AT_S) {
    await untilDue(server, runId, stop);
    await api(server, `/api/races/${runId}/pause`, { method: "POST" });
    const rawTime = await until("it stands still", async () => {
      const raw = async () => (await api(server, `/api/races/${runId}/board?limit=1`)).asOf.rawTime;
      const before = await raw();
      const { anchor } = await api(server, `/api/races/${runId}`); // where it was paused; a board may still be on its way there
      const [{ "max(rawTime)": newest }] = await ask(server, `select max(rawTime) from parkrun where runId = '${runId}'`);
      await new Promise((done) => setTimeout(done, 1000));
      return (await raw()) === before && newest === before && before === anchor.rawTime && before;
    });
    const at = moment(s, rawTime);
    const course = await head(server, s);

    await leaderboard(server, s, course, at);
    await running(server, s, course, at);
    await inFence(server, s, course, at);
    seen.push(await finished(server, s, course, at));
    await api(server, `/api/races/${runId}/resume`, { method: "POST" });
  }
  t.diagnostic(`finished at ${STOPS_AT_S.join(", ")} s: ${seen.join(", ")} of ${s.competitors}`);
  assert.ok(seen[0] < seen[2] && seen[2] < s.competitors, "while people finish");
}
