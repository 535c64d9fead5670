// What axe finds wrong with a page for people who do not see it, or not well.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The violations. (The page's policy forbids eval, so axe comes in as a script of the browser's own.) */
export async function findings(page) {
  const client = await page.context().newCDPSession(page);
  await client.send("Runtime.evaluate", { expression: axe });
  const { result } = await client.send("Runtime.evaluate", {
    expression: `axe.run(document).then((r) => JSON.stringify({
      passed: r.passes.length,
      violations: r.violations.map((v) => ({ id: v.id, nodes: v.nodes.map((n) => n.html.slice(0, 160)) })) }))`,
    awaitPromise: true,
  });
  const { passed, violations } = JSON.parse(result.value);
  assert.ok(passed > 20, `only ${passed} rules had something to look at`);
  return violations;
}
