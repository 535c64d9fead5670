// The profile of a course: the height along one lap, as a picture of few points, and the height at a distance.
import type { CourseGeoJson } from '../wire/types';

export interface Profile {
    /** Metres from the start of a lap, and metres of height there. */
    at: readonly number[];
    height: readonly number[];
    lapM: number;
    laps: number;
    low: number;
    high: number;
    climb: number;
    descent: number;
}

/** A flat course fills no more of the picture than this many metres of height would. */
const RANGE_MIN_M = 30;
/** Room below the lowest place. */
const BOTTOM_PX = 12;

export function profileOf(course: CourseGeoJson | null): Profile | null {
    const { distances, elevations, laps, lapDistance, climb = 0, descent = 0 } = course?.trackside ?? {};
    if (!distances || !elevations || elevations.length < 2 || elevations.length !== distances.length) {
        return null;
    }
    const [low, high] = elevations.reduce(([a, b], h) => [Math.min(a, h), Math.max(b, h)] as [number, number], [Infinity, -Infinity] as [number, number]);
    return { at: distances, height: elevations, lapM: lapDistance!, laps: laps!, low, high, climb, descent };
}

/** Metres within a lap; the finish is the end of a lap, not the start of one more. */
export function inLap({ lapM, laps }: Profile, metres: number): number {
    const m = Math.max(0, Math.min(metres, lapM * laps));
    return m >= lapM * laps ? lapM : m % lapM;
}

/** The height so many metres along a lap. */
export function heightAt({ at, height }: Profile, m: number): number {
    let low = 0;
    let high = at.length - 1;
    while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (at[middle]! <= m) {
            low = middle;
        } else {
            high = middle;
        }
    }
    const stretch = at[high]! - at[low]!;
    const share = stretch > 0 ? Math.max(0, Math.min(1, (m - at[low]!) / stretch)) : 0;
    return height[low]! + share * (height[high]! - height[low]!);
}

/** The share of the picture's height at which a height lies: 0 at the bottom, 1 at the top. */
function levelOf({ low, high }: Profile, height: number): number {
    const range = Math.max(RANGE_MIN_M, high - low);
    return (height - (low + high - range) / 2) / range;
}

/** Where heights lie in a picture of this size: the upper `top` pixels stay free. */
export function yOf(p: Profile, height: number, box: { height: number; top: number }): number {
    return box.height - BOTTOM_PX - levelOf(p, height) * (box.height - box.top - BOTTOM_PX);
}

/** The line as an SVG path: for each pixel the lowest and the highest vertex, so that no summit is lost. */
export function profilePath(p: Profile, width: number, box: { height: number; top: number }): string {
    const points: [number, number][] = [];
    let from = 0;
    const add = (i: number): void => { points.push([(p.at[i]! / p.lapM) * width, yOf(p, p.height[i]!, box)]); };
    for (let i = 1; i <= p.at.length; i++) {
        const ends = i === p.at.length || Math.floor((p.at[i]! / p.lapM) * width) > Math.floor((p.at[from]! / p.lapM) * width);
        if (ends) {
            let [least, most] = [from, from];
            for (let k = from; k < i; k++) {
                least = p.height[k]! < p.height[least]! ? k : least;
                most = p.height[k]! > p.height[most]! ? k : most;
            }
            [...new Set([from, least, most, i - 1])].sort((a, b) => a - b).forEach(add);
            from = i;
        }
    }
    return `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}`;
}
