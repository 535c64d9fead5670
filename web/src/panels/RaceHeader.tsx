// The header: which race, its clock, how true the picture is, and how late.
import { locale, t } from '../i18n';
import { chooseRemembered } from '../session/follow';
import { sayReason } from '../i18n/say';
import * as format from '../model/format';
import { SHAPE } from '../model/status';
import { lazy, whenIdle } from '../ui/lazy';
import { permalink } from '../session/permalink';
import { embedded } from '../session/route';
import { courseName } from '../session/state';
import type { AppState } from '../session/state';
import type { Race } from '../wire/types';
import type { RaceSession } from '../session/raceSession';

const Manage = lazy(() => whenIdle().then(() => import('./Manage')).then((m) => m.Manage));

const LONG_S = 120;

export function raceLabel(state: AppState, race: Race): string {
    return t('race.option', { course: courseName(state, race.course), time: format.moment(race.startTime, locale.value, 'short') });
}

function RaceSelect({ state, session }: { state: AppState; session: RaceSession }) {
    const choose = (event: Event): void => {
        const id = (event.currentTarget as HTMLSelectElement).value;
        state.trouble.value = null;
        history.pushState(null, '', permalink({ race: id, runner: null, at: null }));
        state.raceId.value = id;
        session.follow(id);
        chooseRemembered(state);
    };
    const races = state.races.value ?? [];
    return (
        <select class="race-select" aria-label={t('nav.races')} value={state.raceId.value ?? ''} onChange={choose}
            disabled={races.length === 0}>
            {state.raceId.value === null && <option value="">–</option>}
            {races.map((race) => <option key={race.runId} value={race.runId}>{raceLabel(state, race)}</option>)}
        </select>
    );
}

function RaceClock({ state }: { state: AppState }) {
    const raceMs = state.drawnMs.value;
    const s = Number.isFinite(raceMs) ? raceMs / 1000 : 0;
    const startsIn = state.startsInS.value;
    if (startsIn !== null) {
        return <span class="race-clock soon" role="timer">{t('race.scheduled', { time: format.raceTime(startsIn) })}</span>;
    }
    return <span class="race-clock" role="timer" aria-label={t('clock.label')}>{format.raceTime(s)}</span>;
}

function staleHint(seconds: number): string {
    return seconds < LONG_S ? t('badge.hint.stale', { seconds }) : t('badge.hint.staleLong', { time: format.raceTime(seconds) });
}

// What the word in the badge means here; '' where the word says it all.
function hint(state: AppState): string {
    const badge = state.statusBadge.value;
    const time = format.raceTime(Number.isFinite(state.drawnMs.value) ? state.drawnMs.value / 1000 : null);
    return badge === 'reconnecting' ? t('badge.hint.reconnecting', { time })
        : badge === 'stale' ? staleHint(Math.round(state.lateMs.value / 1000))
        : badge === 'catching' ? t('badge.hint.catching', { time: format.raceTime(state.board.value?.asOf.rawTime ?? null) })
        : badge === 'frozen' ? t('badge.hint.frozen')
        : badge === 'paused' && state.race.value?.reason ? t('race.reason', { reason: sayReason(state.race.value.reason) })
        : '';
}

/** The picture is old: why stands in the place of the lag. */
function isOld(state: AppState): boolean {
    return ['reconnecting', 'stale', 'catching'].includes(state.statusBadge.value);
}

function StatusBadge({ state }: { state: AppState }) {
    const badge = state.statusBadge.value;
    const why = hint(state);
    return (
        <span class={`status-badge badge-${badge}`} title={why} data-badge={badge}>
            <span aria-hidden="true">{SHAPE[badge]}</span> <span role="status">{t(`badge.${badge}`)}</span>
            {why !== '' && !isOld(state) && <span class="sr">{why}</span>}
        </span>
    );
}

function LagText({ state }: { state: AppState }) {
    const behind = state.behindMs.value;
    if (isOld(state)) {
        return <span class="lag why">{hint(state)}</span>;
    }
    if (state.replay.value || (state.lagMs.value === null && state.race.value?.state !== 'running')) {
        return <span class="lag" />; // its line, where it has one, stays
    }
    return (
        <span class="lag" title={t('lag.title')}>
            <span data-lag>{t('lag.now', { lag: format.lag(state.lagMs.value, locale.value) })}</span>
            {behind !== null && <span data-behind>{' · '}{t('lag.behind', { seconds: format.number(behind / 1000, locale.value, 1) })}</span>}
        </span>
    );
}

function RaceState({ state }: { state: AppState }) {
    return (
        <>
            <RaceClock state={state} />
            <StatusBadge state={state} />
            <LagText state={state} />
        </>
    );
}

/** Without any race there is nothing to choose, to time or to hold. */
export function RaceHeader({ state, session }: { state: AppState; session: RaceSession }) {
    const race = state.race.value;
    const none = state.races.value?.length === 0 && state.raceId.value === null;
    return (
        <header class="top">
            <h1 class={embedded ? '' : 'sr'}>{embedded && race ? courseName(state, race.course) : t('app.title')}</h1>
            {!embedded && !none && <RaceSelect state={state} session={session} />}
            {!none && <RaceState state={state} />}
            {!embedded && (
                <>
                    <span class="grow" />
                    {!none && (
                        <button type="button" class="updates" aria-label={t(state.frozen.value ? 'updates.resume' : 'updates.pause')} aria-pressed={state.frozen.value} disabled={state.replay.value !== null}
                            onClick={() => session.toggleFreeze()}>
                            <span aria-hidden="true">{state.frozen.value ? '▶' : '❚❚'}</span>
                            <span class="words"> {t(state.frozen.value ? 'updates.resume' : 'updates.pause')}</span>
                        </button>
                    )}
                    {state.config.value.writable && !none && <Manage state={state} />}
                </>
            )}
        </header>
    );
}
