import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Between } from '../src/model/frames';
import { TAIL_POINTS, Trail } from '../src/model/trail';
import type { PositionFrame } from '../src/wire/frame';

function tick(s: number, metres: number[], n = metres.length): PositionFrame {
    return {
        kind: 2, replay: false, seq: 0, n, serverMs: 0, raceMs: s * 1000, unitM: 1, roster: 1, maxMoved: 5,
        unit: Uint16Array.from(metres), status: new Uint8Array(n).fill(1),
    };
}

const at = (from: PositionFrame, to = from, share = 0): Between => ({ from, to, share });
const near = (a: number, b: number, within: number, what: string): void => assert.ok(Math.abs(a - b) <= within, `${what}: ${a}, not ${b}`);

test('a tail is what was run in the last seconds, the newest at its end', () => {
    const trail = new Trail();
    for (let s = 0; s <= 300; s++) {
        trail.push(tick(s, [3 * s, 0]));
    }
    const tail = trail.tail(0, at(tick(300, [900, 0]), tick(301, [903, 0]), 0.5), 300_500, 60)!;
    assert.equal(tail.metres.length, TAIL_POINTS);
    near(tail.metres[0]!, 901.5 - 180, 1, 'a minute ago');
    near(tail.metres[TAIL_POINTS - 1]!, 901.5, 0.01, 'now');
    near(tail.newness[0]!, 0, 0.02, 'as old as it is long');
    near(tail.newness[TAIL_POINTS / 2]!, 0.5, 0.03, 'half of it');
    near(tail.newness[TAIL_POINTS - 1]!, 1, 0.001, 'new');
    tail.metres.forEach((m, k) => assert.ok(k === 0 || m >= tail.metres[k - 1]!));
    assert.equal(trail.tail(1, at(tick(300, [900, 0])), 300_000, 60), null, 'who has not moved has none');
});

test('who stood has a tail that is old at its root', () => {
    const trail = new Trail();
    for (let s = 0; s <= 100; s += 5) {
        trail.push(tick(s, [s < 50 ? 4 * s : 200]));
    }
    const tail = trail.tail(0, at(tick(100, [200])), 100_000, 60)!;
    near(tail.metres[TAIL_POINTS - 1]!, 200, 0.01, 'there it stands');
    near(tail.metres[0]!, 160, 1, 'where it was a minute ago');
    near(tail.newness[TAIL_POINTS - 2]!, 10 / 60, 0.03, 'it stopped when the tail was ten seconds old');
});

test('a quarter of an hour is kept, in few ticks', () => {
    const trail = new Trail();
    for (let s = 0; s <= 3_000; s++) {
        trail.push(tick(s, [2 * s]));
    }
    const tail = trail.tail(0, at(tick(3_000, [6_000])), 3_000_000, 900)!;
    near(tail.metres[0]!, 6_000 - 1_800, 61, 'fifteen minutes ago');
    assert.ok(trail.oldestMs >= 2_070_000 && trail.oldestMs <= 2_130_000, String(trail.oldestMs));
    const kept = (trail as unknown as { frames: PositionFrame[] }).frames;
    assert.ok(kept.length <= 60, `${kept.length} ticks`);
});

test('the more run, the fewer ticks are kept', () => {
    const trail = new Trail();
    const n = 200_000;
    const unit = new Uint16Array(n);
    for (let s = 0; s <= 600; s += 5) {
        trail.push({ ...tick(s, [], n), unit });
    }
    assert.ok((trail as unknown as { frames: PositionFrame[] }).frames.length <= 15);
});

test('what was before can be filled in; going back begins anew', () => {
    const trail = new Trail();
    assert.equal(trail.oldestMs, Infinity);
    trail.push(tick(500, [1_000]));
    trail.fill([tick(440, [800]), tick(470, [900]), tick(500, [1_000]), tick(510, [1_010])]);
    assert.equal(trail.oldestMs, 440_000);
    near(trail.tail(0, at(tick(500, [1_000])), 500_000, 60)!.metres[0]!, 800, 0.1, 'filled in');
    trail.push(tick(100, [300]));
    assert.equal(trail.oldestMs, 100_000);
    trail.push(tick(110, [300, 5]));
    assert.equal(trail.oldestMs, 110_000, 'another field');
    trail.clear();
    assert.equal(trail.oldestMs, Infinity);
});

test('ticks that are ahead of the moment are no part of a tail', () => {
    const trail = new Trail();
    [0, 10, 20, 30].forEach((s) => trail.push(tick(s, [10 * s])));
    const tail = trail.tail(0, at(tick(10, [100]), tick(20, [200]), 0.5), 15_000, 60)!;
    near(tail.metres[TAIL_POINTS - 1]!, 150, 0.01, 'now');
    near(tail.metres[0]!, 0, 0.01, 'the start');
});
