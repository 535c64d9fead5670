// The last few ticks of one race, and between which two of them a moment lies.
import type { PositionFrame } from '../wire/frame';

const KEEP = 6;
/** The longest tail. */
export const MAX_TAIL_S = 900;

export interface Between {
    from: PositionFrame;
    to: PositionFrame;
    /** 0 at `from`, 1 at `to`. */
    share: number;
}

export class FrameQueue {
    private frames: PositionFrame[] = [];

    /** Takes a tick; one that is older than the newest, or of another roster, starts the queue anew. True if it did. */
    push(frame: PositionFrame): boolean {
        const newest = this.newest;
        const anew = !!newest && (frame.raceMs < newest.raceMs || frame.n !== newest.n || frame.roster !== newest.roster);
        if (anew) {
            this.frames = [];
        }
        if (!anew && newest && frame.raceMs === newest.raceMs) {
            this.frames[this.frames.length - 1] = frame;
        } else {
            this.frames.push(frame);
        }
        if (this.frames.length > KEEP) {
            this.frames.shift();
        }
        return anew;
    }

    clear(): void {
        this.frames = [];
    }

    get all(): readonly PositionFrame[] {
        return this.frames;
    }

    get newest(): PositionFrame | null {
        return this.frames[this.frames.length - 1] ?? null;
    }

    /** The two ticks around a moment; before the first or after the last: that one twice. */
    at(raceMs: number): Between | null {
        const frames = this.frames;
        if (frames.length === 0) {
            return null;
        }
        let k = frames.length - 1;
        while (k > 0 && frames[k]!.raceMs > raceMs) {
            k--;
        }
        const from = frames[k]!;
        const to = frames[k + 1];
        if (!to || raceMs <= from.raceMs) {
            return { from, to: from, share: 0 };
        }
        return { from, to, share: (raceMs - from.raceMs) / (to.raceMs - from.raceMs) };
    }
}

/** Metres along the course of competitor number `i` at that moment. */
export function distanceAt(b: Between, i: number): number {
    const a = b.from.unit[i]! * b.from.unitM;
    return a + (b.to.unit[i]! * b.to.unitM - a) * b.share;
}

/** The furthest that anybody goes per race ms between the two, metres. */
export function fastest(b: Between): number {
    const ms = b.to.raceMs - b.from.raceMs;
    if (ms <= 0) {
        return 0;
    }
    const moved = Number.isFinite(b.to.maxMoved) ? b.to.maxMoved : 65_535;
    return (moved * b.to.unitM) / ms;
}
