// The page's state: one object of signals. Models fill it, components read it; nothing else is shared.
import { computed, signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import { NO_ALARM } from '../model/alarm';
import type { Alarm } from '../model/alarm';
import { tally } from '../model/counts';
import type { Tally } from '../model/counts';
import type { Units } from '../model/format';
import { statusBadge } from '../model/status';
import type { Badge } from '../model/status';
import { trackFromCourse } from '../model/track';
import type { Track } from '../model/track';
import type { Board, Config, CourseGeoJson, CourseSummary, Race, TabName } from '../wire/types';
import type { LinkState } from '../wire/socket';

export interface AppState {
    config: Signal<Config>;
    courses: Signal<CourseSummary[]>;
    races: Signal<Race[] | null>;
    /** A sentence about what went wrong, for everybody to see; null: nothing. */
    trouble: Signal<string | null>;
    raceId: Signal<string | null>;
    race: Signal<Race | null>;
    course: Signal<CourseGeoJson | null>;
    track: ReadonlySignal<Track | null>;
    board: Signal<Board | null>;
    /** How many are where, at the moment of the board. */
    counts: ReadonlySignal<Tally | null>;
    link: Signal<LinkState>;
    statusBadge: ReadonlySignal<Badge>;
    /** Race ms on the map, in whole seconds; -Infinity before the first. */
    drawnMs: Signal<number>;
    /** Somebody of this race was drawn on its course. */
    shown: Signal<boolean>;
    lagMs: Signal<number | null>;
    behindMs: Signal<number | null>;
    /** The newest second that came from the server, -1: none yet. */
    newestS: Signal<number>;
    /** Seconds until a scheduled race starts; null: it is not scheduled. */
    startsInS: Signal<number | null>;
    /** The race runs on a course that the server does not know. */
    courseUnknown: Signal<boolean>;
    /** How long the newest tick is overdue. */
    lateMs: Signal<number>;
    tab: Signal<TabName>;
    search: Signal<string>;
    /** Grows when the tables have to be drawn anew. `named`: the competitors have names. */
    tablesVersion: Signal<number>;
    named: Signal<boolean>;
    /** Seconds in the geofence from which on a competitor is marked; 0: by its own pace. */
    alarmS: Signal<number>;
    /** The marked competitors, as of the last update of the tables. */
    alarm: Signal<Alarm>;
    /** What of the past is shown; null: the race as it is. */
    replay: Signal<Replay | null>;
    selected: Signal<number | null>;
    follow: Signal<boolean>;
    /** The bibs of the followed competitors, in the order in which they were chosen. */
    followed: Signal<readonly number[]>;
    /** A plain grid below the maps although there are tiles. */
    plain: Signal<boolean>;
    /** Race seconds of a tail; -1: by the zoom, 0: none. */
    tailS: Signal<number>;
    /** The followed are shown as if they had started together, and for so many seconds; null: the race as it was. */
    virtualStart: Signal<{ count: number; endS: number } | null>;
    /** Some position on the map is stale: its competitor has sent nothing for a while. */
    stale: Signal<boolean>;
    /** The viewer froze the picture. */
    frozen: Signal<boolean>;
    /** Seconds between two updates of the tables; 0: off. */
    refreshS: Signal<number>;
    units: Signal<Units>;
    /** What asks for the token, and is carried out once it is there. */
    tokenWanted: Signal<{ wrong: boolean; retry: () => void } | null>;
}

export interface Replay {
    /** The raw second that was last gone to. */
    fromS: number;
    speed: number;
    playing: boolean;
}

export const NO_CONFIG: Config = { tiles: null, attribution: null, frameAncestors: "'self'", writable: false, signIn: false, version: '' };

export function createState(): AppState {
    const course = signal<CourseGeoJson | null>(null);
    const link = signal<LinkState>('closed');
    const race = signal<Race | null>(null);
    const frozen = signal(false);
    const lateMs = signal(0);
    const replay = signal<Replay | null>(null);
    const board = signal<Board | null>(null);
    const shown = signal(false);
    const courseUnknown = signal(false);
    return {
        config: signal(NO_CONFIG),
        courses: signal([]),
        races: signal(null),
        trouble: signal(null),
        raceId: signal(null),
        race,
        course,
        track: computed(() => (course.value ? trackFromCourse(course.value) : null)),
        board,
        counts: computed(() => tally(race.value, board.value, replay.value !== null)),
        link,
        statusBadge: computed(() => statusBadge({
            link: link.value, state: race.value?.state ?? null, frozen: frozen.value, replay: replay.value !== null, lateMs: lateMs.value,
            catchingUp: board.value?.catchingUp === true,
            empty: !shown.value && !courseUnknown.value,
        })),
        drawnMs: signal(-Infinity),
        shown,
        lagMs: signal(null),
        behindMs: signal(null),
        newestS: signal(-1),
        startsInS: signal(null),
        courseUnknown,
        lateMs,
        tab: signal('leaders'),
        search: signal(''),
        tablesVersion: signal(0),
        named: signal(false),
        alarmS: signal(0),
        alarm: signal(NO_ALARM),
        replay,
        selected: signal(null),
        follow: signal(false),
        followed: signal([]),
        plain: signal(false),
        tailS: signal(-1),
        virtualStart: signal(null),
        stale: signal(false),
        frozen,
        refreshS: signal(1),
        units: signal('km'),
        tokenWanted: signal(null),
    };
}

/** The name of a course for people; its short name where it is not known. */
export function courseName(state: AppState, shortName: string): string {
    return state.courses.value.find((c) => c.shortName === shortName)?.longName || shortName;
}
