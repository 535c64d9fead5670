// Everybody in the race, from the ticks alone: distance, status, finish and time in the geofence. Distances are as fine as the
// unit of the frames (a few centimetres); the boards of the server are finer.
import { HIDDEN, STALE } from '../wire/frame';
import type { PositionFrame, TimesFrame } from '../wire/frame';
import { Status } from '../wire/types';
import { Roster } from './roster';

export class Competitors {
    readonly roster = new Roster();
    n = 0;
    raceS = -1;
    unit = new Uint16Array(0);
    status = new Uint8Array(0);
    /** The statuses as they were sent, with STALE where a position is old; null where none is. */
    sent: Uint8Array | null = null;
    /** Grows with every tick and every time: what an order may depend on, besides the roster. */
    version = 0;
    /** Some are not to be shown. */
    hiding = false;
    private unitM = 1;
    private finish = new Int32Array(0);
    private known = new Int32Array(0);
    private entered = new Int32Array(0);
    private dwell = new Int32Array(0);

    clear(): void {
        this.size(0);
        this.roster.clear();
        this.raceS = -1;
    }

    // Known finish times are kept: a replay that goes back meets them again.
    private size(n: number): void {
        this.known = n === this.n ? this.known.map((s, i) => Math.max(s, this.finish[i]!)) : new Int32Array(n).fill(-1);
        this.n = n;
        this.version++;
        this.unit = new Uint16Array(n);
        this.status = new Uint8Array(n);
        this.finish = new Int32Array(n).fill(-1);
        this.entered = new Int32Array(n).fill(-1);
        this.dwell = new Int32Array(n);
    }

    /** Forgets where everybody is. Known finish times stay. */
    again(): void {
        this.size(this.n);
        this.raceS = -1;
    }

    /** A tick; an older one than the last (a replay that went back) forgets what came after. */
    take(frame: PositionFrame): void {
        const s = Math.round(frame.raceMs / 1000);
        if (frame.n !== this.n || s < this.raceS) {
            this.size(frame.n);
        }
        for (let i = 0; i < frame.n; i++) {
            const now = frame.status[i]!;
            if (now !== this.status[i]) {
                this.change(i, now, s);
            }
        }
        this.unit = frame.unit;
        this.status = frame.status;
        this.sent = frame.sent ?? null;
        this.hiding = frame.sent?.includes(HIDDEN) ?? false;
        this.unitM = frame.unitM;
        this.raceS = s;
        this.version++;
    }

    private change(i: number, now: number, s: number): void {
        if (this.status[i] === Status.InGeofence && this.entered[i]! >= 0) {
            this.dwell[i]! += s - this.entered[i]!;
            this.entered[i] = -1;
        }
        if (now === Status.InGeofence && this.entered[i]! < 0) {
            this.entered[i] = s;
        }
        if (now === Status.Finished && this.finish[i]! < 0) {
            const known = this.known[i]!;
            this.finish[i] = known >= 0 && known <= s ? known : s;
        }
    }

    /** The exact times, as the server has them. */
    times(frame: TimesFrame): void {
        this.version++;
        for (let k = 0; k < frame.number.length; k++) {
            const i = frame.number[k]!;
            if (i < this.n) {
                this.entered[i] = frame.entered[k]!;
                this.dwell[i] = frame.dwell[k]!;
                this.finish[i] = frame.finish[k]!;
            }
        }
    }

    /** Dense number of a bib, -1 where there is none. */
    numberOf(bib: number): number {
        return this.roster.numberOf(bib, this.n);
    }

    /** What the last tick says of a bib; not seen where there is none. */
    statusOf(bib: number): number {
        return this.status[this.numberOf(bib)] ?? Status.NotSeen;
    }

    /** Positions of number i no longer come. */
    stale(i: number): boolean {
        return this.sent !== null && this.sent[i]! >= STALE;
    }

    metres(i: number): number {
        return this.unit[i]! * this.unitM;
    }

    /** Raw seconds so far, or until the finish. */
    rawTime(i: number): number {
        return this.finish[i]! >= 0 ? this.finish[i]! : this.raceS;
    }

    /** Seconds of this visit to the geofence, -1 outside. */
    dwellS(i: number): number {
        return this.status[i] === Status.InGeofence && this.entered[i]! >= 0 ? this.raceS - this.entered[i]! : -1;
    }

    /** Seconds of all visits to the geofence. */
    dwellTotalS(i: number): number {
        return this.dwell[i]! + Math.max(0, this.dwellS(i));
    }

    /** Finish times in order, seconds. */
    finishTimes(): Int32Array {
        return this.finish.filter((s) => s >= 0).sort();
    }
}
