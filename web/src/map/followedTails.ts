// The tails of the followed competitors: their length, and the ticks of the past that they need.
import { MAX_TAIL_S } from '../model/frames';
import type { Between } from '../model/frames';
import type { Tail, Trail } from '../model/trail';
import type { PositionFrame } from '../wire/frame';

/** A tail whose length follows the zoom is about this long behind a competitor of this speed, and never shorter than a minute. */
const TAIL_PX = 70;
const TAIL_MPS = 3;
const TAIL_S = 60;
/** Ticks are missing where a tail reaches back further than those that came by more than this. */
const GAP_MS = 2_000;

export class FollowedTails {
    /** Kept from the first dots on (deferred.ts). */
    trail: Trail | null = null;
    private numbers: readonly number[] = [];
    private lengthS = -1;
    private pastAsked = false;

    /** `pastWanted` is called once when the seconds before `raceMs` are needed, `changed` when tails have to be drawn anew. */
    constructor(private readonly pastWanted: (raceMs: number, seconds: number) => void, private readonly changed: () => void) {}

    /** The followed competitors (dense numbers), and the length of their tails in race seconds: -1 by the zoom, 0 none. */
    follow(numbers: readonly number[], lengthS: number): void {
        if (lengthS !== this.lengthS || numbers.join() !== this.numbers.join()) {
            this.numbers = numbers;
            this.lengthS = lengthS;
            this.changed();
        }
    }

    /** Ticks from before those that came, oldest first. */
    past(frames: PositionFrame[]): void {
        this.trail?.fill(frames);
        this.changed();
    }

    /** Another race or another moment. */
    clear(): void {
        this.trail?.clear();
        this.pastAsked = false;
    }

    /** The tails at a moment. `pxPerM`: CSS pixels to a metre of the course. */
    at(between: Between, raceMs: number, pxPerM: number): readonly Tail[] {
        const { trail } = this;
        const seconds = this.seconds(pxPerM);
        if (!trail || this.numbers.length === 0 || seconds === 0) {
            return [];
        }
        if (!this.pastAsked && Math.max(0, raceMs - seconds * 1_000) < trail.oldestMs - GAP_MS) {
            this.pastAsked = true;
            this.pastWanted(Math.min(raceMs, trail.oldestMs), MAX_TAIL_S);
        }
        return this.numbers.filter((i) => i >= 0 && i < between.from.n)
            .flatMap((i) => trail.tail(i, between, raceMs, seconds) ?? []);
    }

    private seconds(pxPerM: number): number {
        return this.lengthS >= 0 ? this.lengthS : Math.min(MAX_TAIL_S, Math.max(TAIL_S, TAIL_PX / (TAIL_MPS * pxPerM)));
    }
}
