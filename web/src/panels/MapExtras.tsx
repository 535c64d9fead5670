// What may lie over the map: the followed competitors, the tip of the dot under the pointer, the age of old positions, the
// attribution of the base map.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import * as api from '../wire/api';
import { unfollow } from '../session/follow';
import { counted, locale, t } from '../i18n';
import * as format from '../model/format';
import { STALE } from '../wire/frame';
import type { AppState } from '../session/state';
import { DOUBT_FROM_MS, inDoubt } from '../session/lateness';
import type { RaceSession } from '../session/raceSession';

/** A dot and where it is in the map's box. */
export interface Pointed {
    number: number;
    x: number;
    y: number;
}

interface Props {
    state: AppState;
    session: RaceSession;
}

function Chip({ state, session, bib }: Props & { bib: number }) {
    void state.tablesVersion.value; // names may arrive later
    const name = session.competitors.roster.nameOf(session.competitors.numberOf(bib));
    return (
        <li class={`chip ${state.selected.value === bib ? 'selected' : ''}`}>
            <button type="button" aria-pressed={state.selected.value === bib} onClick={() => { state.selected.value = bib; }}>
                {name === '' ? bib : `${bib} ${name}`}
            </button>
            <button type="button" aria-label={t('followed.remove', { bib })} onClick={() => unfollow(state, bib)}>×</button>
        </li>
    );
}

/** The followed competitors, and the button of their virtual mass start. */
function Followed({ state, session }: Props) {
    const virtualStart = state.virtualStart.value;
    return (
        <div class="followed">
            <ul class="chips" aria-label={t('followed.label')}>
                {state.followed.value.map((bib) => <Chip key={bib} state={state} session={session} bib={bib} />)}
            </ul>
            <button type="button" aria-pressed={virtualStart !== null} title={t('virtualStart.title')} data-virtual-start
                onClick={() => void session.replay.virtualStart(virtualStart === null)}>
                {t('virtualStart.start')}
            </button>
            {virtualStart && (
                <p class="virtual-start" role="status">
                    <span aria-hidden="true">⚑ </span>{counted('virtualStart.label', virtualStart.count)}
                </p>
            )}
        </div>
    );
}

// How old a stale position is, in seconds; asked for once, null: not known yet.
function useAge(state: AppState, bib: number, stale: boolean): number | null {
    const seconds = useSignal<number | null>(null);
    useEffect(() => {
        seconds.value = null;
        const race = state.race.peek();
        if (stale && race) {
            void api.getCompetitor(race.runId, bib).then((c) => { seconds.value = state.newestS.peek() - c.rawTime; }, () => undefined);
        }
    }, [bib, stale]);
    return seconds.value;
}

/** Bib, place and age of the dot under the pointer. */
function Tip({ state, session, pointed }: Props & { pointed: Pointed }) {
    const { competitors } = session;
    const { number, x, y } = pointed;
    const bib = competitors.roster.bibOf(number);
    const name = competitors.roster.nameOf(number);
    const units = state.units.value;
    const stale = !state.replay.value && competitors.sent !== null && competitors.sent[number]! >= STALE;
    const seconds = useAge(state, bib, stale);
    if (number >= competitors.n) {
        return null;
    }
    return (
        <div class="tip" style={{ left: `${x}px`, top: `${y}px` }} aria-hidden="true" data-tip={bib}>
            <strong>{t('competitor.title', { bib })}{name !== '' && ` · ${name}`}</strong>
            <span>{t(`status.${competitors.status[number] as 0 | 1 | 2 | 3}`)} · {format.distance(competitors.metres(number), units, locale.value)} {t(`unit.${units}`)}</span>
            {stale && <span class="warm">◌ {t('doubt.stale', { seconds: seconds === null ? '≥ 10' : format.number(seconds, locale.value) })}</span>}
        </div>
    );
}

/** How old the positions on the map are, where they are older than they should be. */
function Age({ state }: { state: AppState }) {
    const late = state.lateMs.value;
    const race = state.race.value;
    if (late < DOUBT_FROM_MS || !race || state.replay.value) {
        return null;
    }
    const seconds = Math.round((late + 1_000 / race.anchor.speed) / 1_000);
    return (
        <p class="map-age warm" data-age={seconds}>
            <span aria-hidden="true">◌ </span>{t('doubt.age', { seconds: format.number(seconds, locale.value) })}
        </p>
    );
}

export function MapExtras({ state, session, pointed, baseFailed }: Props & { pointed: Pointed | null; baseFailed: boolean }) {
    const { tiles, attribution, tilesTrouble } = state.config.value;
    const noBase = Boolean(tilesTrouble) || (baseFailed && tiles !== null && !state.plain.value);
    return (
        <>
            {tiles && attribution && !noBase && !state.plain.value && <p class="attribution">{attribution}</p>}
            {noBase && <p class="attribution no-base" role="status"><span aria-hidden="true">▲ </span>{t('map.noBase')}</p>}
            <Age state={state} />
            {state.followed.value.length > 0 && <Followed state={state} session={session} />}
            {pointed && <Tip state={state} session={session} pointed={pointed} />}
        </>
    );
}

/** What the legend says besides the three states. */
export function LegendMore({ state }: { state: AppState }) {
    return (
        <>
            {inDoubt(state) && <li data-legend="doubt"><span class="dot on-course" aria-hidden="true">◌</span>{t('doubt.legend')}</li>}
            {state.followed.value.length > 0 && state.tailS.value !== 0
                && <li data-legend="tail"><span class="dot tail" aria-hidden="true">━</span>{t('followed.tail')}</li>}
        </>
    );
}
