import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wayNotes, wayTrouble } from '../src/model/pipelineStatus';
import type { Way } from '../src/model/pipelineStatus';

const GOOD: Way = {
    race: { flow: 'current', tickAgeMs: 300, overdueMs: 0, clockMs: 0 },
    feed: { name: 'kafka', connected: true, trouble: '', malformed: 0 },
    store: { name: 'embedded', trouble: '' },
};
const keys = (way: Way | null, clockMs = 0): string[] => wayNotes(way, clockMs, String).map((n) => (n.bad ? `${n.key}!` : n.key));

test('each trouble has its note, the worst first', () => {
    const race = GOOD.race!;
    const away = { ...GOOD.feed, connected: false, trouble: 'no broker' };
    const cases: [string, Way | null, number, string[]][] = [
        ['all is well', GOOD, 0, []],
        ['no answer', null, 0, ['unknown!']],
        ['no broker at all', { ...GOOD, feed: { ...GOOD.feed, name: 'local' } }, 0, ['local']],
        ['Kafka away, and so nothing comes', { ...GOOD, feed: away, race: { ...race, flow: 'silent', overdueMs: 7000 } }, 0, ['feedAway!', 'silent!']],
        ['late', { ...GOOD, race: { ...race, flow: 'slow', overdueMs: 2500 } }, 0, ['slow!']],
        ['nothing is due', { ...GOOD, race: { ...race, flow: 'idle' } }, 0, []],
        ['clocks', GOOD, -3.6e6, ['clock!']],
        ['skipped', { ...GOOD, feed: { ...GOOD.feed, malformed: 3 } }, 0, ['skipped']],
        ['Pinot', { ...GOOD, store: { name: 'pinot', trouble: '' } }, 0, ['pinot']],
        ['Pinot away', { ...GOOD, store: { name: 'pinot', trouble: 'refused' } }, 0, ['storeAway!', 'pinot']],
        ['a partition stands still', { ...GOOD, store: { name: 'pinot', trouble: 'stands', consumerTrouble: 'stands' } }, 0, ['storeStuck!', 'pinot']],
    ];
    cases.forEach(([name, way, clockMs, want]) => assert.deepEqual(keys(way, clockMs), want, name));
});

test('the figures are in the sentences', () => {
    const store = { name: 'pinot', trouble: '', queryMsP50: 12, queryMsP99: 90, freshnessAgeMs: 500,
        consumers: [{ partition: 0, behind: 2 }, { partition: 1, behind: null }, { partition: 2, behind: 5 }] };
    const [pinot] = wayNotes({ ...GOOD, store }, 0, String);
    assert.deepEqual(pinot!.values, { p50: '12', p99: '90', fresh: '0.5', behind: '7' });
    const [unasked] = wayNotes({ ...GOOD, store: { name: 'pinot', trouble: '' } }, 0, String);
    assert.deepEqual(unasked!.values, { p50: '0', p99: '0', fresh: '–', behind: '–' });
    assert.equal(wayNotes(GOOD, -3_600_000, String)[0]!.values.seconds, '3600');
});

test('only what is away is trouble for everybody', () => {
    assert.equal(wayTrouble(null, String), null);
    assert.equal(wayTrouble({ ...GOOD, race: { ...GOOD.race!, flow: 'silent' } }, String), null);
    assert.equal(wayTrouble({ ...GOOD, store: { name: 'pinot', trouble: 'refused', answerAgeMs: 9000 } }, String)?.values.seconds, '9');
});
