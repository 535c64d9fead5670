// The bar at the bottom: the rate of the tables, and the replay.
import { t } from '../i18n';
import type { AppState } from '../session/state';
import type { RaceSession } from '../session/raceSession';
import { ReplayBar } from './ReplayBar';

const RATES = [1, 2, 5, 10, 0];

function TableRate({ state, session }: { state: AppState; session: RaceSession }) {
    const choose = (event: Event): void => {
        state.refreshS.value = Number((event.currentTarget as HTMLSelectElement).value);
        session.boards.refresh();
    };
    return (
        <label class="inline">
            <span>{t('updates.rate')}</span>
            <select value={String(state.refreshS.value)} onChange={choose} data-rate>
                {RATES.map((s) => (
                    <option key={s} value={String(s)}>{s === 0 ? t('updates.off') : t('updates.every', { seconds: s })}</option>
                ))}
            </select>
        </label>
    );
}

/** How often the tables change, and the race from its start to now. */
export function Controls({ state, session }: { state: AppState; session: RaceSession }) {
    return (
        <>
            <div class="race-controls">
                <TableRate state={state} session={session} />
            </div>
            <div class="replay">
                <ReplayBar state={state} session={session} />
            </div>
        </>
    );
}
