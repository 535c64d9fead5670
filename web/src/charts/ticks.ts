// Numbers along the axes.
import { number, raceTime, shortTime } from '../model/format';

/** Race seconds between two marks of an axis. */
export const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400];
export const COUNT_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6];
export const DISTANCE_STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500];

/** h:mm on an axis that goes on for an hour or more (h:mm:ss where seconds matter), else m:ss. */
export function timeTicks(s: readonly number[], hours: boolean): string[] {
    const whole = s.every((v) => v % 60 === 0);
    return s.map((v) => (!hours ? shortTime(v) : whole ? raceTime(v).slice(0, -3) : raceTime(v)));
}

export function countTicks(values: readonly number[], locale: string): string[] {
    return values.map((v) => (Number.isInteger(v) ? number(v, locale) : ''));
}

export function distanceTicks(values: readonly number[], locale: string): string[] {
    const digits = values.every((v) => Math.abs(v - Math.round(v)) < 1e-6) ? 0 : 1;
    return values.map((v) => number(v, locale, digits));
}

/** Which of so many rows to read out: the first, the last, and an even choice between. */
export function someOf(n: number, most: number): number[] {
    if (n <= most) {
        return Array.from({ length: n }, (_, k) => k);
    }
    return Array.from({ length: most }, (_, k) => Math.round((k * (n - 1)) / (most - 1)));
}
