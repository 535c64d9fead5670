// Listening beyond this machine: what changes something needs the token.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startTrackside, tempDir, until } from "../harness.mjs";
import { ask, finish, post, raw, view } from "../http.mjs";

let server;
let tokenFile;
before(async () => {
  const dir = tempDir();
  const file = join(dir, "token");
  tokenFile = file;
  writeFileSync(file, "sesame-0123456789abcdef\n");
  server = await startTrackside({ args: ["--listen", "0.0.0.0:0", "--token-file", file] });
  server.url = server.url.replace("0.0.0.0", "127.0.0.1");
});
after(() => finish(server));

const bearer = { authorization: "Bearer sesame-0123456789abcdef" };
const spec = { course: "crystal", competitors: 3 };

test("reading is for everybody", async () => {
  for (const path of ["/", "/api/races", "/api/courses", "/metrics", "/api/config"]) assert.equal((await ask(server, path)).status, 200, path);
  assert.match(await raw(server, "GET /api/races HTTP/1.1\r\nHost: tracker.example\r\nConnection: close\r\n\r\n"), /^HTTP\/1\.1 200/);
});

test("SQL needs the token, unless it is public", async (t) => {
  const statement = { sql: "select 1" };
  for (const [headers, status] of [[{}, 401], [{ authorization: "Bearer wrong" }, 401], [bearer, 200]]) {
    const answer = await post(server, "/query/sql", statement, headers);
    assert.equal(answer.status, status, JSON.stringify(headers));
    if (status === 401) assert.match(answer.json.error, /token/);
  }
  const open = await startTrackside({ args: ["--listen", "0.0.0.0:0", "--public-sql"], t });
  open.url = open.url.replace("0.0.0.0", "127.0.0.1");
  assert.equal((await post(open, "/query/sql", statement)).status, 200);
  await finish(open);
});

test("who carries which phone, and the keys, are for who has the token; phones need their race's key alone", async () => {
  const race = "/api/races/beyond";
  const made = await post(server, "/api/races", { kind: "live", course: "crystal", runId: "beyond" }, bearer);
  assert.equal(made.status, 201, made.text);
  const put = (headers) => ask(server, `${race}/startlist`, { method: "PUT", body: "bib,name\n7,Ann\n", headers });
  assert.equal((await put({})).status, 401);
  assert.equal((await put(bearer)).status, 200);
  for (const path of ["startlist", "keys", "devices"]) {
    assert.equal((await ask(server, `${race}/${path}`)).status, 401, path);
    assert.equal((await ask(server, `${race}/${path}`, { headers: bearer })).status, 200, path);
  }
  for (const [path, body] of [["keys", {}], ["devices", { device: "7", competitorId: 7 }], ["start", {}], ["stop", {}]]) {
    assert.equal((await post(server, `${race}/${path}`, body)).status, 401, path);
  }
  assert.equal((await ask(server, `${race}/fixes`, { method: "POST", body: '{"bib":"7","time":"2026-05-01T09:00:00Z","lat":51,"lon":0}\n' })).status, 401);
  const { race: key } = (await ask(server, `${race}/keys`, { headers: bearer })).json;
  const phone = (k) => ask(server, `/t/${k}/osmand?id=7&lat=51.4&lon=-0.07&timestamp=${Date.now()}`);
  assert.equal((await phone(key)).status, 200);
  assert.equal((await phone("0".repeat(32))).status, 403);
  assert.equal((await ask(server, "/api/courses/crystal/checkpoints", { method: "PUT", body: "name,distance\nHut,1000\n" })).status, 401);
});

test("changing needs the token", async () => {
  for (const [headers, status] of [[{}, 401], [{ authorization: "Bearer wrong" }, 401], [{ authorization: "Bearer sesame-0123456789abcdeg" }, 401],
    [{ authorization: "Bearer sesame-0123456789abcde" }, 401], [{ authorization: "Basic c2VzYW1l" }, 401], [{ authorization: "Bearer " }, 401], [bearer, 201]]) {
    const answer = await post(server, "/api/races", spec, headers);
    assert.equal(answer.status, status, JSON.stringify(headers));
    if (status === 401) {
      assert.match(answer.json.error, /token/);
      assert.equal(answer.headers.get("www-authenticate"), "Bearer");
    }
  }
});

test("every route that changes something", async () => {
  for (const [method, path] of [["POST", "/"], ["POST", "/api/courses"], ["DELETE", "/api/courses/crystal"], ["PUT", "/api/courses/crystal/geofence"],
    ["DELETE", "/api/races/x"], ["POST", "/api/races/x/pause"], ["POST", "/api/races/x/resume"], ["POST", "/api/races/x/stop"], ["POST", "/api/races/x/speed"], ["PUT", "/api/races/x/roster"]]) {
    assert.equal((await ask(server, path, { method, body: method === "DELETE" ? undefined : "{}" })).status, 401, `${method} ${path}`);
  }
});

test("the page is told whether it may change anything", async () => {
  assert.equal((await ask(server, "/api/config")).json.writable, false);
  assert.equal((await ask(server, "/api/config", { headers: bearer })).json.writable, true);
});

test("the token does not excuse another site's page", async () => {
  assert.equal((await post(server, "/api/races", spec, { ...bearer, origin: "http://evil.example" })).status, 403);
});

test("watching is for everybody", async () => {
  const made = await post(server, "/api/races", spec, bearer);
  const v = await view(server, made.json.runId);
  await v.text("hello");
  v.end();
});

test("wrong tokens are slowed per client and logged, and others are not touched", async (t) => {
  const guarded = await startTrackside({ t, args: ["--listen", "0.0.0.0:0", "--token-file", tokenFile] });
  const from = (address, token) => ({ "x-forwarded-for": address, authorization: `Bearer ${token}` });
  const isRight = (i) => i >= 100 && i % 40 === 0; // 5 of 300
  const tried = await Promise.all(Array.from({ length: 300 }, (_, i) =>
    post(guarded, "/api/races", spec, from("203.0.113.5", isRight(i) ? "sesame-0123456789abcdef" : `guess-${i}`))));
  const right = tried.filter((_, i) => isRight(i));
  assert.ok(right.filter((a) => a.status === 429).length >= right.length - 1, "nor is the right one looked at, but at the moment when one may be");
  const wrong = tried.filter((_, i) => !isRight(i));
  const refused = wrong.filter((a) => a.status === 401).length;
  assert.ok(refused >= 10 && refused < 60, `${refused} were looked at`);
  const slowed = wrong.filter((a) => a.status === 429);
  assert.equal(slowed.length, wrong.length - refused);
  assert.match(slowed[0].json.error, /Too many wrong admin tokens came from your address: try again in \d+ s\./);
  assert.ok(Number(slowed[0].headers.get("retry-after")) >= 1);
  assert.equal((await ask(guarded, "/api/races", { headers: from("203.0.113.5", "x") })).status, 200, "reading needs none");
  assert.equal((await post(guarded, "/api/races", spec, from("203.0.113.6", "sesame-0123456789abcdef"))).status, 201);
  assert.equal(guarded.log().match(/203\.0\.113\.5 has sent a wrong admin token/g)?.length, 1, guarded.log());
  await until("the right one is let in again", async () => (await post(guarded, "/api/races", spec, from("203.0.113.5", "sesame-0123456789abcdef"))).status === 201, 10000);
});
