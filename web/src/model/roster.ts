// The roster of a race: the bib and the name of each competitor. In frames a competitor has a dense number, 0 … n − 1.
import type { NameIndex } from './nameSearch';

export class Roster {
    names: string[] | null = null;
    /** Grows with every change. */
    version = 0;
    /** Competitor ids by dense number; null: they are 1 … n. */
    private ids: Float64Array | null = null;
    private numberOfId = new Map<number, number>();
    /** The dense numbers in the order of names; null: not sorted yet. */
    private sorted: Uint32Array | null = null;
    private index: NameIndex | null = null;

    clear(): void {
        this.set(null, null, null);
    }

    /** `ids` null: they are 1 … n. `index` finds the names; it is made with them (session/rosterLoad.ts). */
    set(ids: number[] | null, names: string[] | null, index: NameIndex | null): void {
        this.ids = ids && Float64Array.from(ids);
        this.numberOfId = new Map(ids?.map((id, i) => [id, i]) ?? []);
        this.names = names;
        this.sorted = null;
        this.index = index;
        this.version++;
    }

    /** The order of these names is known. False: the names are others by now, and it is ignored. */
    setOrder(names: string[], sorted: Uint32Array): boolean {
        const wanted = names === this.names;
        if (wanted) {
            this.sorted = sorted;
            this.version++;
        }
        return wanted;
    }

    bibOf(i: number): number {
        return this.ids ? this.ids[i]! : i + 1;
    }

    /** Dense number of a bib among n competitors, -1 where there is none. */
    numberOf(bib: number, n: number): number {
        const i = this.ids ? (this.numberOfId.get(bib) ?? -1) : bib - 1;
        return Number.isInteger(i) && i >= 0 && i < n ? i : -1;
    }

    nameOf(i: number): string {
        return this.names?.[i] ?? '';
    }

    /** 1 for each of n competitors whose name holds the text. */
    named(text: string, n: number): Uint8Array {
        return this.index?.holding(text) ?? new Uint8Array(n);
    }

    /** The dense numbers of n competitors in the order of their names; null: not sorted. */
    byName(n: number): Uint32Array | null {
        return this.sorted?.length === n ? this.sorted : null;
    }
}
