import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fenceParse, FenceTextError, fenceWkt } from '../src/model/geofence';
import type { FenceProblem } from '../src/model/geofence';

const TRIANGLE = [[[0, 0], [1, 0], [1, 1], [0, 0]]];
const HOLE = [[[0, 0], [9, 0], [9, 9], [0, 0]], [[2, 1], [3, 1], [3, 2], [2, 1]]];

test('WKT and GeoJSON say the same', () => {
    const cases: [string, unknown][] = [
        ['POLYGON ((0 0, 1 0, 1 1, 0 0))', TRIANGLE],
        [' polygon((0 0,1 0,1 1))\n', TRIANGLE],
        ['POLYGON ((0 0, 9 0, 9 9, 0 0), (2 1, 3 1, 3 2, 2 1))', HOLE],
        ['{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}', TRIANGLE],
        ['{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1]]]}}', TRIANGLE],
        ['{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1]]]}}]}', TRIANGLE],
    ];
    cases.forEach(([text, rings]) => assert.deepEqual(fenceParse(text), rings, text));
});

test('what is wrong is said', () => {
    const cases: [string, FenceProblem][] = [
        ['', 'empty'], ['  ', 'empty'], ['POINT (1 2)', 'form'], ['POLYGON ((0 0, 1, 2 2))', 'form'], ['POLYGON ((a b, 1 0, 1 1))', 'form'],
        ['{"type":"Polygon"', 'form'], ['{"type":"Point","coordinates":[0,0]}', 'form'], ['{"type":"Polygon","coordinates":[[[0],[1,0],[1,1]]]}', 'form'],
        ['POLYGON ((0 0, 1 0, 0 0))', 'few'], ['POLYGON ()', 'few'], ['POLYGON ((0 0, 1 91, 1 1))', 'range'], ['POLYGON ((0 0, 181 0, 1 1))', 'range'],
    ];
    for (const [text, problem] of cases) {
        assert.throws(() => fenceParse(text), (e: unknown) => e instanceof FenceTextError && e.problem === problem, text);
    }
});

test('what is drawn is written closed, and read again the same', () => {
    const wkt = fenceWkt([[[0.123456789, 51], [1, 51], [1, 52]]]);
    assert.equal(wkt, 'POLYGON ((0.1234568 51, 1 51, 1 52, 0.1234568 51))');
    assert.deepEqual(fenceParse(wkt), [[[0.1234568, 51], [1, 51], [1, 52], [0.1234568, 51]]]);
});
