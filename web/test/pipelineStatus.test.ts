import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pipelineNotes, pipelineError } from '../src/model/pipelineStatus';
import type { PipelineStatus } from '../src/model/pipelineStatus';

const GOOD: PipelineStatus = {
    race: { flow: 'current', tickAgeMs: 300, overdueMs: 0, clockMs: 0 },
    feed: { name: 'kafka', connected: true, trouble: '', malformed: 0 },
    store: { name: 'embedded', trouble: '' },
};
const keys = (status: PipelineStatus | null, clockMs = 0): string[] => pipelineNotes(status, clockMs, String).map((n) => (n.bad ? `${n.key}!` : n.key));

test('each trouble has its note, the worst first', () => {
    const race = GOOD.race!;
    const away = { ...GOOD.feed, connected: false, trouble: 'no broker' };
    const cases: [string, PipelineStatus | null, number, string[]][] = [
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
    cases.forEach(([name, status, clockMs, want]) => assert.deepEqual(keys(status, clockMs), want, name));
});

test('the figures are in the sentences', () => {
    const store = { name: 'pinot', trouble: '', queryMsP50: 12, queryMsP99: 90, freshnessAgeMs: 500,
        consumers: [{ partition: 0, behind: 2 }, { partition: 1, behind: null }, { partition: 2, behind: 5 }] };
    const [pinot] = pipelineNotes({ ...GOOD, store }, 0, String);
    assert.deepEqual(pinot!.values, { p50: '12', p99: '90', fresh: '0.5', behind: '7' });
    const [unasked] = pipelineNotes({ ...GOOD, store: { name: 'pinot', trouble: '' } }, 0, String);
    assert.deepEqual(unasked!.values, { p50: '0', p99: '0', fresh: '–', behind: '–' });
    assert.equal(pipelineNotes(GOOD, -3_600_000, String)[0]!.values.seconds, '3600');
});

test('only what is away is trouble for everybody', () => {
    assert.equal(pipelineError(null, String), null);
    assert.equal(pipelineError({ ...GOOD, race: { ...GOOD.race!, flow: 'silent' } }, String), null);
    assert.equal(pipelineError({ ...GOOD, store: { name: 'pinot', trouble: 'refused', answerAgeMs: 9000 } }, String)?.values.seconds, '9');
});
