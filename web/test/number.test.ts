import assert from 'node:assert/strict';
import { test } from 'node:test';
import { number } from '../src/model/format';
import { parseNumber, parseWhole } from '../src/model/number';

test('a number is read as the page writes it, and with a point', () => {
    const cases: [string, string, number][] = [
        ['2,5', 'de', 2.5], ['2.5', 'de', 2.5], ['1.500', 'de', 1500], ['1.500,25', 'de', 1500.25], ['12.34', 'de', 12.34], ['0,1', 'fr', 0.1],
        ['1\u202f500', 'fr', 1500], ['1 500,5', 'fr', 1500.5], ['10,0', 'es', 10], ['2.5', 'en', 2.5], ['1,500', 'en', 1500], ['2.5', 'ja', 2.5],
        ['1’500.5', 'de-CH', 1500.5], [' 7 ', 'de', 7], ['−3,5', 'de', -3.5], [',5', 'de', 0.5],
    ];
    cases.forEach(([text, locale, n]) => assert.equal(parseNumber(text, locale), n, `${text} in ${locale}`));
    const none: [string, string][] = [['2,5', 'en'], ['', 'de'], ['x', 'de'], ['1,2,3', 'de'], ['1.2.3', 'de'], ['1e3', 'en'], ['Infinity', 'en'], ['5 %', 'fr']];
    none.forEach(([text, locale]) => assert.ok(Number.isNaN(parseNumber(text, locale)), `${text} in ${locale}`));
});

test('what the page writes it reads again', () => {
    for (const locale of ['en', 'en-IN', 'de', 'de-CH', 'fr', 'fr-CA', 'es', 'ja']) {
        for (const n of [0, 0.5, 7, 12.25, 999, 1000, 12_345, 1_000_000, 1234.5]) {
            const digits = Number.isInteger(n) ? 0 : 2;
            if (locale !== 'en-IN' || n < 100_000) {
                assert.equal(parseNumber(number(n, locale, digits), locale), n, `${number(n, locale, digits)} in ${locale}`);
            }
        }
    }
});

test('a whole number has no sign and no part', () => {
    assert.equal(parseWhole('12', 'de'), 12);
    assert.equal(parseWhole('1.000', 'de'), 1000);
    ['-5', '+5', '1,5', '', 'many', '1.5'].forEach((text) => assert.ok(Number.isNaN(parseWhole(text, 'de')), text));
});
