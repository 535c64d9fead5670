// Since when everybody stands, for the tables and the runner's card: taken from the field whenever the tables change, and
// for the time before the page was opened from the race's history, asked for once.
import { effect } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import * as api from '../wire/api';
import { Stillness } from '../model/stationary';
import type { AppState } from '../session/state';
import type { Watch } from '../session/raceSession';
import type { PositionFrame } from '../wire/frame';
import { takeAlarm } from './alarm';
import { decodeFrames } from '../wire/frame';

const BACK_S = 600;
const BACK_BYTES = 2_000_000;
const MAX_TICKS = 60;

async function lookBack(stillness: Stillness, runId: string, n: number): Promise<void> {
    const toS = stillness.firstS;
    const ticks = Math.max(4, Math.min(MAX_TICKS, Math.floor(BACK_BYTES / Math.max(1, n))));
    const bytes = await api.getFrames(runId, Math.max(0, toS - BACK_S), toS, Math.ceil(BACK_S / ticks), new AbortController().signal);
    if (stillness.firstS === toS) {
        stillness.past(decodeFrames(bytes).filter((f): f is PositionFrame => f.kind === 1 || f.kind === 2));
    }
}

/** The past is asked for while the geofence's board is open or somebody is chosen. */
export function useStillness(state: AppState, watch: Watch): Stillness {
    const runId = state.raceId.value;
    const stillness = useMemo(() => new Stillness(), [runId]);
    useEffect(() => {
        let askedS = -1;
        return effect(() => {
            void state.fieldVersion.value;
            stillness.take(watch.field);
            takeAlarm(state, watch, stillness);
            const wanted = state.tab.value === 'geofence' || state.selected.value !== null;
            if (wanted && runId !== null && stillness.firstS > 0 && stillness.firstS !== askedS) {
                askedS = stillness.firstS;
                lookBack(stillness, runId, watch.field.n).then(() => { state.fieldVersion.value++; }, () => undefined);
            }
        });
    }, [stillness]);
    return stillness;
}
