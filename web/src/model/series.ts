// The numbers behind the charts: plain arrays, no drawing.
import type { Field } from './field';

export type Points = [number[], number[]];

const MAX_POINTS = 400;

/** How many had finished by when: a step up at each finish, thinned to what a chart can show. */
export function finishers(times: ArrayLike<number>, nowS: number): Points {
    const x = [0];
    const y = [0];
    const every = Math.max(1, Math.ceil(times.length / MAX_POINTS));
    for (let k = 0; k < times.length; k++) {
        if (k % every === every - 1 || k === times.length - 1) {
            x.push(times[k]! / 60);
            y.push(k + 1);
        }
    }
    const last = x[x.length - 1]!;
    if (nowS / 60 > last) {
        x.push(nowS / 60);
        y.push(y[y.length - 1]!);
    }
    return [x, y];
}

/** How many run in each kilometre (or mile): x is the mark that they run towards. */
export function perMark(field: Field, everyM: number, lengthM: number): Points {
    const counts = field.perMark(everyM, lengthM);
    return [Array.from(counts, (_, k) => k + 1), Array.from(counts)];
}

/** How many have which average pace, in minutes per km or mile, in bins of `binS` seconds. */
export function paces(field: Field, everyM: number, binS = 10): Points {
    const bins = new Map<number, number>();
    for (let i = 0; i < field.n; i++) {
        const pace = field.pace(i);
        if (pace !== null && pace < 36_000) {
            const bin = Math.floor((pace * everyM) / 1000 / binS);
            bins.set(bin, (bins.get(bin) ?? 0) + 1);
        }
    }
    const used = [...bins.keys()].sort((a, b) => a - b);
    const x: number[] = [];
    const y: number[] = [];
    const [low, high] = [used[0] ?? 0, used[used.length - 1] ?? -1];
    for (let bin = low; bin <= high && bin < low + 2_000; bin++) {
        x.push(((bin + 0.5) * binS) / 60);
        y.push(bins.get(bin) ?? 0);
    }
    return [x, y];
}

/** Due to painted, ms, oldest first; x counts back to now in samples. */
export function lags(samples: readonly { painted: number }[]): Points {
    return [samples.map((_, k) => k - samples.length + 1), samples.map((s) => s.painted)];
}
