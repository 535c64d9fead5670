// Lag over race time: the middle and the slow end of each short while.
import { percentile } from '../model/lag';
import type { LagSample } from '../model/lag';

const MOST_POINTS = 40;
const WIDTHS_S = [5, 10, 20, 30, 60, 120, 300, 600, 1_200, 3_600, 7_200, 18_000, 36_000];

/** When a tick was, and how late it was painted. */
export type Painted = Pick<LagSample, 'rawTime' | 'painted'>;

export interface LagSeries {
    /** Race seconds at which each while begins. */
    x: Float64Array;
    p50: Float64Array;
    p95: Float64Array;
    /** How long a while is, race seconds. */
    everyS: number;
}

/** Whiles begin at round race times, so that a point stays where it is when later ticks come. */
export function lagSeries(samples: readonly Painted[], mostPoints = MOST_POINTS): LagSeries {
    let low = Infinity;
    let high = -Infinity;
    for (const s of samples) {
        low = Math.min(low, s.rawTime);
        high = Math.max(high, s.rawTime);
    }
    const everyS = WIDTHS_S.find((w) => (high - low) / w < mostPoints - 1) ?? 86_400;
    const whiles = new Map<number, number[]>();
    for (const s of samples) {
        const at = Math.floor(s.rawTime / everyS) * everyS;
        const some = whiles.get(at) ?? [];
        some.push(s.painted);
        whiles.set(at, some);
    }
    const x = Float64Array.from(whiles.keys()).sort();
    return {
        x,
        p50: x.map((at) => percentile(whiles.get(at)!, 0.5)),
        p95: x.map((at) => percentile(whiles.get(at)!, 0.95)),
        everyS,
    };
}
