import assert from 'node:assert/strict';
import { test } from 'node:test';
import en from '../src/i18n/en.json';
import { statusBadge, SHAPE } from '../src/model/status';
import type { Badge, Situation } from '../src/model/status';

const LIVE: Situation = { link: 'open', state: 'running', frozen: false, replay: false, catchingUp: false, lateMs: 0, empty: false };

test('the statusBadge says how true the picture is', () => {
    const cases: [Partial<Situation>, Badge][] = [
        [{}, 'live'],
        [{ lateMs: 4000 }, 'live'],
        [{ lateMs: 6000 }, 'stale'],
        [{ catchingUp: true, lateMs: 6000 }, 'catching'],
        [{ catchingUp: true, state: 'finished' }, 'finished'],
        [{ catchingUp: true, link: 'waiting' }, 'reconnecting'],
        [{ empty: true }, 'loading'],
        [{ empty: true, lateMs: 6000 }, 'stale'],
        [{ empty: true, state: 'paused' }, 'paused'],
        [{ state: 'paused', lateMs: 60_000 }, 'paused'],
        [{ state: 'finished' }, 'finished'],
        [{ state: 'stopped' }, 'stopped'],
        [{ state: 'failed' }, 'failed'],
        [{ state: 'scheduled' }, 'scheduled'],
        [{ state: 'deleted' }, 'stopped'],
        [{ link: 'waiting' }, 'reconnecting'],
        [{ link: 'refused' }, 'reconnecting'],
        [{ link: 'connecting' }, 'loading'],
        [{ link: 'connecting', state: null }, 'loading'],
        [{ frozen: true, link: 'waiting' }, 'frozen'],
        [{ replay: true, frozen: true }, 'replay'],
    ];
    cases.forEach(([change, want]) => assert.equal(statusBadge({ ...LIVE, ...change }), want, JSON.stringify(change)));
});

test('each word has a shape of its own kind and a text', () => {
    for (const name of Object.keys(SHAPE) as Badge[]) {
        assert.ok(SHAPE[name].length > 0);
        assert.ok(`badge.${name}` in en, name);
    }
    assert.notEqual(SHAPE.live, SHAPE.reconnecting);
});
