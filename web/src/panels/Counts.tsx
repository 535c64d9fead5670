// How many competitors are on the course, in the geofence and finished.
import { counted, locale, t } from '../i18n';
import * as format from '../model/format';
import type { AppState } from '../session/state';

/** Finished and not, with a bar; and how many are where. */
export function Counts({ state }: { state: AppState }) {
    const board = state.board.value;
    const counts = state.counts.value;
    const total = counts?.total ?? state.race.value?.competitors ?? 0;
    const finished = counts?.finished ?? 0;
    const ended = (counts?.out ?? 0) > 0;
    const n = (value: number | undefined): string => (value === undefined ? '–' : format.number(value, locale.value));
    const leader = board?.leaders[0];
    return (
        <section class="counts" aria-label={t('count.finished')}>
            <div class="card wide">
                <div class="counts-line">
                    <span class="card-label">{t('count.finished')}</span>
                    <strong class="big" data-count="finished">{n(counts?.finished)}</strong>
                    <span class="soft">
                        {t('count.finishedOf', { total: format.number(total, locale.value), percent: format.percent(finished, total, locale.value) })}
                    </span>
                    <span class="grow" />
                    <span class="soft" data-count="not-finished">{counted('count.notFinished', total - finished)}</span>
                </div>
                <progress max={Math.max(1, total)} value={finished} aria-label={t('count.finished')} />
            </div>
            <div class="card">
                <div class="card-label"><span class="dot on-course" aria-hidden="true">●</span> {t(ended ? 'count.didNotFinish' : 'count.onCourse')}</div>
                <strong class="big" data-count="on-course">{n(ended ? counts?.out : counts?.onCourse)}</strong>
                {counts !== null && counts.notStarted > 0
                    && <div class="soft" data-count="not-started">{counted('count.part.notStarted', counts.notStarted)}</div>}
            </div>
            <div class="card">
                <div class="card-label"><span class="dot in-geofence" aria-hidden="true">◆</span> {t('count.ofTheseInGeofence')}</div>
                <strong class={`big ${counts && counts.inGeofence > 0 ? 'warm' : ''}`} data-count="in-geofence">{n(counts?.inGeofence)}</strong>
            </div>
            <div class="card">
                <div class="card-label">{t('count.leader')}</div>
                <strong class="big">{leader ? String(leader.competitorId) : '–'}</strong>
            </div>
        </section>
    );
}
