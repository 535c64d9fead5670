import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alarmOf, explainedS, Mark } from '../src/model/alarm';
import type { AlarmRule } from '../src/model/alarm';
import { Competitors } from '../src/model/competitors';
import { Stationary } from '../src/model/stationary';
import type { PositionFrame } from '../src/wire/frame';

const LENGTH_M = 10_000;
const UNIT_M = LENGTH_M / 65_535;
const ZONE: [number, number] = [4_000, 7_000];
const RULE: AlarmRule = { fixedS: 0, spans: [ZONE], slowest: 500 };

interface Planned {
    /** s/km. */
    pace: number;
    stopAtM: number;
    stopS: number;
}

// The simulator's jitter: pairs of stretches of 300 m, the first up to 20 % slower or faster, the second the other status.
function timeAt(m: number, { pace }: Planned, i: number): number {
    const pairs = Math.floor(m / 600);
    const x = 0.199 * Math.sin(17 * (i + 1) + 5 * pairs);
    const rest = m - pairs * 600;
    return (pace / 1000) * (pairs * 600 + rest + x * (rest <= 300 ? rest : 600 - rest));
}

function metresAt(s: number, p: Planned, i: number): number {
    const stopBegins = p.stopS > 0 ? timeAt(p.stopAtM, p, i) : Infinity;
    const runS = s <= stopBegins ? s : Math.max(stopBegins, s - p.stopS);
    let [low, high] = [0, LENGTH_M];
    for (let k = 0; k < 30; k++) {
        const middle = (low + high) / 2;
        [low, high] = timeAt(middle, p, i) <= runS ? [middle, high] : [low, middle];
    }
    return low;
}

const inZone = (m: number): boolean => m > ZONE[0] && m < ZONE[1];

function tick(s: number, metres: number[]): PositionFrame {
    return {
        kind: 1, replay: false, seq: 0, n: metres.length, serverMs: 0, raceMs: s * 1000, unitM: UNIT_M, roster: 1, maxMoved: 0,
        unit: Uint16Array.from(metres, (m) => Math.round(m / UNIT_M)),
        status: Uint8Array.from(metres, (m) => (m >= LENGTH_M - 0.01 ? 3 : inZone(m) ? 2 : 1)),
    };
}

test('661 runners in a zone of 3 km: nobody who runs is marked, everybody who stops is', () => {
    const field = new Competitors();
    const still = new Stationary();
    const stops = (i: number): boolean => i % 50 === 7;
    const runners = Array.from({ length: 661 }, (_, i): Planned => ({
        pace: 144 + ((i * 356) / 660), stopS: stops(i) ? 40 + (i % 7) * 60 : 0, stopAtM: i % 100 === 7 ? 4_010 + (i * 4) : 300 + i * 5,
    }));
    const marked = new Uint8Array(runners.length);
    let most = 0;
    for (let s = 0; s <= 5_200; s += 3) {
        const metres = runners.map((p, i) => metresAt(s, p, i));
        field.take(tick(s, metres));
        still.take(field);
        const { marks, count } = alarmOf(field, (i) => still.forS(i), RULE);
        most = Math.max(most, count);
        marks.forEach((mark, i) => {
            marked[i] = Math.max(marked[i]!, mark);
            assert.ok(mark === Mark.None || stops(i), `number ${i}, ${runners[i]!.pace} s/km, at ${metres[i]} m after ${s} s`);
            const stoppedS = stops(i) ? s - timeAt(runners[i]!.stopAtM, runners[i]!, i) : -1;
            if (stoppedS > 15 && stoppedS < runners[i]!.stopS - 1) {
                assert.notEqual(mark, Mark.None, `number ${i} has stood for ${stoppedS} s at ${metres[i]} m`);
            }
        });
    }
    assert.equal(marked.filter((mark) => mark !== 0).length, runners.filter((_, i) => stops(i)).length);
    assert.ok(most < 14);
});

test('who walks where they ran before is marked, and a fixed time is a choice', () => {
    const field = new Competitors();
    const walk = (m: number, s: number): number => alarm(m, s).marks[0]!;
    const alarm = (m: number, s: number, rule = RULE) => {
        field.take(tick(s, [m]));
        return alarmOf(field, () => 0, rule);
    };
    for (let s = 0; s <= 1_200; s += 10) {
        walk((s * 4_000) / 1_200, s); // 300 s/km to the zone
    }
    walk(4_001, 1_201);
    assert.equal(walk(4_100, 1_231), Mark.None, 'as before');
    assert.equal(walk(4_200, 1_300), Mark.None, 'slower, but not twice as slow');
    assert.equal(walk(4_250, 1_400), Mark.Dwell);
    assert.equal(alarm(4_260, 1_410, { ...RULE, fixedS: 60 }).count, 1);
    assert.equal(alarm(4_270, 1_420, { ...RULE, fixedS: 1_000 }).count, 0);
    assert.equal(alarm(7_100, 3_000).count, 0, 'outside');
});

test('where a visit began: at the start, after a gap that nobody can be seen in, and where the course does not say', () => {
    const rule = { ...RULE, spans: [[0, 500], [501, 900], [2_000, 2_500]] as [number, number][], slowest: 700 };
    assert.equal(explainedS(400, 0, rule), 280, 'the slowest pace, before there is an own one');
    assert.equal(explainedS(800, 0, rule), 560, 'a gap of a metre');
    assert.ok(Math.abs(explainedS(2_100, 600, rule) - 30) < 1e-9);
    assert.equal(explainedS(1_500, 600, rule), Infinity);
    assert.equal(explainedS(100, 10, { ...rule, spans: [] }), Infinity);
});

test('who is silent, home, or waits at the start does not stand still', () => {
    const field = new Competitors();
    const frame = tick(100, [0, 3_000, 3_000, 10_000, 5_000]);
    field.take({ ...frame, sent: frame.status.map((s, i) => (i === 2 ? s | 128 : s)) });
    assert.deepEqual([...alarmOf(field, () => 60, RULE).marks], [Mark.None, Mark.Still, Mark.None, Mark.None, Mark.Still]);
});
