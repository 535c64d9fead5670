// The page and what is built in: types, caching, compression, headers; and the manners of HTTP at every path.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { startTrackside, trackside } from "../harness.mjs";
import { ask, finish, raw } from "../http.mjs";

let server;
before(async () => (server = await startTrackside()));
after(() => finish(server));

test("the page, at /, /create and /results, and every file it names", async () => {
  const page = await ask(server, "/");
  assert.equal(page.status, 200, page.text);
  assert.match(page.headers.get("content-type"), /^text\/html; charset=utf-8$/);
  for (const path of ["/create", "/results"]) assert.equal((await ask(server, path)).text, page.text);
  const files = [...page.text.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((m) => m[1]);
  assert.ok(files.length >= 3);
  for (const file of files) {
    const answer = await ask(server, file);
    assert.equal(answer.status, 200, file);
    assert.match(answer.headers.get("cache-control"), file.startsWith("/api/") ? /^no-store$/ : /immutable/, file);
  }
});

test("a policy for scripts that the page can live with", async () => {
  const policy = (await ask(server, "/")).headers.get("content-security-policy");
  for (const part of ["script-src 'self';", "connect-src 'self' ws:", "img-src 'self' data:", "frame-ancestors 'self'"]) {
    assert.ok(policy.includes(part), `${part} in ${policy}`);
  }
});

const ancestors = async (s, path) => /frame-ancestors ([^;]+)/.exec((await ask(s, path)).headers.get("content-security-policy"))[1];

test("only the page for embedding is shown to other sites, and only to those that are set", async () => {
  const cases = [
    [[], "'self'", "'self'"],
    [["--frame-ancestors", "https://news.example http://127.0.0.1:9000"], "https://news.example http://127.0.0.1:9000", "'self'"],
    [["--frame-ancestors", "*"], "*", "'self'"],
    [["--frame-ancestors", "none"], "'none'", "'none'"],
  ];
  for (const [args, embedded, whole] of cases) {
    const other = args.length ? await startTrackside({ args }) : server;
    assert.equal(await ancestors(other, "/?race=x&embed=1"), embedded, args.join(" "));
    for (const path of ["/", "/?race=x", "/?embed=0", "/?embed=1&embed=1", "/create?embed=1", "/results?race=x&embed=1"]) {
      assert.equal(await ancestors(other, path), whole, `${args.join(" ")} ${path}`);
    }
    assert.equal(await ancestors(other, "/api/races"), "'none'");
    assert.equal((await ask(other, "/api/config")).json.frameAncestors, embedded);
    if (other !== server) await finish(other);
  }
});

test("a site that is none is one sentence", () => {
  for (const site of ["news.example", "https://news.example/races", "https://a.example; script-src *", "none https://a.example", ""]) {
    const run = trackside(["serve", "--listen", "127.0.0.1:0", "--frame-ancestors", site]);
    assert.equal(run.code, 2, site);
    assert.match(run.stderr, /^trackside serve: --frame-ancestors [^\n]+\n$/, site);
  }
});

test("an ETag that matches saves the body", async () => {
  const tag = (await ask(server, "/")).headers.get("etag");
  const again = await ask(server, "/", { headers: { "if-none-match": tag } });
  assert.equal(again.status, 304);
  assert.equal(again.bytes.length, 0);
});

test("gzip for who takes it, plain for who does not", async () => {
  const head = "GET /openapi.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
  const plain = await raw(server, `${head}\r\n`);
  assert.doesNotMatch(plain, /Content-Encoding/);
  const packed = Buffer.from(await raw(server, `${head}Accept-Encoding: gzip, br\r\n\r\n`), "latin1");
  const at = packed.indexOf("\r\n\r\n");
  assert.match(packed.subarray(0, at).toString(), /Content-Encoding: gzip/);
  const body = Buffer.from(plain.slice(plain.indexOf("\r\n\r\n") + 4), "latin1").toString("utf8");
  assert.equal(gunzipSync(packed.subarray(at + 4)).toString("utf8"), body);
});

test("what the API answers is not kept by caches", async () => {
  const answer = await ask(server, "/api/races");
  assert.equal(answer.headers.get("cache-control"), "no-store");
  assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
});

test("HEAD says what GET would, without a body", async () => {
  for (const path of ["/", "/api/races", "/healthz", "/metrics"]) {
    const head = await ask(server, path, { method: "HEAD" });
    assert.equal(head.status, 200, path);
    assert.equal(head.bytes.length, 0, path);
    assert.ok(Number(head.headers.get("content-length")) > 0, path);
  }
});

test("a method that is not there is a 405 with what there is", async () => {
  for (const [method, path, allow] of [
    ["DELETE", "/api/races", "GET, HEAD, POST"],
    ["POST", "/api/races/x/board", "GET, HEAD"],
    ["PUT", "/create", "GET, HEAD"],
    ["GET", "/query/sql", "POST"],
    ["PATCH", "/api/courses/crystal", "GET, HEAD, DELETE"],
  ]) {
    const answer = await ask(server, path, { method });
    assert.equal(answer.status, 405, `${method} ${path}`);
    assert.equal(answer.headers.get("allow"), allow);
    assert.match(answer.json.error, /is not possible here/);
    const options = await ask(server, path, { method: "OPTIONS" });
    assert.equal(options.status, 204);
    assert.equal(options.headers.get("allow"), allow);
  }
});

test("a path that is not there is a 404 in JSON", async () => {
  for (const path of ["/api", "/api/nope", "/nope.js", "/api/races/", "/api/races//board", "/..%2f..%2fetc/passwd", "/api/races/a/b/c"]) {
    const answer = await ask(server, path);
    assert.equal(answer.status, 404, path);
    assert.ok(answer.json.error, path);
  }
});

test("configuration, health, readiness, metrics", async () => {
  const config = (await ask(server, "/api/config")).json;
  assert.deepEqual(config.setUp, { feed: "local", store: "embedded" });
  assert.equal(config.tiles, null);
  assert.equal(config.writable, true);
  assert.match(config.version, /^\d+\.\d+\.\d+$/);
  assert.equal((await ask(server, "/healthz")).json.status, "ok");
  assert.equal((await ask(server, "/readyz")).json.status, "ready");
  const metrics = await ask(server, "/metrics");
  assert.match(metrics.headers.get("content-type"), /^text\/plain; version=0\.0\.4/);
  for (const name of ["ticks_total", "store_commits_total", "viewers", "frames_sent_total", "http_requests_total"]) {
    assert.match(metrics.text, new RegExp(`^trackside_${name}[ {]`, "m"));
  }
  for (const line of metrics.text.trim().split("\n")) assert.match(line, /^(#|[a-z_]+(\{.*\})? [-+0-9.e]+$)/i);
});

test("tiles of another place are allowed by the policy and told to the page", async (t) => {
  const other = await startTrackside({ t, args: ["--tiles", "https://{s}.tiles.example/{z}/{x}/{y}.png"] });
  assert.equal((await ask(other, "/api/config")).json.tiles, "https://{s}.tiles.example/{z}/{x}/{y}.png");
  const policy = (await ask(other, "/")).headers.get("content-security-policy");
  assert.match(policy, /img-src [^;]* https:\/\/\*\.tiles\.example;/);
});
