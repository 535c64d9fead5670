// Everybody in the race, from the ticks alone: distance, status, finish, stay in the geofence, and the order by any
// column. Distances are as fine as the frames' unit (a few centimetres); the boards of the server are finer.
import { HIDDEN, SILENT } from '../wire/frame';
import type { PositionFrame, TimesFrame } from '../wire/frame';
import { Status } from '../wire/types';
import { NameIndex } from './nameSearch';
import { cellText } from './results';
import { inSlices, KEY_MAX, orderBy, sortSteps } from './sort';

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

export class Field {
    n = 0;
    raceS = -1;
    /** Competitor ids where they are not 1 … n. */
    ids: Float64Array | null = null;
    names: string[] | null = null;
    unit = new Uint16Array(0);
    status = new Uint8Array(0);
    /** The statuses with SILENT added where it is; null where nobody is silent. */
    sent: Uint8Array | null = null;
    /** Some are not to be shown. */
    private hiding = false;
    private unitM = 1;
    private finish = new Int32Array(0);
    private known = new Int32Array(0);
    private entered = new Int32Array(0);
    private dwell = new Int32Array(0);
    private numberOfId = new Map<number, number>();
    /** Grows with everything that an order may depend on. */
    private version = 0;
    private ordered = new Map<string, { version: number; order: Uint32Array }>();
    private ranked: { version: number; ranks: Uint32Array } | null = null;
    /** The dense numbers in the order of names; null: not sorted yet. */
    private byName: Uint32Array | null = null;
    private index: NameIndex | null = null;

    clear(): void {
        this.size(0);
        this.ids = null;
        this.names = this.byName = this.index = null;
        this.numberOfId.clear();
        this.raceS = -1;
    }

    // Finishes that were known stay known: a replay that goes back meets them again.
    private size(n: number): void {
        this.known = n === this.n ? this.known.map((s, i) => Math.max(s, this.finish[i]!)) : new Int32Array(n).fill(-1);
        this.n = n;
        this.version++;
        this.ordered.clear();
        this.unit = new Uint16Array(n);
        this.status = new Uint8Array(n);
        this.finish = new Int32Array(n).fill(-1);
        this.entered = new Int32Array(n).fill(-1);
        this.dwell = new Int32Array(n);
    }

    /** The same field, of which nothing is known yet but who has finished when. */
    again(): void {
        this.size(this.n);
        this.raceS = -1;
    }

    setRoster(ids: number[] | null, names: string[] | null): void {
        this.ids = ids && Float64Array.from(ids);
        this.names = names;
        this.byName = null;
        this.index = names && new NameIndex(names);
        this.version++;
        this.numberOfId = new Map(ids?.map((id, i) => [id, i]) ?? []);
    }

    /** Sort the names, in slices; before that the order by name is the one by bib. True where they are sorted now. */
    async sortNames(): Promise<boolean> {
        const names = this.names;
        if (!names) {
            return false;
        }
        const wanted = (): boolean => this.names === names;
        const collator = new Intl.Collator();
        const all = Array.from(names, (_, i) => i);
        const sorted = await inSlices(sortSteps(all, (a, b) => collator.compare(names[a]!, names[b]!) || a - b), wanted);
        if (!sorted || !wanted()) {
            return false;
        }
        this.byName = Uint32Array.from(sorted);
        this.version++;
        return true;
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

    /** What the last tick says of a bib (Status); not seen where there is none. */
    statusOf(bib: number): number {
        return this.status[this.numberOf(bib)] ?? Status.NotSeen;
    }

    /** 1 for each whose name holds the text. */
    named(text: string): Uint8Array {
        return this.index?.holding(text) ?? new Uint8Array(this.n);
    }

    /** Positions of number i no longer come. */
    silent(i: number): boolean {
        return this.sent !== null && this.sent[i]! >= SILENT;
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

    /** Seconds of this visit to the geofence, -1 outside. */
    stay(i: number): number {
        return this.status[i] === Status.InGeofence && this.entered[i]! >= 0 ? this.raceS - this.entered[i]! : -1;
    }

    private key(i: number, key: SortKey): number {
        switch (key) {
        case 'rank': return this.rankKey(i);
        case 'bib': return i;
        case 'distance': return this.unit[i]!;
        case 'pace': return Math.min(KEY_MAX, Math.round((this.pace(i) ?? KEY_MAX / 1000) * 1000));
        case 'time': return Math.max(0, this.rawTime(i));
        case 'stay': return this.stay(i) + 1;
        case 'name': return i;
        }
    }

    private ordering(sort: Sort, before: Uint32Array | null): Uint32Array {
        if (sort.key === 'name' && this.byName?.length === this.n) {
            return sort.descending ? this.byName.slice().reverse() : this.byName;
        }
        const key = sort.descending ? (i: number) => KEY_MAX - this.key(i, sort.key) : (i: number) => this.key(i, sort.key);
        return orderBy(this.n, key, before);
    }

    /** The dense numbers in that order, of all who are shown; equal ones by bib. `keep`: who is wanted at all. Borrowed until the next tick. */
    order(sort: Sort, keep: ((i: number) => boolean) | null): Uint32Array {
        const name = `${sort.key}${sort.descending ? '-' : '+'}`;
        let known = this.ordered.get(name);
        if (known?.version !== this.version) {
            known = { version: this.version, order: this.ordering(sort, known?.order ?? null) };
            this.ordered.set(name, known);
        }
        const { sent } = this;
        const shown = sent && this.hiding ? (i: number) => sent[i] !== HIDDEN && (!keep || keep(i)) : keep;
        return shown ? known.order.filter(shown) : known.order;
    }

    /** 1 + how many are strictly ahead, for everybody. Borrowed until the next tick. */
    ranks(): Uint32Array {
        if (this.ranked?.version === this.version) {
            return this.ranked.ranks;
        }
        const order = this.order({ key: 'rank', descending: false }, null);
        const ranks = this.ranked?.ranks.length === this.n ? this.ranked.ranks : new Uint32Array(this.n);
        let before = -1;
        let rank = 0;
        for (let k = 0; k < order.length; k++) {
            const i = order[k]!;
            const key = this.rankKey(i);
            rank = key === before ? rank : k + 1;
            before = key;
            ranks[i] = rank;
        }
        this.ranked = { version: this.version, ranks };
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
            if (this.status[i] === Status.OnCourse || this.status[i] === Status.InGeofence) {
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
    const wanted = text.trim();
    if (wanted === '') {
        return null;
    }
    if (/^-?\d+$/.test(wanted)) {
        return (i) => String(field.bibOf(i)).startsWith(wanted);
    }
    const named = field.named(wanted);
    return (i) => named[i] === 1;
}

/**
 * The dense numbers of whom a search means, in that order; the bib that was typed in full comes first. Borrowed until the
 * next tick.
 */
export function found(field: Field, sort: Sort, text: string): Uint32Array {
    const order = field.order(sort, matcher(field, text));
    const exact = /^\s*-?\d+\s*$/.test(text) ? field.numberOf(Number(text)) : -1;
    const at = exact < 0 ? -1 : order.indexOf(exact);
    return at <= 0 ? order : Uint32Array.of(exact, ...order.subarray(0, at), ...order.subarray(at + 1));
}

const LINES_A_STEP = 200;

/** "competitorId,name" lines, quoted where they have to be → ids and names in the order they come; for `inSlices`. */
export function* rosterSteps(csv: string): Generator<void, { ids: number[]; names: string[] }> {
    const ids: number[] = [];
    const names: string[] = [];
    const line = /^(-?\d+),(?:"((?:[^"]|"")*)"|(.*?))\r?$/gm;
    for (let m = line.exec(csv), k = 1; m; m = line.exec(csv), k++) {
        ids.push(Number(m[1]));
        names.push(cellText(m[2] !== undefined ? m[2].replace(/""/g, '"') : m[3]!));
        if (k % LINES_A_STEP === 0) {
            yield;
        }
    }
    return { ids, names };
}
