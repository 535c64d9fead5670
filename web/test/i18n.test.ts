import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import en from '../src/i18n/en.json';
import first from '../src/i18n/en.json?first';
import type { Forms, Key } from '../src/i18n';
import { bestLanguage, counted, fill, language, LANGUAGES, locale, setLanguage, t, wordsReady } from '../src/i18n';

declare const WEB_DIR: string;
const FOLDER = join(WEB_DIR, 'src/i18n');
const files = readdirSync(FOLDER).filter((n) => n.endsWith('.json'));
const slots = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map((m) => m[0]).sort();

const wordsOf = (file: string): Record<string, string | Forms> => JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Record<string, string | Forms>;
const texts = (word: string | Forms): string[] => (typeof word === 'string' ? [word] : Object.values(word));
const COUNTS = [...Array.from({ length: 1_001 }, (_, n) => n), 1_000_000];

test('every language has every word, with the same places to fill', () => {
    assert.deepEqual(files.map((n) => n.replace('.json', '')).sort(), Object.keys(LANGUAGES).sort());
    for (const file of files) {
        const words = wordsOf(file);
        assert.deepEqual(Object.keys(words), Object.keys(en), `${file}: the same keys in the same order`);
        for (const [key, word] of Object.entries(words)) {
            const english = en[key as keyof typeof en];
            assert.equal(typeof word, typeof english, `${file}: ${key}`);
            const wanted = slots(typeof english === 'string' ? english : english.other);
            for (const text of texts(word)) {
                assert.ok(text.trim() !== '', `${file}: ${key} is empty`);
                const here = slots(text);
                // "the last tick" is a way to say one.
                const one = typeof word !== 'string' && text === word.one;
                assert.deepEqual(one && !here.includes('{count}') ? [...here, '{count}'].sort() : here, wanted, `${file}: ${key}`);
            }
        }
    }
});

test('what is counted has the plural forms of its language, and nothing else has a count in it', () => {
    for (const file of files) {
        const rules = new Intl.PluralRules(file.replace('.json', ''));
        const needed = [...new Set(COUNTS.map((n) => rules.select(n)))].sort();
        for (const [key, word] of Object.entries(wordsOf(file))) {
            if (typeof word === 'string') {
                assert.ok(!word.includes('{count}'), `${file}: ${key} counts without plural forms`);
            } else {
                assert.deepEqual(Object.keys(word).sort(), needed, `${file}: ${key}`);
            }
        }
    }
});

// The words that a language has settled on: one register, one word for one thing, the field's own.
const NEVER: Record<string, RegExp> = {
    de: /(?<!\p{L})(Sie|Ihnen|Ihren?|Lauf|Läufe|Laufs|Laufzeit|Wiedergabe|Wiederholung|Keim|Takte|Tafeln|Schlüssel|Reiter(?!n)|einlesen|Bedienung(?=\s*$))(?!\p{L})/u,
    fr: /(?<!\p{L})(tu|te|toi|tes|ton|Traînée|courtiers?|Périmée?s?|Rediffusion|Relecture|tics?|tops|dû|due|dessinée?s?)(?!\p{L})/iu,
    es: /(?<!\p{L})(usted|ustedes|Elija|copie|indique|Póngalo|pulse|arrástrelos|escriba|cambie|vea|Vence|venció|bróker|tics?|Llegados|Tableros|se detienen)(?!\p{L})/iu,
    ja: /(追跡|追う|端末|ラップ|番号|だ。|である。)|: |\(|\?$/u,
    en: /(\bmend\b|Let go|How late|by choice|lately|heard of lately|\bwho is there\b|chosen one|\btold\b)/iu,
};

test('each language keeps to its words', () => {
    const bad: string[] = [];
    for (const file of files) {
        const never = NEVER[file.replace('.json', '')]!;
        for (const [key, word] of Object.entries(wordsOf(file))) {
            if (!/^(fence\.form|create\.preset|create\.fenceText|create\.file|keys\.elsewhere)/.test(key)) {
                bad.push(...texts(word).filter((text) => never.test(text)).map((text) => `${file}: ${key}: ${text}`));
            }
        }
    }
    assert.deepEqual(bad, []);
    assert.equal(en['form.fix'], 'Please correct the marked fields.');
    assert.equal(en['keys.unselect'], 'Clear selection');
    assert.equal(en['hops.title'], 'Data delay');
    assert.equal(en['hops.chosen'], 'smoothing delay');
    assert.equal(en['board.about'], 'Places of runners still on course are approximate.');
});

test('a count is written in the words of the language and the digits of the country', async () => {
    Object.assign(globalThis, { document: { documentElement: {} } });
    Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { languages: ['de-DE'] } });
    await wordsReady;
    await setLanguage('en');
    assert.deepEqual([0, 1, 2].map((n) => counted('create.laps', n)), ['0 laps', '1 lap', '2 laps']);
    await setLanguage('de');
    assert.deepEqual([1, 12_000].map((n) => counted('create.laps', n)), ['1 Runde', '12.000 Runden']);
    await setLanguage('fr');
    assert.deepEqual([0, 1, 2].map((n) => counted('create.laps', n)), ['0 tour', '1 tour', '2 tours'], '0 is one in French');
    await setLanguage('en');
});

const source = (folder: string): string => readdirSync(folder, { withFileTypes: true }).map((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? source(path) : /\.tsx?$/.test(entry.name) ? readFileSync(path, 'utf8') : '';
}).join('\n');

test('every key that the source names is there', () => {
    const text = source(join(WEB_DIR, 'src'));
    const used = [...text.matchAll(/\b(?:t|counted)\('([\w.]+)'/g)].map((m) => m[1]!);
    assert.ok(used.length > 50);
    used.forEach((key) => assert.ok(key in en, key));
});

test('the source names every key, as it is or with a part that it fills in', () => {
    const text = source(join(WEB_DIR, 'src'));
    const named = new Set([...text.matchAll(/['"]([\w.-]+)['"]/g)].map((m) => m[1]!));
    const filled = [...text.matchAll(/`([\w.-]*\$\{[^`]*)`/g)].map((m) => m[1]!.replace(/\$\{[^}]*\}/g, '*')).filter((pattern) => /^[\w-]+\.[\w.*-]*$/.test(pattern));
    const patterns = filled.map((pattern) => new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[\\w.-]+')}$`));
    assert.deepEqual(Object.keys(en).filter((key) => !named.has(key) && !patterns.some((pattern) => pattern.test(key))), []);
});

test('the words of the first load and those that come after it are all words, and the header needs only the first', async () => {
    for (const file of ['panels/RaceHeader.tsx', 'panels/RaceMap.tsx', 'panels/Dashboard.tsx', 'session/start.ts']) {
        const source = readFileSync(join(WEB_DIR, 'src', file), 'utf8');
        [...source.matchAll(/\b(?:t|counted)\('([\w.]+)'/g)].forEach(([, key]) => assert.ok(key! in first, `${file}: ${key}`));
    }
    assert.ok(!('create.title' in first));
    await wordsReady;
    (Object.keys(en) as (keyof typeof en)[]).forEach((key) => typeof en[key] === 'string' && assert.equal(t(key as Key), en[key]));
});

test('a language that is chosen is loaded, numbers as in the viewer\'s country, and English comes back', async () => {
    Object.assign(globalThis, { document: { documentElement: {} } });
    Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { languages: ['de-AT', 'fr-CH', 'fr'] } });
    await setLanguage('fr');
    assert.equal(t('badge.live'), 'En direct');
    assert.deepEqual([language.value, locale.value, document.documentElement.lang], ['fr', 'fr-CH', 'fr']);
    await setLanguage('xx');
    assert.equal(t('badge.live'), 'Live');
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
