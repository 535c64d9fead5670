// The four charts of a race as it is shown now.
import type { AlignedData } from 'uplot';
import type { Competitor } from '../wire/api';
import { counted, locale, t } from '../i18n';
import * as format from '../model/format';
import { percentile } from '../model/lag';
import type { AppState } from '../session/state';
import type { RaceSession } from '../session/raceSession';
import { finishCurve } from './finishers';
import type { EverybodySplits } from './everybodySplits';
import { lagSeries } from './lagseries';
import { fullest, markSpacing, perMark } from './marks';
import type { Spacing } from './marks';
import { pacesOf } from './splits';
import type { Bands } from './splits';
import { COUNT_STEPS, countTicks, DISTANCE_STEPS, distanceTicks, someOf, TIME_STEPS, timeTicks } from './ticks';
import type { Axis, Look, Name, View } from './chart';

export interface Source {
    state: AppState;
    session: RaceSession;
    splits: EverybodySplits;
    /** The selected competitor by the server; null: no answer yet, or none is selected. */
    chosen: Competitor | null;
}

const MOST_ROWS = 12;
const PACE_STEPS = [5, 10, 15, 20, 30, 60, 120, 300, 600, 1_200, 3_600];

// The second that is shown: a replay hands ticks on a little before their time.
function shownS({ state, session }: Source): number {
    const drawnS = Math.floor(state.drawnMs.peek() / 1_000);
    return state.replay.value ? Math.min(session.competitors.raceS, drawnS) : session.competitors.raceS;
}

const whole = (n: number): string => format.number(n, locale.value);
const list = (a: ArrayLike<number>): (number | null)[] => Array.from(a, (v) => (Number.isNaN(v) ? null : v));
const countAxis = (): Axis => ({ label: '', fromZero: true, steps: COUNT_STEPS, ticks: (v) => countTicks(v, locale.value) });

function timeAxis(lastS: number): Axis {
    const hours = lastS >= 3600;
    return { label: t(hours ? 'charts.axis.hours' : 'charts.axis.minutes'), steps: TIME_STEPS, ticks: (v) => timeTicks(v, hours) };
}

function nothing(name: Name, title: string, why: string): View {
    return {
        name, title, figures: '', empty: why, note: null, x: countAxis(), y: countAxis(), looks: [], band: null, legend: [],
        data: [[]], head: [], rows: [],
    };
}

export function finishersView(source: Source): View {
    const { competitors } = source.session;
    const title = t('charts.finishers');
    const nowS = shownS(source);
    const times = competitors.finishTimes().filter((s) => s <= nowS);
    const n = times.length;
    if (n === 0) {
        const over = source.state.race.value?.state === 'stopped' && !source.state.replay.value;
        return nothing('finishers', title, t(competitors.raceS < 0 ? 'charts.empty.waiting' : over ? 'results.none' : 'charts.empty.finishers'));
    }
    const curve = finishCurve(times, nowS);
    const look: Look = { path: 'step', colour: '--finished' };
    return {
        ...nothing('finishers', title, ''),
        empty: null,
        figures: counted('charts.finishers.figures', n, {
            total: whole(competitors.n), first: format.raceTime(times[0]), half: format.raceTime(times[(n - 1) >> 1]),
            last: format.raceTime(times[n - 1]),
        }),
        x: timeAxis(curve.x[curve.x.length - 1]!),
        looks: [look],
        data: [curve.x, curve.y] as unknown as AlignedData,
        head: [t('charts.col.time'), t('charts.finishers')],
        rows: someOf(curve.x.length, MOST_ROWS).map((k) => [format.raceTime(curve.x[k]), whole(curve.y[k]!)]),
    };
}

function markName(spacing: Spacing, k: number, unit: string): string {
    if (Number.isNaN(spacing.units)) {
        return t('charts.lap', { lap: k + 1 });
    }
    const edge = (i: number): string => format.number(i * spacing.units, locale.value, spacing.units < 1 ? 1 : 0);
    return `${edge(k)}–${edge(k + 1)} ${unit}`;
}

function perMarkTitle(spacing: Spacing, unit: string): string {
    if (Number.isNaN(spacing.units)) {
        return t('charts.perLap');
    }
    return t('charts.perMark', { stretch: spacing.units === 1 ? unit : `${format.number(spacing.units, locale.value, spacing.units < 1 ? 1 : 0)} ${unit}` });
}

export function perMarkView({ state, session }: Source): View {
    const { competitors } = session;
    const unit = t(`unit.${state.units.value}`);
    const track = state.track.value;
    if (!track || competitors.raceS < 0) {
        return nothing('perMark', t('charts.perMark', { stretch: unit }), t(track || !state.race.value ? 'charts.empty.waiting' : 'charts.empty.course'));
    }
    const spacing = markSpacing(track.lengthM, track.laps, format.unitM(state.units.value));
    const title = perMarkTitle(spacing, unit);
    const counts = perMark((i) => competitors.metres(i), competitors.status, spacing.everyM, track.lengthM);
    const most = fullest(counts);
    if (most < 0) {
        return nothing('perMark', title, t(competitors.finishTimes().length > 0 ? 'charts.empty.allHome' : 'charts.empty.nobody'));
    }
    const step = Number.isNaN(spacing.units) ? 1 : spacing.units;
    const running = counts.reduce((sum, c) => sum + c, 0);
    return {
        ...nothing('perMark', title, ''),
        empty: null,
        figures: counted('charts.perMark.figures', running, { most: whole(counts[most]!), where: markName(spacing, most, unit) }),
        x: { label: Number.isNaN(spacing.units) ? t('charts.axis.lap') : unit, steps: DISTANCE_STEPS, ticks: (v) => distanceTicks(v, locale.value) },
        looks: [{ path: 'bars', colour: '--on-course' }],
        data: [Array.from(counts, (_, k) => (k + 0.5) * step), Array.from(counts)],
        head: [t('charts.col.stretch'), t('charts.col.runners')],
        rows: Array.from(counts, (c, k) => [markName(spacing, k, unit), whole(c)]).filter((_, k) => counts[k]! > 0),
    };
}

const MEDIAN: Look = { path: 'line', colour: '--on-course', marks: true };
const EDGE: Look = { path: 'edge', colour: '--on-course', dash: [2, 3] };
const CHOSEN: Look = { path: 'line', colour: '--in-geofence', dash: [7, 4], marks: true };

// Why the pace chart is empty, or what is to be said about it.
function paceWords({ state, splits, chosen }: Source, some: boolean, own: boolean): { empty: string | null; note: string | null } {
    if (!some) {
        return { empty: splits.filling ? t('charts.pace.filling') : splits.failed ? t('charts.pace.failed', { error: splits.failed })
            : t('charts.empty.pace'), note: null };
    }
    const bib = state.selected.value;
    const notes = [
        bib === null ? t('charts.pace.nobody') : own ? '' : t(chosen ? 'charts.pace.notYet' : 'charts.pace.asking', { bib }),
        splits.filling ? t('charts.pace.filling') : splits.failed ? t('charts.pace.failed', { error: splits.failed }) : '',
    ];
    return { empty: null, note: notes.filter((n) => n !== '').join(' ') || null };
}

function paceFigures(bands: Bands, own: Float64Array | null, show: (v: number) => string, name: (k: number) => string, bib: number | null): string {
    let last = bands.count.length - 1;
    while (last > 0 && Number.isNaN(bands.median[last]!)) {
        last--;
    }
    let mine = own ? own.length - 1 : -1;
    while (mine >= 0 && Number.isNaN(own![mine]!)) {
        mine--;
    }
    const k = mine >= 0 && !Number.isNaN(bands.median[mine]!) ? mine : last;
    const field = t('charts.pace.figures', { where: name(k), median: show(bands.median[k]!), fast: show(bands.p10[k]!), slow: show(bands.p90[k]!) });
    const words = mine >= 0 ? [t('charts.pace.own', { bib: bib!, where: name(mine), pace: show(own![mine]!) })] : [];
    return [...words, ...(Number.isNaN(bands.median[k]!) ? [] : [field])].join(' ');
}

export function paceView(source: Source): View {
    const { state, session, splits, chosen } = source;
    const units = state.units.value;
    const unit = t(`unit.${units}`);
    const title = t('charts.pace', { unit });
    const log = splits.log;
    if (!state.track.value || !log) {
        const course = state.race.value && !state.track.value && session.competitors.raceS >= 0;
        return nothing('pace', title, t(course ? 'charts.empty.course' : 'charts.empty.waiting'));
    }
    const uptoS = shownS(source);
    const bands = log.bands(uptoS);
    const bib = state.selected.value;
    const own = chosen && chosen.competitorId === bib ? pacesOf(chosen.splits, chosen.finishTime, log.marks, log.lengthM, uptoS) : null;
    const hasOwn = own !== null && own.some((v) => !Number.isNaN(v));
    const some = bands.median.some((v) => !Number.isNaN(v)) || hasOwn;
    const scale = format.unitM(units) / 1_000;
    const show = (v: number): string => format.pace(v, units);
    const name = (k: number): string => `${format.distance(log.marks[k], units, locale.value, log.marks[k]! % 1000 === 0 && units === 'km' ? 0 : 2)} ${unit}`;
    const y = (a: Float64Array): (number | null)[] => list(a.map((v) => v * scale));
    const all = Array.from(log.marks, (_, k) => k).filter((k) => !Number.isNaN(bands.median[k]!) || (own && !Number.isNaN(own[k]!)));
    return {
        ...nothing('pace', title, ''),
        ...paceWords(source, some, hasOwn),
        figures: some ? paceFigures(bands, own, show, name, bib) : '',
        x: { label: unit, fromZero: true, steps: log.lengthM >= 2_000 ? COUNT_STEPS : DISTANCE_STEPS, ticks: (v) => distanceTicks(v, locale.value) },
        y: { label: '', steps: PACE_STEPS, ticks: (v) => v.map((s) => format.shortTime(s)) },
        looks: [EDGE, MEDIAN, EDGE, ...(hasOwn ? [CHOSEN] : [])],
        band: { series: [3, 1], colour: '--on-course' },
        legend: [
            ...(hasOwn ? [{ look: CHOSEN, text: t('competitor.title', { bib: bib! }) }] : []),
            { look: MEDIAN, text: t('charts.pace.median') },
            { look: EDGE, text: t('charts.pace.band') },
        ],
        data: [Array.from(log.marks, (m) => m / format.unitM(units)), y(bands.p10), y(bands.median), y(bands.p90), ...(hasOwn ? [y(own)] : [])],
        head: [t('charts.col.upTo'), ...(hasOwn ? [t('competitor.title', { bib: bib! })] : []), t('charts.col.p10'), t('charts.col.median'), t('charts.col.p90')],
        rows: all.map((k) => [name(k), ...(hasOwn ? [show(own[k]!)] : []), show(bands.p10[k]!), show(bands.median[k]!), show(bands.p90[k]!)]),
    };
}

const P50: Look = { path: 'line', colour: '--on-course', marks: true };
const P95: Look = { path: 'line', colour: '--in-geofence', dash: [6, 4], marks: true };

export function lagView({ state, session }: Source): View {
    const title = t('charts.lag');
    const samples = session.lag.log.all().filter((s) => Number.isFinite(s.painted));
    if (samples.length === 0) {
        return nothing('lag', title, t(state.race.value?.state === 'running' ? 'charts.empty.lag' : 'charts.empty.lagStill'));
    }
    const series = lagSeries(samples);
    const painted = samples.map((s) => s.painted);
    const ms = (v: number): string => format.number(Math.round(v), locale.value);
    return {
        ...nothing('lag', title, ''),
        empty: null,
        figures: counted('charts.lag.figures', samples.length, { p50: ms(percentile(painted, 0.5)), p95: ms(percentile(painted, 0.95)) }),
        note: state.replay.value ? t('charts.lag.replay') : null,
        x: timeAxis(series.x[series.x.length - 1]! + series.everyS),
        looks: [P50, P95],
        legend: [{ look: P50, text: 'p50' }, { look: P95, text: 'p95' }],
        data: [series.x, series.p50, series.p95] as unknown as AlignedData,
        head: [t('charts.col.from'), 'p50', 'p95'],
        rows: someOf(series.x.length, MOST_ROWS).map((k) => [format.raceTime(series.x[k]), ms(series.p50[k]!), ms(series.p95[k]!)]),
    };
}

export const VIEWS: Record<Name, (source: Source) => View> = {
    finishers: finishersView, perMark: perMarkView, pace: paceView, lag: lagView,
};
