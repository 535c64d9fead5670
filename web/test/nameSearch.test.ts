import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NameIndex } from '../src/model/nameSearch';

test('who holds a text in the name, whatever its case, and nothing across two names', () => {
    const names = ['Ada Lo', '', 'BADAX', 'a\nda', 'İda', 'Noor', 'ada ada'];
    const index = new NameIndex(names);
    const cases: [string, number[]][] = [
        ['ada', [0, 2, 6]], ['ADA', [0, 2, 6]], ['lo', [0]], ['o', [0, 5]], ['a da', [3]], ['da', [0, 2, 3, 4, 6]], ['loba', []], ['x', [2]], ['zz', []], ['ada a', [6]],
    ];
    for (const [text, want] of cases) {
        assert.deepEqual([...index.holding(text)].flatMap((is, i) => (is ? [i] : [])), want, text);
    }
    assert.deepEqual([...new NameIndex([]).holding('a')], []);
});

test('it finds what a look at each name finds', () => {
    const letters = 'ab ';
    let seed = 1;
    const draw = (n: number): number => (seed = (seed * 48271) % 2147483647) % n;
    const word = (most: number): string => Array.from({ length: draw(most) + 1 }, () => letters[draw(3)]).join('');
    const names = Array.from({ length: 500 }, () => word(6));
    const index = new NameIndex(names);
    for (let k = 0; k < 200; k++) {
        const text = word(3);
        assert.deepEqual([...index.holding(text)], names.map((name) => Number(name.includes(text))), `"${text}"`);
    }
});
