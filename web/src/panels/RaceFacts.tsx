// The facts of the race: course, start, speed, seed.
import { counted, locale, t } from '../i18n';
import * as format from '../model/format';
import { courseName } from '../session/state';
import type { AppState } from '../session/state';

/** Which race this is: its id, course and start. */
export function RaceFacts({ state }: { state: AppState }) {
    const race = state.race.value;
    if (!race) {
        return null;
    }
    const course = state.course.value?.trackside;
    const units = state.units.value;
    const show = (m: number): string => `${format.distance(m, units, locale.value)} ${t(`unit.${units}`)}`;
    return (
        <section class="facts" aria-label={t('nav.races')}>
            <dl>
                <div>
                    <dt>{t('race.course')}</dt>
                    <dd data-fact="course">{course?.longName || courseName(state, race.course)}</dd>
                    {state.courseUnknown.value && <dd class="warm">▲ {t('race.courseUnknown')}</dd>}
                    {course && (
                        <dd class="soft">
                            {show(course.distance)}
                            {course.laps > 1 && ` · ${counted('race.laps', course.laps, { distance: show(course.lapDistance) })}`}
                        </dd>
                    )}
                </div>
                <div>
                    <dt>{t('race.start')}</dt>
                    <dd data-fact="start"><time dateTime={race.startTime}>{format.moment(race.startTime, locale.value)}</time></dd>
                </div>
                <div>
                    <dt>{t('race.id')}</dt>
                    <dd data-fact="id" class="mono">{race.runId}</dd>
                </div>
            </dl>
        </section>
    );
}
