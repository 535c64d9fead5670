// The conversation about a file below the map: what is asked, what was found in it, and what can be changed.
import { useEffect, useRef } from 'preact/hooks';
import { counted, locale, t } from '../i18n';
import type { ImportTalk } from '../model/importQuestion';
import type { AppState } from '../session/state';
import type { CourseGeoJson } from '../wire/types';
import type { CreateState } from './createState';
import { courseIsThere } from './createState';
import { ImportChanges } from './ImportChanges';
import { ImportQuestion } from './ImportQuestion';

function Found({ talk, course }: { talk: ImportTalk; course: CourseGeoJson }) {
    const of = (role: string): CourseGeoJson['features'][number] | undefined => course.features.find((f) => f.properties.role === role);
    const given = (role: 'start' | 'finish'): string[] => (of(role)?.properties.given === true ? [t(`map.${role}`)] : []);
    const parts = [
        counted('import.places', (of('route')?.geometry.coordinates as unknown[] | undefined)?.length ?? 0),
        ...given('start'), ...given('finish'),
        ...(of('geofence') ? [t('create.fence')] : []),
    ];
    const list = new Intl.ListFormat(locale.value, { type: 'unit', style: 'short' }).format(parts);
    const host = useRef<HTMLParagraphElement>(null);
    // The answer's button is gone, or the file was dropped: the focus comes here, and the map into view. Who changes a field stays there.
    useEffect(() => {
        if (!host.current!.parentElement!.contains(document.activeElement)) {
            host.current!.focus({ preventScroll: true });
            document.querySelector('.preview')?.scrollIntoView({ block: 'nearest' });
        }
    }, [talk.course]);
    return <p ref={host} tabIndex={-1} class="found" data-import="found">{t('import.found', { file: talk.file.name, parts: list })}</p>;
}

/** Nothing until a file is given. */
export function ImportPanel({ state, create }: { state: AppState; create: CreateState }) {
    const talk = create.talk.value;
    const course = create.course.value;
    const shown = talk?.course && course && courseIsThere(create) && course.trackside.shortName === talk.course.shortName;
    if (!talk || (!talk.question && !shown)) {
        return null;
    }
    return (
        <section class="panel talk" aria-label={t('import.title', { file: talk.file.name })} aria-busy={talk.busy}>
            {talk.question
                ? <ImportQuestion state={state} create={create} question={talk.question} />
                : (
                    <>
                        <Found talk={talk} course={course!} />
                        <ImportChanges state={state} create={create} talk={talk} />
                    </>
                )}
        </section>
    );
}
