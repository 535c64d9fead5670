// How many competitors are on each stretch of the course, and how long a stretch is.

const ON_COURSE = 1;
const IN_GEOFENCE = 2;
const FEWEST = 3;
const MOST = 60;
const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100];

export interface Spacing {
    everyM: number;
    /** Kilometres (or miles) to a stretch; NaN: stretches are laps. */
    units: number;
}

/** One kilometre (or mile) where that makes neither a handful of bars nor a hedge; laps where they do better. */
export function markSpacing(lengthM: number, laps: number, unitM: number): Spacing {
    const units = lengthM / unitM;
    if (units >= FEWEST && units <= MOST) {
        return { everyM: unitM, units: 1 };
    }
    if (laps >= FEWEST && laps <= MOST) {
        return { everyM: lengthM / laps, units: NaN };
    }
    const step = STEPS.find((s) => units / s <= MOST) ?? 1_000;
    return { everyM: step * unitM, units: step };
}

/** How many run in each `everyM` of the course; finishers and those without a position are left out. */
export function perMark(metres: (i: number) => number, status: Uint8Array, everyM: number, lengthM: number): Uint32Array {
    const counts = new Uint32Array(Math.max(1, Math.ceil((lengthM - 0.5) / everyM)));
    for (let i = 0; i < status.length; i++) {
        if (status[i] === ON_COURSE || status[i] === IN_GEOFENCE) {
            counts[Math.max(0, Math.min(counts.length - 1, Math.floor(metres(i) / everyM)))]!++;
        }
    }
    return counts;
}

/** Number of the fullest stretch, from 0; -1 where all are empty. */
export function fullest(counts: Uint32Array): number {
    let best = -1;
    for (let k = 0; k < counts.length; k++) {
        if (counts[k]! > 0 && (best < 0 || counts[k]! > counts[best]!)) {
            best = k;
        }
    }
    return best;
}
