import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PlayClock } from '../src/model/clock';

interface Run {
    speed: number;
    stepMs: number;
    ticks: number;
    lateMs: (tick: number) => number;
}

/** Play ticks that arrive `lateMs` after they were due; answers each frame's wall and drawn time. */
function play(clock: PlayClock, run: Run): { wall: number; drawn: number; newest: number }[] {
    const out: { wall: number; drawn: number; newest: number }[] = [];
    clock.setSpeed(run.speed);
    const wallStep = run.stepMs / run.speed;
    const arrivals = Array.from({ length: run.ticks }, (_, k) => ({ wall: k * wallStep + run.lateMs(k), race: k * run.stepMs }));
    let next = 0;
    for (let wall = 0; wall < run.ticks * wallStep; wall += 1000 / 60) {
        while (next < arrivals.length && arrivals[next]!.wall <= wall) {
            clock.arrived(arrivals[next]!.race, arrivals[next]!.wall);
            next++;
        }
        if (next > 0) {
            out.push({ wall, drawn: clock.at(wall), newest: clock.newest });
        }
    }
    return out;
}

const jitter = (k: number): number => ((k * 7919) % 97) / 97 * 150;

test('what is drawn never goes back and never passes the newest tick', () => {
    const runs: [string, Run][] = [
        ['in time', { speed: 1, stepMs: 1000, ticks: 40, lateMs: () => 5 }],
        ['with jitter', { speed: 1, stepMs: 1000, ticks: 60, lateMs: jitter }],
        ['a hundred times as fast', { speed: 100, stepMs: 10_000, ticks: 100, lateMs: (k) => jitter(k) / 5 }],
        ['a stall of five seconds', { speed: 1, stepMs: 1000, ticks: 60, lateMs: (k) => (k >= 20 && k < 25 ? (25 - k) * 1000 : 5) }],
        ['later from the middle on', { speed: 1, stepMs: 1000, ticks: 60, lateMs: (k) => (k < 20 ? 5 : 4000) }],
    ];
    for (const [name, run] of runs) {
        const frames = play(new PlayClock(), run);
        for (let i = 1; i < frames.length; i++) {
            assert.ok(frames[i]!.drawn >= frames[i - 1]!.drawn, `${name}: back at ${frames[i]!.wall}`);
            assert.ok(frames[i]!.drawn <= frames[i]!.newest, `${name}: ahead at ${frames[i]!.wall}`);
        }
    }
});

test('it moves evenly, about one tick behind', () => {
    const frames = play(new PlayClock(), { speed: 1, stepMs: 1000, ticks: 60, lateMs: jitter }).slice(30 * 60);
    for (let i = 1; i < frames.length; i++) {
        const rate = (frames[i]!.drawn - frames[i - 1]!.drawn) / (frames[i]!.wall - frames[i - 1]!.wall);
        assert.ok(rate > 0.85 && rate < 1.15, `rate ${rate} at ${frames[i]!.wall}`);
        const behind = frames[i]!.wall - frames[i]!.drawn;
        assert.ok(behind > 1000 && behind < 1350, `${behind} ms behind at ${frames[i]!.wall}`);
    }
});

test('a join in the middle of a second does not leave it far behind', () => {
    const clock = new PlayClock();
    clock.setSpeed(1);
    clock.arrived(10_000, 900);
    for (let k = 1; k < 20; k++) {
        clock.arrived(10_000 + k * 1000, k * 1000);
        clock.at(k * 1000);
    }
    assert.ok(clock.delayMs < 1100, `${clock.delayMs} ms`);
});

test('when ticks end it reaches the newest and rests there', () => {
    const clock = new PlayClock();
    const run: Run = { speed: 1, stepMs: 1000, ticks: 10, lateMs: () => 5 };
    play(clock, run);
    assert.equal(clock.at(20_000), 9000);
    assert.equal(clock.at(30_000), 9000);
});

test('after a jump of ten minutes it is where the race is', () => {
    const clock = new PlayClock();
    play(clock, { speed: 1, stepMs: 1000, ticks: 10, lateMs: () => 5 });
    for (let k = 0; k < 5; k++) {
        clock.arrived(610_000 + k * 1000, 10_005 + k * 1000);
        clock.at(10_005 + k * 1000);
    }
    const drawn = clock.at(14_005);
    assert.ok(drawn > 612_000 && drawn <= 614_000, String(drawn));
});

test('a later line of arrivals is learnt within a few ticks', () => {
    const clock = new PlayClock();
    const frames = play(clock, { speed: 1, stepMs: 1000, ticks: 40, lateMs: (k) => (k < 10 ? 5 : 5000) });
    const last = frames.slice(-120);
    const still = last.filter((f, i) => i > 0 && f.drawn === last[i - 1]!.drawn).length;
    assert.equal(still, 0);
});

test('after a pause it still comes to the newest tick, though no tick follows', () => {
    const clock = new PlayClock();
    play(clock, { speed: 100, stepMs: 10_000, ticks: 30, lateMs: () => 5 });
    const before = clock.at(3000);
    clock.setSpeed(100);
    assert.ok(before < 290_000);
    assert.ok(clock.at(3010) > before);
    assert.equal(clock.at(9000), 290_000);
});
