// The lag waterfall: how late the data are at each hop, how far behind the map is drawn by choice, and what the server
// says of the status. What draws it is loaded when it is opened.
import { useSignal } from '@preact/signals';
import { t } from '../i18n';
import { lazy } from '../ui/lazy';
import type { AppState } from '../session/state';
import type { RaceSession } from '../session/raceSession';

const LagWaterfall = lazy(() => import('./LagWaterfall').then((m) => m.LagWaterfall));

export function Lag({ state, session }: { state: AppState; session: RaceSession }) {
    const open = useSignal(false);
    return (
        <details class="lag-panel" onToggle={(e) => { open.value = e.currentTarget.open; }}>
            <summary>{t('hops.title')}</summary>
            {open.value && <LagWaterfall state={state} session={session} />}
        </details>
    );
}
