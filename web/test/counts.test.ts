import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tally } from '../src/model/counts';
import type { Tally } from '../src/model/counts';
import type { RaceState } from '../src/wire/types';

const STATES: RaceState[] = ['scheduled', 'running', 'paused', 'stopped', 'finished', 'failed', 'deleted'];
const board = (rawTime: number, competitors: number, onCourse: number, inGeofence: number, finished: number) =>
    ({ asOf: { rawTime, timestamp: '' }, counts: { competitors, onCourse, inGeofence, finished } });
const BOARDS = [
    null, board(-1, 300, 300, 0, 0), board(0, 300, 300, 0, 0), board(700, 200, 169, 31, 31), board(900, 200, 40, 0, 100),
    board(2500, 200, 0, 0, 200), board(60, 0, 0, 0, 0), board(60, 3, 4, 9, 1),
];

test('in every state everybody is counted once', () => {
    for (const state of STATES) {
        for (const b of BOARDS) {
            for (const replay of [false, true]) {
                const what = JSON.stringify([state, b, replay]);
                const c = tally({ state, competitors: 300 }, b, replay);
                if (!c) {
                    assert.equal(b, null, what);
                    continue;
                }
                assert.equal(c.notStarted + c.onCourse + c.out + c.finished, c.total, what);
                assert.ok(c.inGeofence <= c.onCourse + c.out, what);
                assert.ok(Object.values(c).every((n) => n >= 0), what);
            }
        }
    }
    assert.equal(tally(null, null, false), null);
});

test('before the start nobody is on the course; after a stop nobody is either', () => {
    const cases: [RaceState, boolean, (typeof BOARDS)[number], Partial<Tally> | null][] = [
        ['scheduled', false, board(-1, 300, 300, 0, 0), { total: 300, notStarted: 300, onCourse: 0 }],
        ['scheduled', false, null, { total: 300, notStarted: 300, onCourse: 0 }],
        ['running', false, board(-1, 300, 300, 0, 0), { notStarted: 300, onCourse: 0 }],
        ['running', false, board(0, 300, 300, 0, 0), { notStarted: 0, onCourse: 300 }],
        ['paused', false, board(700, 200, 169, 31, 31), { onCourse: 169, inGeofence: 31, finished: 31, out: 0 }],
        ['stopped', false, board(700, 200, 169, 31, 31), { onCourse: 0, out: 169, finished: 31 }],
        ['stopped', true, board(700, 200, 169, 31, 31), { onCourse: 169, out: 0, finished: 31 }],
        ['finished', false, board(2500, 200, 0, 0, 200), { onCourse: 0, out: 0, finished: 200 }],
        ['running', false, board(900, 200, 40, 0, 100), { notStarted: 60, onCourse: 40, finished: 100 }],
        ['running', false, null, null],
    ];
    for (const [state, replay, b, want] of cases) {
        const got = tally({ state, competitors: 300 }, b, replay);
        const what = JSON.stringify([state, replay, b]);
        assert.equal(got === null, want === null, what);
        Object.entries(want ?? {}).forEach(([name, n]) => assert.equal(got![name as keyof Tally], n, `${what}: ${name}`));
    }
});
