import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Player } from '../src/model/player';
import { decodeFrames } from '../src/wire/frame';
import type { PositionFrame } from '../src/wire/frame';

const frame = (s: number): PositionFrame => ({
    kind: 1, replay: true, seq: s, n: 1, serverMs: 0, raceMs: s * 1000, unitM: 1, roster: 1, unit: Uint16Array.of(s), status: Uint8Array.of(1), maxMoved: 1,
});

interface Rig {
    player: Player;
    emitted: number[];
    asked: [number, number, number][];
    said: string[];
    loads: number;
    end: number;
}

function rig(end: number, load?: () => Promise<PositionFrame[]>): Rig {
    const r = { emitted: [], asked: [], said: [], loads: 0, end } as unknown as Rig;
    r.player = new Player(1000, {
        load: (from, to, step) => {
            r.asked.push([from, to, step]);
            const all: PositionFrame[] = [];
            for (let s = from; s <= to; s += step) {
                all.push(frame(s));
            }
            return load ? load() : Promise.resolve(all);
        },
        emit: (f) => r.emitted.push(f.raceMs / 1000),
        jumped: () => r.said.push('jumped'),
        loaded: () => { r.loads++; },
        failed: (e) => r.said.push(e.message),
        endS: () => r.end,
        ended: () => r.said.push('ended'),
    });
    return r;
}

const settle = (): Promise<void> => new Promise((done) => setImmediate(done));

test('a seek shows that moment, and ticks ahead of it', async () => {
    const r = rig(1000);
    r.player.seek(200, 0);
    await settle();
    assert.equal(r.loads, 1, 'it says when there is something to pump');
    r.player.pump(10);
    assert.equal(r.player.at(5000), 200_000, 'it rests until it is played');
    assert.deepEqual(r.emitted, [200, 201, 202, 203]);
    assert.deepEqual(r.asked[0], [200, 259, 1]);
});

test('it plays at its speed, in order and without a hole', async () => {
    const r = rig(300);
    r.player.seek(0, 0);
    r.player.play(true, 0);
    r.player.setRate(10, 0);
    let before = 0;
    for (let now = 0; now <= 40_000; now += 100) {
        r.player.pump(now);
        await settle();
        assert.ok(r.player.at(now) >= before);
        before = r.player.at(now);
    }
    assert.equal(before, 300_000);
    for (let k = 1; k < r.emitted.length; k++) {
        assert.ok(r.emitted[k]! > r.emitted[k - 1]! && r.emitted[k]! - r.emitted[k - 1]! <= 2, `${r.emitted[k - 1]} then ${r.emitted[k]}`);
    }
    assert.equal(r.emitted[r.emitted.length - 1], 300);
    assert.deepEqual(r.said, ['jumped', 'ended']);
});

test('it waits for ticks that are late, and goes on from there', async () => {
    let give: (frames: PositionFrame[]) => void = () => undefined;
    const r = rig(100, () => new Promise((done) => { give = done; }));
    r.player.seek(50, 0);
    r.player.play(true, 0);
    r.player.pump(5000);
    assert.equal(r.player.at(5000), 50_000);
    give([frame(50), frame(51), frame(52)]);
    await settle();
    r.player.pump(5000);
    assert.equal(r.player.at(5500), 50_500);
});

test('a failure is told and stops it', async () => {
    const r = rig(100, () => Promise.reject(new Error('no history')));
    r.player.seek(1, 0);
    r.player.play(true, 0);
    await settle();
    assert.deepEqual(r.said, ['jumped', 'no history']);
    assert.equal(r.player.moving, false);
});

test('a moment beyond the end is the end', async () => {
    const r = rig(10);
    r.player.seek(99, 0);
    assert.equal(r.player.at(0), 10_000);
    r.player.seek(-5, 0);
    assert.equal(r.player.at(0), 0);
    await settle();
});

test('frames one after another in one answer are cut apart', () => {
    const key = new Uint8Array(32 + 6);
    key.set([1]);
    new DataView(key.buffer).setUint32(4, 2, true);
    const moved = new Uint8Array(32 + 2 + 3);
    moved.set([2, 0, 1]);
    new DataView(moved.buffer).setUint32(4, 2, true);
    moved.set([7, 255, 9, 0, 2], 32);
    const places = new Uint8Array(36);
    places.set([3]);
    const all = new Uint8Array([...key, ...moved, ...places, ...key]);
    const got = decodeFrames(all.buffer);
    assert.deepEqual(got.map((f) => f.kind), [1, 2, 3, 1]);
    const second = got[1] as PositionFrame;
    assert.deepEqual([[...second.unit], [...second.status]], [[7, 9], [0, 2]]);
    assert.throws(() => decodeFrames(all.buffer.slice(0, all.length - 1)));
});
