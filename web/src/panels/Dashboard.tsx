// The dashboard: header, map, tables and controls; or a sentence where there is no race.
import { useMemo } from 'preact/hooks';
import { t } from '../i18n';
import { lazy, whenIdle } from '../ui/lazy';
import type { LiveMap } from '../map/livemap';
import { readPermalink } from '../session/permalink';
import { embedded, onLink } from '../session/route';
import type { AppState } from '../session/state';
import type { RaceSession } from '../session/raceSession';
import { RaceHeader } from './RaceHeader';
import { RaceMap } from './RaceMap';

const Side = lazy(() => whenIdle().then(() => import('./Side')).then((m) => m.Side));
const EmbedSide = lazy(() => import('../embed/EmbedSide').then((m) => m.EmbedSide));
const Keys = lazy(() => whenIdle().then(() => import('../keys/Keys')).then((m) => m.Keys));
const LiveProfile = lazy(() => whenIdle().then(() => import('../profile/LiveProfile')).then((m) => m.LiveProfile));
const SignIn = lazy(() => import('./SignIn').then((m) => m.SignIn));
const Controls = lazy(() => whenIdle().then(() => import('./Controls')).then((m) => m.Controls));

function NoRace({ state }: { state: AppState }) {
    const { writable } = state.config.value;
    return (
        <main class="no-race">
            <h1>{t('race.none.title')}</h1>
            <p>{t(writable ? 'race.none.text' : 'race.none.watch')}</p>
            {!embedded && writable && <a class="button primary" href="/create" onClick={onLink}>{t('nav.create')}</a>}
            {!embedded && !writable && <SignIn state={state} />}
        </main>
    );
}

export function Dashboard({ state, session }: { state: AppState; session: RaceSession }) {
    const map = useMemo<{ current: LiveMap | null }>(() => ({ current: null }), []);
    const asked = state.raceId.value ?? readPermalink().race;
    if (embedded && asked !== null && state.races.value?.some((r) => r.runId === asked) === false) {
        return (
            <main class="no-race" data-gone={asked}>
                <p>{t('race.gone')}</p>
                <p><a href="/" target="_blank" rel="noopener">{t('race.others')}</a></p>
            </main>
        );
    }
    if (state.races.value?.length === 0 && state.raceId.value === null) {
        return (
            <div class="page">
                <RaceHeader state={state} session={session} />
                <NoRace state={state} />
            </div>
        );
    }
    return (
        <div class={`page dashboard ${embedded ? 'embed' : 'whole'}`}>
            <a class="skip" href="#boards">{t('nav.skip')}</a>
            <RaceHeader state={state} session={session} />
            <main class="split">
                <div class="map-column">
                    <RaceMap state={state} session={session} handle={map} />
                    {state.course.value?.trackside.elevations && <div class="profile"><LiveProfile state={state} session={session} map={map} /></div>}
                </div>
                <aside class="side" id="boards" tabIndex={-1}>
                    {embedded ? <EmbedSide state={state} session={session} handle={map} /> : <Side state={state} session={session} />}
                </aside>
                {!embedded && <Keys state={state} session={session} map={map} />}
            </main>
            {!embedded && <footer class="bottom"><Controls state={state} session={session} /></footer>}
        </div>
    );
}
