// What is loaded before anything can be seen, and the list of races kept fresh.
import * as api from '../wire/api';
import { t } from '../i18n';
import { say } from '../i18n/say';
import { effect } from '@preact/signals';
import { chooseRemembered } from './follow';
import { whenIdle } from '../ui/lazy';
import { permalink, readPermalink } from './permalink';
import { embedded, path } from './route';
import type { AppState } from './state';
import type { RaceSession } from './raceSession';

const RACES_EVERY_MS = 10_000;

export async function loadRaces(state: AppState): Promise<void> {
    try {
        const races = await api.getRaces();
        state.races.value = races.filter((r) => r.state !== 'deleted');
    } catch (error) {
        if (state.races.value === null) {
            state.trouble.value = t('race.load', { error: say(error as Error) });
        }
        throw error;
    }
}

export async function loadCourses(state: AppState): Promise<void> {
    state.courses.value = await api.getCourses();
}

/** The race of the link, else the newest that runs, else the newest. */
function firstRace(state: AppState): string | null {
    const wanted = readPermalink().race;
    const races = state.races.value ?? [];
    if (wanted !== null) {
        return wanted;
    }
    return (races.find((r) => r.state === 'running') ?? races[0])?.runId ?? null;
}

// Takes the competitor and the moment of the link. Where the link names no competitor, the one followed last is selected.
function takeView(state: AppState, session: RaceSession, runner: number | null, at: number | null): void {
    if (runner !== null) {
        state.selected.value = runner;
        state.follow.value = true;
    } else {
        chooseRemembered(state);
    }
    if (at !== null) {
        const stop = effect(() => {
            if (state.newestS.value >= 0 && state.course.value) {
                queueMicrotask(() => {
                    stop();
                    void session.replay.to(at);
                });
            }
        });
    }
}

// The address follows the view; while a replay plays it keeps the moment where it began.
function keepAddress(state: AppState): void {
    const replay = state.replay.value;
    const view = { race: state.raceId.value, runner: state.selected.value, at: replay ? replay.fromS : null, embed: embedded };
    if (path.value === '/' && view.race !== null) {
        history.replaceState(null, '', permalink(view));
    }
}

// The race of the link, or a sentence about why it is not shown. An embedded page says it by itself (Dashboard).
function openRace(state: AppState, session: RaceSession, wanted: string | null): void {
    const gone = wanted !== null && state.races.value?.some((r) => r.runId === wanted) === false;
    state.trouble.value = gone && !embedded ? t('race.unknown', { id: wanted }) : gone ? null : state.trouble.value;
    state.raceId.value = gone ? null : wanted ?? firstRace(state);
    session.follow(state.raceId.value);
}

// Back and forward between races, without a reload.
function onBack(state: AppState, session: RaceSession): void {
    const { race, runner, at } = readPermalink();
    if (location.pathname === '/' && race !== null && race !== state.raceId.value) {
        state.trouble.value = null;
        openRace(state, session, race);
        takeView(state, session, runner, at);
    }
}

export async function start(state: AppState, session: RaceSession): Promise<void> {
    const { race: wanted, runner, at } = readPermalink();
    const config = api.getConfig().then((c) => { state.config.value = c; }, () => undefined);
    const courses = loadCourses(state).catch(() => undefined);
    if (path.value === '/results') {
        return; // it asks for its race by itself, once
    }
    await loadRaces(state).catch(() => undefined);
    openRace(state, session, state.raceId.value ?? wanted);
    takeView(state, session, runner, at);
    addEventListener('popstate', () => onBack(state, session));
    effect(() => keepAddress(state));
    void whenIdle().then(() => import('../title')).then((m) => m.keepTitle(state, session)).catch(() => undefined);
    await Promise.all([config, courses]);
    setInterval(() => {
        if (!document.hidden) {
            const before = state.races.value;
            loadRaces(state).then(() => {
                if (before === null) {
                    state.trouble.value = null;
                }
                if (state.raceId.value === null && state.trouble.value === null) {
                    openRace(state, session, wanted);
                }
            }, () => undefined);
        }
    }, RACES_EVERY_MS);
}
