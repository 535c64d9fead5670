// Tells a screen reader what changed: a new mark, the status of the selected competitor.
import { effect, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { counted, t } from '../i18n';
import type { AppState } from '../session/state';
import type { RaceSession } from '../session/raceSession';

const QUIET_MS = 30_000;

/**
 * What a screen reader reads out by itself: that more competitors than before are marked, every half minute at most, and the
 * status of the selected competitor when it changes. Figures that change every second are not read out.
 */
export function Announcer({ state, session }: { state: AppState; session: RaceSession }) {
    const said = useSignal('');
    useEffect(() => {
        let told = 0;
        let toldMs = -Infinity;
        return effect(() => {
            const marked = state.alarm.value.count;
            const now = performance.now();
            if (marked > told && now - toldMs >= QUIET_MS) {
                toldMs = now;
                told = marked;
                said.value = counted('announce.alarm', marked);
            }
            told = Math.min(told, marked);
        });
    }, [state.raceId.value]);
    useEffect(() => {
        let before = -1;
        return effect(() => {
            void state.tablesVersion.value;
            const bib = state.selected.value;
            const i = bib === null ? -1 : session.competitors.numberOf(bib);
            const status = i < 0 ? -1 : session.competitors.status[i]!;
            if (before >= 0 && status >= 0 && status !== before) {
                said.value = t('announce.runner', { bib: bib!, status: t(`status.${status as 0 | 1 | 2 | 3}`) });
            }
            before = status;
        });
    }, [state.selected.value]);
    return <p class="sr" role="status" data-announcer>{said.value}</p>;
}
