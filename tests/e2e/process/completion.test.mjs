// The completion of each shell, asked of the shell itself.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import test from "node:test";
import { program, trackside } from "../harness.mjs";

const commands = trackside(["--help"])
  .stdout.split("\n")
  .map((line) => /^ {2}([a-z]+) {2,}\S/.exec(line)?.[1])
  .filter(Boolean);

function ask(argv, script, words) {
  const r = spawnSync(argv[0], [...argv.slice(1), script, ...words], { encoding: "utf8", env: { ...process.env, TRACKSIDE: program } });

  assert.equal(r.error, undefined, `${argv[0]} is there`);
  assert.equal(r.status, 0, r.stderr);
  assert.equal(r.stderr, "");
  return r.stdout.split("\n").filter(Boolean).sort();
}

// Words behind "trackside", of which the last is the one at the cursor; what the shell would offer for it.
const shells = {
  bash: (words) =>
    ask(
      ["bash", "--norc", "-c"],
      `source <("$TRACKSIDE" completion bash); complete -p trackside >/dev/null
       COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _trackside; printf '%s\\n' "\${COMPREPLY[@]}"`,
      ["bash", "trackside", ...words],
    ),
  // compadd and _files belong to zsh's line editor: here they say what they are given, as far as it begins like the word.
  zsh: (words) =>
    ask(
      ["zsh", "-f", "-c"],
      `compdef() { [[ $1 == _trackside && $2 == trackside ]] || exit 3 }
       compadd() { shift; local w; for w; do [[ $w == "$last"* ]] && print -r -- $w; done; true }
       _files() { true }
       source <("$TRACKSIDE" completion zsh)
       () { local -a words=("$@"); local CURRENT=$# last=\${@[-1]}; _trackside } "$@"`,
      ["zsh", "trackside", ...words],
    ),
  // fish 4 offers what only contains the letters, too.
  fish: (words) =>
    ask(["fish", "-N", "-c"], `$TRACKSIDE completion fish | source; complete -C "trackside $argv"`, [words.join(" ")])
      .map((line) => line.split("\t")[0])
      .filter((word) => word.startsWith(words.at(-1))),
};

for (const [shell, complete] of Object.entries(shells)) {
  test(`${shell} knows the commands, the verbs and the options`, () => {
    const cases = [
      [["ra"], ["race"]],
      [["race", "re"], ["results", "resume"]],
      [["race", "create", "--se"], ["--seed", "--server"]],
      [["race", "create", "--seed", "1", "--fa"], ["--fastest"]],
      [["race", "list", "--see"], []],
      [["course", "import", "--re"], ["--replace", "--reverse"]],
      [["course", "export", "--format", ""], ["csv", "geojson", "gpx", "kml"]],
      [["sql", "--format", "t"], ["table"]],
      [["serve", "--log", "d"], ["debug"]],
      [["simulate", "--sh"], ["--shard", "--short-name"]],
      [["tail", "--o"], ["--once"]],
      [["pinot", "s"], ["setup", "status"]],
      [["completion", "z"], ["zsh"]],
    ];

    for (const [words, want] of cases) assert.deepEqual(complete(words), want, words.join(" "));
    const all = complete([""]);
    for (const command of commands) assert.ok(all.includes(command), command);
  });

  test(`${shell} offers every option that --help names`, () => {
    for (const command of commands.filter((c) => !["course", "race", "roster", "completion"].includes(c))) {
      const named = new Set(trackside([command, "--help"]).stdout.match(/--[a-z][a-z-]*/g));
      const offered = new Set(complete([command, "--"]));
      for (const option of named) assert.ok(offered.has(option), `${command} ${option}`);
    }
  });
}

test("another shell is refused", () => {
  for (const args of [["completion"], ["completion", "tcsh"], ["completion", "bash", "zsh"]]) {
    const r = trackside(args);
    assert.equal(r.code, 2);
    assert.match(r.stderr, /one of bash, zsh and fish/);
  }
});
