import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Competitors } from '../src/model/competitors';
import { matcher, rankingOf } from '../src/model/ranking';
import type { Sort } from '../src/model/ranking';
import { rosterSteps, setRoster, sortNames } from '../src/session/rosterLoad';
import { inSlices } from '../src/model/sort';
import type { PositionFrame, TimesFrame } from '../src/wire/frame';

function tick(s: number, units: number[], status: number[]): PositionFrame {
    return {
        kind: 1, replay: false, seq: 0, n: units.length, serverMs: 0, raceMs: s * 1000, unitM: 0.1, roster: 1, maxMoved: 0,
        unit: Uint16Array.from(units), status: Uint8Array.from(status),
    };
}

function times(rows: [number, number, number, number][]): TimesFrame {
    return {
        kind: 4, replay: false, seq: 0, n: rows.length, serverMs: 0, raceMs: 0, unitM: 0, roster: 1,
        number: Uint32Array.from(rows, (r) => r[0]), entered: Int32Array.from(rows, (r) => r[1]),
        dwell: Int32Array.from(rows, (r) => r[2]), finish: Int32Array.from(rows, (r) => r[3]),
    };
}

test('order and ranks: further first, then earlier, and ties share a rank', () => {
    const f = new Competitors();
    f.take(tick(900, [65_535, 65_535, 40_000, 65_535, 40_000, 100], [3, 3, 1, 3, 2, 1]));
    f.times(times([[0, -1, 0, 800], [1, -1, 0, 700], [3, -1, 0, 800], [4, 880, 30, -1]]));
    assert.deepEqual([...rankingOf(f).order({ key: 'rank', descending: false }, null)], [1, 0, 3, 2, 4, 5]);
    assert.deepEqual([...rankingOf(f).ranks()], [2, 1, 4, 2, 4, 6]);
    const sorts: [Sort, number[]][] = [
        [{ key: 'bib', descending: true }, [5, 4, 3, 2, 1, 0]],
        [{ key: 'distance', descending: false }, [5, 2, 4, 0, 1, 3]],
        [{ key: 'time', descending: false }, [1, 0, 3, 2, 4, 5]],
        [{ key: 'dwell', descending: true }, [4, 0, 1, 2, 3, 5]],
        [{ key: 'pace', descending: false }, [1, 0, 3, 2, 4, 5]],
    ];
    sorts.forEach(([sort, want]) => assert.deepEqual([...rankingOf(f).order(sort, null)], want, JSON.stringify(sort)));
});

test('a stay is this visit; all visits add up; a finish ends both', () => {
    const f = new Competitors();
    const at = (s: number, status: number): void => f.take(tick(s, [s], [status]));
    const got = (): number[] => {
        const r = rankingOf(f).competitor(0, rankingOf(f).ranks());
        return [r.dwellS, r.dwellTotalS];
    };
    at(1, 1);
    assert.deepEqual(got(), [-1, 0]);
    at(10, 2);
    assert.deepEqual(got(), [0, 0]);
    at(15, 2);
    assert.deepEqual(got(), [5, 5]);
    at(16, 1);
    assert.deepEqual(got(), [-1, 6]);
    at(20, 2);
    at(23, 2);
    assert.deepEqual(got(), [3, 9]);
    at(25, 3);
    assert.deepEqual(got(), [-1, 11]);
    assert.equal(rankingOf(f).competitor(0, rankingOf(f).ranks()).rawTime, 25);
    at(30, 3);
    assert.equal(rankingOf(f).competitor(0, rankingOf(f).ranks()).rawTime, 25, 'the clock of a finisher stands');
});

test('a replay that goes back forgets what came after', () => {
    const f = new Competitors();
    f.take(tick(30, [65_535], [3]));
    f.take(tick(10, [20_000], [1]));
    assert.equal(rankingOf(f).competitor(0, rankingOf(f).ranks()).rawTime, 10);
    assert.deepEqual([...f.finishTimes()], []);
});

test('pace needs a distance', () => {
    const f = new Competitors();
    f.take(tick(100, [0, 5000], [1, 1]));
    assert.equal(rankingOf(f).competitor(0, rankingOf(f).ranks()).pacePerKm, null);
    assert.equal(rankingOf(f).competitor(1, rankingOf(f).ranks()).pacePerKm, 200);
});

test('somebody is found by bib or by a part of the name', () => {
    const f = new Competitors();
    f.take(tick(1, [0, 0, 0], [1, 1, 1]));
    setRoster(f, [70, -12, 71], ['Ada', 'Noor Álvarez', '<b>Bo</b>']);
    const cases: [string, number[]][] = [['7', [0, 2]], ['71', [2]], ['-12', [1]], ['álv', [1]], ['<B>', [2]], ['zz', []]];
    cases.forEach(([text, want]) => assert.deepEqual([...rankingOf(f).order({ key: 'bib', descending: false }, matcher(f, text))], want, text));
    assert.equal(matcher(f, '  '), null);
    assert.deepEqual([f.numberOf(-12), f.numberOf(5), f.roster.bibOf(2)], [1, -1, 71]);
    assert.deepEqual([...rankingOf(f).order({ key: 'name', descending: false }, null)].length, 3);
});

test('without a roster the bib is the number and one', () => {
    const f = new Competitors();
    f.take(tick(1, [0, 0], [1, 1]));
    assert.deepEqual([f.numberOf(1), f.numberOf(2), f.numberOf(3), f.numberOf(0), f.numberOf(1.5)], [0, 1, -1, -1, -1]);
});

test('a roster\'s quotes are read', async () => {
    const csv = 'competitorId,name\n1,Ada\r\n-2,"Bo ""the, fast"" O"\nnonsense\n3,\n';
    assert.deepEqual(await inSlices(rosterSteps(csv), () => true), { ids: [1, -2, 3], names: ['Ada', 'Bo "the, fast" O', ''] });
});

test('names are sorted in slices, and until then the order is by bib', async () => {
    const f = new Competitors();
    f.take(tick(1, [0, 0, 0, 0], [1, 1, 1, 1]));
    setRoster(f, null, ['Zoë', 'ada', 'Émile', 'Ada']);
    const byName = (): number[] => [...rankingOf(f).order({ key: 'name', descending: false }, null)];
    assert.deepEqual(byName(), [0, 1, 2, 3]);
    assert.equal(await sortNames(f), true);
    assert.deepEqual(byName(), [1, 3, 2, 0]);
    setRoster(f, null, ['D', 'C', 'B', 'A']);
    assert.deepEqual(byName(), [0, 1, 2, 3], 'other names are not in the old order');
    const late = sortNames(f);
    setRoster(f, null, null);
    assert.equal(await late, false, 'a sort of names that are gone is given up');
});

test('orders and ranks follow the ticks', () => {
    const f = new Competitors();
    const rank = { key: 'rank', descending: false } as const;
    f.take(tick(10, [30, 20, 10], [1, 1, 1]));
    assert.deepEqual([[...rankingOf(f).order(rank, null)], [...rankingOf(f).ranks()]], [[0, 1, 2], [1, 2, 3]]);
    assert.equal(rankingOf(f).order(rank, null), rankingOf(f).order(rank, null), 'made once a tick');
    f.take(tick(11, [31, 40, 50], [1, 1, 1]));
    assert.deepEqual([[...rankingOf(f).order(rank, null)], [...rankingOf(f).ranks()]], [[2, 1, 0], [3, 2, 1]]);
    assert.deepEqual([...rankingOf(f).order(rank, (i) => i !== 1)], [2, 0]);
    f.take(tick(12, [1, 2], [1, 1]));
    assert.deepEqual([[...rankingOf(f).order(rank, null)], [...rankingOf(f).ranks()]], [[1, 0], [2, 1]]);
});

test('who is not to be shown is in no list, and the others keep their ranks', () => {
    const f = new Competitors();
    f.take({ ...tick(10, [0, 40, 30, 0], [0, 1, 1, 0]), sent: Uint8Array.from([127, 1, 1, 127]) });
    assert.deepEqual([...rankingOf(f).order({ key: 'rank', descending: false }, null)], [1, 2]);
    assert.deepEqual([...rankingOf(f).order({ key: 'bib', descending: true }, (i) => i > 1)], [2]);
    assert.deepEqual([rankingOf(f).ranks()[1], rankingOf(f).ranks()[2]], [1, 2]);
    f.take(tick(11, [5, 45, 35, 5], [1, 1, 1, 1]));
    assert.equal(rankingOf(f).order({ key: 'rank', descending: false }, null).length, 4);
});
