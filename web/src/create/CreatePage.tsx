// The page Create Race: the form, the course on a map, its geofence, and the import of a course.
import { effect } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { t } from '../i18n';
import { SignIn } from '../panels/SignIn';
import { onLink } from '../session/route';
import { loadCourses } from '../session/start';
import type { AppState } from '../session/state';
import type { RaceSession } from '../session/raceSession';
import { chooseCourse } from './chooseCourse';
import { CoursePreview } from './CoursePreview';
import { courseFacts, createState, keepValues } from './createState';
import { FenceEditor } from './FenceEditor';
import { ImportCourse } from './ImportCourse';
import { ImportPanel } from './ImportPanel';
import { CourseField, RaceForm } from './RaceForm';

export function CreatePage({ state, session }: { state: AppState; session: RaceSession }) {
    const create = useMemo(createState, []);
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
                    <RaceForm state={state} session={session} create={create} />
                </div>
                <div class="create-course">
                    <ImportCourse state={state} create={create} />
                    <CoursePreview state={state} create={create} />
                    <ImportPanel state={state} create={create} />
                    {!create.question.value && <FenceEditor state={state} create={create} />}
                </div>
            </main>}
        </div>
    );
}
