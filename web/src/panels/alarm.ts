import type { AppState } from '../state';

/**
 * How many of the board have been in the geofence for longer than the viewer's line; `more`: at least so many, for the
 * list ends before the line does.
 */
export function beyondAlarm(state: AppState): { beyond: number; more: boolean } {
    const rows = state.board.value?.geofence ?? [];
    const beyond = rows.filter((r) => (r.dwell ?? 0) >= state.alarmS.value).length;
    return { beyond, more: beyond > 0 && beyond === rows.length && beyond < (state.board.value?.counts.inGeofence ?? 0) };
}
