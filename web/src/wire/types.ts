// What the API and the push socket say, in the words of docs/api.md and docs/push.md.

export type RaceState = 'scheduled' | 'running' | 'paused' | 'stopped' | 'finished' | 'failed' | 'deleted';

/** due(raw) = wallMs + (raw − rawTime) · 1000 / speed, while running or scheduled. */
export interface Anchor {
    wallMs: number;
    rawTime: number;
    speed: number;
}

export interface Race {
    runId: string;
    course: string;
    revision?: string;
    competitors: number;
    fastest: number;
    slowest: number;
    spread?: 'uniform' | 'field';
    hills?: boolean;
    stopRatio: number;
    minPause: number;
    maxPause: number;
    seed: number;
    speed: number;
    startTime: string;
    state: RaceState;
    reason?: string;
    anchor: Anchor;
    createdAt?: string | number;
    foreign?: boolean;
    kind?: 'simulated' | 'live' | 'external';
}

export interface BoardRow {
    rank: number;
    competitorId: number;
    distance: number;
    toGo: number | null;
    pacePerKm: number | null;
    rawTime: number;
    dwell?: number;
    dwellTotal?: number;
    status?: number;
    /** The last checkpoint passed, from 1; only if the course has some. */
    checkpoint?: { number: number; rawTime: number } | null;
}

export interface Counts {
    competitors: number;
    onCourse: number;
    inGeofence: number;
    finished: number;
}

export interface Board {
    runId: string;
    asOf: { rawTime: number; timestamp: string };
    approximate?: boolean;
    catchingUp?: boolean;
    state?: RaceState;
    counts: Counts;
    leaders: BoardRow[];
    front: BoardRow[];
    back: BoardRow[];
    geofence: BoardRow[];
    justFinished: BoardRow[];
}

export type BoardName = 'leaders' | 'front' | 'back' | 'geofence' | 'justFinished';

export type TabName = BoardName | 'all';

export interface Diagnostic {
    level: 'info' | 'warning';
    code: string;
    text: string;
    at?: [number, number];
}

export interface CourseSummary {
    shortName: string;
    longName: string;
    distance: number;
    laps?: number;
    revision?: string;
    hasGeofence?: boolean;
    /** m over all laps; only if the course's file has elevations. */
    climb?: number;
    descent?: number;
}

/** One passing of a checkpoint: distance in m along the course, laps included; cutoff in s since the start. */
export interface Checkpoint {
    name: string;
    kind: 'checkpoint' | 'aid' | 'timing' | 'exchange';
    distance: number;
    lat: number;
    lon: number;
    cutoff?: number;
    pass: number;
    passes: number;
}

/** The course's GeoJSON: features with a role, and what GeoJSON has no word for in "trackside". */
export interface CourseGeoJson {
    type: 'FeatureCollection';
    features: {
        type: 'Feature';
        geometry: { type: string; coordinates: unknown };
        properties: { role?: string; name?: string } & Record<string, unknown>;
    }[];
    trackside: {
        shortName: string;
        longName: string;
        revision: string;
        laps: number;
        distance: number;
        lapDistance: number;
        distances: number[];
        /** m, one per vertex like `distances`; only if the file has elevations. */
        elevations?: number[];
        climb?: number;
        descent?: number;
        geofenceSpans?: [number, number][];
        /** One for each time that the course passes a checkpoint; only if there are some. */
        checkpoints?: Checkpoint[];
        diagnostics?: Diagnostic[];
        /** Only some points of the line are here; the rest lies near it. */
        simplified?: { points: number; of: number };
    };
}

export interface Config {
    tiles: string | null;
    attribution: string | null;
    /** Why the maps have a plain grid although the server was given a file. */
    tilesTrouble?: string | null;
    /** The sites that may embed the map: the frame-ancestors of the page's policy. */
    frameAncestors: string;
    writable: boolean;
    /** A token would make it so. */
    signIn: boolean;
    version: string;
}

export interface Hop {
    rawTime: number;
    due: number;
    /** Where it is known, these three. */
    published?: number;
    acknowledged?: number;
    queryable?: number;
    pushed: number;
    /** How far the server's clock is ahead of the one that published (negative: behind); left out where they agree. */
    clock?: number;
}

export type LonLat = [number, number];

export const enum Status {
    NotSeen = 0,
    OnCourse = 1,
    InGeofence = 2,
    Finished = 3,
}
