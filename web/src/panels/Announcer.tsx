import { effect, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { locale, t } from '../i18n';
import * as format from '../model/format';
import type { AppState } from '../state';
import type { Watch } from '../watch';
import { beyondAlarm } from './alarm';

const QUIET_MS = 30_000;

/**
 * What a screen reader says by itself, and no more: that more people than before stay too long in the geofence, every half
 * minute at most, and what the chosen runner does. Figures that change every second are for who asks for them.
 */
export function Announcer({ state, watch }: { state: AppState; watch: Watch }) {
    const said = useSignal('');
    useEffect(() => {
        let told = 0;
        let toldMs = -Infinity;
        return effect(() => {
            const { beyond } = beyondAlarm(state);
            const now = performance.now();
            if (beyond > told && now - toldMs >= QUIET_MS) {
                toldMs = now;
                told = beyond;
                const time = format.shortTime(state.alarmS.value);
                said.value = t('announce.alarm', { count: format.number(beyond, locale.value), time });
            }
            told = Math.min(told, beyond);
        });
    }, [state.raceId.value]);
    useEffect(() => {
        let before = -1;
        return effect(() => {
            void state.fieldVersion.value;
            const bib = state.selected.value;
            const i = bib === null ? -1 : watch.field.numberOf(bib);
            const status = i < 0 ? -1 : watch.field.status[i]!;
            if (before >= 0 && status >= 0 && status !== before) {
                said.value = t('announce.runner', { bib: bib!, status: t(`status.${status as 0 | 1 | 2 | 3}`) });
            }
            before = status;
        });
    }, [state.selected.value]);
    return <p class="sr" role="status" data-announcer>{said.value}</p>;
}
