import { batch, effect, signal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import * as api from '../wire/api';
import { t } from '../i18n';
import { say } from '../i18n/say';
import type { PresetName } from '../model/presets';
import { DEFAULTS, drawSeed } from '../model/raceform';
import type { CourseFacts, Problem, RaceField, RaceFormValues } from '../model/raceform';
import { SignIn } from '../panels/SignIn';
import { onLink } from '../session/route';
import { loadCourses } from '../session/start';
import type { AppState } from '../session/state';
import type { CourseGeoJson, Diagnostic, LonLat } from '../wire/types';
import type { Watch } from '../session/raceSession';
import { CoursePreview } from './CoursePreview';
import { FenceEditor } from './FenceEditor';
import { fenceCancel } from './geofenceEdit';
import type { FenceDraft } from './geofenceEdit';
import { ImportCourse } from './ImportCourse';
import { CourseField, RaceForm } from './RaceForm';

/** What Create Race keeps while it is open. */
export interface CreateState {
    values: Signal<RaceFormValues>;
    problems: Signal<Partial<Record<RaceField, Problem | string>>>;
    sentence: Signal<string | null>;
    /** The course that is shown: the chosen one, or the one before it while that is on its way. */
    course: Signal<CourseGeoJson | null>;
    diagnostics: Signal<Diagnostic[]>;
    /** The corners that are being drawn; null: not drawing. */
    drawing: Signal<LonLat[] | null>;
    /** The geofence that is being edited; null: the course's own is shown. */
    fence: Signal<FenceDraft | null>;
    /** What the form was filled in with. */
    preset: Signal<PresetName | null>;
}

const FORM_KEY = 'trackside.create';

// What stood in the form when the page was left: Back shows it again. Of this tab only, and nothing that is not text.
function keptValues(): Partial<RaceFormValues> {
    try {
        const all = Object.entries(JSON.parse(sessionStorage.getItem(FORM_KEY) ?? '{}') as object);
        return Object.fromEntries(all.filter(([name, text]) => name in DEFAULTS && typeof text === 'string'));
    } catch {
        return {};
    }
}

function keepValues(values: RaceFormValues): void {
    try {
        sessionStorage.setItem(FORM_KEY, JSON.stringify(values));
    } catch {
        // A browser that keeps nothing shows an empty form.
    }
}

function createCreateState(): CreateState {
    return {
        values: signal({ ...DEFAULTS, seed: drawSeed(), ...keptValues() }),
        problems: signal({}),
        sentence: signal(null),
        course: signal(null),
        diagnostics: signal([]),
        drawing: signal(null),
        fence: signal(null),
        preset: signal(null),
    };
}

export function courseFacts(course: CourseGeoJson | null): CourseFacts | null {
    return course && {
        lengthM: course.trackside.distance,
        hasGeofence: (course.trackside.geofenceSpans ?? []).length > 0,
    };
}

/** The course that is shown is the chosen one. */
export function courseIsThere(create: CreateState): boolean {
    return create.course.value?.trackside.shortName === create.values.value.course;
}

// Nobody stops where there is no geofence.
function show(create: CreateState, course: CourseGeoJson): void {
    create.course.value = course;
    create.diagnostics.value = course.trackside.diagnostics ?? [];
    const percent = create.values.value.stopPercent;
    if (!courseFacts(course)!.hasGeofence) {
        create.values.value = { ...create.values.value, stopPercent: '0' };
    } else if (percent === '0') {
        create.values.value = { ...create.values.value, stopPercent: DEFAULTS.stopPercent };
    }
    create.problems.value = {};
}

/** Choose a course: load it and show it, unless another one was chosen meanwhile. */
export async function chooseCourse(create: CreateState, shortName: string): Promise<void> {
    const wanted = (): boolean => create.values.value.course === shortName;
    create.values.value = { ...create.values.value, course: shortName };
    fenceCancel(create);
    if (shortName === '') {
        create.course.value = null;
        return;
    }
    try {
        const course = await api.getCourse(shortName);
        if (wanted()) {
            batch(() => show(create, course));
        }
    } catch (error) {
        if (wanted()) {
            create.sentence.value = say(error as Error);
        }
    }
}

export function CreatePage({ state, watch }: { state: AppState; watch: Watch }) {
    const create = useMemo(createCreateState, []);
    useEffect(() => {
        document.title = `${t('create.title')} · ${t('app.title')}`;
        void loadCourses(state).catch(() => undefined).then(() => {
            const { course, stopPercent } = create.values.value;
            const known = state.courses.value.find((c) => c.shortName === course) ?? state.courses.value[0];
            if (known) {
                void chooseCourse(create, known.shortName).then(() => {
                    if (known.shortName === course && courseFacts(create.course.value)?.hasGeofence) {
                        create.values.value = { ...create.values.value, stopPercent };
                    }
                });
            }
        });
        return effect(() => keepValues(create.values.value));
    }, []);
    return (
        <div class="page create">
            <header class="top">
                <a class="button" href="/" onClick={onLink}><span aria-hidden="true">← </span>{t('nav.dashboard')}</a>
                <h1>{t('create.title')}</h1>
            </header>
            {state.config.value.version !== '' && !state.config.value.writable && (
                <main class="no-race">
                    <p>{t('manage.only')}</p>
                    <SignIn state={state} />
                </main>
            )}
            {state.config.value.writable && <main class="create-split">
                <div class="create-form">
                    <CourseField state={state} create={create} />
                    <RaceForm state={state} watch={watch} create={create} />
                </div>
                <div class="create-course">
                    <CoursePreview state={state} create={create} />
                    <FenceEditor state={state} create={create} />
                    <ImportCourse state={state} create={create} />
                </div>
            </main>}
        </div>
    );
}
