// The panel beside an embedded map: counts and the first ten.
import { useEffect } from 'preact/hooks';
import { locale, t } from '../i18n';
import type { LiveMap } from '../map/livemap';
import * as format from '../model/format';
import { hasFinished } from '../model/row';
import type { AppState } from '../session/state';
import type { BoardRow } from '../wire/types';
import type { RaceSession } from '../session/raceSession';

/** The whole page of the same race, runner and moment: the address follows the first two. */
function wholePage(state: AppState): string {
    void state.raceId.value;
    void state.selected.value;
    const query = new URLSearchParams(location.search);
    query.delete('embed');
    if (state.replay.value) {
        query.set('at', String(Number.isFinite(state.drawnMs.value) ? state.drawnMs.value / 1000 : state.replay.value.fromS));
    }
    return `/?${query}`;
}

function Counts({ state }: { state: AppState }) {
    const counts = state.counts.value;
    const ended = (counts?.out ?? 0) > 0;
    const n = (value: number | undefined): string => (value === undefined ? '–' : format.number(value, locale.value));
    return (
        <ul class="embed-counts" aria-label={t('map.legend')}>
            <li><span class="dot on-course" aria-hidden="true">●</span> {t(ended ? 'count.didNotFinish' : 'count.onCourse')} <strong data-count="on-course">{n(ended ? counts?.out : counts?.onCourse)}</strong></li>
            <li><span class="dot in-geofence" aria-hidden="true">◆</span> {t('count.ofTheseInGeofence')} <strong data-count="in-geofence">{n(counts?.inGeofence)}</strong></li>
            <li><span class="dot finished" aria-hidden="true">■</span> {t('count.finished')} <strong data-count="finished">{n(counts?.finished)}</strong></li>
        </ul>
    );
}

/** The distance so far, or the time of a finisher. */
function progress(state: AppState, session: RaceSession, row: BoardRow): string {
    const units = state.units.value;
    const home = hasFinished(row, session.competitors.statusOf(row.competitorId));
    return home ? format.raceTime(row.rawTime) : `${format.distance(row.distance, units, locale.value)} ${t(`unit.${units}`)}`;
}

function Leaders({ state, session }: { state: AppState; session: RaceSession }) {
    void state.tablesVersion.value;
    const board = state.board.value;
    const rows = board?.leaders.slice(0, 10) ?? [];
    const named = state.named.value;
    if (rows.length === 0) {
        return <p class="empty">{t(board ? 'board.empty.leaders' : 'board.loading')}</p>;
    }
    return (
        <div class="embed-scroll" role="region" aria-label={t('board.leaders')} tabIndex={0}>
            <table>
                <caption class="sr">{t('board.leaders')}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t('col.rank')}</th>
                        <th scope="col">{t('col.bib')}</th>
                        {named && <th scope="col" class="col-name">{t('col.name')}</th>}
                        <th scope="col">{t('embed.progress')}</th>
                    </tr>
                </thead>
                <tbody>
                    {rows.map((row) => (
                        <tr key={row.competitorId} data-bib={row.competitorId}>
                            <td>{row.rank}</td>
                            <th scope="row">{row.competitorId}</th>
                            {named && <td class="col-name">{session.competitors.roster.nameOf(session.competitors.numberOf(row.competitorId))}</td>}
                            <td>{progress(state, session, row)}</td>
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}

/** A page that scrolls around the map keeps its wheel and its one finger; buttons and two fingers zoom. */
function leavePageItsGestures(live: LiveMap): void {
    live.map.scrollWheelZoom.disable();
    if (matchMedia('(pointer: coarse)').matches) {
        live.map.dragging.disable();
    }
}

/** What is beside the map in a frame of another site's page: nothing here changes a race. */
export function EmbedSide({ state, session, handle }: { state: AppState; session: RaceSession; handle: { current: LiveMap | null } }) {
    useEffect(() => {
        if (handle.current) {
            leavePageItsGestures(handle.current);
        }
    }, []);
    return (
        <>
            <Counts state={state} />
            <Leaders state={state} session={session} />
            <p class="embed-foot"><a href={wholePage(state)} target="_blank" rel="noopener">{t('embed.open')}</a></p>
        </>
    );
}
