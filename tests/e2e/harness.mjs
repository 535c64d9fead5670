// The real program on a free port with a data directory of its own; stops only what it started.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
export const program = resolve(process.env.TRACKSIDE_BIN ?? join(root, "build/trackside"));
export const repository = root;

const START_MS = 20000;
const STOP_MS = 20000;

const running = new Map(); // by data directory: how to end each server that was started on it

/** A directory that is removed when the test ends, after the servers on it have ended and `before` has run. */
export function tempDir(t, before = () => {}) {
  const dir = mkdtempSync(join(tmpdir(), "trackside-e2e-"));
  t?.after(async () => {
    for (const [data, ends] of running) if (data.startsWith(dir)) for (const end of ends) await end("SIGKILL");
    await before(dir);
    rmSync(dir, { recursive: true, force: true });
  });
  return dir;
}

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Ask until `ok` says yes; its answer. */
export async function until(what, ok, patienceMs = 60000) {
  for (const end = Date.now() + patienceMs; Date.now() < end; await sleep(20)) {
    const answer = await ok();
    if (answer) return answer;
  }
  throw new Error(`in ${patienceMs} ms it did not happen: ${what}`);
}

/** Run a command of the program to its end: {code, stdout, stderr}. */
export function trackside(args, options = {}) {
  const r = spawnSync(program, args, { encoding: "utf8", maxBuffer: 1 << 30, timeout: 120000, ...options });
  return { code: r.status, stdout: r.stdout, stderr: r.stderr };
}

/**
 * Start `trackside serve` and wait until it says where it is. `dir` is the data directory (one of its own if none is
 * given). Answers {url, pid, dir, log(), stop(), kill(), exited}.
 */
export async function startTrackside({ args = [], dir, t, command = [program], env = {} } = {}) {
  const own = dir === undefined;
  const data = dir ?? mkdtempSync(join(tmpdir(), "trackside-e2e-"));
  const argv = [...command.slice(1), "serve", "--listen", "127.0.0.1:0", "--data", data, ...args];
  const child = spawn(command[0], argv, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (s) => (stdout += s));
  child.stderr.setEncoding("utf8").on("data", (s) => (stderr += s));
  const exited = new Promise((done) => child.on("exit", (code, signal) => done({ code, signal })));
  let over = false;
  exited.then(() => (over = true));

  const end = async (signal) => {
    if (!over) child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    const how = await exited;
    clearTimeout(timer);
    if (own) rmSync(data, { recursive: true, force: true });
    return how;
  };
  const server = {
    pid: child.pid,
    dir: data,
    log: () => stderr,
    output: () => stdout,
    exited,
    signal: (name) => child.kill(name),
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
  };
  running.set(data, [...(running.get(data) ?? []), end]);
  t?.after(() => end("SIGKILL"));

  for (const deadline = Date.now() + START_MS; ; await sleep(5)) {
    const said = /Trackside is at (\S+)\//.exec(stdout);
    if (said) {
      server.url = said[1];
      return server;
    }
    if (over || Date.now() > deadline) {
      await end("SIGKILL");
      throw new Error(`trackside serve did not start: ${stderr || stdout || "it said nothing"}`);
    }
  }
}

/** JSON in, JSON out; throws with the server's sentence where the status is not 2xx. */
export async function api(server, path, { method = "GET", body } = {}) {
  const headers = body === undefined ? {} : { "content-type": "application/json" };
  const answer = await fetch(server.url + path, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw Object.assign(new Error(text), { status: answer.status });
  return text ? JSON.parse(text) : undefined;
}

export async function text(server, path) {
  const answer = await fetch(server.url + path);
  if (!answer.ok) throw Object.assign(new Error(await answer.text()), { status: answer.status });
  return answer.text();
}
