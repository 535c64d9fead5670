// Races that nobody created here: another program's events in Kafka are shown like ours. Their names are of the worst kind, and text.
import assert from "node:assert/strict";
import test, { after } from "node:test";
import { api, until } from "../e2e/harness.mjs";
import { keepPicture, manage, open, unfold, untilPage } from "../e2e/page/browser.mjs";
import { board, shows } from "../e2e/page/scenarios.mjs";
import { anyKafka, fresh, startServer } from "./cluster.mjs";
import { event, foreignRun } from "./foreign.mjs";

const kafka = await anyKafka({ after });
const pinot = process.env.TRACKSIDE_TEST_KAFKA && process.env.TRACKSIDE_TEST_PINOT;
const NAMED = "a/../it's<img>?x=1#y%41&amp;";

const address = (runId) => encodeURIComponent(runId);
const seen = (server, runId) => board(server, { runId: address(runId) });

async function untilRaw(server, runId, raw) {
  return until(`raw time ${raw}`, () => seen(server, runId).then((b) => b.asOf.rawTime >= raw && b, (e) => (e.status === 404 || e.status === 503 ? null : assert.fail(e))));
}

async function shown(t, args) {
  const server = await startServer(kafka, { t, args });
  const runId = fresh(NAMED);
  const events = foreignRun(runId, "crystal");
  const last = Math.max(...events.map((e) => e.rawTime));
  const half = Math.floor(last / 2);

  await kafka.produce("parkrun", events.filter((e) => e.rawTime <= half).map(event));
  await untilRaw(server, runId, half);
  const page = await open(t, server, `/?race=${address(runId)}`);
  await untilPage(page, (ms) => window.trackside.drawnMs === ms, half * 1000);
  await unfold(page);
  assert.equal(await page.locator('[data-fact="id"]').innerText(), runId);
  const before = await seen(server, runId);
  await shows(page, before.leaders, "leaders at half time");
  const rows = await page.locator("tr[data-bib]").evaluateAll((all) => all.map((r) => r.querySelector(".col-distance").textContent));
  assert.deepEqual(rows, before.leaders.map((r) => (r.distance / 1000).toFixed(2)));
  const { positions } = await api(server, `/api/races/${address(runId)}/positions`);
  assert.equal(positions.length, 5);
  await keepPicture(page, `foreign-${args.length ? "pinot" : "kafka"}`);
  await manage(page);
  assert.ok(await page.getByRole("button", { name: "Pause race" }).isDisabled(), "whoever makes it rules it");

  await kafka.produce("parkrun", events.filter((e) => e.rawTime > half).map(event));
  await untilPage(page, () => document.querySelector('[data-count="finished"]').textContent === "5");
  await shows(page, (await seen(server, runId)).leaders, "leaders at the end");
  await page.locator("tr[data-bib] .bib").first().click();
  await page.locator(".competitor h2").getByText(`Bib ${(await seen(server, runId)).leaders[0].competitorId}`).waitFor();
  assert.match(await page.title(), / · Trackside$/, "nothing of the names ran: it would have changed the title");
  assert.equal(await page.locator("img").count(), 0, "names are text");
}

async function unknownCourse(t, args) {
  const server = await startServer(kafka, { t, args });
  const runId = fresh("elsewhere");
  const course = fresh("<b onclick=alert(1)>nowhere</b>");
  const events = foreignRun(runId, course).filter((e) => e.rawTime <= 300);

  await kafka.produce("parkrun", events.map(event));
  await untilRaw(server, runId, 300);
  const page = await open(t, server, `/?race=${runId}`);
  await untilPage(page, (ms) => window.trackside.drawnMs === ms, 300000);
  await unfold(page);
  await page.getByText("course unknown").first().waitFor();
  assert.ok((await page.locator('[data-fact="course"]').innerText()).includes(course));
  await shows(page, (await seen(server, runId)).leaders, "leaders without a course");
  await keepPicture(page, `unknown-course-${args.length ? "pinot" : "kafka"}`);
  assert.equal(await page.locator("[onclick], b[onclick]").count(), 0);
}

for (const [name, args, skip] of [["Kafka", [], false], ["Kafka + Pinot", ["--pinot", pinot], !pinot]]) {
  test(`${name}: another program's run: its distances, its finish, its name as text`, { skip }, (t) => shown(t, args));
  test(`${name}: a run on a course that nobody knows is shown and says so`, { skip }, (t) => unknownCourse(t, args));
}
