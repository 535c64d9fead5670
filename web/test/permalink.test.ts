import assert from 'node:assert/strict';
import { test } from 'node:test';
import { permalink, readPermalink } from '../src/session/permalink';
import type { Permalink } from '../src/session/permalink';

test('a link carries the view, there and back', () => {
    const cases: [Permalink, string][] = [
        [{ race: null, runner: null, at: null }, '/'],
        [{ race: 'a b', runner: null, at: null }, '/?race=a+b'],
        [{ race: 'r', runner: 12, at: null }, '/?race=r&runner=12'],
        [{ race: 'r', runner: -3, at: 600 }, '/?race=r&runner=-3&at=600'],
    ];
    for (const [view, link] of cases) {
        assert.equal(permalink(view), link);
        assert.deepEqual(readPermalink(link.slice(1)), view);
    }
});

test('a link that is mended by hand does no harm', () => {
    const cases: [string, Permalink][] = [
        ['?race=', { race: null, runner: null, at: null }],
        ['?race=r&runner=abc', { race: 'r', runner: null, at: null }],
        ['?race=r&at=-5', { race: 'r', runner: null, at: null }],
        ['?runner=1e3&x=y', { race: null, runner: null, at: null }],
    ];
    cases.forEach(([search, view]) => assert.deepEqual(readPermalink(search), view));
});

test('a frame keeps to its own page', () => {
    assert.equal(permalink({ race: 'r', runner: 2, at: null, embed: true }), '/?race=r&runner=2&embed=1');
    assert.equal(permalink({ race: 'r', runner: null, at: null, embed: false }), '/?race=r');
});
