import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outline } from '../src/model/outline';
import type { LonLat } from '../src/wire/types';

const places = (path: string): number[][] => path.slice(1).split('L').map((p) => p.split(' ').map(Number));

test('a line fills its box, north up, as wide as it is', () => {
    const square: LonLat[] = [[0, 60], [0.002, 60], [0.002, 60.001], [0, 60.001]];
    const { path, start } = outline(square, 100, 60, 5)!;
    const [first, second, third] = places(path) as [number[], number[], number[]];
    assert.deepEqual(start, first);
    assert.ok(third[1]! < second[1]!, 'north is up');
    const wide = second[0]! - first[0]!;
    const high = second[1]! - third[1]!;
    assert.ok(Math.abs(high - 50) < 0.2 && Math.abs(wide - high) < 1, 'at 60° a degree east is half as long as one north');
});

test('however long the line, few points; nothing of one point, and a line that stands still is no NaN', () => {
    const long: LonLat[] = Array.from({ length: 50_000 }, (_, i) => [i / 1e6, Math.sin(i / 5000)]);
    const all = places(outline(long, 100, 60, 5)!.path);
    assert.ok(all.length <= 482);
    assert.ok(all.every(([x, y]) => x! >= 4.9 && x! <= 95.1 && y! >= 4.9 && y! <= 55.1));
    assert.equal(outline([[1, 1]], 100, 60, 5), null);
    assert.ok(!outline([[1, 1], [1, 1]], 100, 60, 5)!.path.includes('NaN'));
});
