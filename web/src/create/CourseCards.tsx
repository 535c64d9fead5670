// The known courses as cards with their outlines, to choose from.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import * as api from '../wire/api';
import { locale, t } from '../i18n';
import * as format from '../model/format';
import { outline } from '../model/outline';
import type { Outline } from '../model/outline';
import type { AppState } from '../session/state';
import type { CourseGeoJson, CourseSummary, LonLat } from '../wire/types';
import { chooseCourse } from './chooseCourse';
import type { CreateState } from './createState';

const WIDTH = 108;
const HEIGHT = 64;
const MARGIN = 7;

// By name and revision: a course that was imported anew has another picture.
const outlines = new Map<string, Promise<Outline | null>>();

function outlineOf(course: CourseGeoJson): Outline | null {
    const route = course.features.find((f) => f.properties.role === 'route');
    return route ? outline(route.geometry.coordinates as LonLat[], WIDTH, HEIGHT, MARGIN) : null;
}

function loadOutline({ shortName, revision }: CourseSummary): Promise<Outline | null> {
    const key = `${shortName} ${revision ?? ''}`;
    const loading = outlines.get(key) ?? api.getCourse(shortName).then(outlineOf);
    outlines.set(key, loading);
    loading.catch(() => outlines.delete(key));
    return loading;
}

// Courses are asked for as their cards come into view.
function CourseCard({ state, create, course }: { state: AppState; create: CreateState; course: CourseSummary }) {
    const host = useRef<HTMLButtonElement>(null);
    const shape = useSignal<Outline | null>(null);
    useEffect(() => {
        const seen = new IntersectionObserver((entries) => {
            if (entries.some((e) => e.isIntersecting)) {
                seen.disconnect();
                loadOutline(course).then((o) => { shape.value = o; }, () => undefined);
            }
        });
        seen.observe(host.current!);
        return () => seen.disconnect();
    }, [course.shortName, course.revision]);
    const units = state.units.value;
    const chosen = create.values.value.course === course.shortName;
    return (
        <button ref={host} type="button" class="course-card" aria-pressed={chosen} data-course={course.shortName}
            onClick={() => void chooseCourse(create, course.shortName)}>
            <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
                {shape.value && <path d={shape.value.path} />}
                {shape.value && <circle cx={shape.value.start[0]} cy={shape.value.start[1]} r={3.5} />}
            </svg>
            <span class="course-name">{course.longName || course.shortName}</span>
            <span class="soft">{`${format.distance(course.distance, units, locale.value)} ${t(`unit.${units}`)}`}</span>
            {course.hasGeofence && <span class="in-geofence"><span aria-hidden="true">◆ </span>{t('create.fence')}</span>}
        </button>
    );
}

/** Every course as a card with its line. */
export function CourseCards({ state, create }: { state: AppState; create: CreateState }) {
    return (
        <div class="course-cards" role="group" aria-label={t('create.courses')}>
            {state.courses.value.map((c) => <CourseCard key={c.shortName} state={state} create={create} course={c} />)}
        </div>
    );
}
