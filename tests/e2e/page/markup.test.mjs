// Names are other people's text: of races, courses, runners. Whatever stands in them is shown letter by letter and does nothing, and the
// page's policy never has to step in.
import assert from "node:assert/strict";
import test from "node:test";
import { startTrackside, until } from "../harness.mjs";
import { createRace, keepPicture, open, unfold, untilBadge } from "./browser.mjs";

const BAD = "<img src=x onerror=\"document.title='owned'\">";
const RUN_ID = "owned-1.x_~"; // a new race takes no markup here; that of other programs: cluster/page-foreign
const NAMES = [BAD, "<script>document.title='owned'</script>", "</td></tr></table><h1>Out</h1>", "&lt;b&gt;", "{{constructor.constructor('x')()}}", "javascript:alert(1)", "\u202Eturned round"];
const COURSE = { shortName: "marked", longName: `A ${BAD} <svg onload=alert(1)> run` };
const LINE = { type: "LineString", coordinates: [[13.4, 52.5], [13.42, 52.51], [13.45, 52.5]] };

const csv = (name) => `"${name.replaceAll('"', '""')}"`;

async function put(server, path, method, body) {
  const answer = await fetch(server.url + path, { method, body });
  assert.ok(answer.ok, `${path}: ${answer.status} ${answer.ok ? "" : await answer.text()}`);
}

/** Elements and handlers that only a name could have brought, and what the policy had to stop. */
const intruders = (page) => page.evaluate(() => ({
  elements: [...document.querySelectorAll("body script, img:not(.leaflet-tile), h1:not(.sr), svg[onload], [onerror], [onload], iframe")]
    .filter((e) => !e.closest(".create") || e.tagName !== "H1").filter((e) => e.src !== document.querySelector("script[src]")?.src).map((e) => e.outerHTML.slice(0, 120)),
  stopped: window.stopped,
}));
const NONE = { elements: [], stopped: [] };

test("markup in the names of race, course and runners is text on every part of the page", async (t) => {
  const server = await startTrackside({ t });
  await put(server, `/api/courses?shortName=${COURSE.shortName}&longName=${encodeURIComponent(COURSE.longName)}`, "POST", JSON.stringify(LINE));
  const race = await createRace(server, { course: COURSE.shortName, runId: RUN_ID, competitors: NAMES.length, stopRatio: 0, speed: 5 });
  const roster = `competitorId,name\n${NAMES.map((name, k) => `${k + 1},${csv(name)}`).join("\n")}\n`;
  await put(server, `/api/races/${encodeURIComponent(race.runId)}/roster`, "PUT", roster);
  const page = await open(t, server, "/create");
  await page.addInitScript(() => {
    window.stopped = [];
    document.addEventListener("securitypolicyviolation", (e) => window.stopped.push(`${e.violatedDirective} ${e.blockedURI}`));
  });

  await page.goto(`${server.url}/?race=${encodeURIComponent(RUN_ID)}`);
  await untilBadge(page, "live");
  await until("all names are there", async () => (await page.locator("td.col-name").count()) === NAMES.length);
  assert.deepEqual((await page.locator("td.col-name").allTextContents()).sort(), [...NAMES].sort());
  await unfold(page);
  assert.equal(await page.locator('[data-fact="id"]').innerText(), RUN_ID);
  assert.equal(await page.locator('[data-fact="course"]').innerText(), COURSE.longName);
  await until("the select names the course", async () => (await page.locator(".race-select option").first().textContent()).includes(COURSE.longName));
  assert.deepEqual(await intruders(page), NONE);
  for (const tab of await page.getByRole("tab").all()) await tab.click();
  for (const [k, name] of NAMES.entries()) {
    await page.getByRole("searchbox").fill(name);
    await page.keyboard.press("Enter");
    await until(`bib ${k + 1} by its name`, async () => (await page.locator(".competitor h2").textContent()).includes(String(k + 1)));
    assert.ok((await page.locator(".competitor").textContent()).includes(name), name);
  }
  await keepPicture(page, "markup");
  assert.deepEqual(await intruders(page), NONE);

  await page.goto(`${server.url}/?race=${encodeURIComponent(BAD)}`);
  await page.getByRole("alert").getByText(`There is no race ${BAD} any more`).waitFor();
  assert.deepEqual(await intruders(page), NONE);
  await page.goto(`${server.url}/create`);
  await page.getByLabel("Course", { exact: true }).selectOption(COURSE.shortName);
  await page.locator(".course-note strong").getByText(COURSE.longName, { exact: true }).waitFor();
  await keepPicture(page, "markup-create");
  assert.deepEqual(await intruders(page), NONE);
  assert.doesNotMatch(await page.title(), /owned/);
});
