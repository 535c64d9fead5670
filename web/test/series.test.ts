import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Field } from '../src/model/field';
import { finishers, lags, paces, perMark } from '../src/model/series';

function field(units: number[], status: number[], raceS = 600): Field {
    const f = new Field();
    f.take({
        kind: 1, replay: false, seq: 0, n: units.length, serverMs: 0, raceMs: raceS * 1000, unitM: 1, roster: 1, maxMoved: 0,
        unit: Uint16Array.from(units), status: Uint8Array.from(status),
    });
    return f;
}

test('finishers climb by one each, up to now', () => {
    assert.deepEqual(finishers([600, 660, 720], 900), [[0, 10, 11, 12, 15], [0, 1, 2, 3, 3]]);
    assert.deepEqual(finishers([], 0), [[0], [0]]);
    const many = finishers(Array.from({ length: 50_000 }, (_, k) => k), 50_000);
    assert.ok(many[0].length < 500);
    assert.equal(many[1][many[1].length - 1], 50_000);
});

test('runners per mark', () => {
    assert.deepEqual(perMark(field([100, 900, 1500], [1, 2, 1]), 1000, 2500), [[1, 2, 3], [2, 1, 0]]);
});

test('paces in bins without a hole', () => {
    const [x, y] = paces(field([2000, 2000, 1500], [1, 1, 1]), 1000);
    assert.deepEqual(y, [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    assert.ok(Math.abs(x[0]! - 305 / 60) < 1e-9);
    assert.deepEqual(paces(field([0], [1]), 1000), [[], []]);
});

test('lags count back to now', () => {
    assert.deepEqual(lags([{ painted: 9 }, { painted: 12 }]), [[-1, 0], [9, 12]]);
});
