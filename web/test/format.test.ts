import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as format from '../src/model/format';

test('race time never wraps at an hour, nor at a day', () => {
    const cases: [number | null, string][] = [
        [0, '0:00:00'], [59, '0:00:59'], [3599.9, '0:59:59'], [3600, '1:00:00'], [6480, '1:48:00'], [86_400, '24:00:00'],
        [360_000, '100:00:00'], [-3, '0:00:00'], [null, '–'], [NaN, '–'],
    ];
    cases.forEach(([s, text]) => assert.equal(format.raceTime(s), text));
});

test('short times grow an hour when they need one', () => {
    const cases: [number | undefined, string][] = [[5, '0:05'], [271, '4:31'], [3600, '1:00:00'], [undefined, '–']];
    cases.forEach(([s, text]) => assert.equal(format.shortTime(s), text));
});

test('pace per km and per mile', () => {
    const cases: [number | null, format.Units, string][] = [
        [144, 'km', '2:24'], [299.6, 'km', '5:00'], [3700, 'km', '1:01:40'], [300, 'mi', '8:03'], [null, 'km', '–'], [Infinity, 'km', '–'],
    ];
    cases.forEach(([s, units, text]) => assert.equal(format.pace(s, units), text));
});

test('distance, numbers and percent in the reader\'s way', () => {
    assert.equal(format.distance(25_724, 'km', 'en'), '25.72');
    assert.equal(format.distance(25_724, 'km', 'de'), '25,72');
    assert.equal(format.distance(1_609.344, 'mi', 'en'), '1.00');
    assert.equal(format.distance(null, 'km', 'en'), '–');
    assert.equal(format.number(9943, 'en'), '9,943');
    assert.equal(format.percent(1, 3, 'en'), '33.3');
    assert.equal(format.percent(0, 0, 'en'), '0.0');
});

test('lag in ms, and in seconds once it is long', () => {
    const cases: [number | null, string][] = [[17.6, '18 ms'], [9999, '9,999 ms'], [12_345, '12.3 s'], [null, '–']];
    cases.forEach(([ms, text]) => assert.equal(format.lag(ms, 'en'), text));
});

test('a moment that is none is shown as it came', () => {
    assert.equal(format.moment('soon', 'en'), 'soon');
    assert.match(format.moment('2026-01-01T09:00:00Z', 'en'), /2026/);
});

test('a pace is typed as m:ss or as seconds', () => {
    const cases: [string, number][] = [['2:24', 144], ['144', 144], [' 8:20 ', 500], ['8:5', 485], ['90:00', 5400], ['', NaN], ['8:60', NaN],
        ['fast', NaN], ['-3', NaN], ['1e3', NaN]];
    cases.forEach(([text, s]) => assert.deepEqual(format.parsePace(text, 'en'), s, text));
});
