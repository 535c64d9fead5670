// Two kinds of inactivity. Stale: no events come any more. Still: events come, and the position stays the same. A competitor
// without events may be anywhere, so stale is never taken for still.

/** Raw seconds from which on it is shown. Less may be a late tick or a tied shoe. */
export const INACTIVE_FROM_S = 10;

export interface Inactivity {
    kind: 'stale' | 'still';
    /** For how many raw seconds. */
    s: number;
}

/**
 * `asOfS` is the moment of the table, `rawTime` that of the competitor's own latest event, `stillS` how long the distance has
 * been the same.
 */
export function inactivityOf(asOfS: number, rawTime: number, stillS: number): Inactivity | null {
    const silentS = asOfS - rawTime;
    if (silentS >= INACTIVE_FROM_S) {
        return { kind: 'stale', s: silentS };
    }
    const s = stillS - Math.max(0, silentS);
    return s >= INACTIVE_FROM_S ? { kind: 'still', s } : null;
}
