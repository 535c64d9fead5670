// What a race will be like, before it is run: how many stop, and when the last one is home. The draws of the simulator
// (docs/decisions/0002-pace-model.md) are even, so that the last finish can be said without drawing them.
import type { CourseFacts, RaceRequest } from './raceform';

export interface Outlook {
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

/** The time that half of all such races are over by: it is as likely that the last one is home before as after. */
function lastHome(r: RaceRequest, lengthM: number): number {
    const km = lengthM / 1000;
    const paces = r.slowest - r.fastest + 1;
    const stops = pauses(r);
    const runs = (s: number): number => Math.max(0, Math.min(1, (Math.floor(s / km + 1e-9) - r.fastest + 1) / paces));
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

export function outlook(request: RaceRequest, course: CourseFacts): Outlook {
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
