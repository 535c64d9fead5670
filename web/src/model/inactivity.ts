// What a runner's events say of trouble: none come any more, or they come and say the same place. Silence is never taken
// for standing still: who is not heard of may be anywhere.

/** Raw seconds from which on it is worth a word: less is a tick that is late, or a shoe that is tied. */
export const INACTIVE_FROM_S = 10;

export interface Inactivity {
    kind: 'stale' | 'still';
    /** For how many raw seconds. */
    s: number;
}

/**
 * `asOfS` is the moment of the table, `rawTime` that of the runner's own latest event, `stillS` how long the distance has
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
