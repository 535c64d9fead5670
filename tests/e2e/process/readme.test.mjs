// The README's commands as a newcomer types them.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "node:test";
import { program, repository, startTrackside, trackside } from "../harness.mjs";

const readme = readFileSync(join(repository, "README.md"), "utf8");
const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map((m) => m[1]);
const lines = blocks.flatMap((b) => b.split("\n")).filter((l) => l.startsWith("build/trackside"));
const run = (line, url) =>
  spawnSync("bash", ["-c", `set -o pipefail; ${line.replace(/build\/trackside/g, `"${program}"`)}`], {
    cwd: repository,
    encoding: "utf8",
    env: { ...process.env, ...(url ? { TRACKSIDE_SERVER: url } : {}) },
  });

test("the bytes have the sum that it says", () => {
  const line = lines.find((l) => l.includes("sha256sum"));
  const want = /^# ([0-9a-f]{64})$/m.exec(readme)[1];

  assert.equal(run(line).stdout, `${want}  -\n`);
});

test("every file that it names is there", () => {
  for (const [, path] of readme.matchAll(/\b((?:courses|docs|tests|bench|src)\/[a-z0-9/._-]+\.(?:md|gpx|kml|h|png|json))/g)) {
    assert.ok(existsSync(join(repository, path)), path);
  }
});

test("its five minutes, against a server", async (t) => {
  const server = await startTrackside({ t, args: ["--demo"] });
  const block = blocks.find((b) => b.includes("race list"));
  const typed = block.split("\n").filter((l) => l.startsWith("build/trackside"));

  assert.ok(typed.length >= 6);
  assert.match(block, /^export TRACKSIDE_SERVER=http:\/\/127\.0\.0\.1:8080/m);
  for (const line of typed) {
    const r = run(line.replace("RUNID", trackside(["sql", "--format", "csv", "select runId from races limit 1"], { env: { ...process.env, TRACKSIDE_SERVER: server.url } }).stdout.trim().split("\n").at(-1)), server.url);
    assert.ok(r.status === 0 || (r.status === 141 && line.includes("| head")), `${line}: ${r.stderr}`);
    if (!line.includes("simulate")) assert.equal(r.stderr, "", line);
    assert.notEqual(r.stdout, "", line);
  }
});

test("what kcat shows is committed", () => {
  for (const line of readme.split("\n").filter((l) => l.startsWith("kcat "))) assert.match(line, /isolation\.level=read_committed/);
});
