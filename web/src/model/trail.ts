// Where competitors have been. Past ticks are kept close together for the last two minutes and further apart before, so that a
// quarter of an hour of 50,000 competitors takes a few megabytes. A tail is the last part of what one competitor ran.
import type { PositionFrame } from '../wire/frame';
import { distanceAt, MAX_TAIL_S } from './frames';
import type { Between } from './frames';

const FINE_MS = 5_000;
const FINE_FOR_MS = 120_000;
const COARSE_MS = 30_000;
const MAX_BYTES = 6e6;
const LEAST_M = 1;

/** A tail along the course: `points` places, the oldest first. */
export interface Tail {
    /** Dense number of the competitor. */
    number: number;
    /** Metres along the course, and how new that is: 0 as old as the tail is long, 1 now. */
    metres: Float32Array;
    newness: Float32Array;
}

export const TAIL_POINTS = 64;

export class Trail {
    private frames: PositionFrame[] = [];

    clear(): void {
        this.frames = [];
    }

    /** Race ms of the oldest tick that is kept; Infinity: none. */
    get oldestMs(): number {
        return this.frames[0]?.raceMs ?? Infinity;
    }

    /** A tick, in their order; an older one than the newest begins anew. */
    push(frame: PositionFrame): void {
        const newest = this.frames[this.frames.length - 1];
        if (newest && (frame.n !== newest.n || frame.raceMs < newest.raceMs)) {
            this.clear();
        } else if (newest && frame.raceMs - newest.raceMs < FINE_MS) {
            return;
        }
        this.frames.push(frame);
        this.thin();
    }

    /** Ticks of before those that are there, oldest first. */
    fill(past: PositionFrame[]): void {
        const before = past.filter((f) => f.raceMs < this.oldestMs && (this.frames.length === 0 || f.n === this.frames[0]!.n));
        this.frames.unshift(...before);
        this.thin();
    }

    private thin(): void {
        const newest = this.frames[this.frames.length - 1];
        if (!newest) {
            return;
        }
        let keptMs = -Infinity;
        const kept = this.frames.filter((f) => {
            const age = newest.raceMs - f.raceMs;
            const keep = age <= FINE_FOR_MS || (age <= MAX_TAIL_S * 1_000 && f.raceMs - keptMs >= COARSE_MS);
            keptMs = keep ? f.raceMs : keptMs;
            return keep;
        });
        const most = Math.max(8, Math.floor(MAX_BYTES / (2 * newest.n)));
        this.frames = kept.slice(-most);
    }

    /** What number i ran in the `seconds` before the moment that is drawn; null where it is next to nothing. */
    tail(number: number, now: Between, nowMs: number, seconds: number): Tail | null {
        const fromMs = nowMs - seconds * 1_000;
        const ms: number[] = [];
        const m: number[] = [];
        const add = (atMs: number, metres: number): void => {
            ms.push(atMs);
            m.push(Math.max(metres, m[m.length - 1] ?? 0));
        };
        for (const f of this.frames) {
            if (f.raceMs < nowMs && f.raceMs < now.from.raceMs && number < f.n) {
                if (f.raceMs <= fromMs) {
                    ms.length = m.length = 0;
                }
                add(f.raceMs, f.unit[number]! * f.unitM);
            }
        }
        add(Math.min(nowMs, now.from.raceMs), now.from.unit[number]! * now.from.unitM);
        add(nowMs, distanceAt(now, number));
        return spread(number, ms, m, fromMs, nowMs);
    }
}

// The moment of a distance between two known ones, the later of the two where it did not change.
function between(at: number, a0: number, a1: number, b0: number, b1: number): number {
    return a1 > a0 ? b0 + ((b1 - b0) * (at - a0)) / (a1 - a0) : b1;
}

function spread(number: number, ms: number[], m: number[], fromMs: number, nowMs: number): Tail | null {
    const first = ms[0]! < fromMs && ms.length > 1 ? Math.min(m[1]!, between(fromMs, ms[0]!, ms[1]!, m[0]!, m[1]!)) : m[0]!;
    const last = m[m.length - 1]!;
    if (last - first < LEAST_M) {
        return null;
    }
    const metres = new Float32Array(TAIL_POINTS);
    const newness = new Float32Array(TAIL_POINTS);
    for (let k = 0, j = 0; k < TAIL_POINTS; k++) {
        const at = first + ((last - first) * k) / (TAIL_POINTS - 1);
        while (j < m.length - 2 && m[j + 1]! <= at) {
            j++;
        }
        metres[k] = at;
        newness[k] = Math.max(0, Math.min(1, (between(at, m[j]!, m[j + 1]!, ms[j]!, ms[j + 1]!) - fromMs) / (nowMs - fromMs)));
    }
    return { number, metres, newness };
}
