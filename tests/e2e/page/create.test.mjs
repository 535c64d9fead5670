// Create Race: the form and what is wrong beside the field, import of a file, the geofence, names with markup.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { api, repository, startTrackside, until } from "../harness.mjs";
import { createRace, open, untilPage, untilPill } from "./browser.mjs";

const MARKUP = '<img src=x onerror="document.title=1"><b>Bold</b> & Söhne';

function kml(name, points) {
  const line = points.map((p) => p.join(",")).join(" ");
  return `<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><name><![CDATA[${name}]]></name>
    <Placemark><name>Start &lt;b&gt;here&lt;/b&gt;</name><Point><coordinates>${points[0].join(",")}</coordinates></Point></Placemark>
    <Placemark><name><![CDATA[${name}]]></name><LineString><coordinates>${line}</coordinates></LineString></Placemark></Document></kml>`;
}

const LINE = [[13.4, 52.5], [13.41, 52.5], [13.42, 52.505], [13.43, 52.51]];

async function importFile(page, name, text) {
  await page.locator('[data-import="file"]').setInputFiles({ name, mimeType: "application/xml", buffer: Buffer.from(text) });
}

test("a race is created in the page and watched at once", async (t) => {
  const server = await startTrackside({ t });
  const page = await open(t, server, "/create");

  await page.getByLabel("Course", { exact: true }).selectOption("loop");
  await page.getByLabel("Competitors", { exact: true }).fill("250");
  await page.getByLabel("Slowest pace").fill("6:00");
  await page.getByLabel("Seed").fill("42");
  await page.getByText("About 25 of 250 will stop").waitFor();
  await page.getByRole("button", { name: "Create race" }).click();
  await untilPill(page, "live");
  const [race] = (await api(server, "/api/races")).races;
  assert.deepEqual([race.course, race.competitors, race.fastest, race.slowest, race.stopRatio, race.seed], ["loop", 250, 144, 360, 0.1, 42]);
  assert.equal(new URL(page.url()).searchParams.get("race"), race.runId);
  await untilPage(page, () => document.querySelectorAll("table tbody tr").length > 5);
});

test("what is wrong is said beside its field, and nothing is created", async (t) => {
  const server = await startTrackside({ t });
  const page = await open(t, server, "/create");
  const cases = [
    ["Fastest pace", "9:00", /fastest pace is slower/],
    ["Competitors", "0", /whole number from 1/],
    ["Competitors", "1000000000000", /whole number from 1/],
    ["Competitors", "many", /whole number from 1/],
    ["Stop in the geofence", "101", /0 to 100/],
    ["Shortest stop", "61", /longer than the longest/],
    ["Speed", "0", /0.1 to 1000/],
  ];

  await page.locator(".course-note strong").waitFor();
  for (const [label, value, says] of cases) {
    const input = page.getByLabel(label, { exact: true });
    const before = await input.inputValue();
    await input.fill(value);
    await page.getByRole("button", { name: "Create race" }).click();
    const id = (await input.getAttribute("aria-describedby")).split(" ")[0];
    assert.match(await page.locator(`#${id}`).innerText(), says, label);
    assert.equal(await input.getAttribute("aria-invalid"), "true");
    await input.fill(before);
  }
  assert.equal((await api(server, "/api/races")).races.length, 0);
});

test("the server's word lands at the field too", async (t) => {
  const server = await startTrackside({ t });
  const page = await open(t, server, "/create");

  await page.locator(".course-note strong").waitFor();
  await page.route("**/api/races", (route) => route.request().method() === "POST"
    ? route.fulfill({ status: 400, contentType: "application/json", body: JSON.stringify({ error: "Too few of them.", field: "competitors" }) })
    : route.continue());
  await page.getByRole("button", { name: "Create race" }).click();
  await page.locator("#error-competitors").getByText("Too few of them.").waitFor();
});

test("a file is imported, its oddities are shown, and a race runs on it", async (t) => {
  const server = await startTrackside({ t });
  const page = await open(t, server, "/create");

  await page.locator(".course-note strong").waitFor();
  await importFile(page, "ost-lauf.kml", kml("Ost-Lauf", LINE));
  await page.locator('[data-import="said"]').getByText("was imported").waitFor();
  const { courses } = await api(server, "/api/courses");
  const mine = courses.find((c) => c.longName === "Ost-Lauf");
  assert.ok(mine, JSON.stringify(courses));
  assert.equal(await page.getByLabel("Course", { exact: true }).inputValue(), mine.shortName);
  assert.equal(await page.getByLabel("Stop in the geofence").inputValue(), "0", "nobody can stop without a geofence");

  await page.locator('[data-fence="text"]').fill("POLYGON ((13.405 52.49, 13.425 52.49, 13.425 52.52, 13.405 52.52, 13.405 52.49))");
  await page.locator('[data-fence="save"]').click();
  await page.getByText("The geofence was saved.").waitFor();
  await page.getByLabel("Stop in the geofence").fill("50");
  await page.getByRole("button", { name: "Create race" }).click();
  await untilPill(page, "live");
  assert.equal(await page.locator('[data-fact="course"]').innerText(), "Ost-Lauf");
});

test("a geofence is drawn with clicks", async (t) => {
  const server = await startTrackside({ t });
  const page = await open(t, server, "/create");
  const spans = async () => (await api(server, "/api/courses/half")).trackside.geofenceSpans ?? [];

  await page.getByLabel("Course", { exact: true }).selectOption("half");
  await page.getByText("This course has no geofence").waitFor();
  assert.equal((await spans()).length, 0);
  const box = await page.locator(".preview .map").boundingBox();
  await page.locator('[data-fence="draw"]').click();
  for (const [fx, fy] of [[0.3, 0.1], [0.7, 0.1], [0.7, 0.9], [0.3, 0.9]]) await page.mouse.click(box.x + box.width * fx, box.y + box.height * fy);
  await page.getByText("4 so far").waitFor();
  await page.locator('[data-fence="close"]').click();
  await page.locator('[data-fence="save"]').click();
  await page.getByText("The geofence was saved.").waitFor();
  assert.ok((await spans()).length > 0);
});

test("a file that is none, and a geofence that is none, are refused with a sentence", async (t) => {
  const server = await startTrackside({ t });
  const page = await open(t, server, "/create");

  await page.locator(".course-note strong").waitFor();
  await importFile(page, "nothing.kml", "this is no course");
  await page.locator('[data-import="said"].error').waitFor();
  assert.match(await page.locator('[data-import="said"]').innerText(), /\w+ \w+/);
  for (const [text, says] of [["POINT (1 2)", /neither WKT/], ["POLYGON ((0 0, 1 91, 1 1))", /between/],
    ["POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))", /\w+ \w+/]]) {
    await page.locator('[data-fence="text"]').fill(text);
    await page.locator('[data-fence="save"]').click();
    await page.locator(".panel .error").first().waitFor();
    assert.match(await page.locator(".panel .error").first().innerText(), says, text);
  }
});

test("markup in names is text everywhere", async (t) => {
  const server = await startTrackside({ t });
  const page = await open(t, server, "/create");

  await page.locator(".course-note strong").waitFor();
  await importFile(page, "markup.kml", kml(MARKUP, LINE));
  await page.locator('[data-import="said"]').getByText("was imported").waitFor();
  const mine = (await api(server, "/api/courses")).courses.find((c) => c.longName.includes("Bold"));
  await createRace(server, { course: mine.shortName, stopRatio: 0 });
  const text = mine.longName;
  assert.ok(text.includes("<b>Bold</b>"));
  assert.ok((await page.locator(".course-note").innerText()).includes(text));
  await page.goto(server.url);
  await untilPill(page, "live");
  await until("the name is shown", async () => (await page.locator('[data-fact="course"]').innerText()) === text);
  assert.ok((await page.locator(".race-select option").first().innerText()).includes("<b>Bold</b>"));
  assert.ok((await page.locator(".flag-start").innerText()).includes("<b>here</b>"));
  assert.equal(await page.locator("img").count(), 0);
  assert.equal(await page.title(), "Trackside");
});

test("the built-in courses are all there with their previews", async (t) => {
  const server = await startTrackside({ t });
  const page = await open(t, server, "/create");

  for (const { shortName, longName } of (await api(server, "/api/courses")).courses) {
    await page.getByLabel("Course", { exact: true }).selectOption(shortName);
    await page.locator(".course-note strong").getByText(longName, { exact: true }).waitFor();
    assert.ok((await page.locator("path.course-line").getAttribute("d")).length > 20, shortName);
    assert.equal(await page.locator(".flag-start").count(), 1);
  }
});

test("the page's own files are the built ones", async (t) => {
  const server = await startTrackside({ t });
  const html = await (await fetch(server.url)).text();

  assert.equal(html, readFileSync(join(repository, "web/dist/index.html"), "utf8"));
  for (const [, path] of html.matchAll(/(?:src|href)="(\/[^"]+)"/g)) {
    const answer = await fetch(server.url + path);
    assert.equal(answer.status, 200, path);
    assert.match(answer.headers.get("cache-control"), path.startsWith("/api/") ? /^no-store$/ : /immutable/, path);
  }
});
