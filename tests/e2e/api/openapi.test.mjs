// openapi.json and the server agree: every path and method in it is answered with a status that it names, and every route of the
// server is in it.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { repository, startTrackside } from "../harness.mjs";
import { ask, finish, finishedRace, post } from "../http.mjs";

let server, doc, race, live, key, dir;
before(async () => {
  dir = mkdtempSync(join(tmpdir(), "trackside-e2e-"));
  const baseMap = join(dir, "base.geojson");
  writeFileSync(baseMap, '{"type": "FeatureCollection", "features": []}');
  server = await startTrackside({ args: ["--tiles", baseMap] });
  doc = (await ask(server, "/openapi.json")).json;
  race = await finishedRace(server, { competitors: 5 });
  live = (await post(server, "/api/races", { kind: "live", course: "crystal" })).json.runId;
  key = (await ask(server, `/api/races/${live}/keys`)).json.race;
});
after(async () => {
  await finish(server);
  rmSync(dir, { recursive: true });
});

const operations = () => Object.entries(doc.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, op]) => ({ path, method: method.toUpperCase(), op })));
// Only a live race has a start list, keys and devices.
const ofLive = /\/(start|startlist|keys|devices|fixes)$/;
const filled = (path, runId) => path.replace("{runId}", runId === race.runId && ofLive.test(path) ? live : runId).replace("{key}", key).replace("{app}", "osmand").replace("{shortName}", "crystal").replace("{competitorId}", "1");

test("the document is the one in docs/", () => {
  assert.deepEqual(doc, JSON.parse(readFileSync(join(repository, "docs/openapi.json"), "utf8")));
});

test("every operation is answered as it says, with what is there, what is not, and a body that is none", async () => {
  for (const { path, method, op } of operations()) {
    const order = method === "DELETE" ? ["nowhere"] : [race.runId, "nowhere"];
    for (const runId of order) {
      const body = op.requestBody ? "{]" : undefined;
      const answer = await ask(server, filled(path, runId).replace(method === "DELETE" ? "crystal" : "\0", "nowhere"), { method, body });
      const expected = path === "/ws" ? ["404"] : Object.keys(op.responses);
      assert.ok(expected.includes(String(answer.status)), `${method} ${path} with ${runId}: ${answer.status} ${answer.text.slice(0, 200)}`);
      if (answer.status >= 400) assert.equal(typeof answer.json.error, "string", `${method} ${path}`);
    }
  }
});

test("what is answered with 2xx has the type that it says", async () => {
  for (const { path, op } of operations().filter((o) => o.method === "GET" && o.path !== "/ws")) {
    const answer = await ask(server, filled(path, race.runId));
    assert.equal(answer.status, 200, path);
    const type = answer.headers.get("content-type").split(";")[0];
    assert.ok(Object.keys(op.responses[200].content).includes(type), `${path}: ${type}`);
  }
});

test("JSON answers have the members that it says, and no others", async () => {
  const schemaOf = (s) => (s.$ref ? schemaOf(s.$ref.slice(2).split("/").reduce((o, k) => o[k], doc)) : s);
  const check = (value, schema, at) => {
    const s = schemaOf(schema);
    if (value === null) return assert.ok(s.nullable || !s.type, `${at} is null`);
    if (s.type === "array") return value.forEach((v, i) => check(v, s.items, `${at}[${i}]`));
    if (s.type === "object" && s.properties) {
      for (const [k, v] of Object.entries(value)) {
        assert.ok(k in s.properties, `${at}.${k} is not documented`);
        check(v, s.properties[k], `${at}.${k}`);
      }
    }
    if (s.type === "integer") assert.ok(Number.isInteger(value), `${at}: ${value}`);
    else if (s.type && s.type !== "array") assert.equal(typeof value, s.type, `${at}: ${value}`);
    if (s.enum) assert.ok(s.enum.includes(value), `${at}: ${value}`);
  };
  for (const { path, op } of operations().filter((o) => o.method === "GET" && o.op.responses[200]?.content?.["application/json"])) {
    const answer = await ask(server, filled(path, race.runId));
    check(answer.json, op.responses[200].content["application/json"].schema, path);
  }
});

test("every route of the server is in it", () => {
  const source = readFileSync(join(repository, "src/api/api.c"), "utf8");
  const headers = readFileSync(join(repository, "src/api/base_map.h"), "utf8");
  const names = Object.fromEntries([...(source + headers).matchAll(/^#define (COURSES|COURSE|RACES|RACE|BASE_MAP_PATH) (.*)$/gm)].map((m) => [m[1], m[2]]));
  const expand = (text) => text.replace(/\b(COURSES|COURSE|RACES|RACE|BASE_MAP_PATH)\b/g, (n) => expand(names[n])).replace(/" *"|"/g, "").trim();
  const table = /struct route routes\[\] = \{([^]*?)\n\};/.exec(source)[1];
  const routes = [...table.matchAll(/\{METHOD_(\w+), ([^,]+),/g)].map((m) => `${m[1]} ${expand(m[2]).replace(/ /g, "")}`);
  assert.ok(routes.length >= 30);
  const documented = operations().map((o) => `${o.method} ${o.path}`).filter((o) => o !== "GET /ws");
  assert.deepEqual([...routes].sort(), [...documented].sort());
});
