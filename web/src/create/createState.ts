// The state of Create Race: one object of signals, kept while the page is open. The form's text is kept for this tab, so that
// Back shows it again.
import { computed, signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import type { Corner } from '../model/corners';
import type { Rings } from '../model/geofence';
import type { PresetName } from '../model/presets';
import { DEFAULTS, drawSeed } from '../model/raceform';
import type { CourseFacts, Problem, RaceField, RaceFormValues } from '../model/raceform';
import type { ImportTalk, Question } from '../model/importQuestion';
import type { CourseGeoJson, LonLat } from '../wire/types';

/** A geofence that is being edited. Its rings are open: the last corner is not the first again. */
export interface FenceDraft {
    rings: Rings;
    /** The rings before each change, oldest first. */
    past: Rings[];
    chosen: Corner | null;
}

/** What Create Race keeps while it is open. */
export interface CreateState {
    values: Signal<RaceFormValues>;
    problems: Signal<Partial<Record<RaceField, Problem | string>>>;
    sentence: Signal<string | null>;
    /** The course that is shown: the chosen one, or the one before it while that is on its status. */
    course: Signal<CourseGeoJson | null>;
    /** The corners that are being drawn; null: not drawing. */
    drawing: Signal<LonLat[] | null>;
    /** The geofence that is being edited; null: the course's own is shown. */
    fence: Signal<FenceDraft | null>;
    /** What the form was filled in with. */
    preset: Signal<PresetName | null>;
    /** The import of a file, from the moment when it is given; null: none yet. */
    talk: Signal<ImportTalk | null>;
    /** What the import asks; null: nothing. The course is not shown meanwhile. */
    question: ReadonlySignal<Question | null>;
    /** The candidate of the question that is pointed at. */
    pointed: Signal<number | null>;
    /** The note that was chosen last, in the list or on the map. */
    note: Signal<{ index: number; from: 'list' | 'map' } | null>;
}

const FORM_KEY = 'trackside.create';

// The form's values when the page was left, from this tab's storage. Entries that are not text are ignored.
function keptValues(): Partial<RaceFormValues> {
    try {
        const all = Object.entries(JSON.parse(sessionStorage.getItem(FORM_KEY) ?? '{}') as object);
        return Object.fromEntries(all.filter(([name, text]) => name in DEFAULTS && typeof text === 'string'));
    } catch {
        return {};
    }
}

/** Keeps the form's values for this tab. */
export function keepValues(values: RaceFormValues): void {
    try {
        sessionStorage.setItem(FORM_KEY, JSON.stringify(values));
    } catch {
        // A browser that keeps nothing shows an empty form.
    }
}

export function createState(): CreateState {
    const talk = signal<ImportTalk | null>(null);
    return {
        values: signal({ ...DEFAULTS, seed: drawSeed(), ...keptValues() }),
        problems: signal({}),
        sentence: signal(null),
        course: signal(null),
        drawing: signal(null),
        fence: signal(null),
        preset: signal(null),
        talk,
        question: computed(() => talk.value?.question ?? null),
        pointed: signal(null),
        note: signal(null),
    };
}

/** What the form needs to know about a course. */
export function courseFacts(course: CourseGeoJson | null): CourseFacts | null {
    return course && {
        lengthM: course.trackside.distance,
        hasGeofence: (course.trackside.geofenceSpans ?? []).length > 0,
        hasElevation: course.trackside.climb !== undefined,
    };
}

/** The course that is shown is the chosen one. */
export function courseIsThere(create: CreateState): boolean {
    return create.course.value?.trackside.shortName === create.values.value.course;
}
