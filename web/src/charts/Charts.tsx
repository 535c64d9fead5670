// The place of the charts in the side panel. What draws them is loaded when they are open and the first dots are there.
import { useComputed, useSignal } from '@preact/signals';
import { t } from '../i18n';
import { lazy } from '../ui/lazy';
import type { AppState } from '../session/state';
import type { RaceSession } from '../session/raceSession';

const ROOMY = '(min-width: 1001px) and (min-height: 1040px)';

const ChartArea = lazy(() => import('./ChartArea').then((m) => m.ChartArea));

export function Charts({ state, session }: { state: AppState; session: RaceSession }) {
    const open = useSignal(matchMedia(ROOMY).matches);
    const dots = useComputed(() => state.drawnMs.value > -Infinity).value;
    return (
        <details class="chart-area" open={open.value} onToggle={(e) => { open.value = e.currentTarget.open; }}>
            <summary>{t('charts.title')}</summary>
            {open.value && (dots
                ? <ChartArea state={state} session={session} />
                : <p class="chart-empty soft">{t('charts.empty.waiting')}</p>)}
        </details>
    );
}
