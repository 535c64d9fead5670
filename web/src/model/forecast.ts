// What a race will be like, before it is run: how many stop, and when the last one is home. The simulator's draws
// (docs/decisions/0002-pace-model.md) have a known distribution, so the last finish can be computed without drawing them.
import type { CourseFacts, RaceRequest, Spread } from './raceform';

export interface Forecast {
    /** Of all competitors, about. */
    stopping: number;
    /** Race time of the last finish, about; s. */
    lastHomeS: number;
}

const PAUSES = 200;
const STEPS = 40;

// Pauses that stand for all between the shortest and the longest.
function pauses({ minPause, maxPause, stopRatio }: RaceRequest): number[] {
    const count = maxPause - minPause + 1;
    const n = stopRatio > 0 ? Math.min(PAUSES, count) : 0;
    return Array.from({ length: n }, (_, k) => minPause + Math.floor(((k + 0.5) / n) * count));
}

// [percent of the competitors, finish time in 1/100 min]: the published half marathon of src/sim/spread.c.
const HALF_MARATHON: readonly [number, number][] = [[0, 7401], [1, 8272], [5, 9080], [10, 9725], [25, 10847], [50, 12214], [75, 13668],
    [90, 15318], [95, 16823], [99, 20223], [100, 22730]];
const RANGE = 22730 - 7401;

/** The share of the competitors in the first `x` of the range from fastest to slowest, 0 to 1. */
export function partFasterThan(x: number, spread: Spread): number {
    const at = Math.max(0, Math.min(1, x));
    if (spread === 'uniform') {
        return at;
    }
    const time = 7401 + at * RANGE;
    const i = Math.max(1, HALF_MARATHON.findIndex(([, t]) => t >= time));
    const [p0, t0] = HALF_MARATHON[i - 1]!;
    const [p1, t1] = HALF_MARATHON[i]!;
    return (p0 + ((time - t0) / (t1 - t0)) * (p1 - p0)) / 100;
}

/** The time that half of all such races are over by: it is as likely that the last one is home before as after. */
function lastHome(r: RaceRequest, lengthM: number): number {
    const km = lengthM / 1000;
    const range = r.slowest - r.fastest;
    const stops = pauses(r);
    const runs = (s: number): number => {
        const above = s / km - r.fastest + 1e-9;
        return range === 0 ? Number(above >= 0) : partFasterThan(above / range, r.spread);
    };
    const home = (s: number): number => {
        const stopped = stops.reduce((sum, stop) => sum + runs(s - stop), 0) / (stops.length || 1);
        return (1 - r.stopRatio) * runs(s) + r.stopRatio * stopped;
    };
    let [low, high] = [0, r.slowest * km + r.maxPause];
    for (let step = 0; step < STEPS; step++) {
        const middle = (low + high) / 2;
        if (home(middle) ** r.competitors >= 0.5) {
            high = middle;
        } else {
            low = middle;
        }
    }
    return high;
}

export function forecast(request: RaceRequest, course: CourseFacts): Forecast {
    return {
        stopping: Math.round(request.competitors * request.stopRatio),
        lastHomeS: lastHome(request, course.lengthM),
    };
}

const HOUR_S = 3600;

function unit(n: number, name: 'second' | 'minute' | 'hour', locale: string): string {
    return new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short' }).format(n);
}

/** "50 sec", "58 min", "3 hr 20 min", in the words of that language. */
export function aboutTime(s: number, locale: string): string {
    if (s < 90) {
        return unit(Math.round(s), 'second', locale);
    }
    const minutes = Math.round(s / 60);
    if (s < 2 * HOUR_S) {
        return unit(minutes, 'minute', locale);
    }
    const rest = minutes % 60;
    return `${unit(Math.floor(minutes / 60), 'hour', locale)}${rest > 0 ? ` ${unit(rest, 'minute', locale)}` : ''}`;
}
