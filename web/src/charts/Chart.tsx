// A chart with everything around it: name, main figures, legend, and the same in a table for screen readers.
import { t } from '../i18n';
import { Plot } from './Plot';
import type { Look, View } from './chart';

const SWATCH_W = 26;

function Swatch({ look }: { look: Look }) {
    const style = { stroke: `var(${look.colour})`, fill: `var(${look.colour})` };
    return (
        <svg class="chart-swatch" width={SWATCH_W} height={12} aria-hidden="true" style={style}>
            {look.path === 'edge' && <rect x={0} y={1} width={SWATCH_W} height={10} stroke="none" fill-opacity={0.2} />}
            {look.path === 'edge'
                ? <path d={`M0 1H${SWATCH_W}M0 11H${SWATCH_W}`} fill="none" stroke-dasharray={look.dash?.join(' ')} />
                : <path d={`M0 6H${SWATCH_W}`} fill="none" stroke-width={2} stroke-dasharray={look.dash?.join(' ')} />}
            {look.marks && <circle cx={SWATCH_W / 2} cy={6} r={3} fill="var(--ground)" stroke-width={1.5} />}
        </svg>
    );
}

function Table({ view }: { view: View }) {
    return (
        <table class="chart-table">
            <caption>{view.title}</caption>
            <thead><tr>{view.head.map((h) => <th key={h} scope="col">{h}</th>)}</tr></thead>
            <tbody>
                {view.rows.map((row, k) => (
                    <tr key={k}>{row.map((cell, c) => (c === 0 ? <th key={c} scope="row">{cell}</th> : <td key={c}>{cell}</td>))}</tr>
                ))}
            </tbody>
        </table>
    );
}

function Legend({ view }: { view: View }) {
    return (
        <ul class="chart-legend">
            {view.legend.map((e) => <li key={e.text}><Swatch look={e.look} />{e.text}</li>)}
        </ul>
    );
}

interface ChartProps {
    view: View;
    height: number;
    large?: boolean;
    onEnlarge?: () => void;
}

export function Chart({ view, height, large = false, onEnlarge }: ChartProps) {
    return (
        <figure class={large ? 'chart large' : 'chart'} data-chart={view.name}>
            <figcaption class="chart-head">
                <h2>{view.title}</h2>
                {onEnlarge && (
                    <button type="button" class="quiet" title={t('charts.enlarge')} aria-label={t('charts.enlargeOne', { chart: view.title })} onClick={onEnlarge}>
                        <span aria-hidden="true">⤢</span>
                    </button>
                )}
            </figcaption>
            {view.empty !== null
                ? <p class="chart-empty soft" style={{ minHeight: `${height}px` }}>{view.empty}</p>
                : (
                    <>
                        {large && <p class="chart-figures">{view.figures}</p>}
                        <div role="img" aria-label={`${view.title}: ${view.figures}`}>
                            <Plot view={view} height={height} large={large} />
                        </div>
                        {view.legend.length > 0 && <Legend view={view} />}
                        {view.note !== null && <p class="chart-note soft">{view.note}</p>}
                        {large
                            ? <details class="chart-data"><summary>{t('charts.table')}</summary><div class="chart-rows"><Table view={view} /></div></details>
                            : <div class="sr"><Table view={view} /></div>}
                    </>
                )}
        </figure>
    );
}
