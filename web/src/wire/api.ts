// The HTTP API as promises. An answer that is no success becomes an ApiError with the server's sentence, its stable code,
// and the field it is about where there is one.
import type { Course } from '../model/virtualStart';
import type { PipelineStatus } from '../model/pipelineStatus';
import type { Board, Checkpoint, Config, CourseGeoJson, CourseSummary, Race } from './types';

const TOKEN_KEY = 'trackside.token';
const CONFIG = '/api/config';

export class ApiError extends Error {
    /** `body`: all that the answer says. */
    constructor(readonly status: number, sentence: string, readonly field: string | undefined, readonly code: string | undefined, readonly body: unknown = null) {
        super(sentence);
    }
}

export function savedToken(): string {
    return sessionStorage.getItem(TOKEN_KEY) ?? '';
}

export function saveToken(token: string): void {
    sessionStorage.setItem(TOKEN_KEY, token);
}

interface Refusal {
    error?: string;
    code?: string;
    field?: string;
}

function apiError(response: Response, body: unknown): ApiError {
    const { error, code, field } = (body ?? {}) as Refusal;
    return new ApiError(response.status, error ?? `${response.status} ${response.statusText}`, field, code, body);
}

/** The failure that an answer which is no success stands for. */
export async function refusalOf(response: Response): Promise<ApiError> {
    return apiError(response, await response.json().catch(() => null));
}

async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
    const headers = new Headers(init.headers);
    const signed = (init.method !== undefined || path === CONFIG) && savedToken() !== '';
    if (signed) {
        headers.set('Authorization', `Bearer ${savedToken()}`);
    }
    // The page preloads the configuration as anybody gets it. In another mode the browser asks anew, with the token.
    const response = await fetch(path, signed ? { ...init, headers, mode: 'same-origin' } : { ...init, headers });
    const text = await response.text();
    let body: unknown = null;
    try {
        body = text === '' ? null : JSON.parse(text);
    } catch {
        body = null;
    }
    if (!response.ok) {
        throw apiError(response, body);
    }
    return body as T;
}

const asJson = (body: unknown): RequestInit => ({
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
});

/** A part of a path, encoded twice where it has to be: what decodes it on the way would take a / or .. in it for the path's own. */
export function path(part: string): string {
    return encodeURIComponent(/^\.\.?$/.test(part) ? part.replace(/\./g, '%2E') : encodeURIComponent(part));
}


export async function getConfig(): Promise<Config> {
    return ask<Config>(CONFIG);
}

export async function getLag(runId: string): Promise<PipelineStatus> {
    return ask<PipelineStatus>(`/api/lag?race=${path(runId)}`);
}

export async function getRaces(): Promise<Race[]> {
    return (await ask<{ races: Race[] }>('/api/races')).races;
}

export async function getCourses(): Promise<CourseSummary[]> {
    return (await ask<{ courses: CourseSummary[] }>('/api/courses')).courses;
}

/**
 * The course as it is now, or of the revision that a race started with. With `points` the line has at most so many points,
 * chosen so that it looks the same from far away; `trackside.simplified` says how many of how many.
 */
export async function getCourse(shortName: string, revision?: string, signal?: AbortSignal, points?: number): Promise<CourseGeoJson> {
    const query = [revision && `revision=${path(revision)}`, points && `points=${points}`].filter(Boolean).join('&');
    return ask(`/api/courses/${path(shortName)}${query && `?${query}`}`, signal ? { signal } : {});
}

export async function createRace(request: object): Promise<Race> {
    return ask('/api/races', asJson(request));
}

export async function raceAction(runId: string, action: 'pause' | 'resume' | 'stop'): Promise<unknown> {
    return ask(`/api/races/${path(runId)}/${action}`, { method: 'POST' });
}

export async function raceSpeed(runId: string, speed: number): Promise<unknown> {
    return ask(`/api/races/${path(runId)}/speed`, asJson({ speed }));
}

/** What the request says of the file; what is left out or undefined is as the file says. */
export interface ImportOptions {
    shortName?: string | undefined;
    longName?: string | undefined;
    /** Which of the file's lines: its number, or several with commas between. */
    line?: string | undefined;
    laps?: number | undefined;
    reverse?: boolean | undefined;
    /** The declared length, metres. */
    distance?: number | undefined;
    replace?: boolean | undefined;
}

export async function importCourse(file: File, options: ImportOptions): Promise<CourseSummary> {
    const query = new URLSearchParams({ fileName: file.name });
    for (const [name, value] of Object.entries(options)) {
        if (value !== undefined && value !== '' && value !== false) {
            query.set(name, String(value));
        }
    }
    return ask<CourseSummary>(`/api/courses?${query}`, { method: 'POST', body: file });
}

export async function deleteCourse(shortName: string): Promise<unknown> {
    return ask(`/api/courses/${path(shortName)}`, { method: 'DELETE' });
}

export interface Competitor {
    competitorId: number;
    rank: number;
    /** Of the latest event. */
    rawTime: number;
    finishTime: number | null;
    dwellTotal: number;
    splits: { km: number; rawTime: number }[];
    visits: { entered: number; left: number | null; dwell: number }[];
    /** Only if the course has some. rawTime null: not yet there. */
    checkpoints?: (Pick<Checkpoint, 'name' | 'pass' | 'passes' | 'distance' | 'cutoff'> & { number: number; rawTime: number | null; rank: number | null })[];
}

/** A checkpoint of a race; `closed`, `behind` and `danger` only with a cut-off. */
export interface RaceCheckpoint extends Checkpoint {
    number: number;
    passed: number;
    first: { competitorId: number; rawTime: number } | null;
    last: number | null;
    closed?: boolean;
    behind?: number;
    danger?: number;
}

/** Somebody behind a cut-off (`late`), or in danger of it (`timeLeft`). */
export interface LateRow {
    competitorId: number;
    distanceLeft: number;
    rawTime?: number | null;
    late?: number;
    timeLeft?: number;
}

export interface Cutoff extends RaceCheckpoint {
    behindList: LateRow[];
    dangerList: LateRow[];
}

export async function getCheckpoints(runId: string, at?: number): Promise<RaceCheckpoint[]> {
    const { checkpoints } = await ask<{ checkpoints: RaceCheckpoint[] }>(`/api/races/${path(runId)}/checkpoints${at === undefined ? '' : `?at=${at}`}`);
    return checkpoints;
}

export async function getCutoffs(runId: string, limit: number, at?: number): Promise<Cutoff[]> {
    const { cutoffs } = await ask<{ cutoffs: Cutoff[] }>(`/api/races/${path(runId)}/cutoffs?limit=${limit}${at === undefined ? '' : `&at=${at}`}`);
    return cutoffs;
}

export async function getCompetitor(runId: string, id: number, at?: number): Promise<Competitor> {
    return ask(`/api/races/${path(runId)}/competitors/${id}${at === undefined ? '' : `?at=${at}`}`);
}

export async function getBoard(runId: string, at: number, limit: number): Promise<Board> {
    return ask(`/api/races/${path(runId)}/board?at=${at}&limit=${limit}`);
}

/** Every position of one competitor so far, beside what there is to say of it. */
export async function getTrajectory(runId: string, id: number): Promise<Course> {
    return ask(`/api/races/${path(runId)}/competitors/${id}?track=1`);
}

/** "competitorId,name" lines; with `version` all competitors in the frames' dense order, else those who have a name. */
export async function getRoster(runId: string, version?: number): Promise<string> {
    const response = await fetch(`/api/races/${path(runId)}/roster${version === undefined ? '' : `?version=${version}`}`);
    return response.ok ? response.text() : '';
}

/** Ticks of the past, each `stepS` seconds, as the bytes of one frame after another. */
export async function getFrames(runId: string, fromS: number, toS: number, stepS: number, signal?: AbortSignal): Promise<ArrayBuffer> {
    const response = await fetch(`/api/races/${path(runId)}/frames?from=${fromS}&to=${toS}&step=${stepS}`, { signal: signal ?? null });
    if (!response.ok) {
        throw await refusalOf(response);
    }
    return response.arrayBuffer();
}

export async function putGeofence(shortName: string, text: string): Promise<unknown> {
    return ask(`/api/courses/${path(shortName)}/geofence`, { method: 'PUT', body: text });
}
