import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerOf, apart, pathsOf, questionOf } from '../src/model/importQuestion';
import type { LonLat } from '../src/wire/types';

const path: LonLat[] = [[10, 50], [10.1, 50], [10.1, 50.1]];
const LINES = [{ line: 1, name: '5 km', distance: 5_000, laps: 1, points: 3, path }, { line: '1,3', name: '', distance: 9_000, laps: 1, points: 3, path: [...path, [10, 50] as LonLat] }];

test('a refusal is a question if it says so and has candidates; a taken name needs none', () => {
    assert.deepEqual(questionOf(409, 'choose-line', { candidates: LINES }), { asks: 'line', candidates: LINES });
    assert.equal(questionOf(409, 'laps', { candidates: LINES })!.asks, 'laps');
    assert.deepEqual(questionOf(409, 'name-taken', { candidates: [{ name: 'x-2' }] }), { asks: 'name', candidates: [{ name: 'x-2' }] });
    assert.deepEqual(questionOf(409, 'course-exists', null), { asks: 'name', candidates: [] });
    const none: [number, string | undefined, unknown][] = [[409, 'choose-line', {}], [409, 'laps', { candidates: 'two' }], [409, 'course-in-use', { candidates: LINES }], [400, 'laps', { candidates: LINES }], [409, undefined, null]];
    none.forEach(([status, code, body]) => assert.equal(questionOf(status, code, body), null, `${status} ${code}`));
});

test('an answer is the option of its question', () => {
    assert.deepEqual(LINES.map((c) => answerOf('line', c)), [{ line: '1' }, { line: '1,3' }]);
    assert.deepEqual(answerOf('laps', { name: '', laps: 2 }), { laps: 2 });
    assert.deepEqual(answerOf('name', { name: 'x-2' }), { shortName: 'x-2' });
});

test('a line is drawn once, and its number stands where the others are not', () => {
    assert.deepEqual(pathsOf({ asks: 'line', candidates: [...LINES, { line: 3, name: 'no picture' }] }), [LINES[0]!.path, LINES[1]!.path, null]);
    assert.deepEqual(pathsOf({ asks: 'laps', candidates: LINES }), [path, null]);
    assert.deepEqual(apart(path, [[10, 50], [10.1, 50]]), [10.1, 50.1]);
    assert.deepEqual(apart(path, []), [10.1, 50]);
    assert.deepEqual(apart(path, path), [10.1, 50], 'all of it is shared');
});
