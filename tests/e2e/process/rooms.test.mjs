// scripts/check-rooms names the file and the line of what breaks a rule. Each case breaks one rule in a copy of the source.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "node:test";
import { repository, tempDir } from "../harness.mjs";

function copy(t) {
  const top = tempDir(t);
  for (const part of ["scripts/check-rooms", "src", "web/src"]) {
    mkdirSync(dirname(join(top, part)), { recursive: true });
    cpSync(join(repository, part), join(top, part), { recursive: true });
  }
  mkdirSync(join(top, "build/src"), { recursive: true });
  return {
    top,
    write: (file, text) => writeFileSync(join(top, file), text),
    append: (file, text) => appendFileSync(join(top, file), text),
    linesOf: (file) => readFileSync(join(top, file), "utf8").split("\n").length - 1,
    check: (...args) => {
      const { status, stdout, stderr } = spawnSync("python3", [join(top, "scripts/check-rooms"), ...args], { encoding: "utf8" });
      assert.equal(stderr, "");
      return { status, said: stdout.split("\n") };
    },
  };
}

function breaks({ check }, args, want) {
  const { status, said } = check(...args);
  assert.equal(status, 1);
  assert.ok(said.some((line) => line.startsWith(want)), `${want}\nnot in\n${said.join("\n")}`);
}

test("the source keeps the rules of includes and headers", (t) => {
  const { status, said } = copy(t).check();
  assert.equal(status, 0, said.join("\n"));
});

test("an include that ROOMS does not give", (t) => {
  const tree = copy(t);
  const line = tree.linesOf("src/base/buf.c") + 1;
  tree.append("src/base/buf.c", '#include "geo/line.h"\n');
  breaks(tree, [], `src/base/buf.c:${line}: base may not include geo/`);
});

test("a folder that is not in ROOMS, a room without a folder, a header that does not say what it is", (t) => {
  const tree = copy(t);
  mkdirSync(join(tree.top, "src/new"));
  tree.write("src/new/new.h", "/* something */\n");
  tree.append("src/ROOMS", "gone: base\n");
  breaks(tree, [], "src/new/new.h:1: the room new is not in src/ROOMS");
  breaks(tree, [], 'src/new/new.h:1: a header opens with "/* new.h: what it is"');
  breaks(tree, [], `src/ROOMS:${tree.linesOf("src/ROOMS")}: there is no folder src/gone`);
});

test("a circle of includes, a circle of imports, a long function, a long file", (t) => {
  const tree = copy(t);
  tree.write("src/base/aa.h", '/* aa.h: a test */\n#include "base/ab.h"\n');
  tree.write("src/base/ab.h", '/* ab.h: a test */\n\n#include "base/aa.h"\n');
  tree.write("web/src/aa.ts", 'import { b } from "./ab";\nexport const a = () => b;\n');
  tree.write("web/src/ab.ts", 'import type { a } from "./aa";\nexport const b: typeof a | 0 = 0;\n');
  tree.write("src/base/long.c", `/* long.c: a test */\nstatic int long_one(void)\n{\n${"    ;\n".repeat(59)}}\n${"\n".repeat(400)}`);
  breaks(tree, ["--all"], "src/base/aa.h:2: a circle of includes: src/base/aa.h > src/base/ab.h > src/base/aa.h");
  breaks(tree, ["--all"], "web/src/aa.ts:1: a circle of imports: web/src/aa.ts > web/src/ab.ts > web/src/aa.ts");
  breaks(tree, ["--all"], "src/base/long.c:3: long_one has 61 lines, at most 60");
  breaks(tree, ["--all"], "src/base/long.c:463: 463 lines, at most 450");
});

test("an export that nobody uses, and one with a stranger's name", (t) => {
  const tree = copy(t);
  const objects = join(tree.top, "build/src/CMakeFiles/ts_base.dir/base");
  mkdirSync(objects, { recursive: true });
  tree.write("src/base/lonely.c", "/* lonely.c: a test */\nint lonely_one(void);\nint other_two(void);\nint lonely_one(void)\n{\n    return 1;\n}\nint other_two(void)\n{\n    return 2;\n}\n");
  const { status, stderr } = spawnSync("cc", ["-c", join(tree.top, "src/base/lonely.c"), "-o", join(objects, "lonely.c.o")], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  breaks(tree, ["--all"], "src/base/lonely.c:2: lonely_one is used by nobody else");
  breaks(tree, ["--all"], "src/base/lonely.c:3: other_two bears neither its file's nor its folder's name");
});
