// The chosen course on a map, with its geofence as it is drawn or edited.
import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { counted, locale, t } from '../i18n';
import { sayNote } from '../i18n/say';
import { baseMap } from '../map/basemap';
import { CourseLayer } from '../map/courselayer';
import type { CourseWords } from '../map/coursesigns';
import * as format from '../model/format';
import { NO_CONFIG } from '../session/state';
import type { AppState } from '../session/state';
import type { CreateState } from './createState';
import { DrawnFence, EditedFence } from './geofenceLayer';
import { fenceChange, fenceChoose, fenceClose } from './geofenceEdit';

export function CoursePreview({ state, create }: { state: AppState; create: CreateState }) {
    const host = useRef<HTMLDivElement>(null);
    const tiles = state.config.value.tiles;
    useEffect(() => {
        const map = baseMap(host.current!, state.plain.value ? NO_CONFIG : state.config.value, t('map.preview'));
        map.doubleClickZoom.disable();
        const words = (): CourseWords => ({ start: t('map.start'), finish: t('map.finish'), laps: (count) => counted('map.laps', count) });
        let layer: CourseLayer | null = null;
        let editing = false;
        const drawn = new DrawnFence(map, () => fenceClose(create));
        const edited = new EditedFence(map, {
            change: (rings, chosen) => fenceChange(create, rings, chosen),
            choose: (corner) => fenceChoose(create, corner),
        });
        map.on('click', (e) => {
            const corners = create.drawing.value;
            if (corners) {
                create.drawing.value = [...corners, [e.latlng.lng, e.latlng.lat]];
            }
        });
        const undo = [
            effect(() => {
                layer?.remove();
                const course = create.course.value;
                layer = course ? new CourseLayer(map, course, words(), format.unitM(state.units.value)) : null;
                layer?.showDiagnostics(create.diagnostics.value);
            }),
            effect(() => drawn.show(create.drawing.value)),
            effect(() => edited.show(create.fence.value)),
            effect(() => {
                const now = create.fence.value !== null;
                if (now !== editing) {
                    editing = now;
                    (now ? edited : layer)?.fit();
                }
            }),
        ];
        const sized = new ResizeObserver(() => map.invalidateSize({ animate: false }));
        sized.observe(host.current!);
        return () => {
            sized.disconnect();
            undo.forEach((u) => u());
            map.remove();
        };
    }, [tiles]);
    return (
        <section class="preview" aria-label={t('map.preview')}>
            <div ref={host} class="map" />
            <CourseNote state={state} create={create} />
        </section>
    );
}

function CourseNote({ state, create }: { state: AppState; create: CreateState }) {
    const course = create.course.value?.trackside;
    if (!course) {
        return null;
    }
    const units = state.units.value;
    const distance = `${format.distance(course.distance, units, locale.value)} ${t(`unit.${units}`)}`;
    const laps = counted('create.laps', course.laps);
    return (
        <div class="course-note">
            <p><strong>{course.longName || course.shortName}</strong> <span class="soft">{t('create.length', { distance, laps })}</span></p>
            {create.diagnostics.value.length > 0 && (
                <>
                    <h2>{t('create.diagnostics')}</h2>
                    <ul class="diagnostics">
                        {create.diagnostics.value.map((d, i) => (
                            <li key={i} class={d.level}><span aria-hidden="true">{d.level === 'warning' ? '▲' : 'ℹ'} </span>{sayNote(d.code, d.text)}</li>
                        ))}
                    </ul>
                </>
            )}
        </div>
    );
}
