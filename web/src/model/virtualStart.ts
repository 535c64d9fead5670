// A virtual mass start: chosen competitors as if they had started at the same moment. Each one's positions are counted from its
// own start, and become ticks and tables like those of a race in which only they run.
import { Status } from '../wire/types';
import type { Board, BoardRow } from '../wire/types';
import type { PositionFrame } from '../wire/frame';
import { FrameKind, HIDDEN } from '../wire/frame';

/** A competitor who is less than this from its first position has not started. */
const STARTED_M = 2;

/** A competitor with all its positions: the answer of the API to ?track=1. */
export interface Course {
    competitorId: number;
    finishTime: number | null;
    visits: { entered: number; left: number | null }[];
    track: [number, number][];
}

export interface Chosen {
    /** Dense number and bib. */
    number: number;
    bib: number;
    /** Raw second of the own start; seconds after it, and metres, of each position. */
    startS: number;
    s: number[];
    m: number[];
    finishS: number | null;
    visits: { fromS: number; toS: number }[];
}

export function chosenOf(number: number, course: Course): Chosen | null {
    const { track } = course;
    if (track.length === 0) {
        return null;
    }
    const moved = track.findIndex(([, m]) => m - track[0]![1] >= STARTED_M);
    const first = Math.max(0, moved - 1);
    const startS = track[first]![0];
    return {
        number,
        bib: course.competitorId,
        startS,
        s: track.slice(first).map(([s]) => s - startS),
        m: track.slice(first).map(([, m]) => m),
        finishS: course.finishTime === null ? null : course.finishTime - startS,
        visits: course.visits.map((v) => ({ fromS: v.entered - startS, toS: v.left === null ? Infinity : v.left - startS })),
    };
}

/** Metres so many seconds after the own start; after the last position: there. */
export function metresAt(c: Chosen, s: number): number {
    let low = 0;
    let high = c.s.length - 1;
    while (low < high) {
        const mid = (low + high + 1) >> 1;
        if (c.s[mid]! <= s) {
            low = mid;
        } else {
            high = mid - 1;
        }
    }
    const [a, b] = [c.s[low]!, c.s[low + 1]];
    return b === undefined || s <= a ? c.m[low]! : c.m[low]! + ((c.m[low + 1]! - c.m[low]!) * (s - a)) / (b - a);
}

function statusAt(c: Chosen, s: number): number {
    if (c.finishS !== null && s >= c.finishS) {
        return 3;
    }
    return c.visits.some((v) => s >= v.fromS && s < v.toS) ? 2 : 1;
}

export class VirtualStart {
    /** The second in which the last of them ends. */
    readonly endS: number;
    private readonly unitM: number;

    /** `n` and `roster` are those of the race's own ticks. */
    constructor(readonly chosen: Chosen[], private readonly n: number, private readonly roster: number, private readonly lengthM: number) {
        this.endS = Math.max(0, ...chosen.map((c) => c.s[c.s.length - 1]!));
        this.unitM = Math.max(lengthM, 1, ...chosen.map((c) => c.m[c.m.length - 1]!)) / 65_535;
    }

    frames(fromS: number, toS: number, stepS: number): PositionFrame[] {
        const frames: PositionFrame[] = [];
        for (let s = fromS; s <= toS; s += stepS) {
            frames.push(this.frame(s, frames[frames.length - 1] ?? null));
        }
        return frames;
    }

    private frame(s: number, before: PositionFrame | null): PositionFrame {
        const unit = new Uint16Array(this.n);
        const status = new Uint8Array(this.n);
        const sent = new Uint8Array(this.n).fill(HIDDEN);
        let maxMoved = before ? 0 : Infinity;
        for (const c of this.chosen) {
            unit[c.number] = Math.round(metresAt(c, s) / this.unitM);
            status[c.number] = sent[c.number] = statusAt(c, s);
            maxMoved = Math.max(maxMoved, unit[c.number]! - (before?.unit[c.number] ?? 0));
        }
        return {
            kind: FrameKind.Key, replay: true, seq: 0, n: this.n, serverMs: 0, raceMs: s * 1_000, unitM: this.unitM, roster: this.roster,
            unit, status, sent, maxMoved,
        };
    }

    /** The tables of that moment: the chosen alone, everything counted from each one's own start. */
    board(runId: string, s: number): Board {
        const rows = this.chosen.map((c) => this.row(c, s)).sort((a, b) => b.distance - a.distance || a.rawTime - b.rawTime);
        rows.forEach((row, k) => {
            const above = rows[k - 1];
            row.rank = above && above.distance === row.distance && above.rawTime === row.rawTime ? above.rank : k + 1;
        });
        const finished = rows.filter((r) => r.status === Status.Finished);
        const running = rows.filter((r) => r.status !== Status.Finished);
        const inside = rows.filter((r) => r.status === Status.InGeofence);
        return {
            runId,
            asOf: { rawTime: s, timestamp: '' },
            counts: { competitors: rows.length, onCourse: running.length, inGeofence: inside.length, finished: finished.length },
            leaders: rows,
            front: running,
            back: [...running].reverse(),
            geofence: inside.sort((a, b) => b.dwell! - a.dwell!),
            justFinished: [...finished].reverse(),
        };
    }

    private row(c: Chosen, s: number): BoardRow {
        const distance = metresAt(c, s);
        const status = statusAt(c, s);
        const rawTime = status === Status.Finished ? c.finishS! : Math.min(s, c.s[c.s.length - 1]!);
        const visit = c.visits.find((v) => s >= v.fromS && s < v.toS);
        const past = c.visits.reduce((sum, v) => sum + Math.max(0, Math.min(s, v.toS) - v.fromS), 0);
        return {
            rank: 0, competitorId: c.bib, distance, rawTime, status,
            toGo: this.lengthM > 0 ? Math.max(0, this.lengthM - distance) : null,
            pacePerKm: distance > 0 ? (rawTime * 1_000) / distance : null,
            ...(visit ? { dwell: s - visit.fromS, dwellTotal: past } : {}),
        };
    }
}
