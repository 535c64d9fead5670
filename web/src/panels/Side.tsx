import { useSignal } from '@preact/signals';
import { t } from '../i18n';
import { lazy } from '../lazy';
import type { AppState } from '../state';
import type { Watch } from '../watch';
import { Boards } from './Boards';
import { Counts } from './Counts';
import { RaceFacts } from './RaceFacts';
import { Runner } from './Runner';
import { Settings } from './Settings';

const Charts = lazy(() => import('./Charts').then((m) => m.Charts));

/** Everything beside the map; loaded while the first dots are on their way. */
export function Side({ state, watch }: { state: AppState; watch: Watch }) {
    const shown = useSignal(false);
    return (
        <>
            <Counts state={state} />
            <Runner state={state} watch={watch} />
            <Boards state={state} watch={watch} />
            <details class="charts" onToggle={(e) => { shown.value = e.currentTarget.open; }}>
                <summary>{t('chart.title')}</summary>
                {shown.value && <Charts state={state} watch={watch} />}
            </details>
            <RaceFacts state={state} />
            <Settings state={state} />
        </>
    );
}
