// The profile of a course as a strip: its line, the geofence, kilometres, and the distance and height under the pointer or the
// keyboard's cursor. What is drawn on top of it (the field) is given as children.
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { locale, t } from '../i18n';
import * as format from '../model/format';
import type { Units } from '../model/format';
import { heightAt, profilePath, yOf } from '../model/profile';
import type { Profile } from '../model/profile';
import { markStep } from '../model/track';

const FOOT_M = 0.3048;
const MARK_GAP_PX = 60;
const STEPS = 100;

/** A height with its unit. */
function heightText(metres: number, units: Units): string {
    return t(units === 'mi' ? 'profile.ft' : 'profile.m', { n: format.number(units === 'mi' ? metres / FOOT_M : metres, locale.value) });
}

/** What the profile says in a sentence. */
export function profileSentence(p: Profile, units: Units): string {
    const of = (m: number): string => heightText(m, units);
    return t('profile.label', { low: of(p.low), high: of(p.high), climb: of(p.climb), descent: of(p.descent) });
}

interface Props {
    profile: Profile;
    units: Units;
    /** Stretches in the geofence, metres with all laps. */
    spans: readonly [number, number][];
    /** The upper pixels that the line leaves free. */
    top: number;
    children?: (size: { width: number; height: number }) => ComponentChildren;
}

// The stretches within one lap; one over the end of a lap is two.
function lapSpans({ lapM }: Profile, spans: readonly [number, number][]): [number, number][] {
    return spans.flatMap(([from, to]): [number, number][] => {
        const start = from % lapM;
        const end = start + Math.min(to - from, lapM);
        return end <= lapM ? [[start, end]] : [[start, lapM], [0, end - lapM]];
    });
}

export function ProfileStrip({ profile: p, units, spans, top, children }: Props) {
    const host = useRef<HTMLDivElement>(null);
    const size = useSignal({ width: 0, height: 0 });
    const cursor = useSignal<number | null>(null);
    useEffect(() => {
        const sized = new ResizeObserver(() => {
            const { clientWidth: width, clientHeight: height } = host.current!;
            size.value = { width, height };
        });
        sized.observe(host.current!);
        return () => sized.disconnect();
    }, []);
    const { width, height } = size.value;
    const box = { height, top };
    const unitM = format.unitM(units);
    const m = Math.min(cursor.value ?? 0, p.lapM);
    const text = t('profile.at', {
        distance: `${format.distance(m, units, locale.value)} ${t(`unit.${units}`)}`, height: heightText(heightAt(p, m), units),
    });
    const point = (event: PointerEvent): void => {
        const { left, width: wide } = host.current!.getBoundingClientRect();
        cursor.value = Math.max(0, Math.min(1, (event.clientX - left) / wide)) * p.lapM;
    };
    const key = (event: KeyboardEvent): void => {
        const step = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1, PageDown: -10, PageUp: 10, Home: -STEPS, End: STEPS }[event.key];
        if (step !== undefined) {
            event.preventDefault();
            event.stopPropagation();
            cursor.value = Math.max(0, Math.min(p.lapM, m + (step * p.lapM) / STEPS));
        } else if (event.key === 'Escape') {
            cursor.value = null;
        }
    };
    const x = (metres: number): number => (metres / p.lapM) * width;
    // Once for a size: the pointer moves often, and a course has many vertices.
    const path = useMemo(() => (width > 0 ? profilePath(p, width, box) : ''), [p, width, height, top]);
    const every = width > 0 ? markStep(unitM, width / p.lapM, MARK_GAP_PX) : Infinity;
    const marks = Array.from({ length: Math.max(0, Math.ceil(p.lapM / unitM / every) - 1) }, (_, k) => (k + 1) * every);
    return (
        <div ref={host} class="profile-strip" role="slider" tabIndex={0} aria-label={profileSentence(p, units)} aria-valuemin={0}
            aria-valuemax={Math.round(p.lapM)} aria-valuenow={Math.round(m)} aria-valuetext={text} onKeyDown={key}
            onPointerMove={point} onPointerDown={point} onPointerLeave={(e) => { if (e.pointerType === 'mouse') { cursor.value = null; } }} onBlur={() => { cursor.value = null; }}>
            {width > 0 && (
                <svg width={width} height={height} aria-hidden="true">
                    {lapSpans(p, spans).map(([from, to]) => <rect key={from} class="profile-fence" x={x(from)} y={0} width={x(to - from)} height={height} />)}
                    <path class="profile-area" d={`${path}V${height}H0Z`} />
                    <path class="profile-line" d={path} />
                    {marks.map((n) => <path key={n} class="profile-mark" d={`M${x(n * unitM)} ${height}v-6`} />)}
                </svg>
            )}
            {marks.map((n) => <span key={n} class="profile-n" style={{ left: `${x(n * unitM)}px` }} aria-hidden="true">{n}</span>)}
            {children?.(size.value)}
            <span class="profile-height high" aria-hidden="true">{heightText(p.high, units)}</span>
            <span class="profile-height low" aria-hidden="true">{heightText(p.low, units)}</span>
            {cursor.value !== null && (
                <>
                    <span class="profile-cursor" style={{ left: `${x(m)}px`, top: `${yOf(p, heightAt(p, m), box)}px` }} />
                    <span class={`profile-at ${x(m) > width / 2 ? 'left' : ''}`} style={{ left: `${x(m)}px` }} data-profile="at">{text}</span>
                </>
            )}
        </div>
    );
}
