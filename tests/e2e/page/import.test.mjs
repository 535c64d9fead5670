// The import of a course file as a conversation: questions that one click answers, on the map or in the list; notes with their
// places; changes that import again; names that are taken; with a keyboard, on a phone, in German, and for axe.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { api, repository, startTrackside, until } from "../harness.mjs";
import { findings } from "./axe.mjs";
import { keepPicture, open } from "./browser.mjs";
import { field, PHONE } from "./form.mjs";

const caseFile = (name) => readFileSync(join(repository, "tests/data/courses/cases", name));
const give = (page, name, buffer = caseFile(name)) => page.locator('[data-import="file"]').setInputFiles({ name, mimeType: "application/octet-stream", buffer });
const length = (page) => page.locator(".course-note p").first();
const said = (page) => page.locator('[data-import="said"]');
const candidate = (page, k) => page.locator(`[data-candidate="${k}"]`);
const courses = async (server) => (await api(server, "/api/courses")).courses;

async function start(t, options) {
  const server = await startTrackside({ t });
  const page = await open(t, server, "/create", options);
  await page.locator(".course-note strong").waitFor();
  return { server, page };
}

test("how many laps is asked, one click answers, and the length follows each change", async (t) => {
  const { server, page } = await start(t);

  await give(page, "c50-parkrun.kml");
  await page.locator('[data-asks="laps"]').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "ask-title", "the question has the focus");
  assert.equal((await courses(server)).length, 4, "nothing is kept before the answer");
  assert.deepEqual(await page.locator(".candidate").allInnerTexts(), ["2 laps\n5.00 km", "1 lap\n2.50 km"]);
  await keepPicture(page, "import-laps");
  await candidate(page, 0).click();
  await length(page).getByText("5.00 km · 2 laps of 2.50 km").waitFor();
  assert.match(await page.locator('[data-import="found"]').innerText(), /^Found in c50-parkrun\.kml: a line of 5 places/);

  await page.locator('[data-import="laps"]').fill("3");
  await length(page).getByText("7.50 km · 3 laps of 2.50 km").waitFor();
  await page.getByText("2,499.8 m more").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "import-laps", "the focus stays");
  await page.locator('[data-import="laps"]').fill("none");
  await page.getByText("A whole number of laps, please.").waitFor();
  await page.locator('[data-import="laps"]').fill("");
  await page.locator('[data-asks="laps"]').waitFor();
  await page.locator('[data-answer="cancel"]').click();
  await length(page).getByText("7.50 km").waitFor();
  await page.locator('[data-import="reverse"]').check();
  await page.getByText("The line is run in the other direction, as requested.").waitFor();

  await page.locator('[data-import="name"]').fill("park");
  await said(page).getByText("park was imported.").waitFor();
  await until("the old name is gone", async () => (await courses(server)).map((c) => c.shortName).sort().join() === "crystal,half,loop,park,street");
  await page.locator('[data-import="longName"]').fill("<b>Park</b>");
  await length(page).getByText("<b>Park</b>").waitFor();
  const [park] = (await courses(server)).filter((c) => c.shortName === "park");
  assert.deepEqual([park.longName, park.laps], ["<b>Park</b>", 3]);
  await page.locator('[data-import="discard"]').click();
  await page.locator(".talk").waitFor({ state: "detached" });
  assert.equal((await courses(server)).length, 4);
});

test("a name that is taken: both are kept, the old one is replaced, or nothing happens", async (t) => {
  const { server, page } = await start(t);
  const park = async (answer) => {
    await give(page, "c50-parkrun.kml");
    await candidate(page, 0).click();
    if (answer) await page.locator(`[data-asks="name"] [data-answer="${answer}"]`).click();
  };

  await park();
  await said(page).getByText("somewhere-parkrun was imported.").waitFor();
  await park("name");
  await said(page).getByText("somewhere-parkrun-2 was imported.").waitFor();
  await park("replace");
  await said(page).getByText("somewhere-parkrun was imported.").waitFor();
  assert.equal(await page.locator('[data-import="discard"]').count(), 0, "it was there before");
  await page.locator('[data-import="name"]').fill("crystal");
  await page.locator('[data-asks="name"] [data-answer="cancel"]').click();
  assert.equal(await page.locator('[data-import="name"]').inputValue(), "somewhere-parkrun");
  await park("cancel");
  await page.locator(".talk").waitFor({ state: "detached" });
  const names = (await courses(server)).map((c) => c.shortName).sort();
  assert.deepEqual(names, ["crystal", "half", "loop", "somewhere-parkrun", "somewhere-parkrun-2", "street"]);
});

test("notes show their places on the map, and their signs show the notes", async (t) => {
  const { page } = await start(t);

  await give(page, "a1-nearly-closed-turned.kml");
  await page.locator(".talk").waitFor();
  const note = page.locator(".note").first();
  const index = await note.getAttribute("data-note");
  const text = await note.innerText();
  await page.locator(".leaflet-marker-icon .odd").first().waitFor();
  await note.focus();
  await page.keyboard.press("Enter");
  await page.locator(".leaflet-tooltip").getByText(text).waitFor();
  await page.locator(".diagnostics .chosen").getByText(text).waitFor();
  await page.mouse.move(0, 0);
  await page.locator(".leaflet-marker-icon:has(.odd)").last().press("Enter");
  await until("a note has the focus", () => page.evaluate(() => document.activeElement.classList.contains("note")));
  assert.notEqual(index, null);
});

test("the map is drawn once for a course: a change that the server refuses leaves it and the chosen note as they are", async (t) => {
  const { page } = await start(t);
  await page.evaluate(() => {
    window.lines = 0;
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) for (const node of addedNodes) window.lines += node.classList?.contains("course-casing") ? 1 : 0;
    }).observe(document.querySelector(".preview .map"), { childList: true, subtree: true });
  });
  const lines = () => page.evaluate(() => window.lines);

  await give(page, "a1-nearly-closed-turned.kml");
  await page.locator(".talk .found").waitFor();
  await page.locator(".leaflet-marker-icon .odd").first().waitFor();
  assert.equal(await lines(), 1, "the import draws its course once");
  await page.locator(".note").first().click();
  await page.locator(".diagnostics .chosen").waitFor();
  await page.locator('[data-import="laps"]').fill("2000");
  await page.locator('[data-import="said"].error').waitFor();
  await page.locator('.talk[aria-busy="false"]').waitFor();
  await page.locator(".diagnostics .chosen").waitFor();
  assert.equal(await lines(), 1, "nothing was drawn anew");
});

async function asked(page) {
  const urls = [];
  page.on("request", (request) => {
    if (request.method() === "POST") urls.push(request.url());
  });
  await give(page, "b3-two-races.kml");
  await page.locator('[data-asks="line"]').waitFor();
  return urls;
}

test("which line is asked: the list and the map point at each other, and a click on either answers", async (t) => {
  const { server, page } = await start(t);
  const urls = await asked(page);
  const line = (k) => page.locator(`path.candidate-line.line-${k}`);

  assert.deepEqual(await page.locator(".candidate strong").allInnerTexts(), ["5 km course", "10 km course"]);
  await candidate(page, 1).hover();
  assert.match(await line(1).getAttribute("class"), /pointed/);
  assert.match(await line(0).getAttribute("class"), /faded/);
  await keepPicture(page, "import-line");
  const sign = page.locator(".candidate-icon .line-0");
  await sign.hover();
  assert.equal(await candidate(page, 0).getAttribute("aria-current"), "true");
  await sign.click();
  await length(page).getByText("5.00 km · 1 lap").waitFor();
  assert.match(urls.at(-1), /[?&]line=1(&|$)/);
  await page.locator('[data-import="line"]').selectOption("2");
  await length(page).getByText("10.00 km · 1 lap").waitFor();
  assert.equal((await courses(server)).length, 5, "the course was replaced by its other line");
});

for (const [place, options] of [["desk, dark", { colorScheme: "dark" }], ["phone, German", { ...PHONE, locale: "de-DE" }]])
  test(`with a keyboard alone, and axe has nothing to say, ${place}`, async (t) => {
    const { page } = await start(t, options);
    const urls = await asked(page);

    assert.deepEqual(await findings(page), []);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)) <= 0);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.dataset.candidate), "1");
    assert.equal(await candidate(page, 1).evaluate((entry) => entry.matches(":focus-visible")), true);
    assert.match(await page.locator("path.candidate-line.line-1").getAttribute("class"), /pointed/);
    await keepPicture(page, `import-${place.split(",")[0]}`);
    await page.keyboard.press("Enter");
    await page.locator(".changes").waitFor();
    assert.match(urls.at(-1), /[?&]line=2(&|$)/);
    await until("the focus is where it goes on", () => page.evaluate(() => document.activeElement.dataset.import === "found"));
    assert.ok(await page.locator(".preview .map").evaluate((map) => map.getBoundingClientRect().bottom > 100), "the map is in view");
    assert.deepEqual(await findings(page), []);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)) <= 0);
    await keepPicture(page, `import-${place.split(",")[0]}-done`);
  });

test("in German the notes are German, with figures as Germans write them", async (t) => {
  const { page } = await start(t, { locale: "de-DE" });

  for (const [name, says] of [["h8-nomatch-laps.kml", "Angegeben sind 5.000 m, gemessen 4.799,9 m: 200,1 m weniger."], ["e83-shuttle.kml", "dem Namen nach nicht das Rennen"],
    ["e25-zero-point.gpx", "Ort 3 einer Linie ist 0,0"]]) {
    await give(page, name);
    await page.locator(".diagnostics").getByText(says).waitFor();
    assert.doesNotMatch(await page.locator(".diagnostics").innerText(), /\bThe\b|\bwas\b/, name);
  }
});

test("what cannot be read is said, and the course that was there stays", async (t) => {
  const { page } = await start(t);
  const before = await field(page, "Course").inputValue();

  await give(page, "e58-html.gpx");
  await said(page).getByText("The file is a web page, not a course").waitFor();
  assert.equal(await field(page, "Course").inputValue(), before);
  assert.equal(await page.locator(".talk").count(), 0);
  await give(page, "c50-parkrun.kml");
  await candidate(page, 1).click();
  await length(page).getByText("2.50 km").waitFor();
  await page.locator('[data-import="laps"]').fill("100000");
  await page.locator('[data-import="said"].error').waitFor();
  await length(page).getByText("2.50 km").waitFor();
});
