// Marks competitors who need attention, whenever the tables change.
import { alarmOf, NO_ALARM } from '../model/alarm';
import type { Stationary } from '../model/stationary';
import type { AppState } from '../session/state';
import type { RaceState } from '../wire/types';
import type { RaceSession } from '../session/raceSession';

const UNDER_WAY: RaceState[] = ['running', 'paused'];

/** Checks all competitors and writes the marks into the state. In a race that is over nobody is marked, in a replay of it yes. */
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
