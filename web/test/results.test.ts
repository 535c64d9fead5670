import assert from 'node:assert/strict';
import test from 'node:test';
import { snippet } from '../src/embed/snippet';
import { fieldsOf, readResults } from '../src/model/results';

test('fields of a line, quoted and not', () => {
    const cases: [string, string[]][] = [
        ['1,2,3', ['1', '2', '3']],
        ['1,,3', ['1', '', '3']],
        ['1,2,', ['1', '2', '']],
        ['', ['']],
        ['1,"a, b",3', ['1', 'a, b', '3']],
        ['"say ""hi""",""', ['say "hi"', '']],
    ];
    for (const [line, fields] of cases) {
        assert.deepEqual(fieldsOf(line), fields, line);
    }
});

test('who has finished and who has not, in the order of the CSV', () => {
    const csv = 'rank,competitorId,finishTime,rawTime,distance,pacePerKm,dwellTotal\n'
        + '1,7,716,716,4967.123,144.2,0\n1,-3,716,716,4967.123,144.2,12\n3,5,,700,120.500,,0\n';
    const r = readResults(csv);
    assert.equal(r.named, false);
    assert.deepEqual(r.finished.map((f) => [f.rank, f.bib, f.name, f.finishS, f.pacePerKm]), [[1, 7, '', 716, 144.2], [1, -3, '', 716, 144.2]]);
    assert.deepEqual(r.out.map((o) => [o.rank, o.bib, o.finishS, o.rawS, o.distanceM, o.pacePerKm]), [[3, 5, null, 700, 120.5, null]]);
});

test('names with commas, quotes and lines of their own; a finish at 0 s is one', () => {
    const csv = 'rank,competitorId,name,finishTime,rawTime,distance,pacePerKm,dwellTotal\r\n'
        + '1,1,"Ö, ""Speedy""",0,0,0.000,,0\r\n2,2,"two\nlines",10,10,1.000,1.0,0\r\n3,3,,,5,1.000,1.0,0\r\n';
    const r = readResults(csv);
    assert.equal(r.named, true);
    assert.deepEqual(r.finished.map((f) => f.name), ['Ö, "Speedy"', 'two\nlines']);
    assert.deepEqual(r.finished.map((f) => f.finishS), [0, 10]);
    assert.deepEqual(r.out.map((o) => o.name), ['']);
});

test('nobody yet', () => {
    const r = readResults('rank,competitorId,finishTime,rawTime,distance,pacePerKm,dwellTotal\n');
    assert.deepEqual([r.finished, r.out], [[], []]);
});

test('the frame to copy holds whatever a race and a course are called', () => {
    const code = snippet('https://races.example', 'a b&"<c>', 'Live: "Hill" & Dale <1>');
    assert.match(code, /^<iframe src="https:\/\/races\.example\/\?race=a%20b%26%22%3Cc%3E&amp;embed=1" title="Live: &quot;Hill&quot; &amp; Dale &lt;1>" /);
    assert.match(code, /><\/iframe>$/);
    assert.doesNotMatch(code, /script|onload/);
});
