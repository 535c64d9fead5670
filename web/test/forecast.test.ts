import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aboutTime, forecast, partFasterThan } from '../src/model/forecast';
import type { RaceRequest } from '../src/model/raceform';

const COURSE = { lengthM: 5000, hasGeofence: true, hasElevation: false };
const RACE: RaceRequest = {
    course: 'crystal', competitors: 1000, fastest: 200, slowest: 500, spread: 'uniform', stopRatio: 0.1, minPause: 10, maxPause: 60, speed: 1,
};

// Where a competitor lies between fastest and slowest: the inverse of partFasterThan, by bisection.
function quantile(part: number, spread: 'uniform' | 'field'): number {
    let [low, high] = [0, 1];
    for (let i = 0; i < 30; i++) {
        const middle = (low + high) / 2;
        [low, high] = partFasterThan(middle, spread) < part ? [middle, high] : [low, middle];
    }
    return low;
}

// The simulator's rule with even draws of Math.random's kind: mulberry32.
function simulated(r: RaceRequest, lengthM: number, seed: number): number {
    let a = seed;
    const draw = (): number => {
        a = (a + 0x6d2b79f5) | 0;
        let t = Math.imul(a ^ (a >>> 15), 1 | a);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
    let last = 0;
    for (let i = 0; i < r.competitors; i++) {
        const pace = r.fastest + quantile(draw(), r.spread) * (r.slowest - r.fastest);
        const stop = draw() < r.stopRatio ? r.minPause + Math.floor(draw() * (r.maxPause - r.minPause + 1)) : 0;
        last = Math.max(last, Math.ceil((pace * lengthM) / 1000 + stop));
    }
    return last;
}

test('the last one home is in the middle of what many races give', () => {
    const cases: Partial<RaceRequest>[] = [
        {}, { spread: 'field' }, { spread: 'field', stopRatio: 1, competitors: 20 }, { competitors: 1 }, { competitors: 10 }, { competitors: 50 }, { stopRatio: 0 }, { stopRatio: 1 }, { stopRatio: 1, minPause: 0, maxPause: 3600 },
        { fastest: 300, slowest: 300 }, { fastest: 300, slowest: 301, competitors: 5 }, { minPause: 60, maxPause: 60, stopRatio: 0.5, competitors: 3 },
    ];
    for (const change of cases) {
        const race = { ...RACE, ...change };
        const said = forecast(race, COURSE).lastHomeS;
        const races = Array.from({ length: 400 }, (_, seed) => simulated(race, COURSE.lengthM, seed * 7919)).sort((a, b) => a - b);
        const [low, high] = [races[140]!, races[260]!];
        assert.ok(said >= low - 2 && said <= high + 2, `${JSON.stringify(change)}: ${said} is not in ${low} … ${high}`);
    }
});

test('it is race time, whatever the speed, and never more than the slowest takes with the longest stop', () => {
    assert.equal(forecast({ ...RACE, speed: 10 }, COURSE).lastHomeS, forecast(RACE, COURSE).lastHomeS);
    const crowd = forecast({ ...RACE, competitors: 1_000_000 }, COURSE).lastHomeS;
    assert.ok(crowd > 2540 && crowd <= 2560.5, String(crowd));
});

test('a field has the quantiles of the published half marathon, and both ends', () => {
    const cases: [number, number][] = [[0, 0], [0.0568, 0.01], [0.1516, 0.1], [0.314, 0.5], [0.5165, 0.9], [1, 1]];
    cases.forEach(([x, part]) => assert.ok(Math.abs(partFasterThan(x, 'field') - part) < 0.001, `${x}: ${partFasterThan(x, 'field')}`));
    assert.equal(partFasterThan(0.25, 'uniform'), 0.25);
});

test('how many stop', () => {
    const cases: [number, number, number][] = [[1000, 0.1, 100], [1, 0.1, 0], [3, 1, 3], [50_000, 0, 0]];
    cases.forEach(([competitors, stopRatio, n]) => assert.equal(forecast({ ...RACE, competitors, stopRatio }, COURSE).stopping, n));
});

test('about a time, in words', () => {
    const cases: [number, string, string][] = [
        [50, 'en-GB', '50 secs'], [3480, 'en-GB', '58 mins'], [12_000, 'en-GB', '3 hrs 20 mins'], [7200, 'en-GB', '2 hrs'], [3480, 'de', '58 Min.'], [3480, 'ja', '58 分'],
    ];
    cases.forEach(([s, locale, said]) => assert.equal(aboutTime(s, locale), said));
});
