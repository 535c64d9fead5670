import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latOf, lonOf, markStep, mercatorX, mercatorY, trackFromCourse, trackLonLat, trackMarks, trackNew, trackPlace, trackTexture } from '../src/model/track';
import type { CourseGeoJson, LonLat } from '../src/wire/types';

const near = (a: number, b: number, within: number, what: string): void => assert.ok(Math.abs(a - b) <= within, `${what}: ${a}, not ${b}`);
const SQUARE: LonLat[] = [[0, 51], [0.01, 51], [0.01, 51.01], [0, 51.01], [0, 51]];
const DISTANCES = [0, 700, 1800, 2500, 3600];

test('Mercator there and back', () => {
    for (const [lon, lat] of [[0, 0], [-0.06, 51.42], [179.9, -60], [-75, 85]] as LonLat[]) {
        near(lonOf(mercatorX(lon)), lon, 1e-9, 'lon');
        near(latOf(mercatorY(lat)), lat, 1e-9, 'lat');
    }
});

test('a distance is a place on the line, laps included', () => {
    const track = trackNew(SQUARE, DISTANCES, 2, 7200);
    const cases: [number, LonLat][] = [
        [-5, [0, 51]], [0, [0, 51]], [350, [0.005, 51]], [700, [0.01, 51]], [2500, [0, 51.01]],
        [3600, [0, 51]], [3950, [0.005, 51]], [7200, [0, 51]], [9999, [0, 51]],
    ];
    for (const [m, [lon, lat]] of cases) {
        const got = trackLonLat(track, m);
        near(got[0], lon, 1e-9, `lon at ${m}`);
        near(got[1], lat, 1e-7, `lat at ${m}`);
    }
});

test('direction, and segments without length', () => {
    const track = trackNew([[0, 0], [0.01, 0], [0.01, 0], [0.01, 0.01]], [0, 100, 100, 200]);
    near(trackPlace(track, 50).dx, 1, 1e-9, 'east');
    near(trackPlace(track, 150).dy, 1, 1e-9, 'north');
    for (const m of [0, 100, 200]) {
        const p = trackPlace(track, m);
        assert.ok([p.x, p.y, p.dx, p.dy].every(Number.isFinite), `finite at ${m}`);
    }
    near(trackPlace(track, 100).x, mercatorX(0.01), 1e-6, 'corner');
});

test('a line over the antimeridian stays together', () => {
    const track = trackNew([[179.99, 0], [-179.99, 0]]);
    near(trackPlace(track, track.lengthM).x, mercatorX(0.02), 1e-3, 'east of the start');
    near(track.lengthM, 2223.9, 1, 'length');
});

test('the texture starts at the start and ends at the finish', () => {
    const track = trackNew(SQUARE, DISTANCES, 1, 3600);
    const xy = trackTexture(track, 3601);
    for (const m of [0, 1, 699, 1800, 3599, 3600]) {
        const p = trackPlace(track, m);
        near(xy[2 * m]!, p.x, 1e-3, `x at ${m}`);
        near(xy[2 * m + 1]!, p.y, 1e-3, `y at ${m}`);
    }
});

test('marks are each kilometre but the last metre', () => {
    const track = trackNew(SQUARE, DISTANCES, 2, 7200);
    assert.deepEqual(trackMarks(track, 1000).map((m) => m.label), [1, 2, 3, 4, 5, 6, 7]);
    assert.deepEqual(trackMarks(track, 3600).map((m) => m.distM), [3600]);
});

test('marks thin out so that they stay apart', () => {
    const cases: [number, number][] = [[0.1, 1], [0.034, 1], [0.02, 2], [0.01, 5], [0.004, 10], [0.001, 50]];
    for (const [pxPerM, step] of cases) {
        assert.equal(markStep(1000, pxPerM, 34), step, `at ${pxPerM} px/m`);
    }
});

test('a course without a line has no track', () => {
    const course = { type: 'FeatureCollection', features: [], trackside: { laps: 1, distance: 0, distances: [] } } as unknown as CourseGeoJson;
    assert.equal(trackFromCourse(course), null);
});

test('every step of the texture is the place at that distance: laps, and points that lie on each other', () => {
    const doubled: LonLat[] = SQUARE.flatMap((p) => [p, p]);
    for (const track of [trackNew(SQUARE, DISTANCES, 3, 10_800), trackNew(doubled, DISTANCES.flatMap((m) => [m, m]), 2, 7_200), trackNew(SQUARE.slice(0, 2))]) {
        const count = 2_161;
        const xy = trackTexture(track, count);
        for (let k = 0; k < count; k++) {
            const p = trackPlace(track, (track.lengthM * k) / (count - 1));
            near(xy[2 * k]!, p.x, 1e-3, `x of step ${k}`);
            near(xy[2 * k + 1]!, p.y, 1e-3, `y of step ${k}`);
        }
    }
});
