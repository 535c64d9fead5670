// What the tests of the process share: a race whose every event is known beforehand, and waiting for it.
import assert from "node:assert/strict";
import { api, text, trackside, until } from "../harness.mjs";

/** A spec with everything said, so that `simulate` gives the same events. */
export function spec(runId, more = {}) {
  return {
    runId,
    course: "crystal",
    competitors: 20,
    fastest: 144,
    slowest: 300,
    stopRatio: 0.3,
    minPause: 5,
    maxPause: 30,
    seed: 4242,
    startTime: "2026-01-01T09:00:00Z",
    ...more,
  };
}

/** The events that the race has to have, by the simulator alone. */
export function truth(s) {
  const r = trackside([
    "simulate",
    ...["--course", s.course, "--competitors", String(s.competitors)],
    ...["--fastest", String(s.fastest), "--slowest", String(s.slowest)],
    ...["--stop-ratio", String(s.stopRatio), "--min-pause", String(s.minPause)],
    ...["--max-pause", String(s.maxPause), "--seed", String(s.seed)],
    ...["--start", s.startTime, "--run-id", s.runId],
  ]);
  assert.equal(r.code, 0, r.stderr);
  return r.stdout;
}

export async function create(server, s) {
  return api(server, "/api/races", { method: "POST", body: s });
}

/** rawTime of the last complete second; -1 before the first. */
export async function rawTime(server, runId) {
  return (await api(server, `/api/races/${runId}/board?limit=1`)).asOf.rawTime;
}

export async function untilRaw(server, runId, raw) {
  return until(`${runId} at ${raw} s`, async () => (await rawTime(server, runId)) >= raw);
}

export async function untilState(server, runId, state) {
  return until(`${runId} ${state}`, async () => (await api(server, `/api/races/${runId}`)).state === state);
}

export async function setSpeed(server, runId, speed) {
  return api(server, `/api/races/${runId}/speed`, { method: "POST", body: { speed } });
}

/**
 * The race's history is the simulator's events, byte for byte: each second of each competitor exactly once, in order.
 * `lastRaw` cuts the truth where the race did not run to its end.
 */
export async function exactlyOnce(server, s, lastRaw = Infinity) {
  const got = (await text(server, `/api/races/${s.runId}/events`)).trimEnd().split("\n");
  const want = truth(s)
    .trimEnd()
    .split("\n")
    .filter((line) => lastRaw === Infinity || JSON.parse(line).rawTime <= lastRaw);
  for (let i = 0; i < Math.min(got.length, want.length); i++)
    if (got[i] !== want[i]) assert.fail(`event ${i} is\n${got[i]}\nand has to be\n${want[i]}`);
  assert.equal(got.length, want.length);
}
