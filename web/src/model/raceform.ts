// The Create Race form: what was typed, checked field by field, and the request that it makes. The server checks again;
// its {error, field} lands beside the same field.
import { parsePace } from './format';
import { parseNumber, parseWhole } from './number';

export interface RaceFormValues {
    course: string;
    competitors: string;
    fastest: string;
    slowest: string;
    spread: string;
    /** "on": the pace follows the slope. */
    hills: string;
    stopPercent: string;
    minPause: string;
    maxPause: string;
    seed: string;
    /** datetime-local text, in the viewer's zone; "" is now. */
    startTime: string;
    speed: string;
}

export type RaceField = keyof RaceFormValues;

/** A key of the messages, and what goes into it. */
export interface Problem {
    key: string;
    values?: Record<string, string | number>;
}

/** How the paces lie between fastest and slowest: evenly, or skewed as in a real race. */
export const SPREADS = ['uniform', 'field'] as const;
export type Spread = (typeof SPREADS)[number];

export interface RaceRequest {
    course: string;
    competitors: number;
    fastest: number;
    slowest: number;
    spread: Spread;
    stopRatio: number;
    minPause: number;
    maxPause: number;
    speed: number;
    hills?: true;
    seed?: number;
    startTime?: string;
}

export interface CourseFacts {
    lengthM: number;
    hasGeofence: boolean;
    hasElevation: boolean;
}

export const LIMITS = {
    competitors: 1_000_000,
    minPace: 30,
    maxPace: 36_000,
    pause: 86_400,
    minSpeed: 0.1,
    maxSpeed: 1_000,
    seed: Number.MAX_SAFE_INTEGER,
};

export const DEFAULTS: RaceFormValues = {
    course: '',
    competitors: '100',
    fastest: '2:24',
    slowest: '8:20',
    spread: 'uniform',
    hills: '',
    stopPercent: '10',
    minPause: '10',
    maxPause: '60',
    seed: '',
    startTime: '',
    speed: '1',
};

type Errors = Partial<Record<RaceField, Problem>>;

function whole(text: string, [low, high]: [number, number], locale: string, problem: (p: Problem) => void): number {
    const n = parseWhole(text, locale);
    if (!(n >= low && n <= high)) {
        problem({ key: 'form.whole', values: { low, high } });
    }
    return n;
}

function paceField(text: string, locale: string, problem: (p: Problem) => void): number {
    const s = parsePace(text, locale);
    if (Number.isNaN(s) || !Number.isInteger(s)) {
        problem({ key: 'form.pace' });
    } else if (s < LIMITS.minPace || s > LIMITS.maxPace) {
        problem({ key: 'form.paceRange' });
    }
    return s;
}

function ratioField(text: string, course: CourseFacts | null, locale: string, problem: (p: Problem) => void): number {
    const n = parseNumber(text, locale);
    if (!(n >= 0 && n <= 100)) {
        problem({ key: 'form.percent' });
    } else if (n > 0 && course && !course.hasGeofence) {
        problem({ key: 'form.noGeofence' });
    }
    return n / 100;
}

/** The request, or what is wrong with each field. Numbers are read as the page writes them in that locale. */
export function raceRequest(v: RaceFormValues, course: CourseFacts | null, locale: string): { request: RaceRequest; errors: Errors } {
    const errors: Errors = {};
    const at = (field: RaceField) => (p: Problem): void => { errors[field] = p; };
    const request: RaceRequest = {
        course: v.course,
        competitors: whole(v.competitors, [1, LIMITS.competitors], locale, at('competitors')),
        fastest: paceField(v.fastest, locale, at('fastest')),
        slowest: paceField(v.slowest, locale, at('slowest')),
        spread: v.spread === 'field' ? 'field' : 'uniform',
        stopRatio: ratioField(v.stopPercent, course, locale, at('stopPercent')),
        minPause: whole(v.minPause, [0, LIMITS.pause], locale, at('minPause')),
        maxPause: whole(v.maxPause, [0, LIMITS.pause], locale, at('maxPause')),
        speed: parseNumber(v.speed, locale),
        ...(v.hills && course?.hasElevation ? { hills: true as const } : {}),
    };
    if (v.course === '') {
        at('course')({ key: 'form.course' });
    }
    if (!errors.fastest && !errors.slowest && request.fastest > request.slowest) {
        at('fastest')({ key: 'form.fastestSlower' });
    }
    if (!errors.minPause && !errors.maxPause && request.minPause > request.maxPause) {
        at('minPause')({ key: 'form.pauseOrder' });
    }
    if (!(request.speed >= LIMITS.minSpeed && request.speed <= LIMITS.maxSpeed)) {
        at('speed')({ key: 'form.speed', values: { low: LIMITS.minSpeed, high: LIMITS.maxSpeed } });
    }
    if (v.seed.trim() !== '') {
        request.seed = whole(v.seed, [0, LIMITS.seed], locale, at('seed'));
    }
    if (v.startTime.trim() !== '') {
        const ms = new Date(v.startTime).getTime();
        if (Number.isNaN(ms)) {
            at('startTime')({ key: 'form.time' });
        } else {
            request.startTime = `${new Date(Math.floor(ms / 1000) * 1000).toISOString().slice(0, 19)}Z`;
        }
    }
    return { request, errors };
}

/** The server's name of a field → ours. */
export function fieldOf(serverField: string | undefined): RaceField | null {
    if (serverField === 'stopRatio') {
        return 'stopPercent';
    }
    return serverField !== undefined && serverField in DEFAULTS ? (serverField as RaceField) : null;
}

const SEEDS = 1_000_000;

/** A seed that is short enough to be read out. */
export function drawSeed(): string {
    return String(crypto.getRandomValues(new Uint32Array(1))[0]! % SEEDS);
}
