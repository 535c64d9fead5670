import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inSlices, KEY_MAX, orderBy, sortSteps } from '../src/model/sort';

// The same numbers in every run.
function draws(n: number, below: number, seed: number): number[] {
    let x = seed;
    return Array.from({ length: n }, () => {
        x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0;
        return x % below;
    });
}

const plain = (keys: number[]): number[] => keys.map((_, i) => i).sort((a, b) => keys[a]! - keys[b]! || a - b);

test('an order is that of the plainest sort, from nothing and from any order before', () => {
    for (const [n, below] of [[0, 1], [1, 1], [7, 3], [2_000, 50], [2_000, KEY_MAX]] as const) {
        const keys = draws(n, below, 7);
        let order = orderBy(n, (i) => keys[i]!, null);
        assert.deepEqual([...order], plain(keys), `${n} below ${below}`);
        const few = keys.map((k, i) => (i % 10 === 0 ? Math.min(KEY_MAX, k + 2) : k));
        order = orderBy(n, (i) => few[i]!, order);
        assert.deepEqual([...order], plain(few), 'few changed places');
        const other = draws(n, below, 8);
        order = orderBy(n, (i) => other[i]!, order);
        assert.deepEqual([...order], plain(other), 'all changed places');
        assert.deepEqual([...orderBy(n + 1, (i) => -i + n, order)], plain(Array.from({ length: n + 1 }, (_, i) => n - i)), 'one more');
    }
});

test('the greatest keys keep their order', () => {
    const keys = [KEY_MAX, 0, KEY_MAX - 1, KEY_MAX];
    assert.deepEqual([...orderBy(4, (i) => keys[i]!, null)], [1, 2, 0, 3]);
});

test('a sort in slices is a sort: all lengths, stable', async () => {
    for (const n of [0, 1, 31, 32, 33, 64, 65, 500, 1_023]) {
        const items = draws(n, 40, n + 1).map((key, i) => ({ key, i }));
        const got = await inSlices(sortSteps(items, (a, b) => a.key - b.key), () => true);
        assert.deepEqual(got, [...items].sort((a, b) => a.key - b.key), String(n));
    }
});

test('a sort in slices leaves off often', () => {
    const items = draws(4_000, 1e6, 3);
    let compared = 0;
    let most = 0;
    const steps = sortSteps(items, (a, b) => {
        compared++;
        return a - b;
    });
    for (let step = steps.next(), before = 0; !step.done; step = steps.next()) {
        most = Math.max(most, compared - before);
        before = compared;
    }
    assert.ok(most <= 32 * 8, `${most} comparisons at a stretch`);
});

test('what nobody wants any more is not carried out', async () => {
    let asked = 0;
    assert.equal(await inSlices(sortSteps([2, 1], (a, b) => a - b), () => asked++ > 0), null);
});
