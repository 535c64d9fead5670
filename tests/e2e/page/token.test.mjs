// A server that others can reach: everybody watches, and who changes something is asked for the token.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { api, startTrackside, tempDir, until } from "../harness.mjs";
import { keepPicture, manage, open, operate, untilBadge, unfold } from "./browser.mjs";

const TOKEN = "of-our-own-0123456789";

async function start(t) {
  const dir = tempDir(t);
  const file = join(dir, "secret");
  writeFileSync(file, `${TOKEN}\n`, { mode: 0o600 });
  const server = await startTrackside({ t, dir: join(dir, "data"), args: ["--listen", "0.0.0.0:0", "--token-file", file] });
  server.url = server.url.replace("0.0.0.0", "127.0.0.1");
  return server;
}

const dialog = (page) => page.getByRole("dialog", { name: "Admin token" });

async function answer(page, token) {
  await dialog(page).getByLabel("Token").fill(token);
  await dialog(page).getByRole("button", { name: "Use it" }).click();
}

test("an operator signs in once and has the controls; a wrong token is told in a sentence", async (t) => {
  const server = await start(t);
  const page = await open(t, server, "/create");
  const races = async () => (await api(server, "/api/races")).races;

  await page.getByText("Only the operators of this server create races and courses.").waitFor();
  assert.equal(await page.getByLabel("Competitors", { exact: true }).count(), 0, "no form");
  await page.locator("[data-sign-in]").click();
  await dialog(page).getByText("This server lets only those change something who have its token.").waitFor();
  await keepPicture(page, "token");
  assert.equal(await dialog(page).getByRole("alert").count(), 0, "nothing is wrong yet");
  await answer(page, "a guess");
  await dialog(page).getByRole("alert").getByText("The server did not take that token.").waitFor();
  await keepPicture(page, "token-wrong");
  await answer(page, TOKEN);
  await page.locator(".course-note strong").waitFor();
  assert.equal((await races()).length, 0);
  await page.getByRole("button", { name: "Create race" }).click();
  await untilBadge(page, "live");
  const [race] = await races();

  await operate(page, "Pause race");
  await untilBadge(page, "paused");
  assert.equal(await dialog(page).count(), 0, "it is asked once");
  await page.reload();
  await manage(page);
  await keepPicture(page, "manage");
  await operate(page, "Resume race");
  await untilBadge(page, "live");
  assert.equal((await api(server, `/api/races/${race.runId}`)).state, "running");
  assert.ok(!(await page.content()).includes(TOKEN) && !page.url().includes(TOKEN), "it is nowhere to be seen");
  await operate(page, "Sign out");
  await until("the controls are gone", async () => (await page.locator("[data-manage]").count()) === 0);
});

test("a spectator watches and sees nothing that changes a race", async (t) => {
  const server = await start(t);
  const page = await open(t, server);
  await page.getByText("It appears here as soon as there is one.").waitFor();
  assert.equal(await page.getByRole("link", { name: "Create race" }).count(), 0);
  const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
  const made = await fetch(`${server.url}/api/races`, { method: "POST", headers, body: JSON.stringify({ course: "crystal", competitors: 10 }) });
  assert.equal(made.status, 201, await made.text());
  await page.reload();

  await untilBadge(page, "live");
  await page.locator("tr[data-bib]").first().waitFor();
  await unfold(page);
  await page.locator("[data-sign-in]").waitFor();
  await page.locator("[data-rate]").waitFor();
  for (const control of ["[data-manage]", "[data-action]", "[data-speed]", 'a[href="/create"]']) assert.equal(await page.locator(control).count(), 0, control);
  await keepPicture(page, "spectator");
  await page.locator("[data-sign-in]").click();
  await dialog(page).getByRole("button", { name: "Cancel" }).click();
  await until("the dialog is gone", async () => (await dialog(page).count()) === 0);
  assert.equal((await api(server, "/api/races")).races[0].state, "running");
});
