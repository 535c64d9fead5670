// Marks competitors who need attention, whenever the tables change.
import { alarmOf, NO_ALARM } from '../model/alarm';
import type { Stationary } from '../model/stationary';
import type { AppState } from '../session/state';
import type { RaceState } from '../wire/types';
import type { RaceSession } from '../session/raceSession';

const UNDER_WAY: RaceState[] = ['running', 'paused'];

/** Looks at the whole field and writes who is marked into the state. A race that is over alarms nobody, a replay does. */
export function takeAlarm(state: AppState, session: RaceSession, stationary: Stationary): void {
    const race = state.race.peek();
    const wanted = race !== null && session.competitors.n > 0 && (state.replay.peek() !== null || UNDER_WAY.includes(race.state));
    const rule = {
        fixedS: state.alarmS.value,
        spans: state.course.peek()?.trackside.geofenceSpans ?? [],
        slowest: race?.slowest ?? 0,
    };
    state.alarm.value = wanted ? alarmOf(session.competitors, (i) => stationary.forS(i), rule) : NO_ALARM;
}
