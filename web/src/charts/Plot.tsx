// One uPlot: made anew when its make-up changes, else only given new data. Colours are the page's CSS variables.
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { Axis, Look, View } from './chart';

const SMALL_PX = 11;
const LARGE_PX = 13;
const TINT = '2e';

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function axis(a: Axis, px: number, size: number, labelled: boolean): uPlot.Axis {
    return {
        stroke: () => colour('--soft'),
        font: `${px}px system-ui, "DejaVu Sans", sans-serif`,
        labelFont: `${px}px system-ui, "DejaVu Sans", sans-serif`,
        grid: { stroke: () => colour('--line'), width: 1 },
        ticks: { show: false },
        gap: 4,
        size,
        incrs: a.steps,
        values: (_u, values) => a.ticks(values),
        ...(labelled && a.label !== '' ? { label: a.label, labelSize: px + 4, labelGap: 0 } : {}),
    };
}

function series(look: Look): uPlot.Series {
    const paths = look.path === 'step' ? uPlot.paths.stepped!({ align: 1 })
        : look.path === 'bars' ? uPlot.paths.bars!({ size: [0.86, 60] }) : uPlot.paths.linear!();
    const filled = look.path === 'bars' || look.path === 'step';
    return {
        stroke: () => colour(look.colour),
        width: look.path === 'edge' ? 1 : look.path === 'bars' ? 0 : 1.75,
        paths,
        spanGaps: false,
        points: look.marks ? { show: true, size: 5, width: 1.5, fill: () => colour('--ground') } : { show: false },
        ...(look.dash ? { dash: look.dash } : {}),
        ...(filled ? { fill: () => colour(look.colour) + (look.path === 'bars' ? '' : TINT) } : {}),
    };
}

// Room above the highest value; a flat line is not drawn on the edge.
function yRange(fromZero: boolean): uPlot.Range.Function {
    return (_u, low, high) => {
        if (low === null || high === null) {
            return [0, 1];
        }
        const bottom = fromZero ? Math.min(0, low) : low - Math.max(5, 0.08 * (high - low));
        return [bottom, Math.max(bottom + (fromZero ? 1 : 20), high + 0.08 * (high - bottom))];
    };
}

// Bars need half of one on both sides.
function xRange(bars: boolean, fromZero: boolean): uPlot.Range.Function {
    return (u, low, high) => {
        const x = u.data[0];
        const least = fromZero ? Math.min(0, low) : low;
        const half = bars && x.length > 1 ? (x[1]! - x[0]!) / 2 : 0;
        return half > 0 ? [low - half, high + half] : high > least ? [least, high] : [low - 0.5, high + 0.5];
    };
}

function readOut(u: uPlot, view: View): string {
    const k = u.cursor.idx;
    if (k === null || k === undefined || k < 0) {
        return '';
    }
    const [x, ...rest] = u.data.map((s) => s[k]);
    const values = rest.map((v) => (v === null || v === undefined ? '–' : view.y.ticks([v])[0] || String(Math.round(v))));
    const named = view.legend.length === 0 ? values.slice(0, 1) : view.looks.map((look, i) => {
        const entry = view.legend.find((e) => e.look === look && look.path !== 'edge');
        return entry ? `${entry.text} ${values[i]}` : '';
    });
    const at = view.name === 'pace' ? ` ${view.x.label}` : '';
    return `${view.x.ticks([Math.round(x! * 10) / 10])[0]}${at}: ${named.filter((n) => n !== '').join(' · ')}`;
}

function options(view: View, width: number, height: number, large: boolean, readout: () => HTMLElement | null): uPlot.Options {
    const px = large ? LARGE_PX : SMALL_PX;
    const bars = view.looks.some((l) => l.path === 'bars');
    return {
        width,
        height,
        padding: [6, large ? 12 : 8, 0, 0],
        legend: { show: false },
        cursor: large
            ? { y: false, drag: { x: false, y: false }, points: { size: 8 } }
            : { show: false, drag: { x: false, y: false } },
        scales: { x: { time: false, range: xRange(bars, view.x.fromZero === true) }, y: { range: yRange(view.y.fromZero === true) } },
        axes: [
            { ...axis(view.x, px, px + 9, true), space: large ? 70 : 40 },
            { ...axis(view.y, px, large ? 58 : 42, false), space: large ? 36 : 26 },
        ],
        series: [{}, ...view.looks.map(series)],
        bands: view.band ? [{ series: view.band.series, fill: () => colour(view.band!.colour) + TINT }] : [],
        hooks: large ? {
            setCursor: [(u) => {
                const out = readout();
                if (out) {
                    out.textContent = readOut(u, view);
                }
            }],
        } : {},
    };
}

interface PlotProps {
    view: View;
    height: number;
    large: boolean;
}

/** What must be the same for the same uPlot to go on. */
function makeUp(view: View, large: boolean): string {
    return [view.name, large, view.looks.length, view.x.label, view.x.ticks([3_600, 3_660]).join(), view.y.ticks([1_000])[0], view.band !== null,
        view.legend.map((e) => e.text).join()].join('|');
}

export function Plot({ view, height, large }: PlotProps) {
    const host = useRef<HTMLDivElement>(null);
    const out = useRef<HTMLParagraphElement>(null);
    const plot = useRef<uPlot | null>(null);
    const key = makeUp(view, large);
    useEffect(() => {
        const box = host.current!;
        const width = (): number => Math.max(60, Math.floor(box.clientWidth));
        plot.current = new uPlot(options(view, width(), height, large, () => out.current), view.data, box);
        const sized = new ResizeObserver(() => plot.current?.setSize({ width: width(), height }));
        sized.observe(box);
        const dark = matchMedia('(prefers-color-scheme: dark)');
        const again = (): void => plot.current?.redraw(false, true);
        dark.addEventListener('change', again);
        return () => {
            sized.disconnect();
            dark.removeEventListener('change', again);
            plot.current?.destroy();
            plot.current = null;
        };
    }, [key, height]);
    useEffect(() => plot.current?.setData(view.data), [view]);
    return (
        <>
            <div ref={host} class="chart-plot" style={{ height: `${height}px` }} />
            {large && <p ref={out} class="chart-readout soft" aria-hidden="true" />}
        </>
    );
}
