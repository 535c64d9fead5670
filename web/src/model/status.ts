// The badge in the header: one word and one shape for how true the picture is.
import type { LinkState } from '../wire/socket';
import type { RaceState } from '../wire/types';

export type Badge =
    | 'live' | 'frozen' | 'paused' | 'finished' | 'stopped' | 'failed' | 'scheduled' | 'reconnecting' | 'stale' | 'replay'
    | 'catching' | 'loading';

export interface Situation {
    link: LinkState;
    state: RaceState | null;
    /** The viewer stopped the picture. */
    frozen: boolean;
    replay: boolean;
    /** A part of the race comes later than the rest: the last complete picture stands. */
    catchingUp: boolean;
    /** Wall ms since the newest tick was due to follow, by our clock; 0 when in time. */
    lateMs: number;
    /** The map shows nobody yet: its course or the first positions have not arrived. */
    empty: boolean;
}

export const STALE_MS = 5_000;

const OF_STATE: Record<RaceState, Badge> = {
    scheduled: 'scheduled',
    running: 'live',
    paused: 'paused',
    stopped: 'stopped',
    finished: 'finished',
    failed: 'failed',
    deleted: 'stopped',
};

export function statusBadge(s: Situation): Badge {
    if (s.replay) {
        return 'replay';
    }
    if (s.frozen) {
        return 'frozen';
    }
    if (s.link === 'waiting' || s.link === 'refused') {
        return 'reconnecting';
    }
    if (!s.state || s.link === 'connecting') {
        return 'loading';
    }
    const p = OF_STATE[s.state];
    if (p === 'live' && s.catchingUp) {
        return 'catching';
    }
    return p !== 'live' ? p : s.lateMs > STALE_MS ? 'stale' : s.empty ? 'loading' : p;
}

/** A shape for each word, so that colour is never alone. */
export const SHAPE: Record<Badge, string> = {
    live: '●',
    frozen: '❚❚',
    paused: '❚❚',
    finished: '⚑',
    stopped: '■',
    failed: '✕',
    scheduled: '◷',
    reconnecting: '↻',
    stale: '▲',
    catching: '»',
    replay: '▶',
    loading: '…',
};
