import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Competitors } from '../src/model/competitors';
import { rankingOf } from '../src/model/ranking';
import { competitorRow, hasFinished } from '../src/model/row';
import type { BoardRow } from '../src/wire/types';
import type { PositionFrame } from '../src/wire/frame';

const tick = (s: number, unit: number[], status: number[], unitM: number): PositionFrame => ({
    kind: 1, replay: false, seq: 0, n: unit.length, serverMs: 0, raceMs: s * 1000, unitM, roster: 1, maxMoved: 0,
    unit: Uint16Array.from(unit), status: Uint8Array.from(status),
});

test('a finisher has 0 to go, however the distances of the ticks are rounded', () => {
    const lengthM = 21_097.5;
    for (const unitM of [lengthM / 65_535, 0.321, 0.3]) {
        const field = new Competitors();
        const end = Math.min(65_535, Math.round(lengthM / unitM));
        field.take(tick(4000, [end, end, 0], [3, 2, 1], unitM));
        field.take(tick(22_000, [end, end, 0], [3, 2, 1], unitM));
        const ranks = rankingOf(field).ranks();
        const rows = [0, 1, 2].map((i) => competitorRow(rankingOf(field).competitor(i, ranks), lengthM));
        assert.equal(rows[0]!.toGo, 0, `unit ${unitM}`);
        assert.deepEqual(rows.map((row) => hasFinished(row, row.status!)), [true, false, false], 'only the one whose status says so');
    }
});

test('a row of a board says it by the way to go, or the ticks say it', () => {
    const row: BoardRow = { rank: 1, competitorId: 7, distance: 4960, toGo: 6, pacePerKm: 300, rawTime: 1500 };
    assert.equal(hasFinished(row, 1), false);
    assert.equal(hasFinished(row, 3), true, 'a producer whose sums miss six metres');
    assert.equal(hasFinished({ ...row, toGo: 0 }, 0), true);
    assert.equal(hasFinished({ ...row, toGo: null }, 2), false);
});
