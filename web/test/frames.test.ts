import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BINS, countBins } from '../src/map/ribbon';
import { laneOf } from '../src/map/renderer';
import { distanceAt, fastest, FrameQueue } from '../src/model/frames';
import type { PositionFrame } from '../src/wire/frame';

function frame(raceMs: number, units: number[], more: Partial<PositionFrame> = {}): PositionFrame {
    return {
        kind: 1, replay: false, seq: 0, n: units.length, serverMs: 0, raceMs, unitM: 0.5, roster: 1,
        unit: Uint16Array.from(units), status: new Uint8Array(units.length).fill(1), maxMoved: 10, ...more,
    };
}

test('a moment lies between two ticks', () => {
    const q = new FrameQueue();
    assert.equal(q.at(0), null);
    [[1000, 10], [2000, 20], [3000, 40]].forEach(([ms, u]) => q.push(frame(ms!, [u!])));
    const cases: [number, number, number, number][] = [
        [500, 1000, 0, 5], [1000, 1000, 0, 5], [1500, 1000, 0.5, 7.5], [2000, 2000, 0, 10], [2750, 2000, 0.75, 17.5],
        [3000, 3000, 0, 20], [9000, 3000, 0, 20],
    ];
    for (const [ms, from, share, metres] of cases) {
        const b = q.at(ms)!;
        assert.equal(b.from.raceMs, from, `from at ${ms}`);
        assert.equal(b.share, share, `share at ${ms}`);
        assert.equal(distanceAt(b, 0), metres, `metres at ${ms}`);
    }
});

test('an older tick, another roster or another number starts anew', () => {
    const cases: [string, PositionFrame, boolean][] = [
        ['the next', frame(3000, [3]), false],
        ['the same again', frame(2000, [2]), false],
        ['an older one', frame(1000, [1]), true],
        ['more runners', frame(3000, [3, 3]), true],
        ['another roster', frame(3000, [3], { roster: 2 }), true],
    ];
    for (const [name, next, anew] of cases) {
        const q = new FrameQueue();
        q.push(frame(1000, [1]));
        q.push(frame(2000, [2]));
        assert.equal(q.push(next), anew, name);
        assert.equal(q.newest, next, name);
    }
});

test('how fast the fastest is', () => {
    const q = new FrameQueue();
    q.push(frame(0, [0]));
    q.push(frame(1000, [8], { maxMoved: 8 }));
    assert.equal(fastest(q.at(500)!), 0.004);
    assert.equal(fastest(q.at(1000)!), 0);
});

test('the ribbon counts who runs, once each', () => {
    const out = new Float32Array(BINS);
    const f = frame(0, [0, 0, 32_768, 65_535], { unitM: 1 });
    f.status.set([1, 2, 1, 3]);
    countBins(f, 65_535, out);
    const total = out.reduce((a, b) => a + b, 0);
    const middle = out.slice(BINS / 4, (3 * BINS) / 4).reduce((a, b) => a + b, 0);
    assert.ok(Math.abs(middle - 1) < 1e-5, `the one in the middle counts whole: ${middle}`);
    assert.ok(total > 1.5 && total < 3, `of the two at the start some falls off the end: ${total}`);
    assert.equal(out[BINS - 1], 0, 'finishers are left out');
    assert.ok(out[BINS / 2]! > out[BINS / 2 + 12]!, 'and it is thickest where they are');
});

test('lanes are spread over the whole width', () => {
    const lanes = Array.from({ length: 1000 }, (_, i) => laneOf(i));
    assert.ok(Math.min(...lanes) >= -1 && Math.max(...lanes) <= 1.001);
    const mean = lanes.reduce((a, b) => a + b, 0) / 1000;
    assert.ok(Math.abs(mean) < 0.08, `mean ${mean}`);
    assert.ok(lanes.filter((x) => x < -0.5).length > 200 && lanes.filter((x) => x > 0.5).length > 200);
});
