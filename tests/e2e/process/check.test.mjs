// `trackside check DIR`: what is wrong with a data directory, and nothing where nothing is.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { startTrackside, tempDir, text, trackside } from "../harness.mjs";
import { create, spec, untilState } from "./races.mjs";

async function directory(t) {
  const dir = tempDir(t);
  const server = await startTrackside({ dir, t });

  await create(server, spec("worn", { speed: 1000, competitors: 60 }));
  await untilState(server, "worn", "finished");
  return { dir, server };
}

test("a whole directory, beside the server and without it", async (t) => {
  const { dir, server } = await directory(t);

  for (const when of ["beside", "without"]) {
    const r = trackside(["check", dir]);

    assert.equal(r.code, 0, `${when}: ${r.stdout}${r.stderr}`);
    assert.match(r.stdout, /4 courses, 1 races, \d{3,} ticks, .* nothing is wrong\.\n$/);
    if (when === "beside") await server.stop();
  }
  const report = JSON.parse(trackside(["check", "--json", dir]).stdout);
  assert.equal(report.whole, true);
  assert.equal(report.races, 1);
  assert.deepEqual(report.findings, []);
});

test("flipped bytes are found, with race and second", async (t) => {
  const { dir, server } = await directory(t);
  const events = (await text(server, "/api/races/worn/events?from=77&to=77")).trim().split("\n").map((line) => JSON.parse(line));
  const row = Buffer.alloc(4 * events.length);

  await server.stop();
  events.forEach((e, i) => row.writeUInt32LE(Math.round(e.distance * 1000), 4 * i));
  const bytes = readFileSync(join(dir, "trackside.db"));
  bytes[bytes.indexOf(row) + 5] ^= 1;
  writeFileSync(join(dir, "trackside.db"), bytes);
  const r = trackside(["check", dir]);
  assert.equal(r.code, 1);
  assert.match(r.stdout, /^race worn, raw second 77: Its positions are not those that were written\.$/m);
  assert.match(r.stdout, /1 thing is wrong/);
  const report = JSON.parse(trackside(["check", dir, "--json"]).stdout);
  assert.equal(report.whole, false);
  assert.deepEqual(report.findings.map((f) => [f.kind, f.name, f.rawTime]), [["race", "worn", 77]]);
});

test("a page that is damaged, a file that is cut, a file that is no database", async (t) => {
  const { dir, server } = await directory(t);

  await server.stop();
  const bytes = readFileSync(join(dir, "trackside.db"));
  const cut = join(dir, "cut");
  const page = join(dir, "page");
  for (const d of [cut, page]) mkdirSync(d);
  writeFileSync(join(cut, "trackside.db"), bytes.subarray(0, bytes.length - 5 * 16384));
  writeFileSync(join(page, "trackside.db"), Buffer.concat([bytes.subarray(0, 16384 * 4), Buffer.alloc(16384, 0xa5), bytes.subarray(16384 * 5)]));
  const diary = join(dir, "diary");
  mkdirSync(diary);
  writeFileSync(join(diary, "trackside.db"), "my diary\n".repeat(1000));
  for (const d of [cut, page, diary]) {
    const r = trackside(["check", d]);

    assert.equal(r.code, 1, `${d}: ${r.stdout}${r.stderr}`);
    assert.match(r.stdout, /^database: /m);
  }
});

test("wrong usage, and nothing to read", (t) => {
  const dir = tempDir(t);

  for (const [args, says] of [
    [[], /DIR is missing/],
    [["--nonsense", dir], /no option --nonsense/],
    [[dir, "more"], /"more" is one word too many/],
    [[dir], /There is no database/],
    [[join(dir, "none")], /There is no database/],
  ]) {
    const r = trackside(["check", ...args]);

    assert.equal(r.code, 2, args.join(" "));
    assert.match(r.stderr, says);
    assert.equal(r.stdout, "");
  }
});
