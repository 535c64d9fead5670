// Loads the names of a race, and the ids where they are not 1 … n, in tasks of a few milliseconds. A file of its own: dots do not
// wait for it.
import { cellText } from '../model/results';
import { NameIndex } from '../model/nameSearch';
import type { Competitors } from '../model/competitors';
import { inSlices, sortSteps } from '../model/sort';
import * as api from '../wire/api';

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

// The dense numbers in the order of the names; equal names by number.
async function orderOf(names: string[], wanted: () => boolean): Promise<Uint32Array | null> {
    const collator = new Intl.Collator();
    const all = Array.from(names, (_, i) => i);
    const sorted = await inSlices(sortSteps(all, (a, b) => collator.compare(names[a]!, names[b]!) || a - b), wanted);
    return sorted && Uint32Array.from(sorted);
}

/** Sorts the names of the roster, if it has any; true where they are sorted now. */
export async function sortNames({ roster }: Competitors): Promise<boolean> {
    const { names } = roster;
    const sorted = names && await orderOf(names, () => roster.names === names);
    return names !== null && sorted !== null && roster.setOrder(names, sorted);
}

/** Gives ids (null: 1 … n) and names to the roster, with what finds them. */
export function setRoster({ roster }: Competitors, ids: number[] | null, names: string[] | null): void {
    roster.set(ids, names, names && new NameIndex(names));
}

export interface RosterRequest {
    runId: string;
    /** The roster's version where the race is another producer's: its ids are not 1 … n. Undefined: a simulated race. */
    version: number | undefined;
    competitors: Competitors;
    /** It is still this roster that is wanted. */
    wanted(): boolean;
    /** The competitors have names now, or have none; and once more when the names are sorted. */
    changed(named: boolean): void;
}

export async function loadRoster({ runId, version, competitors, wanted, changed }: RosterRequest): Promise<void> {
    const csv = await api.getRoster(runId, version);
    const roster = await inSlices(rosterSteps(csv), wanted);
    if (!roster || !wanted()) {
        return;
    }
    const { ids, names } = roster;
    const named = names.some((name) => name !== '');
    if (version !== undefined) {
        setRoster(competitors, ids, named ? names : null);
    } else if (named) {
        const dense = new Array<string>(competitors.n).fill('');
        ids.forEach((id, k) => { dense[id - 1] = names[k]!; });
        setRoster(competitors, null, dense);
    }
    changed(named);
    if (await sortNames(competitors)) {
        changed(named);
    }
}
