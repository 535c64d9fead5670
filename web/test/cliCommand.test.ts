import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RaceRequest } from '../src/model/raceform';
import { asCommand, asCurl, shellWord } from '../src/model/cliCommand';

const RACE: RaceRequest = {
    course: 'crystal', competitors: 100, fastest: 144, slowest: 500, spread: 'uniform', stopRatio: 0.1, minPause: 10, maxPause: 60, speed: 1,
    seed: 7,
};
const HERE = { origin: 'http://127.0.0.1:8080', token: false };

test('the same race as a command', () => {
    const plain = 'trackside race create --course crystal --competitors 100 --fastest 144 --slowest 500 --stop-ratio 0.1 --min-pause 10 --max-pause 60 --seed 7';
    const cases: [Partial<RaceRequest>, Partial<typeof HERE>, string][] = [
        [{}, {}, plain],
        [{}, { origin: 'http://localhost:8080' }, plain],
        [{}, { origin: 'http://127.0.0.1:9000' }, `${plain} --server http://127.0.0.1:9000`],
        [{ startTime: '2026-01-01T09:00:00Z', speed: 2.5 }, { token: true }, `${plain} --start 2026-01-01T09:00:00Z --speed 2.5 --token-file TOKEN_FILE`],
        [{ spread: 'field' }, {}, plain.replace('--stop-ratio', '--spread field --stop-ratio')],
        [{ hills: true }, {}, plain.replace('--stop-ratio', '--hills --stop-ratio')],
        [{ course: "x'; rm -rf /" }, {}, plain.replace('crystal', "'x'\\''; rm -rf /'")],
    ];
    const { seed: _, ...seedless } = RACE;
    assert.equal(asCommand(seedless, HERE), plain.replace(' --seed 7', ''));
    cases.forEach(([race, server, said]) => assert.equal(asCommand({ ...RACE, ...race }, { ...HERE, ...server }), said));
});

test('and with curl', () => {
    const curl = asCurl(RACE, HERE);
    assert.match(curl, /^curl -X POST http:\/\/127.0.0.1:8080\/api\/races -H 'Content-Type: application\/json' -d '\{.*\}'$/);
    assert.deepEqual(JSON.parse(/-d '(.*)'$/.exec(curl)![1]!), RACE);
    assert.match(asCurl(RACE, { ...HERE, token: true }), / -H "Authorization: Bearer \$\(cat TOKEN_FILE\)" /);
    assert.ok(asCurl({ ...RACE, course: "l'été" }, HERE).includes("l'\\''été"));
});

test('one word for a shell', () => {
    const cases = [['plain-1.0', 'plain-1.0'], ['', "''"], ['a b', "'a b'"], ['$HOME', "'$HOME'"], ["it's", "'it'\\''s'"], ['ö', "'ö'"]];
    cases.forEach(([text, word]) => assert.equal(shellWord(text!), word));
});
