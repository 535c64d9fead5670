import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finishCurve } from '../src/charts/finishers';
import { EverybodySplits, fillPlan } from '../src/charts/everybodySplits';
import { lagSeries } from '../src/charts/lagseries';
import type { Painted } from '../src/charts/lagseries';
import { fullest, markSpacing, perMark } from '../src/charts/marks';
import { pacesOf, sampleOf, SplitLog, splitMarks } from '../src/charts/splits';
import { distanceTicks, someOf, timeTicks } from '../src/charts/ticks';
import { Competitors } from '../src/model/competitors';
import type { PositionFrame } from '../src/wire/frame';

const NEVER = (): number => -1;

test('finishers: one step a finish, from shortly before the first to now', () => {
    const none = finishCurve(new Int32Array(0), 500);
    assert.deepEqual([none.x.length, none.y.length], [0, 0]);
    const few = finishCurve(Int32Array.of(100, 100, 140), 200);
    assert.deepEqual([...few.x], [96, 100, 140, 200]);
    assert.deepEqual([...few.y], [0, 2, 3, 3]);
    const done = finishCurve(Int32Array.of(0, 7), 7);
    assert.deepEqual([...done.x], [0, 7]);
    assert.deepEqual([...done.y], [1, 2]);
});

test('finishers: a big field is thinned, and every point is still right', () => {
    const times = Int32Array.from({ length: 50_000 }, (_, k) => 3_000 + Math.floor(k / 10));
    const curve = finishCurve(times, 9_000);
    assert.equal(curve.x.length, 240);
    curve.x.forEach((s, k) => assert.equal(curve.y[k], times.filter((t) => t <= s).length, `at ${s}`));
    assert.equal(curve.y[239], 50_000);
    assert.equal(curve.x[239], 9_000);
});

test('stretches: a kilometre, a part of one, several, or a lap', () => {
    const cases: [number, number, number, number, number][] = [
        // length, laps, unit → metres, units to a stretch
        [4_966, 1, 1_000, 1_000, 1],
        [42_195, 1, 1_000, 1_000, 1],
        [42_195, 1, 1_609.344, 1_609.344, 1],
        [1_500, 1, 1_000, 100, 0.1],
        [100_000, 1, 1_000, 2_000, 2],
        [100_000, 20, 1_000, 5_000, NaN],
        [2_000, 5, 1_000, 400, NaN],
        [10_000, 25, 1_000, 1_000, 1],
        [2_500_000, 1, 1_000, 50_000, 50],
    ];
    for (const [lengthM, laps, unitM, everyM, units] of cases) {
        assert.deepEqual(markSpacing(lengthM, laps, unitM), { everyM, units }, `${lengthM} m, ${laps} laps`);
    }
});

test('runners per stretch: those on the course, in the geofence too, and nobody else', () => {
    const metres = [0, 999.9, 1_000, 4_966, 4_999, 2_500, 2_500];
    const status = Uint8Array.of(1, 2, 1, 1, 1, 3, 0);
    const counts = perMark((i) => metres[i]!, status, 1_000, 4_966.445);
    assert.deepEqual([...counts], [2, 1, 0, 0, 2]);
    assert.deepEqual([fullest(counts), fullest(Uint32Array.of(0, 3, 3)), fullest(new Uint32Array(3))], [0, 1, -1]);
    assert.equal(perMark(() => 0, new Uint8Array(0), 1_000, 5_000.2).length, 5, 'a few centimetres make no bar');
});

test('marks: each kilometre and the finish; no crumb at the end', () => {
    const cases: [number, number[]][] = [
        [4_966, [1_000, 2_000, 3_000, 4_000, 4_966]],
        [5_025, [1_000, 2_000, 3_000, 4_000, 5_000]],
        [5_000, [1_000, 2_000, 3_000, 4_000, 5_000]],
        [150, [150]],
    ];
    cases.forEach(([lengthM, marks]) => assert.deepEqual([...splitMarks(lengthM)], marks, String(lengthM)));
    assert.deepEqual([...splitMarks(100_000)].slice(0, 2), [2_000, 4_000]);
    assert.equal(splitMarks(100_000).length, 50);
    assert.deepEqual([...sampleOf(3)], [0, 1, 2]);
    assert.deepEqual([...sampleOf(10, 4)], [0, 2, 5, 7]);
});

test('splits: passing a mark is found between two ticks, a finish at its own time', () => {
    const log = new SplitLog(1, 2_500);
    const at: [number, number][] = [[100, 500], [300, 1_500], [400, 2_000], [500, 2_500]];
    at.forEach(([s, m]) => log.take(s, () => m, () => (s === 500 ? 480 : -1)));
    const b = log.bands(500);
    assert.deepEqual([...log.marks], [1_000, 2_000, 2_500]);
    assert.deepEqual([...b.median], [200, 200, 160], 'the last half kilometre took 80 s');
    assert.deepEqual([...b.count], [1, 1, 1]);
});

test('splits: a tick that was known changes nothing; two marks in one tick are both found', () => {
    const log = new SplitLog(1, 5_000);
    log.take(1_000, () => 2_500, NEVER);
    log.take(900, () => 5_000, NEVER);
    log.take(1_000, () => 5_000, NEVER);
    assert.deepEqual([...log.bands(1_000).median], [400, 400, NaN, NaN, NaN]);
});

test('bands: deciles and median of the field, as of the moment that is shown', () => {
    const n = 11;
    const log = new SplitLog(n, 3_000);
    for (let s = 10; s <= 2_000; s += 10) {
        log.take(s, (i) => Math.min(2_990, (s * 1_000) / (200 + 10 * i)), NEVER);
    }
    const b = log.bands(2_000);
    assert.deepEqual([b.p10[0], b.median[0], b.p90[0]].map((v) => Math.round(v!)), [210, 250, 290]);
    assert.equal(b.count[0], n);
    const early = log.bands(251);
    assert.equal(early.count[0], 6);
    assert.equal(Math.round(early.median[0]!), 220);
    assert.equal(early.count[1], 0);
    assert.ok(Number.isNaN(early.median[1]!), 'nobody had run the second kilometre');
    assert.ok(Number.isNaN(log.bands(245).median[0]!), 'five of eleven are less than half');
    assert.equal(log.bands(2_000).count[1], n, 'going on shows it again');
});

test('splits: who begins in the middle knows only what follows', () => {
    const log = new SplitLog(1, 4_000);
    log.begin(600, () => 1_500);
    log.take(1_600, () => 4_000, () => 1_600);
    const b = log.bands(2_000);
    assert.deepEqual([...b.count], [0, 0, 1, 1]);
    assert.deepEqual([b.median[2], b.median[3]], [400, 400]);
});

test('the chosen runner: splits and finish make paces, up to the moment that is shown', () => {
    const marks = splitMarks(2_500);
    const splits = [{ km: 1, rawTime: 200 }, { km: 2, rawTime: 450 }];
    assert.deepEqual([...pacesOf(splits, 600, marks, 2_500, 700)], [200, 250, 300]);
    assert.deepEqual([...pacesOf(splits, null, marks, 2_500, 700)], [200, 250, NaN]);
    assert.deepEqual([...pacesOf(splits, 600, marks, 2_500, 449)], [200, NaN, NaN]);
    assert.deepEqual([...pacesOf([], null, marks, 2_500, 449)], [NaN, NaN, NaN]);
});

test('lag: the middle and the slow end of each while; whiles begin at round times', () => {
    const sample = (rawTime: number, painted: number): Painted => ({ rawTime, painted });
    assert.equal(lagSeries([]).x.length, 0);
    const some = [1, 2, 3, 4, 7, 9].map((s, k) => sample(s, 10 * (k + 1)));
    const few = lagSeries(some);
    assert.deepEqual([[...few.x], [...few.p50], [...few.p95], few.everyS], [[0, 5], [20, 50], [40, 60], 5]);
    const many = lagSeries(Array.from({ length: 300 }, (_, k) => sample(1_000 + 100 * k, k)));
    assert.ok(many.x.length <= 40);
    assert.ok(many.x.every((s, k) => s % many.everyS === 0 && (k === 0 || s > many.x[k - 1]!)));
});

test('ticks of the axes', () => {
    const cases: [number[], boolean, string[]][] = [
        [[0, 30, 90], false, ['0:00', '0:30', '1:30']],
        [[1_800, 3_600, 5_400], true, ['0:30', '1:00', '1:30']],
        [[3_600, 3_630], true, ['1:00:00', '1:00:30']],
    ];
    cases.forEach(([s, hours, want]) => assert.deepEqual(timeTicks(s, hours), want));
    assert.deepEqual(distanceTicks([0, 1, 2], 'en'), ['0', '1', '2']);
    assert.deepEqual(distanceTicks([0, 0.5, 1], 'de'), ['0,0', '0,5', '1,0']);
    assert.deepEqual(someOf(3, 12), [0, 1, 2]);
    assert.deepEqual(someOf(101, 5), [0, 25, 50, 75, 100]);
});

test('the past is fetched in few pieces, fewer and wider ones for a big field', () => {
    const cases: [number, number, number][] = [[7_200, 1_000, 240], [7_200, 50_000, 40], [7_200, 1_000_000, 10], [60, 10, 240]];
    for (const [seconds, n, mostTicks] of cases) {
        const plan = fillPlan(seconds, n);
        assert.ok(plan.stepS >= 1 && seconds / plan.stepS <= mostTicks, `${seconds} s of ${n}`);
        assert.ok(plan.frames >= 1 && (plan.frames === 1 || plan.frames * n <= 400_000), `${seconds} s of ${n}`);
    }
});

function frame(s: number, metres: number[]): PositionFrame {
    return {
        kind: 1, replay: false, seq: 0, n: metres.length, serverMs: 0, raceMs: s * 1000, unitM: 0.25, roster: 1, maxMoved: 0,
        unit: Uint16Array.from(metres, (m) => 4 * m), status: new Uint8Array(metres.length).fill(1),
    };
}

function bytes(f: PositionFrame): Uint8Array {
    const out = new Uint8Array(32 + 3 * f.n);
    const view = new DataView(out.buffer);
    view.setUint8(0, 1);
    view.setUint32(4, f.n, true);
    view.setFloat64(16, f.raceMs, true);
    view.setFloat32(24, f.unitM, true);
    view.setUint32(28, f.roster, true);
    f.unit.forEach((u, i) => view.setUint16(32 + 2 * i, u, true));
    out.set(f.status, 32 + 2 * f.n);
    return out;
}

// What /frames answers of a runner who goes 4 m/s.
function answer(url: string): Response {
    const q = new URL(url, 'http://localhost').searchParams;
    const [from, to, step] = ['from', 'to', 'step'].map((k) => Number(q.get(k))) as [number, number, number];
    const all: Uint8Array[] = [];
    for (let s = from; s <= to; s += step) {
        all.push(bytes(frame(s, [4 * s])));
    }
    return new Response(Buffer.concat(all));
}

test('who comes late has the splits of before; later ticks are taken as they come', async (t) => {
    const asked: string[] = [];
    t.mock.method(globalThis, 'fetch', async (url: string) => {
        asked.push(url);
        return answer(url);
    });
    const field = new Competitors();
    const splits = new EverybodySplits();
    field.take(frame(600, [2_400]));
    await new Promise<void>((done) => splits.refresh('r', field, 3_000, () => !splits.filling && done()));
    assert.deepEqual([...splits.log!.bands(600).median].map(Math.round), [250, 250, NaN]);
    const requests = asked.length;
    field.take(frame(630, [2_520]));
    splits.refresh('r', field, 3_000, () => undefined);
    assert.equal(splits.log!.filledS, 630);
    assert.equal(asked.length, requests, 'nothing is asked for a tick that is here');
});

test('a past that cannot be read is said, and the splits go on from now', async (t) => {
    t.mock.method(globalThis, 'fetch', async () => Response.json({ error: 'It is gone.' }, { status: 404 }));
    const field = new Competitors();
    const splits = new EverybodySplits();
    field.take(frame(600, [500]));
    await new Promise<void>((done) => splits.refresh('r', field, 3_000, done));
    assert.equal(splits.failed, 'It is gone.');
    for (const s of [650, 700, 750, 800, 850, 900]) {
        field.take(frame(s, [500 + 5 * (s - 600)]));
        splits.refresh('r', field, 3_000, () => undefined);
    }
    assert.deepEqual([...splits.log!.bands(900).count], [1, 1, 0]);
    assert.equal(splits.log!.bands(900).median[1], 200);
});
