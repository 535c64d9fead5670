import { locale, t } from '../i18n';
import * as format from '../model/format';
import type { AppState } from '../state';
import type { BoardRow } from '../types';

function rowOf(state: AppState, bib: number): BoardRow | null {
    const b = state.board.value;
    const lists = b ? [b.leaders, b.front, b.back, b.geofence, b.justFinished] : [];
    for (const list of lists) {
        const row = list.find((r) => r.competitorId === bib);
        if (row) {
            return row;
        }
    }
    return null;
}

/** The one who is chosen on the map or in a table. */
export function Runner({ state }: { state: AppState }) {
    const bib = state.selected.value;
    if (bib === null) {
        return null;
    }
    const row = rowOf(state, bib);
    const units = state.units.value;
    return (
        <section class="card runner" aria-label={t('runner.title', { bib })}>
            <div class="row">
                <h2>{t('runner.title', { bib })}</h2>
                <span class="grow" />
                <button type="button" aria-pressed={state.follow.value} onClick={() => { state.follow.value = !state.follow.value; }}>
                    {t(state.follow.value ? 'runner.unfollow' : 'runner.follow')}
                </button>
                <button type="button" class="quiet" aria-label={t('runner.close')} onClick={() => { state.selected.value = null; }}>×</button>
            </div>
            {row
                ? (
                    <dl class="figures">
                        <div><dt>{t('runner.rank')}</dt><dd>{row.rank}</dd></div>
                        <div>
                            <dt>{t('col.distance', { unit: t(`unit.${units}`) })}</dt>
                            <dd>{format.distance(row.distance, units, locale.value)}</dd>
                        </div>
                        <div><dt>{t('col.pace', { unit: t(`unit.${units}`) })}</dt><dd>{format.pace(row.pacePerKm, units)}</dd></div>
                        <div><dt>{t('col.time')}</dt><dd>{format.raceTime(row.rawTime)}</dd></div>
                    </dl>
                )
                : <p class="soft">{t('runner.none', { bib })}</p>}
        </section>
    );
}
