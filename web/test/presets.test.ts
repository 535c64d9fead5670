import assert from 'node:assert/strict';
import { test } from 'node:test';
import en from '../src/i18n/en.json';
import { PRESET_NAMES, presetKept, presetValues } from '../src/model/presets';
import { DEFAULTS, drawSeed, raceRequest } from '../src/model/raceform';

const BEFORE = { ...DEFAULTS, course: 'crystal', seed: '7', startTime: '2026-01-01T10:00' };

test('every preset is a race, on any course, and has a name', () => {
    for (const name of PRESET_NAMES) {
        assert.ok(`create.preset.${name}` in en, name);
        for (const hasGeofence of [true, false]) {
            const values = presetValues(name, BEFORE, hasGeofence);
            assert.deepEqual(raceRequest(values, { lengthM: 5000, hasGeofence, hasElevation: false }, 'en').errors, {}, name);
            assert.ok(presetKept(name, values, hasGeofence), name);
            assert.deepEqual([values.course, values.seed, values.startTime], ['crystal', '7', '2026-01-01T10:00']);
        }
    }
    assert.equal(presetValues('everybody', BEFORE, true).stopPercent, '100');
    assert.equal(presetValues('everybody', BEFORE, false).stopPercent, '0');
    assert.equal(presetValues('stress', BEFORE, true).competitors, '50000');
    assert.ok(presetKept('original', DEFAULTS, true), 'the form begins as usual');
});

test('what was changed is told from what was not', () => {
    const values = presetValues('parkrun', BEFORE, true);
    assert.ok(!presetKept('parkrun', { ...values, competitors: '101' }, true));
    assert.ok(!presetKept('parkrun', { ...values, stopPercent: '0' }, true));
    assert.ok(presetKept('parkrun', { ...values, seed: '8', course: 'loop', startTime: '' }, true));
});

test('a drawn seed is a seed', () => {
    const seeds = Array.from({ length: 50 }, drawSeed);
    assert.ok(new Set(seeds).size > 40);
    seeds.forEach((seed) => assert.deepEqual(raceRequest({ ...BEFORE, seed }, null, 'en').errors, {}, seed));
});
