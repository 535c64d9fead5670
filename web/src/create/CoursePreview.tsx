import { effect } from '@preact/signals';
import * as L from 'leaflet';
import { useEffect, useRef } from 'preact/hooks';
import { locale, t } from '../i18n';
import { baseMap, latLng } from '../map/basemap';
import { CourseLayer } from '../map/courselayer';
import * as format from '../model/format';
import { NO_CONFIG } from '../state';
import type { AppState } from '../state';
import type { LonLat } from '../types';
import type { CreateState } from './CreatePage';

// The polygon being drawn: corners as they are clicked, closed by a click on the first one.
class Draft {
    private group = L.layerGroup();

    constructor(private readonly map: L.Map, private readonly close: () => void) {
        this.group.addTo(map);
    }

    show(corners: LonLat[] | null): void {
        this.group.clearLayers();
        this.map.getContainer().classList.toggle('drawing', corners !== null);
        if (!corners || corners.length === 0) {
            return;
        }
        const points = corners.map(latLng);
        const shape = corners.length > 2 ? L.polygon(points, { className: 'geofence draft' }) : L.polyline(points, { className: 'geofence draft' });
        shape.options.interactive = false;
        shape.addTo(this.group);
        points.forEach((p, i) => {
            const corner = L.circleMarker(p, { radius: i === 0 ? 7 : 4, className: 'corner' });
            if (i === 0) {
                corner.on('click', (e) => {
                    L.DomEvent.stopPropagation(e);
                    this.close();
                });
            }
            corner.addTo(this.group);
        });
    }
}

export function CoursePreview({ state, create }: { state: AppState; create: CreateState }) {
    const host = useRef<HTMLDivElement>(null);
    const tiles = state.config.value.tiles;
    useEffect(() => {
        const map = baseMap(host.current!, state.plain.value ? NO_CONFIG : state.config.value, t('map.preview'));
        map.doubleClickZoom.disable();
        const words = { start: t('map.start'), finish: t('map.finish'), geofence: t('create.fence'), laps: (count: number) => t('map.laps', { count }) };
        let layer: CourseLayer | null = null;
        const draft = new Draft(map, () => create.drawing.value !== null && closeDrawing(create));
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
                layer = course ? new CourseLayer(map, course, words, format.unitM(state.units.value)) : null;
                layer?.showDiagnostics(create.diagnostics.value);
            }),
            effect(() => draft.show(create.drawing.value)),
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

/** Three corners or more become the text that is saved. */
export function closeDrawing(create: CreateState): void {
    const corners = create.drawing.value ?? [];
    if (corners.length >= 3) {
        create.drawing.value = null;
        create.drawn.value = [corners];
    }
}

function CourseNote({ state, create }: { state: AppState; create: CreateState }) {
    const course = create.course.value?.trackside;
    if (!course) {
        return null;
    }
    const units = state.units.value;
    const distance = `${format.distance(course.distance, units, locale.value)} ${t(`unit.${units}`)}`;
    const laps = course.laps > 1 ? t('create.laps', { laps: course.laps }) : t('create.lap1');
    return (
        <div class="course-note">
            <p><strong>{course.longName || course.shortName}</strong> <span class="soft">{t('create.length', { distance, laps })}</span></p>
            {create.diagnostics.value.length > 0 && (
                <>
                    <h2>{t('create.diagnostics')}</h2>
                    <ul class="diagnostics">
                        {create.diagnostics.value.map((d, i) => (
                            <li key={i} class={d.level}><span aria-hidden="true">{d.level === 'warning' ? '▲' : 'ℹ'} </span>{d.text}</li>
                        ))}
                    </ul>
                </>
            )}
        </div>
    );
}
