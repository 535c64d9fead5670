import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ApiError } from '../src/wire/api';
import { LANGUAGES, setLanguage, wordsReady } from '../src/i18n';
import { sayNote } from '../src/i18n/notes';
import { say, sayReason } from '../src/i18n/say';

declare const WEB_DIR: string;
const file = (path: string): string => readFileSync(join(WEB_DIR, path), 'utf8');

Object.assign(globalThis, { document: { documentElement: {} } });
Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { languages: ['de'] } });

test('every code that the API documents has words in every language, and both lists are one', () => {
    const api = JSON.parse(file('../docs/openapi.json')) as { components: { schemas: { Error: { properties: { code: { enum: string[] } } } } } };
    const codes = api.components.schemas.Error.properties.code.enum;
    const table = [...file('../docs/api.md').matchAll(/^\| `([a-z-]+)` \| \d{3} \|/gm)].map((m) => m[1]!);
    assert.deepEqual([...table].sort(), [...codes].sort());
    assert.ok(codes.length > 25);
    for (const code of Object.keys(LANGUAGES)) {
        const words = JSON.parse(file(`src/i18n/${code}.json`)) as Record<string, string>;
        codes.forEach((c) => assert.ok(words[`error.${c}`], `${code}: ${c}`));
    }
});

test('every code that the program can give is documented', () => {
    const table = file('../docs/api.md');
    const kinds = [...file('../src/base/err.c').matchAll(/\[ERR_\w+\] = "([a-z-]+)"/g)].map((m) => m[1]!).filter((c) => c !== 'none');
    const own = ['http/access.c', 'http/connection.c', 'live/driver.c', 'live/race_commands.c', 'live/course_commands.c', 'store/embedded/read.c', 'store/pinot/read.c']
        .flatMap((path) => [...file(`../src/${path}`).matchAll(/err_set_id\(\s*[^,]+,\s*ERR_\w+,\s*"([a-z-]+)"/g)].map((m) => m[1]!));
    assert.ok(kinds.length > 10 && own.length > 10);
    [...kinds, ...own].forEach((code) => assert.ok(table.includes(`| \`${code}\` |`), code));
});

test('a sentence is said in the language of the page; what only the server knows is added', async () => {
    await wordsReady;
    const gone = new ApiError(404, "There is no race 'x'.", undefined, 'race-unknown');
    const file_ = new ApiError(400, 'The file is empty.', undefined, 'course-file');
    await setLanguage('en');
    assert.equal(say(gone), "There is no race 'x'.");
    assert.equal(say(new TypeError('Failed to fetch')), 'The server cannot be reached.');
    await setLanguage('de');
    assert.equal(say(gone), 'Dieses Rennen gibt es nicht mehr.');
    assert.equal(say(file_), 'Diese Datei lässt sich nicht als Strecke lesen. (The file is empty.)');
    assert.equal(say(new ApiError(400, 'New.', undefined, 'a-code-of-tomorrow')), 'New.');
    assert.equal(say(new ApiError(502, '502 Bad Gateway', undefined, undefined)), '502 Bad Gateway');
    assert.equal(say(new Error('Bitte nur eine Datei auf einmal.')), 'Bitte nur eine Datei auf einmal.');
    assert.equal(sayReason('by hand'), 'von Hand');
    assert.equal(sayReason('something else'), 'something else');
    await setLanguage('en');
});

test('every note of the import has words, and what it says in figures stays', async () => {
    const folder = join(WEB_DIR, '../src/course');
    const sources = readdirSync(folder, { recursive: true }).map(String).filter((name) => name.endsWith('.c')).map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
    const codes = new Set([...sources.matchAll(/DIAGNOSTIC_(?:INFO|WARNING),\s*"([a-z-]+)"/g)].map((m) => m[1]!));
    for (const code of ['start-off-line', 'finish-off-line', 'closing-leg', 'declared-length']) {
        assert.ok(sources.includes(`"${code}"`), code);
        codes.add(code);
    }
    assert.ok(codes.size >= 14, [...codes].join(' '));
    for (const language of Object.keys(LANGUAGES)) {
        const words = JSON.parse(file(`src/i18n/${language}.json`)) as Record<string, string>;
        codes.forEach((code) => assert.ok(words[`note.${code}`], `${language}: ${code}`));
    }
    await setLanguage('de');
    assert.equal(sayNote('gap', 'The line has a gap of 58 m, which is joined by a straight leg.'),
        'Die Linie hat Lücken. (The line has a gap of 58 m, which is joined by a straight leg.)');
    assert.equal(sayNote('from-later', 'A sentence.'), 'A sentence.');
    await setLanguage('en');
    assert.equal(sayNote('gap', 'The line has a gap of 58 m.'), 'The line has a gap of 58 m.');
});
