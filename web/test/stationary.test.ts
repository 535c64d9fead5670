import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inactivityOf } from '../src/model/inactivity';
import { Stationary } from '../src/model/stationary';
import type { Places } from '../src/model/stationary';
import type { PositionFrame } from '../src/wire/frame';

const field = (raceS: number, metres: number[]): Places => ({ n: metres.length, raceS, metres: (i) => metres[i]! });

function tick(s: number, metres: number[], unitM: number): PositionFrame {
    return {
        kind: 1, replay: true, seq: 0, n: metres.length, serverMs: 0, raceMs: s * 1000, unitM, roster: 1, maxMoved: 0,
        unit: Uint16Array.from(metres, (m) => Math.round(m / unitM)), status: new Uint8Array(metres.length).fill(1),
    };
}

test('who stands is counted from where he stopped, and a wander of a metre is standing', () => {
    const s = new Stationary();
    s.take(field(100, [500, 500]));
    s.take(field(110, [530, 500.8]));
    assert.deepEqual([s.forS(0), s.forS(1)], [0, 10]);
    s.take(field(120, [531, 499.4]));
    assert.deepEqual([s.forS(0), s.forS(1)], [10, 20]);
    s.take(field(121, [531, 503]));
    assert.deepEqual([s.forS(0), s.forS(1)], [11, 0]);
    assert.equal(s.forS(2), 0, 'nobody');
});

test('who creeps is moving', () => {
    const s = new Stationary();
    for (let raceS = 0; raceS <= 100; raceS++) {
        s.take(field(raceS, [raceS * 0.5]));
        assert.ok(s.forS(0) < 10);
    }
});

test('the past tells since when they stand, whatever the grain of its frames', () => {
    const s = new Stationary();
    s.take(field(200, [500, 500, 900]));
    s.past([tick(150, [300, 500, 700], 0.5), tick(175, [499.5, 500, 800], 1), tick(190, [500, 500, 880], 1)]);
    assert.deepEqual([0, 1, 2].map((i) => s.forS(i)), [25, 50, 0]);
    s.take(field(205, [500, 600, 900]));
    s.past([tick(100, [500, 500, 900], 1)]);
    assert.deepEqual([0, 1, 2].map((i) => s.forS(i)), [105, 0, 105], 'who has moved since is left alone');
});

test('another field, and a step back in time, begin anew', () => {
    const s = new Stationary();
    s.take(field(100, [500]));
    s.take(field(150, [500]));
    s.take(field(120, [500]));
    assert.equal(s.forS(0), 0);
    assert.equal(s.firstS, 120);
    s.take(field(130, [500, 500]));
    assert.equal(s.forS(0), 0);
    s.take(field(-1, []));
    assert.equal(s.firstS, -1);
});

test('silence is not standing still, and neither is worth a word below ten seconds', () => {
    const cases: [number, number, number, ReturnType<typeof inactivityOf>][] = [
        [100, 100, 0, null],
        [100, 100, 9, null],
        [100, 100, 10, { kind: 'still', s: 10 }],
        [100, 91, 5, null],
        [100, 60, 40, { kind: 'stale', s: 40 }],
        [100, 60, 95, { kind: 'stale', s: 40 }],
        [100, 95, 30, { kind: 'still', s: 25 }],
        [100, 102, 0, null],
    ];
    cases.forEach(([asOf, raw, still, want]) => assert.deepEqual(inactivityOf(asOf, raw, still), want, `${asOf} ${raw} ${still}`));
});
