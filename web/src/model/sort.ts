// Orders of many by a number: kept from tick to tick, as few change places in a second; and long sorts by name in slices,
// so that no task is long.

const INDEX_BITS = 2 ** 20;
export const KEY_MAX = 2 ** 32 - 1;
/** Steps of the sort by insertion before the general one takes over, for each member. */
const STEPS_EACH = 8;
const SLICE_MS = 6;
const RUN = 32;

// True where the keys, nearly in order, could be put in order in few steps.
function sortNearly(keys: Float64Array): boolean {
    let steps = STEPS_EACH * keys.length;
    for (let i = 1; i < keys.length; i++) {
        const key = keys[i]!;
        let j = i - 1;
        while (j >= 0 && keys[j]! > key) {
            keys[j + 1] = keys[j]!;
            j--;
            steps--;
        }
        keys[j + 1] = key;
        if (steps < 0) {
            return false;
        }
    }
    return true;
}

/** The numbers 0 … n − 1 by their key (0 … KEY_MAX, whole), equal ones by number. `before`: an order of the same that was
 * right lately; it is written over. */
export function orderBy(n: number, key: (i: number) => number, before: Uint32Array | null): Uint32Array {
    const order = before?.length === n ? before : new Uint32Array(n);
    const keys = new Float64Array(n);
    for (let k = 0; k < n; k++) {
        const i = order === before ? order[k]! : k;
        keys[k] = key(i) * INDEX_BITS + i;
    }
    if (!sortNearly(keys)) {
        keys.sort();
    }
    for (let k = 0; k < n; k++) {
        order[k] = keys[k]! % INDEX_BITS;
    }
    return order;
}

/** Merge sort that may be left and gone on with after every few members. */
export function* sortSteps<T>(items: T[], compare: (a: T, b: T) => number): Generator<void, T[]> {
    let from = items.slice();
    for (let at = 0; at < from.length; at += RUN) {
        from.splice(at, RUN, ...from.slice(at, at + RUN).sort(compare));
        yield;
    }
    for (let width = RUN; width < from.length; width *= 2) {
        const to: T[] = [];
        for (let at = 0; at < from.length; at += 2 * width) {
            let [a, b] = [at, at + width];
            const [endA, endB] = [Math.min(b, from.length), Math.min(b + width, from.length)];
            while (a < endA || b < endB) {
                to.push(b >= endB || (a < endA && compare(from[a]!, from[b]!) <= 0) ? from[a++]! : from[b++]!);
                if (to.length % RUN === 0) {
                    yield;
                }
            }
        }
        from = to;
    }
    return from;
}

/** Carry it out in tasks of a few milliseconds; `wanted` says whether its end is still of use. */
export async function inSlices<T>(steps: Generator<void, T>, wanted: () => boolean): Promise<T | null> {
    while (wanted()) {
        for (const endMs = performance.now() + SLICE_MS; performance.now() < endMs;) {
            const step = steps.next();
            if (step.done) {
                return step.value;
            }
        }
        await new Promise((done) => setTimeout(done));
    }
    return null;
}
