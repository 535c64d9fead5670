// The order of everybody by any column, their ranks, and what a search finds. Orders are kept from tick to tick, because few
// competitors change places in a second.
import { HIDDEN } from '../wire/frame';
import type { Competitors } from './competitors';
import { KEY_MAX, orderBy } from './sort';

export type SortKey = 'rank' | 'bib' | 'distance' | 'pace' | 'time' | 'dwell' | 'name';

export interface Sort {
    key: SortKey;
    descending: boolean;
}

/** One competitor at the moment of the last tick. */
export interface Competitor {
    number: number;
    bib: number;
    rank: number;
    distance: number;
    rawTime: number;
    pacePerKm: number | null;
    status: number;
    /** Seconds of this visit to the geofence, -1 outside; and of all visits. */
    dwellS: number;
    dwellTotalS: number;
}

export class Ranking {
    private ordered = new Map<string, { version: number; order: Uint32Array }>();
    private ranked: { version: number; ranks: Uint32Array } | null = null;

    constructor(readonly competitors: Competitors) {}

    // Both only grow, so their sum tells every change.
    private version(): number {
        return this.competitors.version + this.competitors.roster.version;
    }

    // Smaller is better: the larger distance first, then the earlier time.
    private rankKey(i: number): number {
        const { unit } = this.competitors;
        return (65_535 - unit[i]!) * 65_536 + Math.min(65_535, Math.max(0, this.competitors.rawTime(i)));
    }

    // Average so far, s/km; null at the start.
    private pace(i: number): number | null {
        const m = this.competitors.metres(i);
        return m > 0 ? (this.competitors.rawTime(i) * 1000) / m : null;
    }

    private key(i: number, key: SortKey): number {
        switch (key) {
        case 'rank': return this.rankKey(i);
        case 'distance': return this.competitors.unit[i]!;
        case 'pace': return Math.min(KEY_MAX, Math.round((this.pace(i) ?? KEY_MAX / 1000) * 1000));
        case 'time': return Math.max(0, this.competitors.rawTime(i));
        case 'dwell': return this.competitors.dwellS(i) + 1;
        case 'bib':
        case 'name': return i;
        }
    }

    private ordering(sort: Sort, before: Uint32Array | null): Uint32Array {
        const { n, roster } = this.competitors;
        const byName = sort.key === 'name' ? roster.byName(n) : null;
        if (byName) {
            return sort.descending ? byName.slice().reverse() : byName;
        }
        const key = sort.descending ? (i: number) => KEY_MAX - this.key(i, sort.key) : (i: number) => this.key(i, sort.key);
        return orderBy(n, key, before);
    }

    /** The dense numbers of all shown competitors in that order, equal ones by bib; `keep` leaves others out. Borrowed until the next tick. */
    order(sort: Sort, keep: ((i: number) => boolean) | null): Uint32Array {
        const { sent, hiding } = this.competitors;
        const version = this.version();
        const name = `${sort.key}${sort.descending ? '-' : '+'}`;
        let known = this.ordered.get(name);
        if (known?.version !== version) {
            known = { version, order: this.ordering(sort, known?.order ?? null) };
            this.ordered.set(name, known);
        }
        const shown = sent && hiding ? (i: number) => sent[i] !== HIDDEN && (!keep || keep(i)) : keep;
        return shown ? known.order.filter(shown) : known.order;
    }

    /** The rank of each competitor: 1 + how many are strictly ahead. Borrowed until the next tick. */
    ranks(): Uint32Array {
        const { n } = this.competitors;
        const version = this.version();
        if (this.ranked?.version === version) {
            return this.ranked.ranks;
        }
        const order = this.order({ key: 'rank', descending: false }, null);
        const ranks = this.ranked?.ranks.length === n ? this.ranked.ranks : new Uint32Array(n);
        let before = -1;
        let rank = 0;
        for (let k = 0; k < order.length; k++) {
            const i = order[k]!;
            const key = this.rankKey(i);
            rank = key === before ? rank : k + 1;
            before = key;
            ranks[i] = rank;
        }
        this.ranked = { version, ranks };
        return ranks;
    }

    competitor(i: number, ranks: Uint32Array): Competitor {
        const of = this.competitors;
        return {
            number: i,
            bib: of.roster.bibOf(i),
            rank: ranks[i]!,
            distance: of.metres(i),
            rawTime: of.rawTime(i),
            pacePerKm: this.pace(i),
            status: of.status[i]!,
            dwellS: of.dwellS(i),
            dwellTotalS: of.dwellTotalS(i),
        };
    }
}

const rankings = new WeakMap<Competitors, Ranking>();

/** The one ranking of these competitors: tables and cards share its orders. */
export function rankingOf(competitors: Competitors): Ranking {
    const ranking = rankings.get(competitors) ?? new Ranking(competitors);
    rankings.set(competitors, ranking);
    return ranking;
}

/** Tells which dense numbers a search text means: those of a bib, of the beginning of a bib, or of a part of a name. */
export function matcher(competitors: Competitors, text: string): ((i: number) => boolean) | null {
    const wanted = text.trim();
    if (wanted === '') {
        return null;
    }
    if (/^-?\d+$/.test(wanted)) {
        return (i) => String(competitors.roster.bibOf(i)).startsWith(wanted);
    }
    const named = competitors.roster.named(wanted, competitors.n);
    return (i) => named[i] === 1;
}

/**
 * The dense numbers that a search text means, in that order; the bib that was typed in full comes first. Borrowed until the
 * next tick.
 */
export function found(of: Ranking, sort: Sort, text: string): Uint32Array {
    const order = of.order(sort, matcher(of.competitors, text));
    const exact = /^\s*-?\d+\s*$/.test(text) ? of.competitors.numberOf(Number(text)) : -1;
    const at = exact < 0 ? -1 : order.indexOf(exact);
    return at <= 0 ? order : Uint32Array.of(exact, ...order.subarray(0, at), ...order.subarray(at + 1));
}
