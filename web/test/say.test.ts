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
});

/** What a sentence of the import says in German. */
const CASES: [string, string, string][] = [
    ['gap', 'The line has a gap of 58 m, which is joined by a straight leg.', 'Die Linie hat eine Lücke von 58 m; ein gerades Stück schließt sie.'],
    ['declared-length', 'The course is declared as 5,000 m and measures 5,016.9 m, 16.9 m more.', 'Angegeben sind 5.000 m, gemessen 5.016,9 m: 16,9 m mehr.'],
    ['laps', 'The file says "2 laps": its line of 2,399.9 m is run 2 times.', 'Die Datei sagt "2 laps": Die Linie von 2.399,9 m wird 2-mal gelaufen.'],
    ['order', "The file's 3 lines were put in order, by the numbers in their names: 2 changed place or direction.", 'Die 3 Linien der Datei wurden geordnet, nach den Zahlen in ihren Namen: Bei 2 änderte sich Platz oder Richtung.'],
    ['unused', '1 of the file\'s lines was left out: 2 "Shuttle {a} <b>" (beside the race by its name).', '1 Linie der Datei wurde weggelassen: 2 "Shuttle {a} <b>" (dem Namen nach nicht das Rennen).'],
    ['unused', 'The file has 2 start points; "Start 7 am" is taken, the nearest to an end of the line.', 'Die Datei hat 2 Punkte für Start; genommen wurde "Start 7 am", der nächste an einem Ende der Linie.'],
    ['start-off-line', "The start point is 45 m from the line's beginning, 0.1 m from the line where it is nearest.", 'Der Startpunkt liegt 45 m vom Anfang der Linie, 0,1 m neben ihr, wo sie am nächsten ist.'],
    ['start-off-line', "The start point is 5758 km from the line's beginning. Is the order of its longitude and latitude wrong? At longitude 10.000000, latitude 50.000000 it would be 0.0 m from the line.",
        'Der Startpunkt liegt 5.758 km vom Anfang der Linie. Ist die Reihenfolge von Länge und Breite falsch? Bei Länge 10,000000, Breite 50,000000 wären es 0,0 m bis zur Linie.'],
    ['geofence-refused', "The file's geofence was left out: It is odd.", "Der Geofence wurde weggelassen. (The file's geofence was left out: It is odd.)"],
    ['from-later', 'A sentence.', 'A sentence.'],
];

test('a note of the import is said in the language of the page, with its figures as people write them there', async () => {
    await setLanguage('de');
    for (const [code, sentence, says] of CASES) {
        assert.equal(sayNote(code, sentence), says);
    }
    await setLanguage('en');
    CASES.forEach(([code, sentence]) => assert.equal(sayNote(code, sentence), sentence));
});

test('the English texts of the notes are the server\'s own sentences', () => {
    const folder = join(WEB_DIR, '../src/course');
    const sources = readdirSync(folder, { recursive: true }).map(String).filter((name) => name.endsWith('.c')).map((name) => readFileSync(join(folder, name), 'utf8'));
    const literal = sources.join('\n').replace(/"\s*\n\s*"/g, '').replaceAll('\\"', '"');
    const pieces = (text: string): string[] => text.split(/\{\w+\}/).map((piece) => piece.replace(/^["( ,]+|[") ,.]+$/g, '').trim()).filter((piece) => piece.length > 3);
    const english = JSON.parse(file('src/i18n/en.json')) as Record<string, string>;
    // Both forms of a plural that is made by a place for its s.
    const forms = [literal, literal.replace(/(checkpoint|time)%s/g, '$1s'), literal.replace(/%zu (checkpoint|time)%s/g, '1 $1')].join('\n');
    // A word that the server chooses may stand where its format has a place.
    const loose = (piece: string): RegExp => new RegExp(piece.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\b(was|were|start|finish|beginning|end|more|less)\b/g, '(?:$1|%s)'), 'u');
    for (const [key, text] of Object.entries(english).filter(([name]) => name.startsWith('say.'))) {
        pieces(text).forEach((piece) => assert.ok(loose(piece).test(forms), `${key}: no sentence of the import has "${piece}"`));
    }
});
