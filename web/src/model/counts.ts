// How many are where: the one place where the page's counts come from, so that no two of them contradict each other.
import type { Board, RaceState } from '../wire/types';

/** Everybody once: notStarted + onCourse + out + finished = total. */
export interface Tally {
    total: number;
    /** Competitors without a position yet: all of them before the start. */
    notStarted: number;
    /** Running now, in the geofence too. */
    onCourse: number;
    /** The race was ended before they were home. */
    out: number;
    finished: number;
    /** Of those on course, or of those that are out. */
    inGeofence: number;
}

export interface Counted {
    state: RaceState;
    competitors: number;
}

const ENDED: RaceState[] = ['stopped', 'failed', 'deleted'];

/**
 * The counts of a race at the moment of a board. `replay`: the board is of an earlier moment, whatever the race is now.
 * null: there is no board, and the race is under status.
 */
export function tally(race: Counted | null, board: Pick<Board, 'asOf' | 'counts'> | null, replay: boolean): Tally | null {
    const scheduled = !replay && race?.state === 'scheduled';
    if (scheduled || (board && board.asOf.rawTime < 0)) {
        const total = board?.counts.competitors ?? race?.competitors ?? 0;
        return { total, notStarted: total, onCourse: 0, out: 0, finished: 0, inGeofence: 0 };
    }
    if (!board) {
        return null;
    }
    const { competitors, onCourse: running, finished, inGeofence } = board.counts;
    const total = Math.max(competitors, running + finished);
    const ended = !replay && race !== null && ENDED.includes(race.state);
    return {
        total, finished,
        notStarted: total - running - finished,
        onCourse: ended ? 0 : running,
        out: ended ? running : 0,
        inGeofence: Math.min(inGeofence, running),
    };
}
