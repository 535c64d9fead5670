import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { locale, t } from '../i18n';
import { LiveMap } from '../map/livemap';
import { number, unitM } from '../model/format';
import type { AppState } from '../state';
import type { Watch } from '../watch';

interface Props {
    state: AppState;
    watch: Watch;
    handle: { current: LiveMap | null };
}

/** Ties the live map to the state: what is chosen goes in, what is drawn comes out. Answers what unties it. */
function tie(map: LiveMap, state: AppState, watch: Watch): () => void {
    const words = { start: t('map.start'), finish: t('map.finish'), geofence: t('count.inGeofence') };
    const speed = (): void => map.setSpeed(state.race.value?.anchor.speed ?? 1);
    speed();
    watch.attach({
        frame: (frame) => map.frame(frame),
        reset: () => {
            map.reset();
            speed();
        },
        speed: (value) => map.setSpeed(value),
        time: (time) => map.setTime(time),
        wake: () => map.wake(),
    });
    const undo = [
        effect(() => map.setCourse(state.course.value, words, unitM(state.units.value))),
        effect(() => {
            void state.fieldVersion.value;
            const bib = state.selected.value;
            map.select(bib === null ? -1 : watch.field.numberOf(bib), state.follow.value);
        }),
        effect(() => map.hold(state.held.value)),
    ];
    return () => {
        undo.forEach((u) => u());
        watch.attach(null);
    };
}

function summary(state: AppState): string {
    const c = state.board.value?.counts;
    const n = (value: number): string => number(value, locale.value);
    return c ? t('map.summary', { onCourse: n(c.onCourse), inGeofence: n(c.inGeofence), finished: n(c.finished) }) : '';
}

export function RaceMap({ state, watch, handle }: Props) {
    const host = useRef<HTMLDivElement>(null);
    const config = state.config.value;
    useEffect(() => {
        const map = new LiveMap(host.current!, config, t('map.label'), {
            painted: (frame) => watch.painted(frame),
            drawn: (raceMs) => {
                state.drawnMs.value = Math.floor(raceMs / 1000) * 1000;
                state.behindMs.value = watch.behind(raceMs);
            },
            picked: (i) => { state.selected.value = i < 0 ? null : watch.field.bibOf(i); },
        });
        handle.current = map;
        (window as unknown as { trackside?: LiveMap }).trackside = map;
        const untie = tie(map, state, watch);
        const sized = new ResizeObserver(() => map.map.invalidateSize({ animate: false }));
        sized.observe(host.current!);
        return () => {
            sized.disconnect();
            untie();
            map.remove();
            handle.current = null;
        };
    }, [config.tiles]);
    return (
        <section class="map-place" aria-label={t('map.label')}>
            <div ref={host} class="map" />
            <p class="sr">{summary(state)}</p>
            <button type="button" class="map-fit" onClick={() => handle.current?.fit()}>{t('map.fit')}</button>
            <ul class="legend" aria-label={t('map.legend')}>
                <li><span class="dot on-course" aria-hidden="true">●</span>{t('status.1')}</li>
                <li><span class="dot in-geofence" aria-hidden="true">◆</span>{t('status.2')}</li>
                <li><span class="dot finished" aria-hidden="true">■</span>{t('status.3')}</li>
            </ul>
        </section>
    );
}
