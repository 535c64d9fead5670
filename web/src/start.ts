// What is loaded before anything can be seen, and the list of races kept fresh.
import * as api from './api';
import { t } from './i18n';
import { say } from './i18n/say';
import { effect } from '@preact/signals';
import { permalink, readPermalink } from './permalink';
import { embedded, path } from './route';
import type { AppState } from './state';
import type { Watch } from './watch';

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

// What the link says beyond the race, once there is something to show.
function takeView(state: AppState, watch: Watch, runner: number | null, at: number | null): void {
    state.selected.value = runner;
    state.follow.value = runner !== null;
    if (at !== null) {
        const stop = effect(() => {
            if (state.newestS.value >= 0 && state.course.value) {
                queueMicrotask(() => {
                    stop();
                    void watch.replayTo(at);
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

export async function start(state: AppState, watch: Watch): Promise<void> {
    const { race: wanted, runner, at } = readPermalink();
    const config = api.getConfig().then((c) => { state.config.value = c; }, () => undefined);
    const courses = loadCourses(state).catch(() => undefined);
    if (path.value === '/results') {
        return; // it asks for its race by itself, once
    }
    await loadRaces(state).catch(() => undefined);
    state.raceId.value ??= firstRace(state);
    if (wanted !== null && state.races.value?.some((r) => r.runId === wanted) === false) {
        state.trouble.value = t('race.unknown', { id: wanted });
        state.raceId.value = null;
    }
    watch.follow(state.raceId.value);
    takeView(state, watch, runner, at);
    effect(() => keepAddress(state));
    await Promise.all([config, courses]);
    setInterval(() => {
        if (!document.hidden) {
            const before = state.races.value;
            loadRaces(state).then(() => {
                if (before === null) {
                    state.trouble.value = null;
                }
                if (state.raceId.value === null && state.trouble.value === null) {
                    state.raceId.value = firstRace(state);
                    watch.follow(state.raceId.value);
                }
            }, () => undefined);
        }
    }, RACES_EVERY_MS);
}
