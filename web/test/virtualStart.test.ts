import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chosenOf, metresAt, VirtualStart } from '../src/model/virtualStart';
import type { Chosen, Course } from '../src/model/virtualStart';
import { HIDDEN } from '../src/wire/frame';

// Stands at the line until `start`, then runs at `speed` to the end.
function course(bib: number, start: number, speed: number, lengthM: number, more: Partial<Course> = {}): Course {
    const end = start + Math.ceil(lengthM / speed);
    const track: [number, number][] = [];
    for (let s = 0; s <= end; s++) {
        track.push([s, Math.max(0, Math.min(lengthM, (s - start) * speed))]);
    }
    return { competitorId: bib, finishTime: end, visits: [], track, ...more };
}

const chosen = (number: number, c: Course): Chosen => chosenOf(number, c)!;

test('a start is one\'s own: the last position before one moved', () => {
    assert.equal(chosen(0, course(1, 0, 4, 1_000)).startS, 0);
    assert.equal(chosen(0, course(1, 300, 4, 1_000)).startS, 300);
    const late = chosen(0, course(1, 300, 4, 1_000, { visits: [{ entered: 310, left: 330 }, { entered: 400, left: null }] }));
    assert.deepEqual(late.visits, [{ fromS: 10, toS: 30 }, { fromS: 100, toS: Infinity }]);
    assert.equal(late.finishS, 250);
    assert.equal(chosenOf(0, { competitorId: 1, finishTime: null, visits: [], track: [] }), null, 'who was never seen is not there');
});

test('metres lie between positions, and end with them', () => {
    const c = chosen(0, { competitorId: 1, finishTime: null, visits: [], track: [[0, 0], [10, 40], [30, 60]] });
    const cases: [number, number][] = [[-5, 0], [0, 0], [5, 20], [10, 40], [20, 50], [30, 60], [99, 60]];
    cases.forEach(([s, m]) => assert.equal(metresAt(c, s), m, `after ${s} s`));
});

test('ticks: the chosen from their own starts, nobody else is drawn', () => {
    const t = new VirtualStart([chosen(1, course(2, 100, 5, 1_000)), chosen(3, course(4, 0, 4, 1_000))], 5, 9, 1_000);
    assert.equal(t.endS, 250);
    const frames = t.frames(0, 100, 50);
    assert.deepEqual(frames.map((f) => [f.raceMs, f.n, f.roster]), [[0, 5, 9], [50_000, 5, 9], [100_000, 5, 9]]);
    const metres = (k: number, i: number): number => Math.round(frames[k]!.unit[i]! * frames[k]!.unitM);
    assert.deepEqual([metres(1, 1), metres(1, 3), metres(2, 1), metres(2, 3)], [250, 200, 500, 400]);
    assert.deepEqual([...frames[1]!.sent!], [HIDDEN, 1, HIDDEN, 1, HIDDEN]);
    assert.deepEqual([...frames[1]!.status], [0, 1, 0, 1, 0]);
    assert.equal(frames[0]!.maxMoved, Infinity);
    assert.equal(frames[1]!.maxMoved, frames[1]!.unit[1]);
});

test('tables of that moment, counted from each one\'s own start', () => {
    const slow = course(4, 0, 4, 1_000, { visits: [{ entered: 40, left: 90 }] });
    const t = new VirtualStart([chosen(3, slow), chosen(1, course(2, 100, 5, 1_000)), chosen(0, course(7, 20, 5, 1_000))], 5, 9, 1_000);
    const at = t.board('r', 60);
    assert.deepEqual(at.leaders.map((r) => [r.rank, r.competitorId, r.distance, r.rawTime]), [[1, 2, 300, 60], [1, 7, 300, 60], [3, 4, 240, 60]]);
    assert.deepEqual(at.geofence.map((r) => [r.competitorId, r.dwell, r.dwellTotal]), [[4, 20, 20]]);
    assert.deepEqual(at.counts, { competitors: 3, onCourse: 3, inGeofence: 1, finished: 0 });
    assert.equal(at.leaders[2]!.toGo, 760);
    assert.equal(at.leaders[2]!.pacePerKm, 250);
    const end = t.board('r', 240);
    assert.deepEqual(end.leaders.map((r) => [r.competitorId, r.rawTime]), [[2, 200], [7, 200], [4, 240]]);
    assert.deepEqual([end.counts.finished, end.front.map((r) => r.competitorId), end.justFinished.map((r) => r.competitorId)], [2, [4], [7, 2]]);
});
