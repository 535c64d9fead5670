// The commands that talk to a running server, as a person would type them.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { api, program, startTrackside, tempDir, trackside, until } from "../harness.mjs";
import { spec, truth, untilState } from "./races.mjs";

async function world(t) {
  const dir = tempDir(t);
  const server = await startTrackside({ dir: join(dir, "data"), t });
  const run = (...args) => trackside(args, { env: { ...process.env, TRACKSIDE_SERVER: server.url } });
  const ok = (...args) => {
    const r = run(...args);

    assert.equal(r.code, 0, `${args.join(" ")}: ${r.stderr}`);
    assert.equal(r.stderr, "");
    return r.stdout;
  };
  const fails = (args, code, says) => {
    const r = run(...args);

    assert.equal(r.code, code, `${args.join(" ")}: ${r.stdout}${r.stderr}`);
    assert.match(r.stderr, says);
    assert.match(r.stderr, /^trackside[^\n]*\n$/);
    assert.equal(r.stdout, "");
  };
  return { dir, server, ok, fails, run };
}

const gpx = `<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><name>My &lt;b&gt;Run&lt;/b&gt;</name><trkseg>
${[0, 1, 2, 3, 4, 0].map((i) => `<trkpt lat="${50 + (i % 3) / 1000}" lon="${10 + i / 1000}"></trkpt>`).join("\n")}
</trkseg></trk></gpx>`;

test("a course, from a file to its deletion", async (t) => {
  const { dir, ok, fails } = await world(t);
  const file = join(dir, "my-run.gpx");

  writeFileSync(file, gpx);
  assert.match(ok("course", "import", file, "--name", "mine", "--laps", "2", "--long-name", "Mine, twice"), /^mine: Mine, twice, \d+\.\d m\n/);
  assert.match(ok("course", "list"), /^NAME +DISTANCE M +GEOFENCE +LONG NAME\n[\s\S]*^crystal +4966\.\d +yes +Crystal Palace$[\s\S]*^mine +\d+\.\d +no +Mine, twice$/m);
  assert.match(ok("course", "show", "mine"), /laps: 2 of/);
  fails(["course", "import", file, "--name", "mine"], 1, /There is a course "mine" already.*Give --short-name mine-2 or --replace\./);
  ok("course", "import", file, "--name", "mine", "--replace");
  assert.match(ok("course", "show", "mine"), /laps: 1 of/);

  ok("course", "geofence", "mine", "POLYGON ((10.0005 49.9995, 10.0025 49.9995, 10.0025 50.0025, 10.0005 50.0025, 10.0005 49.9995))");
  assert.match(ok("course", "list"), /^mine +\S+ +yes/m);
  fails(["course", "geofence", "mine", "POLYGON ((0 0, 1 1, 0 1, 1 0, 0 0))"], 2, /\w/);
  fails(["course", "geofence", "mine", join(dir, "none.wkt")], 2, /none\.wkt cannot be read/);

  const list = join(dir, "checkpoints.csv");
  writeFileSync(list, 'name,kind,distance,cutoff\n"Hut, upper",aid,150 m,0:10:00\nCP2,,300,\n');
  assert.match(ok("course", "checkpoints", "put", "mine", list), /^DISTANCE M +CUT-OFF +KIND +PASS +NAME\n +150\.0 +0:10:00 +aid +1 of 1 +Hut, upper\n +300\.0 +checkpoint +1 of 1 +CP2\n$/);
  assert.match(ok("course", "checkpoints", "get", "mine"), /CP2\n$/);
  assert.match(ok("course", "checkpoints", "get", "mine", "--format", "csv"), /^name,kind,distance,lat,lon,cutoff\n"Hut, upper",aid,150,50[.\d]*,10[.\d]*,0:10:00\nCP2,checkpoint,300,/);
  assert.deepEqual(JSON.parse(ok("course", "checkpoints", "get", "mine", "--format", "csv", "--json")).map((c) => [c.name, c.cutoff]), [["Hut, upper", "0:10:00"], ["CP2", null]]);
  writeFileSync(list, "CP1,100\nCP2,far\n");
  fails(["course", "checkpoints", "put", "mine", list], 2, /Line 2: the distance "far" is not in metres/);
  fails(["course", "checkpoints", "put", "mine"], 2, /FILE is missing/);
  fails(["course", "checkpoints", "see", "mine"], 2, /write put NAME FILE or get NAME/);

  // Every format comes back as the same course.
  const revision = JSON.parse(ok("course", "show", "mine", "--json")).trackside.revision;
  for (const format of ["geojson", "kml", "gpx", "csv"]) {
    const copy = join(dir, `copy.${format}`);

    writeFileSync(copy, ok("course", "export", "mine", "--format", format));
    const back = JSON.parse(ok("course", "import", copy, "--name", "mine", "--replace", "--json"));
    assert.equal(back.revision, revision, format);
  }
  fails(["course", "export", "mine", "--format", "shp"], 2, /shp/);
  assert.equal(ok("course", "delete", "mine"), "mine deleted\n");
  fails(["course", "show", "mine"], 1, /mine/);
});

test("what a file leaves open is asked with a table and the option to give", async (t) => {
  const { dir, run, ok } = await world(t);
  const file = join(dir, "map.gpx");
  const trk = (name, step) => `<trk><name>${name}</name><trkseg>${[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]].map(([x, y]) => `<trkpt lat="${50 + y * step}" lon="${10 + x * step}"/>`).join("")}</trkseg></trk>`;

  writeFileSync(file, `<gpx>${trk("5 km", 0.005)}${trk("10 km", -0.01)}</gpx>`);
  const asked = run("course", "import", file, "--short-name", "map");
  assert.equal(asked.code, 2, asked.stderr);
  assert.match(asked.stderr, /^LINE +DISTANCE M +LAPS +PLACES +NAME\n1 +\d+\.\d +1 +5 +5 km\n2 +\d+\.\d +1 +5 +10 km\nGive --line 1 or --line 2\.\ntrackside: The file's lines can be the race in 2 ways/);
  assert.match(ok("course", "import", file, "--short-name", "map", "--line", "2"), /^map: /);
  assert.match(ok("course", "import", file, "--short-name", "map", "--line", "5 km", "--replace"), /^map: /);

  writeFileSync(file, `<gpx><metadata><name>Park 3.6 km</name></metadata>${trk("Loop", 0.005)}</gpx>`);
  const laps = run("course", "import", file, "--short-name", "laps");
  assert.equal(laps.code, 2, laps.stderr);
  assert.match(laps.stderr, /Give --laps 2 or --laps 1\.\n/);
  ok("course", "import", file, "--short-name", "laps", "--laps", "2");
});

test("course files that are none", async (t) => {
  const { dir, fails } = await world(t);
  const file = join(dir, "bad");
  const cases = [
    ["", /\w/],
    ["hello", /\w/],
    ["<kml></kml>", /\w/],
    [readFileSync(program).subarray(0, 100000), /\w/],
    ['{"type": "LineString", "coordinates": [[0, 91], [0, 92]]}', /\w/],
  ];

  for (const [content, says] of cases) {
    writeFileSync(file, content);
    fails(["course", "import", file, "--name", "bad"], 2, says);
  }
  writeFileSync(file, Buffer.alloc(33 << 20, "x"));
  fails(["course", "import", file], 1, /32 MiB/);
  fails(["course", "import", join(dir, "none")], 2, /none cannot be read/);
  fails(["course", "import", dir], 2, /cannot be read/);
});

test("a race, from its creation to its deletion", async (t) => {
  const { server, ok, fails } = await world(t);
  const id = ok("race", "create", "--course=crystal", "--competitors", "20", "--speed", "100", "--seed", "5").trim();

  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-/);
  assert.match(ok("race", "list"), new RegExp(`^RUN ID +COURSE +COMPETITORS +STATE +SPEED +START\\n${id} +crystal +20 +running +100 +20`));
  assert.equal(ok("race", "pause", id), `${id} paused\n`);
  assert.match(ok("race", "list"), /paused \(by hand\)/);
  fails(["race", "pause", id], 1, /paused/);
  assert.equal(ok("race", "resume", id), `${id} running\n`);
  assert.equal(ok("race", "speed", id, "1000"), `${id} running\n`);
  const shown = ok("race", "show", id);
  assert.match(shown, /^seed +5$/m);
  assert.match(shown, /^ {2}speed +1000/m);
  await untilState(server, id, "finished");
  assert.equal(ok("race", "results", id).trimEnd().split("\n").length, 21);
  const results = JSON.parse(ok("race", "results", id, "--json"));
  assert.equal(results.length, 20);
  assert.deepEqual([results[0].rank, typeof results[0].competitorId, typeof results[0].rawTime], [1, "number", "number"]);
  fails(["race", "stop", id], 1, /finished/);
  assert.equal(ok("race", "delete", id), `${id} deleted\n`);
  fails(["race", "show", id], 1, new RegExp(id));
  const stopped = ok("race", "create", "--course", "crystal", "--run-id", "my-race").trim();
  assert.equal(stopped, "my-race");
  fails(["race", "create", "--course", "crystal", "--run-id", "my-race"], 1, /my-race/);
  assert.equal(ok("race", "stop", "my-race"), "my-race stopped\n");
});

test("races that cannot be", async (t) => {
  const { server, fails } = await world(t);
  const create = (...args) => ["race", "create", "--course", "crystal", ...args];
  const cases = [
    [["race", "create"], 2, /course/],
    [["race", "create", "--course", "nowhere"], 1, /nowhere/],
    [create("--competitors", "0"), 2, /competitors/],
    [create("--competitors", "-5"), 2, /competitors/],
    [create("--competitors", "1.5"), 2, /competitors/],
    [create("--competitors", "1000000000000"), 2, /competitors/],
    [create("--competitors", "many"), 2, /competitors/],
    [create("--fastest", "500", "--slowest", "144"), 2, /fastest/],
    [create("--stop-ratio", "1.1"), 2, /stopRatio/],
    [create("--stop-ratio", "nan"), 2, /stopRatio/],
    [create("--min-pause", "60", "--max-pause", "10"), 2, /minPause/],
    [create("--speed", "0"), 2, /speed/],
    [create("--speed", "1001"), 2, /speed/],
    [create("--start", "soon"), 2, /startTime/],
    [create("--seed", "-1"), 2, /seed/],
    [create("--run-id", "a b"), 2, /runId/],
    [["race", "create", "--course", "half", "--stop-ratio", "0.5"], 2, /geofence/],
    [create("--fastet", "1"), 2, /--fastet/],
    [create("--seed"), 2, /--seed needs a value/],
    [["race", "show"], 2, /show: RUNID is missing/],
    [["race", "speed", "x"], 2, /speed: X is missing/],
    [["course", "geofence", "x"], 2, /geofence: FILE\|WKT is missing/],
    [["roster", "put", "x"], 2, /put: FILE is missing/],
    [["tail"], 2, /tail: RUNID is missing/],
    [create("--fastest", "2:60"), 2, /--fastest takes a pace per km like 2:24/],
    [create("--slowest", "1:2:03"), 2, /--slowest takes a pace per km/],
    [create("--fastest", "0:29"), 2, /--fastest takes a pace per km/],
    [["race", "pause", "a", "b"], 2, /"b" is one word too many/],
    [["race", "fly"], 2, /fly/],
    [["race", "show", "../../x"], 1, /\w/],
    [["race", "speed", "none", "2"], 1, /none/],
    [["tail", "none"], 1, /none/],
  ];

  for (const [args, code, says] of cases) fails(args, code, says);
  assert.deepEqual((await api(server, "/api/races")).races, []);
});

test("a pace is understood as people write it, a race shows how far it is", async (t) => {
  const { server, ok } = await world(t);
  const id = ok("race", "create", "--course", "crystal", "--competitors", "7", "--fastest", "2:24", "--slowest=0:08:20", "--speed", "100").trim();
  const race = await api(server, `/api/races/${id}`);

  assert.deepEqual([race.fastest, race.slowest], [144, 500]);
  await until("its first minutes", async () => (await api(server, `/api/races/${id}/board`)).asOf.rawTime > 60);
  ok("race", "pause", id);
  const board = await api(server, `/api/races/${id}/board`);
  const shown = ok("race", "show", id);
  const s = board.asOf.rawTime;
  const time = `${Math.floor(s / 3600)}:${String(Math.floor(s / 60) % 60).padStart(2, "0")}:${String(s % 60).padStart(2, "0")}`;
  assert.match(shown, new RegExp(`^progress\\n  raceTime +${time}\\n  onCourse +${board.counts.onCourse}, in the geofence ${board.counts.inGeofence}\\n  finished +0 of 7$`, "m"));
  assert.match(shown, new RegExp(`^  first +competitor ${board.leaders[0].competitorId} at ${board.leaders[0].distance.toFixed(0)} m, `, "m"));
  const bytes = (...paces) => trackside(["simulate", "--course", "crystal", "--competitors", "2", "--seed", "1", "--start", "2026-01-01T09:00:00Z", "--run-id", "a", ...paces]).stdout;
  assert.equal(bytes("--fastest", "2:24", "--slowest", "3:00"), bytes("--fastest", "144", "--slowest", "180"));
});

test("a roster is put and got", async (t) => {
  const { dir, ok, fails, run } = await world(t);
  const id = ok("race", "create", "--course", "crystal", "--competitors", "3").trim();
  const file = join(dir, "names.csv");
  const csv = 'competitorId,name\n1,Ann\n2,"Müller, Bob"\n';

  writeFileSync(file, csv);
  assert.equal(ok("roster", "put", id, file), `${id} has 2 names\n`);
  assert.equal(ok("roster", "get", id), csv);
  assert.equal(JSON.parse(ok("roster", "put", id, file, "--json")).names, 2);
  assert.deepEqual(JSON.parse(ok("roster", "get", id, "--json")), [{ competitorId: 1, name: "Ann" }, { competitorId: 2, name: "Müller, Bob" }]);
  writeFileSync(file, "1,Ann\n");
  fails(["roster", "put", id, file], 2, /first line/);
  fails(["roster", "put", id, join(dir, "none")], 2, /none cannot be read/);
  fails(["roster", "get", "none"], 1, /none/);
  assert.equal(run("roster", "get", id).stdout, csv);
});

test("what is piped into head ends without a word", async (t) => {
  const { server, ok } = await world(t);
  const id = ok("race", "create", "--course", "crystal", "--competitors", "500", "--speed", "1000").trim();
  await until("its first minutes", async () => (await api(server, `/api/races/${id}/board`)).asOf.rawTime > 100);
  const commands = [
    ["course", "export", "half"],
    ["tail", id, "--from", "0", "--once"],
    ["sql", "--format", "csv", "select * from parkrun_history limit 20000"],
    ["simulate", "--course", "crystal", "--seed", "1", "--run-id", "a", "--start", "2026-01-01T09:00:00Z"],
  ];

  for (const args of commands) {
    const quoted = args.map((a) => `'${a}'`).join(" ");
    const r = spawnSync("bash", ["-c", `set -o pipefail; "${program}" ${quoted} | head -n 1`], {
      encoding: "utf8",
      env: { ...process.env, TRACKSIDE_SERVER: server.url },
    });
    assert.equal(r.status, 141, `${args[0]}: ${r.stderr}`);
    assert.equal(r.stdout.split("\n").length, 2, args[0]);
    assert.equal(r.stderr, "", args[0]);
  }
});

test("a full disk behind a command is told", async (t) => {
  const { server } = await world(t);

  for (const args of ["course list", "course export half", "sql --format csv 'select * from courses'", "--help"]) {
    const r = spawnSync("bash", ["-c", `"${program}" ${args} > /dev/full`], { encoding: "utf8", env: { ...process.env, TRACKSIDE_SERVER: server.url } });
    assert.equal(r.status, 1, args);
    assert.match(r.stderr, /^trackside: standard output cannot be written: No space left on device\n$/);
  }
});

test("tail follows a race to its end, each event once", async (t) => {
  const { server, ok } = await world(t);
  const s = spec("followed", { speed: 200 });
  await api(server, "/api/races", { method: "POST", body: s });
  const child = spawn(program, ["tail", "followed", "--from", "0", "--server", server.url], { stdio: ["ignore", "pipe", "inherit"] });
  let out = "";

  child.stdout.setEncoding("utf8").on("data", (part) => (out += part));
  const code = new Promise((done) => child.on("exit", done));
  await until("the first events", () => out.length > 0);
  assert.equal((await api(server, "/api/races/followed")).state, "running");
  assert.equal(await code, 0);
  assert.equal(out, truth(s));
  const last = ok("tail", "followed", "--once").trimEnd().split("\n");
  assert.equal(new Set(last.map((line) => JSON.parse(line).rawTime)).size, 1, "by default the latest second");
});

test("no server there", (t) => {
  for (const args of [["race", "list"], ["course", "list"], ["tail", "x"]]) {
    const r = trackside([...args, "--server", "http://127.0.0.1:1"]);

    assert.equal(r.code, 1);
    assert.match(r.stderr, /No server answers at http:\/\/127\.0\.0\.1:1/);
  }
  const r = trackside(["race", "list", "--server", "ftp://x"]);
  assert.equal(r.code, 2, r.stderr);
});
