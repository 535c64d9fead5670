// The live map in the page: the state goes in, what is drawn and pointed at comes out.
import { effect, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { counted, locale, t } from '../i18n';
import { lazy, whenIdle } from '../ui/lazy';
import { layGround } from '../map/basemap';
import type { CourseWords } from '../map/coursesigns';
import { LiveMap } from '../map/livemap';
import { number, unitM } from '../model/format';
import { embedded } from '../session/route';
import { NO_CONFIG } from '../session/state';
import type { AppState } from '../session/state';
import { inDoubt } from '../session/lateness';
import type { RaceSession } from '../session/raceSession';
import type { Pointed } from './MapExtras';

const MapExtras = lazy(() => import('./MapExtras').then((m) => m.MapExtras));
const Share = lazy(() => whenIdle().then(() => import('./Share')).then((m) => m.Share));
const LegendMore = lazy(() => import('./MapExtras').then((m) => m.LegendMore));

interface Props {
    state: AppState;
    session: RaceSession;
    handle: { current: LiveMap | null };
}

/** Ties the live map to the state: what is chosen goes in, what is drawn comes out. Answers what unties it. */
function tie(map: LiveMap, state: AppState, session: RaceSession): () => void {
    const words = (): CourseWords => ({ start: t('map.start'), finish: t('map.finish'), laps: (count) => counted('map.laps', count) });
    const speed = (): void => map.setSpeed(state.race.value?.anchor.speed ?? 1);
    speed();
    session.attach({
        frame: (frame) => map.frame(frame),
        reset: () => {
            map.reset();
            speed();
        },
        jump: () => {
            map.jump();
            speed();
        },
        speed: (value) => map.setSpeed(value),
        time: (time) => map.setTime(time),
        wake: () => map.wake(),
        past: (frames) => map.tails.past(frames),
        doubt: (doubt) => map.setDoubt(doubt),
    });
    const undo = [
        effect(() => map.setCourse(state.course.value, words(), unitM(state.units.value))), // again when another language is there
        effect(() => {
            void state.tablesVersion.value;
            const bib = state.selected.value;
            map.select(bib === null ? -1 : session.competitors.numberOf(bib), state.follow.value);
        }),
        effect(() => {
            void state.tablesVersion.value;
            map.tails.follow(state.followed.value.map((bib) => session.competitors.numberOf(bib)), state.tailS.value);
        }),
        effect(() => layGround(map.map, state.plain.value ? null : state.config.value.tiles)),
        effect(() => map.freeze(state.frozen.value)),
    ];
    return () => {
        undo.forEach((u) => u());
        session.attach(null);
    };
}

function summary(state: AppState): string {
    const c = state.counts.value;
    if (!c) {
        return '';
    }
    const inside = c.inGeofence > 0 ? [counted('count.part.inGeofence', c.inGeofence)] : [];
    const parts = [
        ...(c.notStarted > 0 ? [counted('count.part.notStarted', c.notStarted)] : []),
        ...(c.onCourse > 0 ? [counted('count.part.onCourse', c.onCourse), ...inside] : []),
        ...(c.out > 0 ? [counted('count.part.out', c.out), ...inside] : []),
        ...(c.finished > 0 ? [counted('count.part.finished', c.finished)] : []),
    ];
    const list = new Intl.ListFormat(locale.value, { type: 'unit', style: 'short' }).format(parts);
    return t('map.summary', { total: number(c.total, locale.value), parts: list });
}

function Legend({ state }: { state: AppState }) {
    return (
        <ul class="legend" aria-label={t('map.legend')}>
            <li><span class="dot on-course" aria-hidden="true">●</span>{t('status.1')}</li>
            <li><span class="dot in-geofence" aria-hidden="true">◆</span>{t('status.2')}</li>
            <li><span class="dot finished" aria-hidden="true">■</span>{t('status.3')}</li>
            {(inDoubt(state) || state.followed.value.length > 0) && <LegendMore state={state} />}
        </ul>
    );
}

export function RaceMap({ state, session, handle }: Props) {
    const host = useRef<HTMLDivElement>(null);
    const pointed = useSignal<Pointed | null>(null);
    const baseFailed = useSignal(false);
    const { tiles, tilesTrouble } = state.config.value;
    useEffect(() => {
        const map = new LiveMap(host.current!, NO_CONFIG, t('map.label'), {
            painted: (frame) => session.lag.painted(frame),
            drawn: (raceMs) => {
                state.drawnMs.value = Math.floor(raceMs / 1000) * 1000;
                state.behindMs.value = session.behind(raceMs);
            },
            shown: () => { state.shown.value = true; },
            picked: (i) => { state.selected.value = i < 0 ? null : session.competitors.roster.bibOf(i); },
            pastWanted: (raceMs, seconds) => void session.replay.past(raceMs, seconds),
            pointed: (i, at) => { pointed.value = at ? { number: i, x: at.x, y: at.y } : null; },
        });
        handle.current = map;
        map.map.on('basefailed', () => { baseFailed.value = true; }).on('baseloaded', () => { baseFailed.value = false; });
        (window as unknown as { trackside?: LiveMap }).trackside = map;
        const untie = tie(map, state, session);
        const sized = new ResizeObserver(() => map.map.invalidateSize({ animate: false }));
        sized.observe(host.current!);
        // Here before it is needed: when the server does not answer is when there is something to say.
        whenIdle().then(() => import('./MapExtras')).catch(() => undefined);
        return () => {
            sized.disconnect();
            untie();
            map.remove();
            handle.current = null;
        };
    }, []);
    const expected = state.races.value === null || state.raceId.value !== null;
    const waits = expected && state.course.value === null && !state.courseUnknown.value;
    return (
        <section class={`map-place ${waits ? 'waits' : ''}`} aria-label={t('map.label')}>
            <div ref={host} class="map" />
            {waits && <p class="map-wait" role="status">{t('map.loading')}</p>}
            <p class="sr">{summary(state)}</p>
            <div class="map-tools">
                <button type="button" class="map-fit" onClick={() => handle.current?.fit()}>{t('map.fit')}</button>
                {!embedded && state.race.value && <Share />}
            </div>
            {(inDoubt(state) || tiles || tilesTrouble || pointed.value || state.followed.value.length > 0)
                && <MapExtras state={state} session={session} pointed={pointed.value} baseFailed={baseFailed.value} />}
            <Legend state={state} />
        </section>
    );
}
