import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LagLog, percentile } from '../src/model/lag';
import { ClockSync } from '../src/wire/clocksync';
import { backoffMs } from '../src/wire/socket';

const HOP = { rawTime: 7, due: 1000, published: 1003, committed: 1006, pushed: 1008 };
const SAMPLE = { rawTime: 7, published: 3, committed: 6, pushed: 8, received: 10, painted: 25 };

test('a sample is whole whichever part comes last', () => {
    const told = new LagLog();
    told.received(7, 1010);
    assert.equal(told.told(HOP), null);
    assert.deepEqual(told.painted(7, 1025), SAMPLE);
    const painted = new LagLog();
    painted.received(7, 1010);
    assert.equal(painted.painted(7, 1025), null);
    assert.deepEqual(painted.told(HOP), SAMPLE);
    assert.deepEqual(painted.latest, SAMPLE);
    assert.equal(painted.told(HOP), null, 'and is counted once');
});

test('what was never received or painted is no sample, and is forgotten', () => {
    const log = new LagLog();
    assert.equal(log.told(HOP), null);
    assert.equal(log.painted(7, 1025), null);
    for (let raw = 0; raw < 100; raw++) {
        log.received(raw, 0);
    }
    log.painted(0, 5);
    assert.equal(log.told({ ...HOP, rawTime: 0 }), null);
    assert.equal(log.all().length, 0);
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
