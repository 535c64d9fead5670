// Since when each competitor stands still, for the tables and the card: updated whenever the tables change, and
// for the time before the page was opened from the race's history, asked for once.
import { effect } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { Stationary } from '../model/stationary';
import type { AppState } from '../session/state';
import type { RaceSession } from '../session/raceSession';
import { takeAlarm } from './alarm';
import { pastFrames, pastStepS } from '../wire/pastFrames';

const BACK_S = 600;
const BUDGET = { bytes: 2e6, least: 4, most: 60 };

async function lookBack(stationary: Stationary, runId: string, n: number): Promise<void> {
    const toS = stationary.firstS;
    const frames = await pastFrames(runId, Math.max(0, toS - BACK_S), toS, pastStepS(BACK_S, n, BUDGET));
    if (stationary.firstS === toS) {
        stationary.past(frames);
    }
}

/** The past is asked for while the geofence's board is open or a competitor is selected. */
export function useStationary(state: AppState, session: RaceSession): Stationary {
    const runId = state.raceId.value;
    const stationary = useMemo(() => new Stationary(), [runId]);
    useEffect(() => {
        let askedS = -1;
        return effect(() => {
            void state.tablesVersion.value;
            stationary.take(session.competitors);
            takeAlarm(state, session, stationary);
            const wanted = state.tab.value === 'geofence' || state.selected.value !== null;
            if (wanted && runId !== null && stationary.firstS > 0 && stationary.firstS !== askedS) {
                askedS = stationary.firstS;
                lookBack(stationary, runId, session.competitors.n).then(() => { state.tablesVersion.value++; }, () => undefined);
            }
        });
    }, [stationary]);
    return stationary;
}
