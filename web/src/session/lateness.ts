// How late the newest tick is. Positions that are older than they should be are in doubt, and the page says so.
import type { Anchor, Race } from '../wire/types';
import type { AppState } from './state';

/** From this lateness on the positions are in doubt, and from that one on completely. */
export const DOUBT_FROM_MS = 3_000;
const DOUBT_FULL_MS = 23_000;

/** Some position that is shown as the present is older than it should be. */
export function inDoubt(state: AppState): boolean {
    return !state.replay.value && (state.stale.value || state.lateMs.value >= DOUBT_FROM_MS);
}

/** 0 … 1 in tenths, so that it does not change all the time. */
export function doubtOf(lateMs: number): number {
    return lateMs < DOUBT_FROM_MS ? 0 : Math.min(1, 0.4 + Math.round((6 * (lateMs - DOUBT_FROM_MS)) / (DOUBT_FULL_MS - DOUBT_FROM_MS)) / 10);
}

/** When a raw second of the race is due, ms since 1970 by the server's clock. */
export function dueMs(anchor: Anchor, rawTime: number): number {
    return anchor.wallMs + ((rawTime - anchor.rawTime) * 1000) / anchor.speed;
}

export function sameAnchor(a: Anchor | undefined, b: Anchor | undefined): boolean {
    return a?.wallMs === b?.wallMs && a?.rawTime === b?.rawTime && a?.speed === b?.speed;
}

/** How late the tick after `newestS` (-1: none came yet) is, in ms; 0 while the race does not run. `openMs`: how long the socket has been open. */
export function latenessMs(race: Race | null, newestS: number, serverNowMs: number, openMs: number): number {
    if (race?.state !== 'running') {
        return 0;
    }
    const overdue = serverNowMs - dueMs(race.anchor, newestS + 1);
    // Before the first tick nothing is later than it has been waited for.
    return newestS < 0 ? Math.min(overdue, openMs) : overdue;
}
