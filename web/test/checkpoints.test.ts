import assert from 'node:assert/strict';
import test from 'node:test';
import { checkpointLabel, checkpointSigns } from '../src/model/checkpoints';
import { readResults } from '../src/model/results';
import type { Checkpoint } from '../src/wire/types';

const passing = (name: string, lon: number, distance: number, pass = 1, passes = 1): Checkpoint => ({ name, kind: 'aid', lon, lat: 0, distance, pass, passes });

test('a name has the number of its pass only where there are several', () => {
    assert.equal(checkpointLabel(passing('CP1', 0, 5)), 'CP1');
    assert.equal(checkpointLabel(passing('CP1', 0, 5, 2, 3)), 'CP1 (2)');
});

test('one sign for each place and name', () => {
    const signs = checkpointSigns([passing('Hut', 1, 500, 1, 2), passing('Top', 2, 900), passing('Hut', 1, 1500, 2, 2), passing('Mat', 1, 1500)]);
    assert.deepEqual(signs.map((s) => [s.name, s.at, s.distances]), [['Hut', [1, 0], [500, 1500]], ['Top', [2, 0], [900]], ['Mat', [1, 0], [1500]]]);
});

test('the results have the columns behind those that every race has', () => {
    const head = 'rank,competitorId,finishTime,rawTime,distance,pacePerKm,dwellTotal,finishHms,rawHms,paceHms,dwellHms';
    const csv = `${head},"Hut, upper",Top (2)\n1,7,716,716,4967.123,144.2,0,0:11:56,0:11:56,0:02:24,0:00:00,0:05:00,0:10:00\n2,8,,700,120.500,,0,,0:11:40,,0:00:00,0:06:00,\n`;
    const r = readResults(csv);
    assert.deepEqual(r.checkpoints, ['Hut, upper', 'Top (2)']);
    assert.deepEqual(r.finished[0]!.checkpoints, ['0:05:00', '0:10:00']);
    assert.deepEqual(r.out[0]!.checkpoints, ['0:06:00', '']);
    assert.deepEqual(readResults(`${head}\n1,7,716,716,4967.123,144.2,0,0:11:56,0:11:56,0:02:24,0:00:00\n`).checkpoints, []);
});
