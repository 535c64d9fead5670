import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { decodeFrame, FrameError, FrameGap } from '../src/wire/frame';
import type { PositionFrame } from '../src/wire/frame';

declare const TESTS_DIR: string;
const VECTORS = join(TESTS_DIR, 'data/frames');

interface Expected {
    kind: number;
    flags: number;
    seq: number;
    n: number;
    serverMs: number;
    raceMs: number;
    metresPerUnit?: number;
    rosterVersion: number;
    units?: number[];
    status?: number[];
    places?: { number: number; lon: number; lat: number }[];
    times?: { number: number; entered: number; dwell: number; finish: number }[];
}

function bytes(name: string): ArrayBuffer {
    const b = readFileSync(join(VECTORS, name));
    return b.buffer.slice(b.byteOffset, b.byteOffset + b.byteLength) as ArrayBuffer;
}

test('the encoder\'s vectors decode to what it says they are', () => {
    assert.ok(existsSync(VECTORS), 'the vectors of the C encoder are there');
    const names = readdirSync(VECTORS).filter((n) => n.endsWith('.bin')).sort();
    assert.ok(names.length >= 5);
    let before: PositionFrame | null = null;
    for (const name of names) {
        const want = JSON.parse(readFileSync(join(VECTORS, name.replace('.bin', '.json')), 'utf8')) as Expected;
        const got = decodeFrame(bytes(name), before);
        assert.deepEqual([got.kind, got.replay, got.seq, got.n, got.serverMs, got.raceMs, got.roster],
            [want.kind, (want.flags & 1) === 1, want.seq, want.n, want.serverMs, want.raceMs, want.rosterVersion], name);
        if (got.kind === 1 || got.kind === 2) {
            assert.equal(got.unitM, want.metresPerUnit, name);
            assert.deepEqual([...got.unit], want.units, name);
            assert.deepEqual([...got.status], want.status, name);
            before = got;
        } else if (got.kind === 3) {
            assert.deepEqual([...got.number].map((number, k) => ({ number, lon: got.lonLat[2 * k], lat: got.lonLat[2 * k + 1] })), want.places);
        } else if (got.kind === 4) {
            assert.deepEqual([...got.number].map((number, k) => ({
                number, entered: got.entered[k], dwell: got.dwell[k], finish: got.finish[k],
            })), want.times);
        }
    }
});

function header(kind: number, seq: number, n: number, extra: number, roster = 1): DataView {
    const view = new DataView(new ArrayBuffer(32 + extra));
    view.setUint8(0, kind);
    view.setUint16(2, seq, true);
    view.setUint32(4, n, true);
    view.setFloat32(24, 0.5, true);
    view.setUint32(28, roster, true);
    return view;
}

function key(seq: number, units: number[], roster = 1): PositionFrame {
    const view = header(1, seq, units.length, 3 * units.length, roster);
    units.forEach((u, i) => view.setUint16(32 + 2 * i, u, true));
    return decodeFrame(view, null) as PositionFrame;
}

test('a kind 2 frame needs the frame before it', () => {
    const cases: [string, PositionFrame | null, DataView][] = [
        ['nothing before', null, header(2, 8, 2, 2)],
        ['a gap in seq', key(6, [1, 2]), header(2, 8, 2, 2)],
        ['another number of runners', key(7, [1, 2, 3]), header(2, 8, 2, 2)],
        ['another roster', key(7, [1, 2], 2), header(2, 8, 2, 2)],
    ];
    for (const [name, before, frame] of cases) {
        assert.throws(() => decodeFrame(frame, before), FrameGap, name);
    }
    assert.equal(decodeFrame(header(2, 0, 2, 2), key(65_535, [1, 2])).seq, 0, 'seq wraps');
});

test('moved, escapes and status add up, and the frame before is left as it was', () => {
    const before = key(1, [100, 200, 300, 60_000]);
    const frame = header(2, 2, 4, 4 + 2 + 3);
    [5, 254, 255, 0].forEach((m, i) => frame.setUint8(32 + i, m));
    frame.setUint16(36, 900, true);
    frame.setUint16(38, 290, true);
    frame.setUint8(40, 3);
    const got = decodeFrame(frame, before) as PositionFrame;
    assert.deepEqual([...got.unit], [105, 900, 290, 60_000]);
    assert.deepEqual([...got.status], [0, 0, 3, 0]);
    assert.equal(got.maxMoved, 700);
    assert.deepEqual([...before.unit], [100, 200, 300, 60_000]);
});

test('what does not fit is refused, not read', () => {
    const escapes = header(2, 2, 2, 2 + 2);
    escapes.setUint8(32, 255);
    const cases: [string, DataView, PositionFrame | null][] = [
        ['no header', new DataView(new ArrayBuffer(31)), null],
        ['a short key frame', header(1, 1, 10, 29), null],
        ['a key frame of four billion', header(1, 1, 0xffffffff, 0), null],
        ['short of moved', header(2, 2, 2, 1), key(1, [1, 2])],
        ['short of an escape', escapes, key(1, [1, 2])],
        ['places without a count', header(3, 0, 1, 3), null],
        ['short of times', (() => { const v = header(4, 0, 1, 10); v.setUint32(32, 3, true); return v; })(), null],
        ['an unknown kind', header(9, 0, 1, 3), null],
    ];
    for (const [name, frame, before] of cases) {
        assert.throws(() => decodeFrame(frame, before), FrameError, name);
    }
});

test('who is silent has a status all the same, from frame to frame', () => {
    const key = header(1, 4, 3, 9);
    [1, 2 | 128, 3].forEach((s, i) => key.setUint8(32 + 6 + i, s));
    const first = decodeFrame(key, null) as PositionFrame;
    assert.deepEqual([[...first.status], [...first.sent!]], [[1, 2, 3], [1, 130, 3]]);
    const moved = header(2, 5, 3, 6);
    [0, 255, 0].forEach((m, i) => moved.setUint8(32 + i, m));
    moved.setUint8(32 + 5, 1);
    const second = decodeFrame(moved, first) as PositionFrame;
    assert.deepEqual([[...second.status], second.sent], [[1, 1, 3], undefined]);
    const still = header(2, 5, 3, 3);
    assert.deepEqual([...(decodeFrame(still, first) as PositionFrame).sent!], [1, 130, 3], 'until it is heard of again');
});
