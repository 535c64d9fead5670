// When competitors passed each kilometre, by the ticks: between two ticks the pace is taken as even. A tick is
// a fact of the race, so that a replay reads the same log up to its own moment. Of many competitors an even sample is kept.

const SAMPLE = 1_000;
const MOST_MARKS = 60;
const KM = 1_000;
/** Below this share only the fast ones have been there, and their pace is not that of all. */
const ENOUGH = 0.5;
/** A last stretch that is shorter says more about rounding than about pace. */
const SHORTEST_M = 200;

export interface Bands {
    /** Seconds per km on the stretch that ends at each mark; NaN where less than half of the competitors have run it. */
    p10: Float64Array;
    median: Float64Array;
    p90: Float64Array;
    /** How many of the sample have run it. */
    count: Uint32Array;
}

/** Ends of the stretches, metres: each kilometre (of a long course each 2, 5 …), and the finish. */
export function splitMarks(lengthM: number): Float64Array {
    const every = [1, 2, 5, 10, 20, 50, 100].find((k) => lengthM / (k * KM) <= MOST_MARKS) ?? 1_000;
    const marks: number[] = [];
    for (let k = 1; k * every * KM <= lengthM - 1; k++) {
        marks.push(k * every * KM);
    }
    if (lengthM - (marks[marks.length - 1] ?? 0) >= Math.min(SHORTEST_M, lengthM)) {
        marks.push(lengthM);
    }
    return Float64Array.from(marks);
}

/** Everybody, or an even choice of at most `most`. */
export function sampleOf(n: number, most = SAMPLE): Uint32Array {
    const count = Math.min(n, most);
    return Uint32Array.from({ length: count }, (_, k) => Math.floor((k * n) / count));
}

function nearestRank(sorted: Float64Array, q: number): number {
    return sorted.length === 0 ? NaN : sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)]!;
}

export class SplitLog {
    readonly marks: Float64Array;
    readonly who: Uint32Array;
    /** Up to which race second ticks were taken. */
    filledS = 0;
    private readonly crossed: Float32Array;
    private readonly lastM: Float64Array;
    private readonly known: Bands;

    constructor(readonly n: number, readonly lengthM: number) {
        this.marks = splitMarks(lengthM);
        this.who = sampleOf(n);
        this.crossed = new Float32Array(this.marks.length * this.who.length).fill(NaN);
        this.lastM = new Float64Array(this.who.length);
        const empty = (): Float64Array => new Float64Array(this.marks.length).fill(NaN);
        this.known = { p10: empty(), median: empty(), p90: empty(), count: new Uint32Array(this.marks.length) };
    }

    /** What was before this moment is not to be had: go on from here. */
    begin(s: number, metres: (i: number) => number): void {
        this.who.forEach((i, k) => { this.lastM[k] = metres(i); });
        this.filledS = s;
    }

    /** A tick. `finishS`: raw seconds of a finish, -1 while running. Ticks that are not later than the last are known. */
    take(s: number, metres: (i: number) => number, finishS: (i: number) => number): void {
        if (s <= this.filledS) {
            return;
        }
        for (let k = 0; k < this.who.length; k++) {
            const i = this.who[k]!;
            const from = this.lastM[k]!;
            const finish = finishS(i);
            const done = finish >= 0 && finish <= s;
            const to = done ? this.lengthM : Math.max(from, metres(i));
            if (to > from) {
                this.cross(k, from, to, done ? Math.max(finish, this.filledS) : s);
                this.lastM[k] = to;
            }
        }
        this.filledS = s;
    }

    private cross(k: number, from: number, to: number, toS: number): void {
        const { marks, filledS } = this;
        for (let m = 0; m < marks.length && marks[m]! <= to; m++) {
            if (marks[m]! > from) {
                this.crossed[m * this.who.length + k] = filledS + ((toS - filledS) * (marks[m]! - from)) / (to - from);
            }
        }
    }

    /** The pace of all on each stretch, by those who had run it at that moment. */
    bands(uptoS: number): Bands {
        const paces = new Float64Array(this.who.length);
        for (let m = 0; m < this.marks.length; m++) {
            const count = this.pacesAt(m, uptoS, paces);
            if (count !== this.known.count[m]) {
                const enough = count >= ENOUGH * this.who.length;
                const sorted = paces.subarray(0, enough ? count : 0).sort();
                this.known.count[m] = count;
                this.known.p10[m] = nearestRank(sorted, 0.1);
                this.known.median[m] = nearestRank(sorted, 0.5);
                this.known.p90[m] = nearestRank(sorted, 0.9);
            }
        }
        return this.known;
    }

    private pacesAt(m: number, uptoS: number, out: Float64Array): number {
        const n = this.who.length;
        const stretchKm = (this.marks[m]! - (m > 0 ? this.marks[m - 1]! : 0)) / KM;
        let count = 0;
        for (let k = 0; k < n; k++) {
            const end = this.crossed[m * n + k]!;
            const start = m > 0 ? this.crossed[(m - 1) * n + k]! : 0;
            if (end <= uptoS && start <= end) {
                out[count++] = (end - start) / stretchKm;
            }
        }
        return count;
    }
}

export interface KmSplit {
    km: number;
    rawTime: number;
}

/** One competitor's pace on the same stretches, seconds per km, from the server's splits; NaN: not run yet. */
export function pacesOf(splits: readonly KmSplit[], finishS: number | null, marks: Float64Array, lengthM: number, uptoS: number): Float64Array {
    const at = new Map(splits.map((s) => [s.km * KM, s.rawTime]));
    if (finishS !== null) {
        at.set(lengthM, finishS);
    }
    return marks.map((m, k) => {
        const end = at.get(m) ?? NaN;
        const start = k > 0 ? at.get(marks[k - 1]!) ?? NaN : 0;
        return end <= uptoS ? ((end - start) * KM) / (m - (k > 0 ? marks[k - 1]! : 0)) : NaN;
    });
}
