import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import en from '../src/i18n/en.json';
import first from '../src/i18n/en.json?first';
import type { Key } from '../src/i18n';
import { bestLanguage, fill, language, LANGUAGES, locale, setLanguage, t, wordsReady } from '../src/i18n';

declare const WEB_DIR: string;
const FOLDER = join(WEB_DIR, 'src/i18n');
const files = readdirSync(FOLDER).filter((n) => n.endsWith('.json'));
const slots = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map((m) => m[0]).sort();

test('every language has every word, with the same places to fill', () => {
    assert.deepEqual(files.map((n) => n.replace('.json', '')).sort(), Object.keys(LANGUAGES).sort());
    for (const file of files) {
        const words = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Record<string, string>;
        assert.deepEqual(Object.keys(words).sort(), Object.keys(en).sort(), file);
        for (const [key, text] of Object.entries(words)) {
            assert.ok(text.trim() !== '', `${file}: ${key} is empty`);
            assert.deepEqual(slots(text), slots(en[key as keyof typeof en]), `${file}: ${key}`);
        }
    }
});

test('every key that the source names is there', () => {
    const source = (folder: string): string => readdirSync(folder, { withFileTypes: true }).map((entry) => {
        const path = join(folder, entry.name);
        return entry.isDirectory() ? source(path) : /\.tsx?$/.test(entry.name) ? readFileSync(path, 'utf8') : '';
    }).join('\n');
    const text = source(join(WEB_DIR, 'src'));
    const used = [...text.matchAll(/\bt\('([\w.]+)'/g)].map((m) => m[1]!);
    assert.ok(used.length > 50);
    used.forEach((key) => assert.ok(key in en, key));
});

test('the words of the first load and those that come after it are all words, and the header needs only the first', async () => {
    for (const file of ['panels/RaceHeader.tsx', 'panels/RaceMap.tsx', 'panels/Dashboard.tsx', 'start.ts']) {
        const source = readFileSync(join(WEB_DIR, 'src', file), 'utf8');
        [...source.matchAll(/\bt\('([\w.]+)'/g)].forEach(([, key]) => assert.ok(key! in first, `${file}: ${key}`));
    }
    assert.ok(!('create.title' in first));
    await wordsReady;
    (Object.keys(en) as Key[]).forEach((key) => assert.equal(t(key), en[key]));
});

test('a language that is chosen is loaded, numbers as in the viewer\'s country, and English comes back', async () => {
    Object.assign(globalThis, { document: { documentElement: {} } });
    Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { languages: ['de-AT', 'fr-CH', 'fr'] } });
    await setLanguage('fr');
    assert.equal(t('pill.live'), 'En direct');
    assert.deepEqual([language.value, locale.value, document.documentElement.lang], ['fr', 'fr-CH', 'fr']);
    await setLanguage('xx');
    assert.equal(t('pill.live'), 'Live');
    assert.equal(locale.value, 'en');
});

test('places are filled, and stay where nothing fills them', () => {
    assert.equal(fill('{a} of {b}', { a: 1, b: '<b>' }), '1 of <b>');
    assert.equal(fill('{a} of {b}', { a: 1 }), '1 of {b}');
});

test('the first wanted language that there is', () => {
    const cases: [string[], string][] = [[['en-GB'], 'en'], [['xx', 'de-CH', 'en'], 'de'], [['ja'], 'ja'], [[], 'en'], [['tlh'], 'en']];
    cases.forEach(([wanted, code]) => assert.equal(bestLanguage(wanted), code));
});
