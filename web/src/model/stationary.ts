// Which competitors stand still, and since when; checked once per update of the tables. Moving is a change of more than two
// metres: less may come from the unit of the frames or from a tracker's noise.
import type { PositionFrame } from '../wire/frame';

const MOVING_M = 2;

/** What is needed of the competitors. */
export interface Places {
    n: number;
    raceS: number;
    metres(i: number): number;
}

export class Stationary {
    /** The first second that was seen without a gap behind it; -1: none yet. */
    firstS = -1;
    private raceS = -1;
    private at = new Float64Array(0);
    private since = new Int32Array(0);

    /** The competitors as they are now. Another race, or an earlier moment of the same one, begins anew. */
    take(competitors: Places): void {
        if (competitors.n !== this.at.length || competitors.raceS < this.raceS) {
            this.firstS = -1;
            this.at = new Float64Array(competitors.n).fill(-Infinity);
            this.since = new Int32Array(competitors.n);
        }
        if (competitors.raceS < 0) {
            return;
        }
        this.firstS = this.firstS < 0 ? competitors.raceS : this.firstS;
        this.raceS = competitors.raceS;
        for (let i = 0; i < competitors.n; i++) {
            const m = competitors.metres(i);
            if (Math.abs(m - this.at[i]!) > MOVING_M) {
                this.at[i] = m;
                this.since[i] = competitors.raceS;
            }
        }
    }

    /** Takes ticks from before the first second, oldest first. They tell since when those stand who have not moved. */
    past(frames: PositionFrame[]): void {
        for (let i = 0; i < this.at.length; i++) {
            if (this.since[i]! > this.firstS) {
                continue;
            }
            for (let k = frames.length - 1; k >= 0; k--) {
                const { n, unit, unitM, raceMs } = frames[k]!;
                if (n !== this.at.length || Math.abs(unit[i]! * unitM - this.at[i]!) > MOVING_M) {
                    break;
                }
                this.since[i] = Math.min(this.since[i]!, Math.round(raceMs / 1000));
            }
        }
    }

    /** For how many raw seconds number i has been where it is, as far back as is known. */
    forS(i: number): number {
        return i >= 0 && i < this.since.length ? this.raceS - this.since[i]! : 0;
    }
}
