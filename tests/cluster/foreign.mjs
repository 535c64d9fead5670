// Races that another program makes, as the articles' own generator prints their events.
import { randomInt, randomUUID } from "node:crypto";
import { spec, truth } from "../e2e/process/races.mjs";
import { fresh } from "./cluster.mjs";

/** Python's floats: what has no fraction ends in .0. */
const float = (x) => (Number.isInteger(x) ? `${x}.0` : String(x));

/** One event as json.dumps writes it. */
export function event(e) {
  const head = `{"runId": "${e.runId}", "eventId": "${randomUUID()}", "competitorId": ${e.competitorId}, "rawTime": ${e.rawTime}`;
  const place = `"lat": ${float(e.lat)}, "lon": ${float(e.lon)}, "distance": ${float(e.distance)}`;
  return { key: e.competitorId, value: `${head}, "timestamp": "${e.timestamp}", ${place}, "course": "${e.course}"}` };
}

/** A run as another program would make it: ids of its own, digits without end, its own local time. */
export function foreignRun(runId, course, more = {}) {
  const ids = new Map();
  const id = (n) => ids.get(n) ?? ids.set(n, 1000 * n + randomInt(1000)).get(n);
  return truth(spec(fresh("model"), { competitors: 5, fastest: 200, ...more }))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line))
    .map((e) => ({ ...e, runId, course, competitorId: id(e.competitorId), distance: e.distance * (1 - 1e-9), lat: e.lat + 1e-13 }));
}
