// The README's pictures, made from the real program: node tests/e2e/pictures.mjs [FOLDER] (docs/pictures).
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { api, repository, sleep, startTrackside, until } from "./harness.mjs";
import { ARGS } from "./page/chromium.mjs";

const RUN_ID = "pictures";
const SHOWN_AT_S = 1140; // many are in the geofence, the first have finished
const PICTURES = [
  { name: "dashboard", path: `/?race=${RUN_ID}`, shows: "tr[data-bib]", width: 1440, height: 900, colorScheme: "light" },
  { name: "dark", path: `/?race=${RUN_ID}`, shows: "tr[data-bib]", width: 1440, height: 900, colorScheme: "dark" },
  { name: "phone", path: `/?race=${RUN_ID}`, shows: "tr[data-bib]", width: 390, height: 844, colorScheme: "light", deviceScaleFactor: 2 },
  { name: "create", path: "/create", shows: ".course-note strong", width: 1280, height: 900, colorScheme: "light" },
];

const folder = process.argv[2] ?? join(repository, "docs/pictures");
const server = await startTrackside({});
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGS });
try {
  mkdirSync(folder, { recursive: true });
  const race = { course: "crystal", competitors: 1000, fastest: 190, slowest: 500, spread: "field", seed: 20260101, speed: 400, stopRatio: 0.1, runId: RUN_ID };
  await api(server, "/api/races", { method: "POST", body: race });
  await until("the race is far enough", async () => (await api(server, `/api/races/${RUN_ID}/board?limit=1`)).asOf.rawTime >= SHOWN_AT_S);
  await api(server, `/api/races/${RUN_ID}/speed`, { method: "POST", body: { speed: 1 } });
  for (const { name, path, shows, width, height, ...options } of PICTURES) {
    const page = await browser.newPage({ viewport: { width, height }, locale: "en-GB", timezoneId: "UTC", ...options });
    await page.goto(server.url + path);
    await page.locator(shows).first().waitFor({ timeout: 60000 });
    await sleep(5000); // charts and lag have something to show by then
    await page.screenshot({ path: join(folder, `${name}.png`) });
    await page.close();
    console.log(join(folder, `${name}.png`));
  }
} finally {
  await browser.close();
  await server.stop();
}
