import assert from 'node:assert/strict';
import { test } from 'node:test';
import en from '../src/i18n/en.json';
import { DEFAULTS, fieldOf, raceRequest } from '../src/model/raceform';
import type { RaceField, RaceFormValues } from '../src/model/raceform';

const GOOD: RaceFormValues = { ...DEFAULTS, course: 'crystal' };
const FENCED = { lengthM: 5000, hasGeofence: true, hasElevation: false };

test('the defaults are a race', () => {
    const { request, errors } = raceRequest(GOOD, FENCED, 'en');
    assert.deepEqual(errors, {});
    assert.deepEqual(request, {
        course: 'crystal', competitors: 100, fastest: 144, slowest: 500, spread: 'uniform', stopRatio: 0.1, minPause: 10, maxPause: 60, speed: 1,
    });
});

test('what is wrong is said at its field', () => {
    const cases: [Partial<RaceFormValues>, RaceField, string][] = [
        [{ course: '' }, 'course', 'form.course'],
        [{ competitors: '0' }, 'competitors', 'form.whole'],
        [{ competitors: '-5' }, 'competitors', 'form.whole'],
        [{ competitors: '1.5' }, 'competitors', 'form.whole'],
        [{ competitors: '1000000000000' }, 'competitors', 'form.whole'],
        [{ competitors: 'many' }, 'competitors', 'form.whole'],
        [{ competitors: '' }, 'competitors', 'form.whole'],
        [{ fastest: 'fast' }, 'fastest', 'form.pace'],
        [{ fastest: '144.5' }, 'fastest', 'form.pace'],
        [{ fastest: '10' }, 'fastest', 'form.paceRange'],
        [{ slowest: '36001' }, 'slowest', 'form.paceRange'],
        [{ fastest: '9:00', slowest: '8:00' }, 'fastest', 'form.fastestSlower'],
        [{ stopPercent: '101' }, 'stopPercent', 'form.percent'],
        [{ stopPercent: '' }, 'stopPercent', 'form.percent'],
        [{ stopPercent: '-1' }, 'stopPercent', 'form.percent'],
        [{ minPause: '61' }, 'minPause', 'form.pauseOrder'],
        [{ maxPause: 'x' }, 'maxPause', 'form.whole'],
        [{ speed: '0' }, 'speed', 'form.speed'],
        [{ speed: '1001' }, 'speed', 'form.speed'],
        [{ speed: '' }, 'speed', 'form.speed'],
        [{ seed: '9007199254740992' }, 'seed', 'form.whole'],
        [{ startTime: 'tomorrow' }, 'startTime', 'form.time'],
    ];
    for (const [change, field, key] of cases) {
        const { errors } = raceRequest({ ...GOOD, ...change }, FENCED, 'en');
        assert.deepEqual(Object.keys(errors), [field], JSON.stringify(change));
        assert.equal(errors[field]!.key, key, JSON.stringify(change));
        assert.ok(key in en, key);
    }
});

test('nobody can stop where there is no geofence', () => {
    const bare = { lengthM: 5000, hasGeofence: false, hasElevation: false };
    assert.equal(raceRequest(GOOD, bare, 'en').errors.stopPercent!.key, 'form.noGeofence');
    assert.deepEqual(raceRequest({ ...GOOD, stopPercent: '0' }, bare, 'en').errors, {});
});

test('what is left out is not sent; what is given is', () => {
    const { request } = raceRequest({ ...GOOD, seed: '7', startTime: '2026-01-01T10:00', speed: '2.5' }, FENCED, 'en');
    assert.equal(request.seed, 7);
    assert.equal(request.speed, 2.5);
    assert.equal(request.startTime, `${new Date('2026-01-01T10:00').toISOString().slice(0, 19)}Z`);
});

test('the pace follows the slope only where the course has heights', () => {
    const high = { ...FENCED, hasElevation: true };
    assert.equal(raceRequest({ ...GOOD, hills: 'on' }, high, 'en').request.hills, true);
    assert.equal('hills' in raceRequest({ ...GOOD, hills: 'on' }, FENCED, 'en').request, false);
    assert.equal('hills' in raceRequest(GOOD, high, 'en').request, false);
});

test('the server\'s fields are found', () => {
    const cases: [string | undefined, RaceField | null][] = [['stopRatio', 'stopPercent'], ['fastest', 'fastest'], ['body', null], [undefined, null]];
    cases.forEach(([server, ours]) => assert.equal(fieldOf(server), ours));
});

test('numbers are read as the page writes them', () => {
    for (const locale of ['de', 'de-AT', 'fr', 'es']) {
        const { request, errors } = raceRequest({ ...GOOD, stopPercent: '12,5', speed: '0,5', fastest: '144,0' }, FENCED, locale);
        assert.deepEqual(errors, {}, locale);
        assert.deepEqual([request.stopRatio, request.speed, request.fastest], [0.125, 0.5, 144], locale);
    }
    assert.equal(raceRequest({ ...GOOD, competitors: '1.500' }, FENCED, 'de').request.competitors, 1500);
    assert.equal(raceRequest({ ...GOOD, stopPercent: '12,5' }, FENCED, 'en').errors.stopPercent!.key, 'form.percent');
});
