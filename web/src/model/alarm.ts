// Marks competitors who need attention: those who are in the geofence for longer than twice what their own pace explains, and
// those who stand still anywhere. All are checked once per update of the tables.
import { Status } from '../wire/types';
import { INACTIVE_FROM_S } from './inactivity';

export const enum Mark {
    None = 0,
    Dwell = 1,
    Still = 2,
}

/** What is needed of the competitors. */
export interface Watched {
    n: number;
    raceS: number;
    status: Uint8Array;
    /** Its last position is old, so nothing can be said of it. */
    stale(i: number): boolean;
    metres(i: number): number;
    /** Seconds of this visit to the geofence, -1 outside. */
    dwellS(i: number): number;
}

export interface AlarmRule {
    /** A dwell of so many seconds is marked; 0: by the competitor's own pace. */
    fixedS: number;
    /** Where the course is inside the geofence, [from, to] in metres, laps included. */
    spans: readonly (readonly [number, number])[];
    /** s/km of the slowest of the race; 0: not known. Used for a competitor who enters right after the start. */
    slowest: number;
}

export interface Alarm {
    /** A Mark for each dense number. */
    marks: Uint8Array;
    count: number;
}

export const NO_ALARM: Alarm = { marks: new Uint8Array(0), count: 0 };

const TIMES = 2;
/** Less than that is not worth a word: a late tick, a drink. */
const SLACK_S = INACTIVE_FROM_S;
/** Rounding of the ticks' distances, and the last step before the edge. */
const EDGE_M = 2;
/** The own pace is known from here on; before, the slowest pace of the race stands for it. */
const PACE_FROM_M = 200;
const SLOWEST_S_PER_KM = 600;
/** Up to this distance a competitor waits at the start and does not count as standing still. */
const STARTED_M = 5;

/** The span in which a place lies, -1: none. */
function spanAt(spans: AlarmRule['spans'], m: number): number {
    let [low, high] = [0, spans.length - 1];
    while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (spans[middle]![0] - EDGE_M <= m) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    const span = spans[low];
    return span && m >= span[0] - EDGE_M && m <= span[1] + EDGE_M ? low : -1;
}

/** Seconds in the geofence that the own pace explains; Infinity where the course does not say where the visit began. */
export function explainedS(m: number, enteredS: number, rule: AlarmRule): number {
    let k = spanAt(rule.spans, m);
    if (k < 0) {
        return Infinity;
    }
    const slowest = Math.max(rule.slowest, SLOWEST_S_PER_KM) / 1000;
    const paceAt = (fromM: number): number => (fromM >= PACE_FROM_M && enteredS > 0 ? enteredS / fromM : slowest);
    // A gap that is run in less than a second has no event in it, so that the visit goes on.
    while (k > 0 && rule.spans[k]![0] - rule.spans[k - 1]![1] <= EDGE_M + 1 / paceAt(rule.spans[k]![0])) {
        k--;
    }
    const fromM = rule.spans[k]![0];
    return Math.max(0, m - fromM) * paceAt(fromM);
}

function markOf(competitors: Watched, i: number, stillS: number, rule: AlarmRule): Mark {
    const status = competitors.status[i];
    if ((status !== Status.OnCourse && status !== Status.InGeofence) || competitors.stale(i)) {
        return Mark.None;
    }
    const m = competitors.metres(i);
    if (stillS >= INACTIVE_FROM_S && m > STARTED_M) {
        return Mark.Still;
    }
    const dwellS = competitors.dwellS(i);
    if (dwellS < 0) {
        return Mark.None;
    }
    const limitS = rule.fixedS > 0 ? rule.fixedS : TIMES * explainedS(m, competitors.raceS - dwellS, rule) + SLACK_S;
    return dwellS >= limitS ? Mark.Dwell : Mark.None;
}

/** The marks of everybody at this moment. `stillS`: for how long number i has stood. */
export function alarmOf(competitors: Watched, stillS: (i: number) => number, rule: AlarmRule): Alarm {
    const marks = new Uint8Array(competitors.n);
    let count = 0;
    for (let i = 0; i < competitors.n; i++) {
        const mark = markOf(competitors, i, stillS(i), rule);
        marks[i] = mark;
        count += mark === Mark.None ? 0 : 1;
    }
    return { marks, count };
}
