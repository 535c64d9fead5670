// The geofence of a course: drawn, its corners moved with a mouse, a finger and a keyboard, typed, saved and given up.
import assert from "node:assert/strict";
import test from "node:test";
import { api, startTrackside, until } from "../harness.mjs";
import { keepPicture, open, untilPage, untilBadge } from "./browser.mjs";
import { field, loaded, PHONE } from "./form.mjs";

const corners = async (server, course) => {
  const { features } = await api(server, `/api/courses/${course}`);
  return features.find((f) => f.properties.role === "geofence").geometry.coordinates[0].slice(0, -1);
};
const near = (a, b) => Math.abs(a[0] - b[0]) < 2e-7 && Math.abs(a[1] - b[1]) < 2e-7;

async function drag(page, handle, dx, dy) {
  await handle.scrollIntoViewIfNeeded();
  const box = await handle.boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let k = 1; k <= 5; k++) await page.mouse.move(x + (dx * k) / 5, y + (dy * k) / 5);
  await page.mouse.up();
}

test("the geofence of a course is edited on the map: moved, added, undone, removed, given up, saved", async (t) => {
  const server = await startTrackside({ t });
  const page = await open(t, server, "/create");
  const before = await corners(server, "crystal");
  const rows = page.locator(".corner-row");
  const count = (n) => until(`${n} corners`, async () => (await rows.count()) === n);
  const at = async (n) => [await page.getByLabel(`Longitude of corner ${n}`, { exact: true }).inputValue(), await page.getByLabel(`Latitude of corner ${n}`, { exact: true }).inputValue()].map(Number);
  const edit = page.locator('[data-fence="edit"]');
  const undo = page.locator('[data-fence="undo"]');

  await loaded(page, "Crystal Palace");
  await edit.click();
  await count(before.length);
  for (const [k, corner] of before.entries()) assert.ok(near(await at(k + 1), corner), `corner ${k + 1}`);
  assert.ok(await undo.isDisabled());
  await page.getByText("The geofence that you are editing is not saved").waitFor();

  await drag(page, page.locator(".handle:not(.middle)").first(), -40, -25);
  const moved = await until("corner 1 has moved", async () => {
    const now = await at(1);
    return !near(now, before[0]) && now;
  });
  assert.ok(moved[0] < before[0][0] && moved[1] > before[0][1], "to the north-west");
  assert.ok((await page.locator('[data-fence="text"]').inputValue()).includes(`${moved[0]} ${moved[1]}`), "the text says it too");
  await page.locator(".handle.middle").first().click();
  await count(before.length + 1);
  await drag(page, page.locator(".handle.middle").last(), 12, 12);
  await count(before.length + 2);
  await keepPicture(page, "geofence-edited");
  await undo.click();
  await count(before.length + 1);
  await page.getByRole("button", { name: "Remove corner 4", exact: true }).click();
  await count(before.length);
  await page.locator('[data-fence="cancel"]').click();
  await count(0);
  assert.deepEqual(await corners(server, "crystal"), before, "nothing was saved");

  await edit.click();
  await count(before.length);
  await drag(page, page.locator(".handle:not(.middle)").nth(2), 30, 0);
  await until("corner 3 has moved", async () => !near(await at(3), before[2]));
  const wanted = await at(3);
  await page.locator('[data-fence="save"]').click();
  await page.getByText("The geofence was saved.").waitFor();
  const now = await corners(server, "crystal");
  assert.equal(now.length, before.length);
  assert.ok(now.some((c) => near(c, wanted)), JSON.stringify([now, wanted]));
  await count(0);
});

test("the geofence is edited as numbers and as text, and what is wrong is said", async (t) => {
  const server = await startTrackside({ t });
  const page = await open(t, server, "/create");
  const before = await corners(server, "loop");
  const latitude = (n) => page.getByLabel(`Latitude of corner ${n}`, { exact: true });
  const wkt = page.locator('[data-fence="text"]');

  await field(page, "Course").selectOption("loop");
  await loaded(page, "Aldermoor Park loop");
  await page.locator('[data-fence="edit"]').press("Enter");
  await latitude(1).fill("north");
  await latitude(1).press("Tab");
  await page.getByRole("alert").getByText("A number from −90 to 90, please.").waitFor();
  assert.equal(await latitude(1).getAttribute("aria-invalid"), "true");
  await page.locator('[data-fence="save"]').press("Enter");
  await untilPage(page, () => document.activeElement.id === "corner-0-0");
  assert.deepEqual(await corners(server, "loop"), before, "nothing is saved while a number is none");
  await latitude(1).fill(String(before[0][1] + 0.0001).replace(".", ","));
  await latitude(1).press("Tab");
  await until("it is taken", async () => (await latitude(1).getAttribute("aria-invalid")) === "false");
  await page.getByRole("button", { name: "Add a corner after 1", exact: true }).press("Enter");
  await untilPage(page, () => document.activeElement.id === "corner-0-1");
  await page.getByRole("button", { name: "Remove corner 2", exact: true }).press("Enter");
  await untilPage(page, () => document.activeElement.id === "corner-0-0");
  await page.locator('[data-fence="save"]').press("Enter");
  await page.getByText("The geofence was saved.").waitFor();
  const now = await corners(server, "loop");
  assert.ok(now.some((c) => near(c, [before[0][0], before[0][1] + 0.0001])), JSON.stringify(now));

  await wkt.fill("POLYGON ((0 0, 1 0, 1 1");
  await wkt.press("Tab");
  await page.getByRole("alert").getByText("neither WKT").waitFor();
  await wkt.fill("POLYGON ((-1.55 53.81, -1.54 53.81, -1.54 53.82))");
  await until("three corners to move", async () => (await page.locator(".handle:not(.middle)").count()) === 3);
  assert.equal(await page.locator(".fence [role=alert]").count(), 0);
  assert.ok(await page.getByRole("button", { name: "Remove corner 1", exact: true }).isDisabled(), "a triangle keeps its corners");
  const many = Array.from({ length: 240 }, (_, k) => `${-1.545 + 0.01 * Math.cos(k / 38.2)} ${53.81 + 0.01 * Math.sin(k / 38.2)}`);
  await wkt.fill(`POLYGON ((${many.join(", ")}))`);
  await page.getByText("240 corners are too many to move one by one").waitFor();
  assert.equal(await page.locator(".handle").count(), 0);
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

test("on a phone a geofence is moved with a finger and a race is made", async (t) => {
  const server = await startTrackside({ t });
  const page = await open(t, server, "/create", PHONE);
  const before = await corners(server, "street");

  await page.locator('[data-course="street"]').tap();
  await loaded(page, "Lindenallee hin und zurück");
  await page.locator('[data-fence="edit"]').tap();
  await page.locator(".handle").first().waitFor();
  await page.locator(".preview .map").scrollIntoViewIfNeeded();
  const box = await page.locator(".handle:not(.middle)").first().boundingBox();
  const finger = await page.context().newCDPSession(page);
  const touch = (type, dx) => finger.send("Input.dispatchTouchEvent", { type, touchPoints: type === "touchEnd" ? [] : [{ x: box.x + box.width / 2 + dx, y: box.y + box.height / 2 }] });
  await touch("touchStart", 0);
  for (let dx = 4; dx <= 24; dx += 4) await touch("touchMove", dx);
  await touch("touchEnd", 24);
  await until("the corner moved", async () => Number(await page.getByLabel("Longitude of corner 1", { exact: true }).inputValue()) > before[0][0] + 1e-6);
  await page.locator('[data-fence="save"]').tap();
  await page.getByText("The geofence was saved.").waitFor();
  await field(page, "Competitors").fill("30");
  await page.getByRole("button", { name: "Create race" }).tap();
  await untilBadge(page, "live");
  assert.equal((await api(server, "/api/races")).races[0].course, "street");
});
