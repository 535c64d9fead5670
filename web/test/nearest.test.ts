import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest } from '../src/map/nearest';
import { laneOf } from '../src/map/renderer';
import type { CourseTable, DotsView } from '../src/map/renderer';
import type { Between } from '../src/model/frames';
import { HIDDEN } from '../src/wire/frame';
import type { PositionFrame } from '../src/wire/frame';

// A straight course of 1,000 m to the east, one pixel a metre, its start at (100, 200) of the canvas.
const COUNT = 1_001;
const COURSE: CourseTable = { xy: Float32Array.from({ length: 2 * COUNT }, (_, i) => (i % 2 === 0 ? i / 2 : 0)), count: COUNT, lengthM: 1_000 };
const VIEW = { pxPerM: 1, originX: 100, originY: 200, lanePx: 0, selected: -1 } as DotsView;

function now(metres: number[], more: Partial<PositionFrame> = {}): Between {
    const frame: PositionFrame = {
        kind: 1, replay: false, seq: 0, n: metres.length, serverMs: 0, raceMs: 0, unitM: 1, roster: 1, maxMoved: 0,
        unit: Uint16Array.from(metres), status: new Uint8Array(metres.length).fill(1), ...more,
    };
    return { from: frame, to: frame, share: 0 };
}

test('the nearest within reach, or none', () => {
    const b = now([0, 300, 310, 1_000]);
    const cases: [number, number, number][] = [
        [100, 200, 0], [404, 200, 1], [406, 200, 2], [400, 213, 1], [400, 215, -1], [250, 200, -1], [1_100, 195, 3], [1_113, 200, 3], [1_115, 200, -1],
    ];
    cases.forEach(([x, y, want]) => assert.equal(nearest(b, COURSE, VIEW, { x, y }, 14), want, `${x}, ${y}`));
});

test('who is not there, or not to be shown, is not found', () => {
    assert.equal(nearest(now([300], { status: Uint8Array.of(0) }), COURSE, VIEW, { x: 400, y: 200 }, 14), -1);
    const hidden = now([300, 305], { sent: Uint8Array.of(HIDDEN, 1) });
    assert.equal(nearest(hidden, COURSE, VIEW, { x: 400, y: 200 }, 14), 1);
});

test('lanes count, but not for who is marked', () => {
    const view = { ...VIEW, lanePx: 40 };
    for (const i of [0, 1, 2, 3]) {
        const metres = [100, 300, 500, 700];
        const y = 200 - laneOf(i) * 40;
        assert.equal(nearest(now(metres), COURSE, view, { x: 100 + metres[i]!, y }, 4), i, `lane of ${i}`);
        assert.equal(nearest(now(metres), COURSE, { ...view, selected: i }, { x: 100 + metres[i]!, y: 200 }, 4), i);
    }
});
