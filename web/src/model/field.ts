// Everybody in the race, from the ticks alone: distance, status, finish, stay in the geofence, and the order by any
// column. Distances are as fine as the frames' unit (a few centimetres); the boards of the server are finer.
import type { PositionFrame, TimesFrame } from '../wire/frame';

export type SortKey = 'rank' | 'bib' | 'distance' | 'pace' | 'time' | 'stay' | 'name';

export interface Sort {
    key: SortKey;
    descending: boolean;
}

export interface Runner {
    number: number;
    bib: number;
    rank: number;
    distance: number;
    rawTime: number;
    pacePerKm: number | null;
    status: number;
    /** Seconds of this visit to the geofence, -1 outside; and of all visits. */
    stay: number;
    stayTotal: number;
}

const INDEX_BITS = 2 ** 20;
const KEY_MAX = 2 ** 32 - 1;

export class Field {
    n = 0;
    raceS = -1;
    /** Competitor ids where they are not 1 … n. */
    ids: Float64Array | null = null;
    names: string[] | null = null;
    unit = new Uint16Array(0);
    status = new Uint8Array(0);
    private unitM = 1;
    private finish = new Int32Array(0);
    private known = new Int32Array(0);
    private entered = new Int32Array(0);
    private dwell = new Int32Array(0);
    private numberOfId = new Map<number, number>();

    clear(): void {
        this.size(0);
        this.ids = null;
        this.names = null;
        this.numberOfId.clear();
        this.raceS = -1;
    }

    // Finishes that were known stay known: a replay that goes back meets them again.
    private size(n: number): void {
        this.known = n === this.n ? this.known.map((s, i) => Math.max(s, this.finish[i]!)) : new Int32Array(n).fill(-1);
        this.n = n;
        this.unit = new Uint16Array(n);
        this.status = new Uint8Array(n);
        this.finish = new Int32Array(n).fill(-1);
        this.entered = new Int32Array(n).fill(-1);
        this.dwell = new Int32Array(n);
    }

    setRoster(ids: number[] | null, names: string[] | null): void {
        this.ids = ids && Float64Array.from(ids);
        this.names = names;
        this.numberOfId = new Map(ids?.map((id, i) => [id, i]) ?? []);
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
        this.unitM = frame.unitM;
        this.raceS = s;
    }

    private change(i: number, now: number, s: number): void {
        if (this.status[i] === 2 && this.entered[i]! >= 0) {
            this.dwell[i]! += s - this.entered[i]!;
            this.entered[i] = -1;
        }
        if (now === 2 && this.entered[i]! < 0) {
            this.entered[i] = s;
        }
        if (now === 3 && this.finish[i]! < 0) {
            const known = this.known[i]!;
            this.finish[i] = known >= 0 && known <= s ? known : s;
        }
    }

    /** The exact times, as the server has them. */
    times(frame: TimesFrame): void {
        for (let k = 0; k < frame.number.length; k++) {
            const i = frame.number[k]!;
            if (i < this.n) {
                this.entered[i] = frame.entered[k]!;
                this.dwell[i] = frame.dwell[k]!;
                this.finish[i] = frame.finish[k]!;
            }
        }
    }

    bibOf(i: number): number {
        return this.ids ? this.ids[i]! : i + 1;
    }

    /** Dense number of a bib, -1 where there is none. */
    numberOf(bib: number): number {
        const i = this.ids ? (this.numberOfId.get(bib) ?? -1) : bib - 1;
        return Number.isInteger(i) && i >= 0 && i < this.n ? i : -1;
    }

    nameOf(i: number): string {
        return this.names?.[i] ?? '';
    }

    metres(i: number): number {
        return this.unit[i]! * this.unitM;
    }

    rawTime(i: number): number {
        return this.finish[i]! >= 0 ? this.finish[i]! : this.raceS;
    }

    // Smaller is better: who is further, then who was there earlier.
    private rankKey(i: number): number {
        return (65_535 - this.unit[i]!) * 65_536 + Math.min(65_535, Math.max(0, this.rawTime(i)));
    }

    /** Average so far, s/km; null at the start. */
    pace(i: number): number | null {
        const m = this.metres(i);
        return m > 0 ? (this.rawTime(i) * 1000) / m : null;
    }

    private stay(i: number): number {
        return this.status[i] === 2 && this.entered[i]! >= 0 ? this.raceS - this.entered[i]! : -1;
    }

    private key(i: number, key: SortKey, nameOrder: Uint32Array | null): number {
        switch (key) {
        case 'rank': return this.rankKey(i);
        case 'bib': return i;
        case 'distance': return this.unit[i]!;
        case 'pace': return Math.min(KEY_MAX, Math.round((this.pace(i) ?? KEY_MAX / 1000) * 1000));
        case 'time': return Math.max(0, this.rawTime(i));
        case 'stay': return this.stay(i) + 1;
        case 'name': return nameOrder ? nameOrder[i]! : i;
        }
    }

    /** The dense numbers in that order; equal ones by bib. `keep`: who is wanted at all. */
    order(sort: Sort, keep: ((i: number) => boolean) | null): Uint32Array {
        const names = sort.key === 'name' ? this.nameOrder() : null;
        const keys = new Float64Array(this.n);
        let count = 0;
        for (let i = 0; i < this.n; i++) {
            if (!keep || keep(i)) {
                const k = this.key(i, sort.key, names);
                keys[count++] = (sort.descending ? KEY_MAX - k : k) * INDEX_BITS + i;
            }
        }
        const sorted = keys.subarray(0, count).sort();
        return Uint32Array.from(sorted, (k) => k % INDEX_BITS);
    }

    private nameOrder(): Uint32Array {
        const by = Array.from({ length: this.n }, (_, i) => i);
        const collator = new Intl.Collator();
        by.sort((a, b) => collator.compare(this.nameOf(a), this.nameOf(b)));
        const place = new Uint32Array(this.n);
        by.forEach((i, k) => { place[i] = k; });
        return place;
    }

    /** 1 + how many are strictly ahead, for everybody. */
    ranks(): Uint32Array {
        const order = this.order({ key: 'rank', descending: false }, null);
        const ranks = new Uint32Array(this.n);
        let before = -1;
        let rank = 0;
        order.forEach((i, k) => {
            const key = this.rankKey(i);
            rank = key === before ? rank : k + 1;
            before = key;
            ranks[i] = rank;
        });
        return ranks;
    }

    runner(i: number, ranks: Uint32Array): Runner {
        const stay = this.stay(i);
        return {
            number: i,
            bib: this.bibOf(i),
            rank: ranks[i]!,
            distance: this.metres(i),
            rawTime: this.rawTime(i),
            pacePerKm: this.pace(i),
            status: this.status[i]!,
            stay,
            stayTotal: this.dwell[i]! + Math.max(0, stay),
        };
    }

    /** How many run in each `everyM` of the course; finishers are left out. */
    perMark(everyM: number, lengthM: number): Uint32Array {
        const counts = new Uint32Array(Math.max(1, Math.ceil(lengthM / everyM)));
        for (let i = 0; i < this.n; i++) {
            if (this.status[i] === 1 || this.status[i] === 2) {
                counts[Math.min(counts.length - 1, Math.floor(this.metres(i) / everyM))]!++;
            }
        }
        return counts;
    }

    /** Finish times in order, seconds. */
    finishTimes(): Int32Array {
        return this.finish.filter((s) => s >= 0).sort();
    }
}

/** Who is meant: a bib, the beginning of one, or a part of a name. */
export function matcher(field: Field, text: string): ((i: number) => boolean) | null {
    const wanted = text.trim().toLocaleLowerCase();
    if (wanted === '') {
        return null;
    }
    if (/^-?\d+$/.test(wanted)) {
        return (i) => String(field.bibOf(i)).startsWith(wanted);
    }
    return (i) => field.nameOf(i).toLocaleLowerCase().includes(wanted);
}

/** "competitorId,name" lines, quoted where they have to be → ids and names in the order they come. */
export function parseRoster(csv: string): { ids: number[]; names: string[] } {
    const ids: number[] = [];
    const names: string[] = [];
    for (const line of csv.split(/\r?\n/).slice(1)) {
        const m = /^(-?\d+),(?:"((?:[^"]|"")*)"|(.*))$/.exec(line);
        if (m) {
            ids.push(Number(m[1]));
            names.push(m[2] !== undefined ? m[2].replace(/""/g, '"') : m[3]!);
        }
    }
    return { ids, names };
}
