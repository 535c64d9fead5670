// The manual page and the command line document say what --help says.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { repository, trackside } from "../harness.mjs";

const commands = trackside(["--help"])
  .stdout.split("\n")
  .map((line) => /^ {2}([a-z]+) {2,}\S/.exec(line)?.[1])
  .filter(Boolean);

const optionsOf = (command) => [...new Set(trackside([command, "--help"]).stdout.match(/--[a-z][a-z-]*/g))].map((o) => o.slice(2));

test("every command and option is in the manual", () => {
  const manual = readFileSync(join(repository, "docs/man/trackside.1"), "utf8");

  assert.ok(commands.length >= 7);
  for (const command of commands) {
    assert.match(manual, new RegExp(`^\\.Ss ${command}$`, "m"), command);
    for (const option of optionsOf(command)) assert.match(manual, new RegExp(`Fl -${option}\\b`), `${command} --${option}`);
  }
});

test("no option is in the manual that no command has", () => {
  const manual = readFileSync(join(repository, "docs/man/trackside.1"), "utf8");
  const known = new Set(["version", "name", ...commands.flatMap(optionsOf)]);

  for (const [, option] of manual.matchAll(/Fl -([a-z][a-z-]*)/g)) assert.ok(known.has(option), `--${option}`);
});

test("every command is in docs/cli.md", () => {
  const doc = readFileSync(join(repository, "docs/cli.md"), "utf8");

  for (const command of commands) assert.match(doc, new RegExp(`^\\| \`${command}\` \\|`, "m"));
});
