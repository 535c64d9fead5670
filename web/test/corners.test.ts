import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cornerAdded, cornerDegrees, cornerMiddle, cornerMoved, cornerRemovable, cornerRemoved, cornersCount, cornersOf } from '../src/model/corners';
import { fenceParse, fenceWkt } from '../src/model/geofence';
import type { Rings } from '../src/model/geofence';

const SQUARE: Rings = [[[0, 0], [2, 0], [2, 2], [0, 2]]];
const HOLE: Rings = [...SQUARE, [[0.5, 0.5], [1, 0.5], [1, 1]]];

test('rings are opened, once', () => {
    assert.deepEqual(cornersOf(fenceParse(fenceWkt(SQUARE))), SQUARE);
    assert.deepEqual(cornersOf(SQUARE), SQUARE);
    assert.deepEqual(cornersOf([[]]), [[]]);
    assert.equal(cornersCount(HOLE), 7);
});

test('a corner is moved, added and removed, and what was stays as it was', () => {
    const before = JSON.stringify(HOLE);
    assert.deepEqual(cornerMoved(HOLE, { ring: 1, at: 2 }, [1, 1.5])[1], [[0.5, 0.5], [1, 0.5], [1, 1.5]]);
    assert.deepEqual(cornerMiddle(SQUARE, { ring: 0, at: 3 }), [0, 1], 'the last edge leads to the first corner');
    assert.deepEqual(cornerAdded(SQUARE, { ring: 0, at: 3 }), [[...SQUARE[0]!, [0, 1]]]);
    assert.deepEqual(cornerAdded(SQUARE, { ring: 0, at: 0 }, [1, -1]), [[[0, 0], [1, -1], [2, 0], [2, 2], [0, 2]]]);
    assert.deepEqual(cornerRemoved(SQUARE, { ring: 0, at: 0 }), [[[2, 0], [2, 2], [0, 2]]]);
    assert.deepEqual(cornerRemoved(HOLE, { ring: 1, at: 0 }), SQUARE, 'the hole is gone');
    assert.equal(JSON.stringify(HOLE), before);
});

test('a triangle keeps its corners', () => {
    const triangle: Rings = [SQUARE[0]!.slice(1)];
    assert.ok(cornerRemovable(SQUARE, { ring: 0, at: 0 }));
    assert.ok(!cornerRemovable(triangle, { ring: 0, at: 0 }));
    assert.deepEqual(cornerRemoved(triangle, { ring: 0, at: 0 }), triangle);
});

test('degrees as people write them', () => {
    const cases: [string, number, number][] = [
        ['51.4192', 90, 51.4192], [' 51,4192 ', 90, 51.4192], ['−0.5', 90, -0.5], ['-180', 180, -180], ['+7.', 90, 7],
        ['91', 90, NaN], ['-181', 180, NaN], ['', 90, NaN], ['51°', 90, NaN], ['1e3', 180, NaN], ['1,2,3', 90, NaN],
    ];
    cases.forEach(([text, limit, n]) => assert.deepEqual(cornerDegrees(text, limit), n, text));
});
