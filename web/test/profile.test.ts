import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heightAt, inLap, profileOf, profilePath, yOf } from '../src/model/profile';
import type { CourseGeoJson } from '../src/wire/types';

const course = (distances: number[], elevations: number[] | undefined, laps = 1): CourseGeoJson => ({
    type: 'FeatureCollection', features: [],
    trackside: { shortName: 'x', longName: 'X', revision: '1', laps, distance: distances[distances.length - 1]! * laps, lapDistance: distances[distances.length - 1]!, distances, ...(elevations ? { elevations, climb: 70, descent: 20 } : {}) },
});
const BOX = { height: 100, top: 20 };

test('a course without heights, or with too few, has no profile', () => {
    assert.equal(profileOf(null), null);
    assert.equal(profileOf(course([0, 10], undefined)), null);
    assert.equal(profileOf(course([0, 10], [1])), null);
    const p = profileOf(course([0, 10, 30], [100, 170, 150]))!;
    assert.deepEqual([p.low, p.high, p.climb, p.descent], [100, 170, 70, 20]);
});

test('a height lies between two vertices, and vertices that lie on each other do no harm', () => {
    const p = profileOf(course([0, 10, 10, 30], [100, 170, 170, 150]))!;
    const cases: [number, number][] = [[-5, 100], [0, 100], [5, 135], [10, 170], [20, 160], [30, 150], [99, 150]];
    cases.forEach(([m, height]) => assert.equal(heightAt(p, m), height, String(m)));
});

test('laps lie on one another, and the finish is the end of the last one', () => {
    const p = profileOf(course([0, 1_000], [5, 6], 3))!;
    const cases: [number, number][] = [[-1, 0], [0, 0], [999, 999], [1_000, 0], [2_400, 400], [3_000, 1_000], [3_001, 1_000]];
    cases.forEach(([metres, m]) => assert.equal(inLap(p, metres), m, String(metres)));
});

test('the picture keeps every summit in a few points a pixel, and a flat course stays flat', () => {
    const n = 10_000;
    const at = Array.from({ length: n }, (_, i) => i);
    const heights = at.map((i) => (i === 4_321 ? 900 : 100));
    const p = profileOf(course(at, heights))!;
    const path = profilePath(p, 200, BOX);
    const points = path.slice(1).split('L').map((point) => point.split(' ').map(Number));
    assert.ok(points.length < 4 * 201 + 4, `${points.length} points`);
    assert.equal(Math.min(...points.map(([, y]) => y!)), BOX.top, 'the summit');
    assert.deepEqual(points.map(([x]) => x), [...points.map(([x]) => x!)].sort((a, b) => a - b), 'from left to right');
    const flat = profileOf(course([0, 100], [10, 11]))!;
    assert.ok(Math.abs(yOf(flat, 10, BOX) - yOf(flat, 11, BOX)) < 4);
});
