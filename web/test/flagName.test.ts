import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flagName } from '../src/model/flagName';

const PAGE = { start: 'Start', finish: 'Ziel' };

test('a bare word for start or finish is said in the words of the page, another name is the file\'s', () => {
    const cases: [string, string][] = [
        ['Finish', 'Ziel'], ['FINISH', 'Ziel'], ['Départ', 'Start'], ['ARRIVÉE', 'Ziel'], ['Cíl', 'Ziel'], ['Mål', 'Ziel'], ['финиш', 'Ziel'], ['ΕΚΚΊΝΗΣΗ', 'Start'],
        ['ゴール', 'Ziel'], ['スタート', 'Start'], ['Start / Finish', 'Start / Ziel'], ['Start-Ziel', 'Start / Ziel'], ['Départ et arrivée', 'Start / Ziel'], ['start and finish', 'Start / Ziel'],
        ['Blackheath', 'Blackheath'], ['Start of the 10 km', 'Start of the 10 km'], ['Finish line', 'Finish line'], ['Great End', 'Great End'], ['<b>Finish</b>', '<b>Finish</b>'],
        ['', ''], [' - ', ' - '],
    ];
    cases.forEach(([name, says]) => assert.equal(flagName(name, PAGE), says, name));
});
