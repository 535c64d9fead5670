import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepFollowed, MOST_FOLLOWED, unfollow } from '../src/session/follow';
import { createState } from '../src/session/state';
import { doubtOf, inDoubt } from '../src/session/lateness';

function tied(): ReturnType<typeof createState> {
    const state = createState();
    keepFollowed(state);
    return state;
}

test('who is to be followed joins the others; choosing another one does not', () => {
    const s = tied();
    s.selected.value = 7;
    assert.deepEqual([s.followed.value, s.follow.value], [[], false]);
    s.follow.value = true;
    assert.deepEqual(s.followed.value, [7]);
    s.selected.value = 8;
    assert.deepEqual([s.followed.value, s.follow.value], [[7], false], 'a look at another one');
    s.follow.value = true;
    assert.deepEqual(s.followed.value, [7, 8]);
    s.selected.value = 7;
    assert.equal(s.follow.value, true, 'back to one who is followed');
    s.follow.value = false;
    assert.deepEqual(s.followed.value, [8]);
    s.selected.value = null;
    assert.deepEqual([s.followed.value, s.follow.value], [[8], false], 'nobody selected: the tails stay');
});

test('the list is let go runner by runner, and with the race', () => {
    const s = tied();
    for (let bib = 1; bib <= MOST_FOLLOWED + 2; bib++) {
        s.selected.value = bib;
        s.follow.value = true;
    }
    assert.equal(s.followed.value.length, MOST_FOLLOWED);
    assert.equal(s.followed.value[0], 3, 'the first make room');
    unfollow(s, MOST_FOLLOWED + 2);
    assert.deepEqual([s.follow.value, s.followed.value.length], [false, MOST_FOLLOWED - 1]);
    s.raceId.value = 'another';
    assert.deepEqual(s.followed.value, []);
});

test('doubt grows with how late a tick is, and never in a replay', () => {
    const cases: [number, number][] = [[0, 0], [2_999, 0], [3_000, 0.4], [13_000, 0.7], [23_000, 1], [900_000, 1]];
    cases.forEach(([ms, doubt]) => assert.equal(doubtOf(ms), doubt, `${ms} ms`));
    const s = createState();
    assert.equal(inDoubt(s), false);
    s.stale.value = true;
    assert.equal(inDoubt(s), true);
    s.replay.value = { fromS: 0, speed: 1, playing: false };
    assert.equal(inDoubt(s), false);
});
