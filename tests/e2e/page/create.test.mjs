// Create Race: the form and what is wrong beside the field, presets and the outlook, the same race for a terminal, import of a
// file, names with markup; with a keyboard alone, and for axe. The geofence is in fence.test.mjs.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "node:test";
import { api, program, repository, sleep, startTrackside, text, trackside, until } from "../harness.mjs";
import { findings } from "./axe.mjs";
import { createRace, keepPicture, open, unfold, untilPage, untilBadge } from "./browser.mjs";
import { field, loaded, PHONE } from "./form.mjs";

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
  await untilBadge(page, "live");
  const [race] = (await api(server, "/api/races")).races;
  assert.deepEqual([race.course, race.competitors, race.fastest, race.slowest, race.stopRatio, race.seed], ["loop", 250, 144, 360, 0.1, 42]);
  assert.equal(new URL(page.url()).searchParams.get("race"), race.runId);
  await untilPage(page, () => document.querySelectorAll("table tbody tr").length > 5);
});

test("a preset fills the form in, and says so until something is changed", async (t) => {
  const server = await startTrackside({ t });
  const page = await open(t, server, "/create");
  const said = page.locator("[data-preset]");
  const values = () => Promise.all(["Competitors", "Fastest pace", "Slowest pace", "Stop in the geofence", "Longest stop", "Speed"].map((l) => field(page, l).inputValue()));

  await loaded(page, "Crystal Palace");
  assert.equal(await said.count(), 0);
  await field(page, "Begin with").selectOption({ label: "Everybody stops, 200 runners" });
  await said.getByText("Filled in: Everybody stops, 200 runners.").waitFor();
  assert.deepEqual(await values(), ["200", "3:30", "8:00", "100", "600", "5"]);
  await page.getByText("All 200 will stop").waitFor();
  await field(page, "Competitors").fill("201");
  await said.getByText("then changed").waitFor();
  await page.getByRole("button", { name: "Fill in again" }).click();
  await page.locator('[data-preset="kept"]').waitFor();
  assert.equal(await field(page, "Competitors").inputValue(), "200");

  await field(page, "Course").selectOption("half");
  await said.getByText("The route enters no geofence, so nobody stops.").waitFor();
  await field(page, "Course").selectOption("crystal");
  await loaded(page, "Crystal Palace");
  await field(page, "Begin with").selectOption({ label: "Half marathon, 2,000 runners" });
  await loaded(page, "Harbour to harbour half marathon");
  await page.getByText("Nobody will stop").waitFor();
  await field(page, "Begin with").selectOption({ label: "City race, 5,000 runners" });
  await page.getByRole("button", { name: "Create race" }).click();
  await untilBadge(page, "live");
  const [race] = (await api(server, "/api/races")).races;
  assert.deepEqual([race.course, race.competitors, race.fastest, race.slowest, race.stopRatio, race.anchor.speed], ["half", 5000, 180, 540, 0, 10]);
  assert.ok(race.seed < 1e6, "the seed that the form drew");
});

// Who stood still, and the last second, in the events of a race.
function whatHappened(lines) {
  const last = new Map();
  const still = new Map();
  let over = 0;
  for (const line of lines.split("\n").filter(Boolean)) {
    const { competitorId: id, rawTime, distance } = JSON.parse(line);
    if (last.get(id) === distance) still.set(id, (still.get(id) ?? 0) + 1);
    last.set(id, distance);
    over = Math.max(over, rawTime);
  }
  return { stopped: [...still.values()].filter((s) => s >= 5).length, over };
}

test("the outlook is what the simulator makes of that seed", async (t) => {
  const server = await startTrackside({ t });
  const page = await open(t, server, "/create");
  const fill = async (values) => { for (const [label, value] of Object.entries(values)) await field(page, label).fill(String(value)); };
  const base = { "Fastest pace": "2:00", "Slowest pace": "3:20", "Shortest stop": 20, "Longest stop": 90, Seed: 42 };
  const cases = [[200, 30, 42], [12, 50, 43], [60, 100, 44], [40, 0, 45]];

  await loaded(page, "Crystal Palace");
  await fill(base);
  for (const [competitors, percent, seed] of cases) {
    await fill({ Competitors: competitors, "Stop in the geofence": percent, Seed: seed });
    const sentence = await until(`an outlook for ${competitors}`, async () => {
      const said = await page.locator(".forecast").innerText();
      return (percent === 0 ? /^Nobody/ : new RegExp(`\\b${competitors} will stop`)).test(said) && said;
    });
    const said = { stopped: percent === 0 ? 0 : percent === 100 ? competitors : Number(/About (\d+) of/.exec(sentence)[1]), minutes: Number(/about (\d+) min/.exec(sentence)[1]) };
    const run = trackside(["simulate", "--course", "crystal", "--competitors", competitors, "--fastest", 120, "--slowest", 200, "--stop-ratio", percent / 100,
      "--min-pause", 20, "--max-pause", 90, "--seed", seed].map(String));
    assert.equal(run.code, 0, run.stderr);
    const is = whatHappened(run.stdout);
    const p = percent / 100;
    assert.equal(said.stopped, Math.round(competitors * p));
    assert.ok(Math.abs(is.stopped - said.stopped) <= 4 * Math.sqrt(competitors * p * (1 - p)), `${sentence} But ${is.stopped} did.`);
    assert.ok(Math.abs(is.over / 60 - said.minutes) <= 2, `${sentence} But it was over after ${is.over / 60} min.`);
  }
  await fill({ Speed: 10 });
  await page.locator(".forecast").getByText(/At this speed that takes about \d+ min/).waitFor();
});

// A line of the terminal as the page gives it; the program of these tests is the one called trackside.
function shell(line) {
  return new Promise((done, failed) => {
    const child = spawn("sh", ["-c", line], { env: { ...process.env, PATH: `${dirname(program)}:${process.env.PATH}` } });
    let out = "";
    let errors = "";
    child.stdout.on("data", (s) => (out += s));
    child.stderr.on("data", (s) => (errors += s));
    child.on("exit", (code) => (code === 0 ? done(out) : failed(new Error(`${line}: ${errors || out}`))));
  });
}

test("the same race as a command and with curl: the same events", async (t) => {
  const server = await startTrackside({ t });
  const page = await open(t, server, "/create");
  const course = "l'été";
  const file = kml(course, [[0.1, 51.5], [0.12, 51.5], [0.12, 51.51]]);
  await fetch(`${server.url}/api/courses?shortName=quick&longName=${encodeURIComponent(course)}`, { method: "POST", body: file });
  await fetch(`${server.url}/api/courses/quick/geofence`, { method: "PUT", body: "POLYGON ((0.105 51.49, 0.115 51.49, 0.115 51.52, 0.105 51.52, 0.105 51.49))" });

  await page.reload();
  await page.locator('[data-course="quick"]').click();
  await loaded(page, course);
  for (const [label, value] of Object.entries({ Competitors: 25, "Stop in the geofence": 40, "Start time": "2026-01-01T10:00", Speed: 1000 })) await field(page, label).fill(String(value));
  const drawn = await field(page, "Seed").inputValue();
  await page.getByRole("button", { name: "Another seed" }).click();
  const seed = await field(page, "Seed").inputValue();
  assert.notEqual(seed, drawn);
  await page.getByText("The same race for a terminal").click();
  const command = await page.locator('[data-copy="command"]').innerText();
  const curl = await page.locator('[data-copy="curl"]').innerText();
  assert.match(command, new RegExp(`--seed ${seed} .*--server ${server.url}`));
  await page.getByRole("button", { name: "Create race" }).click();
  await page.waitForURL("**/?race=*");

  const ids = [new URL(page.url()).searchParams.get("race"), (await shell(command)).trim(), JSON.parse(await shell(curl)).runId];
  assert.equal(new Set(ids).size, 3);
  const events = [];
  for (const id of ids) {
    await until("it is over", async () => (await api(server, `/api/races/${id}`)).state === "finished");
    events.push((await text(server, `/api/races/${id}/events`)).replaceAll(/"(runId|eventId)": ?"[^"]*",? ?/g, ""));
  }
  assert.ok(events[0].split("\n").length > 5000);
  assert.ok(!events[0].includes(ids[0]));
  assert.equal(events[1], events[0], "by the command");
  assert.equal(events[2], events[0], "with curl");
});

test("what is copied is the line, and where nothing may be copied it is selected", async (t) => {
  const server = await startTrackside({ t });
  const page = await open(t, server, "/create", { permissions: ["clipboard-read", "clipboard-write"] });

  await loaded(page, "Crystal Palace");
  await page.getByText("The same race for a terminal").click();
  const line = await page.locator('[data-copy="command"]').innerText();
  await page.getByRole("button", { name: "Copy: As a command" }).click();
  await page.getByText("Copied.").waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), line);
  await page.evaluate(() => { navigator.clipboard.writeText = () => Promise.reject(new Error("not here")); });
  await page.getByRole("button", { name: "Copy: With curl" }).click();
  await page.getByText("Selected: copy it with Ctrl+C.").waitFor();
  assert.equal(await page.evaluate(() => getSelection().toString()), await page.locator('[data-copy="curl"]').innerText());
  await field(page, "Seed").fill("");
  await page.getByText("Without a seed each race is another one").waitFor();
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
    ["Speed", "0", /0.1 to 1,000/],
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
  await untilBadge(page, "live");
  await unfold(page);
  assert.equal(await page.locator('[data-fact="course"]').innerText(), "Ost-Lauf");
});

const GPX = `<?xml version="1.0"?><gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1"><trk><name>Dropped</name><trkseg>${
  LINE.map(([lon, lat]) => `<trkpt lat="${lat}" lon="${lon}"/>`).join("")}</trkseg></trk></gpx>`;

async function drop(page, ...files) {
  const data = await page.evaluateHandle((all) => {
    const transfer = new DataTransfer();
    all.forEach(([name, content]) => transfer.items.add(new File([content], name)));
    return transfer;
  }, files);
  await page.dispatchEvent("main", "dragover", { dataTransfer: data });
  await page.locator(".drop.over").waitFor();
  await page.dispatchEvent("main", "drop", { dataTransfer: data });
  await until("the panel is as it was", async () => (await page.locator(".drop.over").count()) === 0);
}

test("a file that is dropped anywhere is imported; what is odd is a sentence and a sign on the map", async (t) => {
  const server = await startTrackside({ t });
  const page = await open(t, server, "/create");
  const said = page.locator('[data-import="said"]');
  const names = async () => (await api(server, "/api/courses")).courses.map((c) => c.longName);

  await loaded(page, "Crystal Palace");
  await drop(page, ["dropped.gpx", GPX]);
  await said.getByText("was imported").waitFor();
  await loaded(page, "Dropped");
  const card = page.locator(".course-card", { hasText: "Dropped" });
  assert.equal(await card.getAttribute("aria-pressed"), "true");
  await card.scrollIntoViewIfNeeded();
  await card.locator("path").waitFor({ state: "attached" });

  const turned = kml("Odd one", LINE).replace(/(<LineString><coordinates>)([^<]*)/, (_, tag, line) => tag + line.split(" ").reverse().join(" "));
  await drop(page, ["turned.kml", turned]);
  await said.getByText("was imported").waitFor();
  await page.getByText("it was turned").waitFor();
  const { courses } = await api(server, "/api/courses");
  const { trackside: odd } = await api(server, `/api/courses/${await field(page, "Course").inputValue()}`);
  assert.deepEqual(await page.locator(".diagnostics li").allInnerTexts().then((all) => all.map((s) => s.replace(/^\W /, ""))), odd.diagnostics.map((d) => d.text));
  await until("the signs are on the map", async () => (await page.locator(".leaflet-marker-icon .odd").count()) === odd.diagnostics.filter((d) => d.at).length);

  for (const [files, says] of [[[["bad.gpx", GPX.replace(/<trkpt.*\/>/, "")]], /\w+ \w+/], [[["a.txt", "no course"]], /\w+ \w+/], [[["a.gpx", GPX], ["b.gpx", GPX]], /One file at a time/]]) {
    await drop(page, ...files);
    await page.locator('[data-import="said"].error').waitFor();
    assert.match(await said.innerText(), says);
  }
  await drop(page, ["dropped.gpx", GPX.replace("52.51", "52.52")]);
  await page.locator('[data-asks="name"] [data-answer="replace"]').waitFor();
  assert.equal((await names()).length, courses.length, "nothing was made of all these");
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
    await page.locator(".fence .error").first().waitFor();
    assert.match(await page.locator(".fence .error").first().innerText(), says, text);
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
  await untilBadge(page, "live");
  await unfold(page);
  await until("the name is shown", async () => (await page.locator('[data-fact="course"]').innerText()) === text);
  assert.ok((await page.locator(".race-select option").first().innerText()).includes("<b>Bold</b>"));
  assert.ok((await page.locator(".flag-start").innerText()).includes("<b>here</b>"));
  assert.equal(await page.locator("img").count(), 0);
  assert.equal(await page.title(), `${text} · Trackside`, "nothing of it ran: it would have changed the title");
});

test("the built-in courses are all there with their previews", async (t) => {
  const server = await startTrackside({ t });
  const page = await open(t, server, "/create");

  for (const { shortName, longName } of (await api(server, "/api/courses")).courses) {
    await page.getByLabel("Course", { exact: true }).selectOption(shortName);
    await page.locator(".course-note strong").getByText(longName, { exact: true }).waitFor();
    assert.ok((await page.locator("path.course-line").getAttribute("d")).length > 20, shortName);
    await until("one start", async () => (await page.locator(".flag-start").count()) === 1);
  }
});

test("a course on its way: its geofence waits for it, and it is not shown any more where another was chosen", async (t) => {
  const server = await startTrackside({ t });
  const page = await open(t, server, "/create");
  const chosen = page.getByLabel("Course", { exact: true });
  const shown = page.locator(".course-note strong");
  const typed = page.locator('[data-fence="text"]');
  const { courses } = await api(server, "/api/courses");
  const name = (shortName) => courses.find((c) => c.shortName === shortName).longName;
  await shown.waitFor();
  await until("it can be edited", () => typed.isEnabled());
  let release;
  const held = new Promise((done) => { release = done; });
  const answered = page.waitForResponse((r) => r.url().endsWith("/api/courses/street"));
  await page.route("**/api/courses/street", async (route) => {
    await held;
    await route.continue();
  });

  await chosen.selectOption("street");
  await until("nobody can change another course's geofence", () => typed.isDisabled());
  assert.ok(await page.locator('[data-fence="save"]').isDisabled());
  await chosen.selectOption("loop");
  await shown.getByText(name("loop"), { exact: true }).waitFor();
  release();
  await answered;
  await sleep(300);
  assert.deepEqual([await chosen.inputValue(), await shown.innerText(), await typed.isEnabled()], ["loop", name("loop"), true]);
  await chosen.selectOption("street");
  await shown.getByText(name("street"), { exact: true }).waitFor();
});

// Tab until the finger is on it.
async function tabTo(page, selector) {
  for (let k = 0; k < 120; k++) {
    if (await page.evaluate((css) => document.activeElement.matches(css), selector)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`no way to ${selector} with Tab`);
}

test("a race is created with a keyboard alone, from the dashboard to the start", async (t) => {
  const server = await startTrackside({ t });
  const page = await open(t, server, "/");
  const type = async (selector, value) => {
    await tabTo(page, selector);
    await page.keyboard.press("Control+A");
    await page.keyboard.type(value);
  };

  await page.getByRole("link", { name: "Create race" }).first().waitFor();
  await tabTo(page, 'a[href="/create"]');
  await page.keyboard.press("Enter");
  await loaded(page, "Crystal Palace");
  await tabTo(page, '[data-course="loop"]');
  await page.keyboard.press("Space");
  await loaded(page, "Aldermoor Park loop");
  await tabTo(page, "#field-preset");
  await page.keyboard.type("park");
  await page.locator('[data-preset="kept"]').waitFor();
  await loaded(page, "Crystal Palace");
  await type("#field-competitors", "33");
  await type("#field-slowest", "5:00");
  await type("#field-seed", "77");
  await page.keyboard.press("Shift+Tab");
  assert.equal(await page.evaluate(() => document.activeElement.id), "field-speed");
  await type("#field-speed", "0");
  await page.keyboard.press("Enter");
  await page.locator("#error-speed").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "field-speed", "the finger is where something is wrong");
  await type("#field-speed", "20");
  await tabTo(page, 'button[type="submit"]');
  await page.keyboard.press("Enter");
  await untilBadge(page, "live");
  const [race] = (await api(server, "/api/races")).races;
  assert.deepEqual([race.course, race.competitors, race.fastest, race.slowest, race.seed, race.anchor.speed], ["crystal", 33, 190, 300, 77, 20]);
});

for (const [place, options] of [["light", { colorScheme: "light" }], ["dark", { colorScheme: "dark" }], ["phone", { ...PHONE, colorScheme: "dark" }]])
  test(`nothing for axe to find, everything open: ${place}`, async (t) => {
    const server = await startTrackside({ t });
    const page = await open(t, server, "/create", options);
    const press = (selector) => (options.hasTouch ? page.locator(selector).tap() : page.locator(selector).click());

    await loaded(page, "Crystal Palace");
    await field(page, "Begin with").selectOption("parkrun");
    await field(page, "Competitors").fill("7");
    for (const summary of await page.locator(".create summary").all()) await summary.click();
    await press('[data-fence="draw"]');
    assert.deepEqual(await findings(page), [], "drawing");
    await page.getByRole("button", { name: "Cancel" }).click();
    await press('[data-fence="edit"]');
    await page.getByLabel("Latitude of corner 1", { exact: true }).fill("x");
    await page.keyboard.press("Tab");
    await page.locator(".degrees .error").waitFor();
    await keepPicture(page, `create-${place}`);
    assert.deepEqual(await findings(page), [], "editing, something wrong");
    await page.locator('[data-fence="text"]').fill("POLYGON");
    await press('[data-fence="save"]');
    await drop(page, ["a.txt", "no course"]);
    await page.locator('[data-import="said"].error').waitFor();
    assert.deepEqual(await findings(page), [], "all that can be wrong");
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)) <= 0, "no sideways scroll");
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
