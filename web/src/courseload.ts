// Loading the course of a race in two steps. First a line with few points: on a slow connection dots can be drawn at once, and
// from far away it looks the same. When dots are drawn, the exact line follows and takes its place. A load that fails is
// tried again: without a course the map shows nothing.
import * as api from './wire/api';
import { say } from './i18n/say';
import type { CourseGeoJson, Race } from './wire/types';

/** About 8 kB on the way, and a few metres off the line of a half marathon at most. */
const FIRST_POINTS = 400;
const AGAIN_MS = 2_000;
/** The rest of the page is loaded before the exact line. */
const EXACT_AFTER_MS = 1_500;
const LOOK_MS = 250;

export interface CourseTold {
    course(course: CourseGeoJson): void;
    /** The server does not know the course. */
    unknown(): void;
    failed(sentence: string): void;
    /** Somebody is drawn on the map. */
    drawn(): boolean;
}

export interface CourseLoad {
    cancel(): void;
}

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

async function untilLoaded(race: Race, told: CourseTold, signal: AbortSignal, points?: number): Promise<CourseGeoJson | null> {
    for (let tries = 0; !signal.aborted; tries++) {
        try {
            return await api.getCourse(race.course, race.revision, signal, points);
        } catch (error) {
            if (signal.aborted) {
                break;
            }
            if (error instanceof api.ApiError && error.status === 404) {
                told.unknown();
                break;
            }
            if (tries === 0 && points !== undefined) {
                told.failed(say(error as Error));
            }
            await sleep(AGAIN_MS);
        }
    }
    return null;
}

async function load(race: Race, told: CourseTold, signal: AbortSignal): Promise<void> {
    const first = await untilLoaded(race, told, signal, FIRST_POINTS);
    if (!first || signal.aborted) {
        return;
    }
    told.course(first);
    const { simplified } = first.trackside;
    if (!simplified || simplified.points >= simplified.of) {
        return;
    }
    while (!told.drawn() && !signal.aborted) {
        await sleep(LOOK_MS);
    }
    await sleep(EXACT_AFTER_MS);
    const exact = await untilLoaded(race, told, signal);
    if (exact && !signal.aborted) {
        told.course(exact);
    }
}

/** Load the course that the race runs on, first roughly, then exactly. */
export function loadCourse(race: Race, told: CourseTold): CourseLoad {
    const asked = new AbortController();
    void load(race, told, asked.signal);
    return { cancel: () => asked.abort() };
}
