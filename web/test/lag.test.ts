import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOPS, LagLog, percentile, waterfall, WINDOW_MS } from '../src/model/lag';
import type { LagSample } from '../src/model/lag';
import { ClockSync } from '../src/wire/clocksync';
import { backoffMs } from '../src/wire/socket';

const HOP = { rawTime: 7, due: 1000, published: 1003, acknowledged: 1004, queryable: 1006, pushed: 1008 };
const SAMPLE = { rawTime: 7, atMs: 1025, clockMs: 0, published: 3, acknowledged: 4, queryable: 6, pushed: 8, received: 10, painted: 25 };

test('a sample is whole whichever part comes last', () => {
    const told = new LagLog();
    told.received(7, 1010);
    assert.equal(told.reported(HOP), null);
    assert.deepEqual(told.painted(7, 1025), SAMPLE);
    const painted = new LagLog();
    painted.received(7, 1010);
    assert.equal(painted.painted(7, 1025), null);
    assert.deepEqual(painted.reported(HOP), SAMPLE);
    assert.deepEqual(painted.latest, SAMPLE);
    assert.equal(painted.reported(HOP), null, 'and is counted once');
});

test('what was never received or painted is no sample, and is forgotten', () => {
    const log = new LagLog();
    assert.equal(log.reported(HOP), null);
    assert.equal(log.painted(7, 1025), null);
    for (let raw = 0; raw < 100; raw++) {
        log.received(raw, 0);
    }
    log.painted(0, 5);
    assert.equal(log.reported({ ...HOP, rawTime: 0 }), null);
    assert.equal(log.all().length, 0);
});

test('the first frame of a tick counts, and the first telling', () => {
    const log = new LagLog();
    log.received(7, 1010);
    log.received(7, 2010);
    log.reported(HOP);
    log.reported({ ...HOP, queryable: 2000, pushed: 2008 });
    assert.deepEqual(log.painted(7, 1025), SAMPLE);
    log.received(7, 3010);
    log.reported(HOP);
    assert.equal(log.painted(7, 3025), null, 'a tick that is shown again is no other sample');
});

test('what is not known stays unknown, and no hop is earlier than the one before it', () => {
    const cases: [string, object, number, number, (number | null)[]][] = [
        ['a reader', { published: 1003, queryable: 1006 }, 1010, 1025, [3, null, 6, 8, 10, 25]],
        ['a clock an hour behind', { published: 1003, queryable: 1006 - 3.6e6, pushed: 1008 - 3.6e6 }, 1010 - 3.6e6, 1025 - 3.6e6, [3, null, 3, 3, 3, 3]],
        ['published before it was due', { published: 400, acknowledged: 500, queryable: 1006 }, 1010, 1025, [0, 0, 6, 8, 10, 25]],
    ];
    for (const [name, stamps, receivedMs, paintedMs, want] of cases) {
        const log = new LagLog();
        log.received(7, receivedMs);
        log.reported({ rawTime: 7, due: 1000, pushed: 1008, clock: -5, ...stamps });
        const sample = log.painted(7, paintedMs)!;
        assert.deepEqual(HOPS.map((hop) => (Number.isNaN(sample[hop]) ? null : sample[hop])), want, name);
        assert.equal(sample.clockMs, -5, name);
    }
});

test('the waterfall begins each known hop where the one before it ended', () => {
    const sample = (add: number): LagSample => ({ rawTime: add, atMs: add, clockMs: 0, published: 1 + add, acknowledged: NaN, queryable: 5 + add,
        pushed: 9 + add, received: 10 + add, painted: 30 + add });
    const hops = waterfall([0, 1, 2, 3].map(sample));
    assert.deepEqual(hops.map((h) => h.from), [0, 2, 2, 6, 10, 11]);
    assert.deepEqual(hops.map((h) => h.p50), [2, NaN, 6, 10, 11, 31]);
    assert.deepEqual(hops.map((h) => h.p99), [4, NaN, 8, 12, 13, 33]);
    assert.ok(waterfall([]).every((h) => Number.isNaN(h.p50) && h.from === 0));
});

test('a minute is looked back on', () => {
    const log = new LagLog();
    for (let raw = 0; raw < 100; raw++) {
        log.received(raw, raw * 1000);
        log.reported({ ...HOP, rawTime: raw, due: raw * 1000 });
        log.painted(raw, raw * 1000 + 20);
    }
    assert.equal(log.recent(99_020).length, WINDOW_MS / 1000);
    assert.equal(log.recent(99_020 + WINDOW_MS).length, 0);
    assert.equal(log.all().length, 100);
});

test('the nearest rank is the percentile', () => {
    const ten = [10, 1, 9, 2, 8, 3, 7, 4, 6, 5];
    const cases: [number[], number, number][] = [[ten, 0.5, 5], [ten, 0.95, 10], [ten, 0, 1], [ten, 1, 10], [[3], 0.99, 3], [[], 0.5, NaN]];
    cases.forEach(([values, q, want]) => assert.deepEqual(percentile(values, q), want));
});

test('of eight pings the one with the least round trip tells the clock', () => {
    const clock = new ClockSync();
    assert.equal(clock.offsetMs, 0);
    assert.ok(Number.isNaN(clock.doubtMs));
    clock.add(0, 100, 5090);
    clock.add(1000, 1010, 6005);
    clock.add(2000, 2300, 7290);
    assert.equal(clock.offsetMs, 5000);
    assert.equal(clock.doubtMs, 5);
    clock.add(3000, 2990, 1);
    assert.equal(clock.offsetMs, 5000, 'an answer before its question is no answer');
    for (let k = 0; k < 8; k++) {
        clock.add(k, k + 40, k + 20 + 4990);
    }
    assert.equal(clock.offsetMs, 4990, 'old ones are forgotten');
});

test('each try waits longer, but not for ever', () => {
    const cases: [number, number, number][] = [[0, 0, 250], [0, 1, 500], [1, 1, 1000], [4, 1, 8000], [5, 1, 15_000], [50, 1, 15_000], [50, 0, 7500]];
    cases.forEach(([tries, random, ms]) => assert.equal(backoffMs(tries, random), ms));
});
