import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { locale, t } from '../i18n';
import { number, unitM } from '../model/format';
import { percentile } from '../model/lag';
import { finishers, lags, paces, perMark } from '../model/series';
import type { Points } from '../model/series';
import type { AppState } from '../state';
import type { Watch } from '../watch';

const HEIGHT = 130;

interface PlotProps {
    title: string;
    /** The chart in a sentence, for who does not see it. */
    summary: string;
    points: Points;
    bars?: boolean;
    /** A value on the x axis to mark. */
    mark?: number | null;
}

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function options(width: number, bars: boolean, mark: () => number | null): uPlot.Options {
    const axis = { stroke: colour('--soft'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false }, font: '11px sans-serif', size: 26 };
    return {
        width,
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: false }, y: { range: (_u, _min, max) => [0, Math.max(1, max * 1.05)] } },
        axes: [axis, { ...axis, size: 44, values: (_u, ticks) => ticks.map((v) => number(v, locale.peek())) }],
        series: [{}, {
            stroke: colour('--on-course'),
            width: 1.5,
            fill: bars ? colour('--on-course') : undefined,
            points: { show: false },
            ...(bars ? { paths: uPlot.paths.bars!({ size: [0.9, 60] }) } : {}),
        } as uPlot.Series],
        hooks: {
            draw: [(u) => {
                const at = mark();
                if (at !== null) {
                    const x = u.valToPos(at, 'x', true);
                    u.ctx.strokeStyle = colour('--in-geofence');
                    u.ctx.lineWidth = 2;
                    u.ctx.beginPath();
                    u.ctx.moveTo(x, u.bbox.top);
                    u.ctx.lineTo(x, u.bbox.top + u.bbox.height);
                    u.ctx.stroke();
                }
            }],
        },
    };
}

function Plot({ title, summary, points, bars = false, mark = null }: PlotProps) {
    const host = useRef<HTMLDivElement>(null);
    const plot = useRef<uPlot | null>(null);
    const marked = useRef(mark);
    marked.current = mark;
    useEffect(() => {
        const make = (): void => {
            plot.current?.destroy();
            plot.current = new uPlot(options(host.current!.clientWidth, bars, () => marked.current), points, host.current!);
        };
        make();
        const dark = matchMedia('(prefers-color-scheme: dark)');
        dark.addEventListener('change', make);
        const sized = new ResizeObserver(() => plot.current?.setSize({ width: host.current!.clientWidth, height: HEIGHT }));
        sized.observe(host.current!);
        return () => {
            sized.disconnect();
            dark.removeEventListener('change', make);
            plot.current?.destroy();
        };
    }, [bars]);
    useEffect(() => plot.current?.setData(points), [points]);
    return (
        <figure class="plot">
            <figcaption>{title}</figcaption>
            <div ref={host} role="img" aria-label={summary} />
        </figure>
    );
}

function LagHops({ watch }: { watch: Watch }) {
    const samples = watch.lag.all();
    const hops = ['published', 'committed', 'pushed', 'received', 'painted'] as const;
    const most = Math.max(1, ...hops.map((hop) => percentile(samples.map((s) => s[hop]), 0.99)).filter(Number.isFinite));
    return (
        <table class="hops">
            <caption class="sr">{t('chart.hops')}</caption>
            <thead>
                <tr><th scope="col">{t('chart.hop')}</th><th scope="col">p50</th><th scope="col">p95</th><th scope="col">p99 ms</th><td /></tr>
            </thead>
            <tbody>
                {hops.map((hop) => {
                    const values = samples.map((s) => s[hop]);
                    const at = (q: number): string => (values.length > 0 ? number(percentile(values, q), locale.value) : '–');
                    return (
                        <tr key={hop}>
                            <th scope="row">{t(`hop.${hop}`)}</th>
                            <td>{at(0.5)}</td><td>{at(0.95)}</td><td>{at(0.99)}</td>
                            <td class="bar"><meter min={0} max={most} value={percentile(values, 0.5) || 0} aria-label={t(`hop.${hop}`)} /></td>
                        </tr>
                    );
                })}
            </tbody>
        </table>
    );
}

/** Finishers over time, runners per kilometre, the field's pace with the chosen one's, the lag of each hop. */
export function Charts({ state, watch }: { state: AppState; watch: Watch }) {
    void state.fieldVersion.value;
    const field = watch.field;
    const every = unitM(state.units.value);
    const unit = t(`unit.${state.units.value}`);
    const n = (value: number): string => number(value, locale.value);
    const times = field.finishTimes();
    const lengthM = state.track.value?.lengthM ?? 0;
    const chosen = state.selected.value === null ? -1 : field.numberOf(state.selected.value);
    const pace = chosen >= 0 ? field.pace(chosen) : null;
    const running = perMark(field, every, Math.max(lengthM, 1));
    const busiest = running[1].indexOf(Math.max(...running[1]));
    return (
        <div class="plots">
            <Plot title={t('chart.finishers')} summary={t('chart.finishersSays', { count: n(times.length) })} points={finishers(times, field.raceS)} />
            <Plot title={t('chart.perMark', { unit })} points={running} bars
                summary={t('chart.perMarkSays', { mark: `${busiest + 1} ${unit}`, count: n(running[1][busiest] ?? 0) })} />
            <Plot title={t('chart.pace', { unit })} points={paces(field, every)} bars mark={pace === null ? null : (pace * every) / 60_000}
                summary={t('chart.paceSays')} />
            <Plot title={t('chart.lag')} points={lags(watch.lag.all())}
                summary={t('chart.lagSays', { ms: n(percentile(watch.lag.all().map((s) => s.painted), 0.95) || 0) })} />
            <LagHops watch={watch} />
        </div>
    );
}
