// Choosing the course of a race in Create Race: it is loaded, shown and given to the form.
import { batch } from '@preact/signals';
import * as api from '../wire/api';
import { say } from '../i18n/say';
import { DEFAULTS } from '../model/raceform';
import type { CourseGeoJson } from '../wire/types';
import { courseFacts } from './createState';
import type { CreateState } from './createState';
import { fenceCancel } from './geofenceEdit';

// Without a geofence nobody can stop, so the share of competitors who stop is 0.
function show(create: CreateState, course: CourseGeoJson): void {
    create.course.value = course;
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
