import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Competitors } from '../src/model/competitors';
import { found, rankingOf } from '../src/model/ranking';
import { setRoster } from '../src/session/rosterLoad';
import { fold } from '../src/model/fold';
import { NameIndex } from '../src/model/nameSearch';
import type { PositionFrame } from '../src/wire/frame';

test('what people type finds what is written', () => {
    const cases: [string, string][] = [
        ['mull', 'Jürgen Müller'], ['MÜLL', 'muller'], ['strasse', 'Großstraße'], ['GROSS', 'groß'], ['soren', 'Søren Ødegård'],
        ['odegard', 'Søren Ødegård'], ['lodz', 'Łódź'], ['thor', 'Þór'], ['aeon', 'Æon'], ['francois', 'François'], ['nguyen', 'NGUYỄN'],
        ['istanbul', 'İSTANBUL'], ['isik', 'Işık'], ['cek', 'Çek'], ['dordevic', 'Đorđević'], ["o'neil", 'O’Neil'], ['smith-jones', 'Smith‑Jones'],
        ['ada', 'Ａｄａ'], ['σοφος', 'ΣΟΦΌΣ'], ['fi', 'ﬁn'], ['müller', 'Mu\u0308ller'], ['かと', 'かとう'], ['カ', 'ｶﾄｳ'], ['김', '김연아'],
    ];
    for (const [typed, name] of cases) {
        assert.deepEqual([...new NameIndex(['x', name]).holding(typed)], [0, 1], `"${typed}" finds "${name}"`);
    }
    assert.deepEqual([...new NameIndex(['かとう']).holding('が')], [0], 'a voiced kana is another letter');
    assert.deepEqual([...new NameIndex(['Müller']).holding('möl')], [0]);
    assert.equal(fold('A\nÄ\nb'), 'a\na\nb', 'lines stay apart');
});

test('the first one found is the bib that was typed, else the first of the order that is shown', () => {
    const field = new Competitors();
    const unit = Array.from({ length: 130 }, (_, i) => i);
    const frame: PositionFrame = {
        kind: 1, replay: false, seq: 0, n: 130, serverMs: 0, raceMs: 60_000, unitM: 1, roster: 1, maxMoved: 0,
        unit: Uint16Array.from(unit), status: new Uint8Array(130).fill(1),
    };
    field.take(frame);
    setRoster(field, null, unit.map((i) => (i % 2 ? 'Zoë' : 'Bo')));
    const bibs = (text: string, descending = false): number[] => [...found(rankingOf(field), { key: 'rank', descending }, text)].map((i) => field.roster.bibOf(i));
    assert.deepEqual(bibs('12'), [12, 129, 128, 127, 126, 125, 124, 123, 122, 121, 120]);
    assert.deepEqual(bibs(' 12 ', true).slice(0, 3), [12, 120, 121]);
    assert.deepEqual(bibs('zoe').slice(0, 2), [130, 128], 'the best of them and not the lowest bib');
    assert.equal(bibs('zoe', true)[0], 2);
    assert.deepEqual(bibs('999'), []);
});
