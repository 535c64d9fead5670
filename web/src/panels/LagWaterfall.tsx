// The lag hop by hop, drawn as a waterfall, with the state of the pipeline in words.
import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import * as api from '../wire/api';
import { counted, locale, t } from '../i18n';
import * as format from '../model/format';
import { HOPS, percentile, waterfall } from '../model/lag';
import type { HopFigures, HopName } from '../model/lag';
import { pipelineNotes } from '../model/pipelineStatus';
import type { Note, PipelineStatus } from '../model/pipelineStatus';
import type { AppState } from '../session/state';
import type { RaceSession } from '../session/raceSession';

const EVERY_MS = 1_000;
const ASK_EVERY = 2;
const LEAST_SCALE_MS = 20;

const hopName: Record<HopName, () => string> = {
    published: () => t('hop.published'),
    acknowledged: () => t('hop.acknowledged'),
    queryable: () => t('hop.queryable'),
    pushed: () => t('hop.pushed'),
    received: () => t('hop.received'),
    painted: () => t('hop.painted'),
};

const note: Record<Note['key'], (values: Note['values'], count: number) => string> = {
    local: () => t('pipeline.local'),
    unknown: () => t('pipeline.unknown'),
    slow: (v) => t('pipeline.slow', v),
    silent: (v) => t('pipeline.silent', v),
    clock: (v) => t('pipeline.clock', v),
    feedAway: (v) => t('pipeline.feedAway', v),
    skipped: (_, count) => counted('pipeline.skipped', count),
    storeStuck: (v) => t('pipeline.storeStuck', v),
    storeAway: (v) => t('pipeline.storeAway', v),
    pinot: (v) => t('pipeline.pinot', v),
};

const ms = (value: number): string => (Number.isNaN(value) ? '–' : format.number(value, locale.value));

function Row({ hop, scaleMs }: { hop: HopFigures; scaleMs: number }) {
    const share = (value: number): string => `${Math.min(100, (100 * value) / scaleMs)}%`;
    return (
        <tr data-hop={hop.hop}>
            <th scope="row">{hopName[hop.hop]()}</th>
            <td class="hop-bar" aria-hidden="true">
                {!Number.isNaN(hop.p50) && (
                    <>
                        <i class="hop-tail" style={{ left: share(hop.p50), width: share(Math.max(0, hop.p95 - hop.p50)) }} />
                        <i class="hop-step" style={{ left: share(hop.from), width: share(Math.max(0, hop.p50 - hop.from)) }} />
                    </>
                )}
            </td>
            <td>{ms(hop.p50)}</td><td>{ms(hop.p95)}</td><td>{ms(hop.p99)}</td>
        </tr>
    );
}

// What the server says, asked while this is open. null: nothing yet, or it does not answer.
function usePipelineStatus(state: AppState, tick: number): PipelineStatus | null {
    const status = useSignal<PipelineStatus | null>(null);
    const runId = state.raceId.value;
    useEffect(() => {
        if (runId !== null && tick % ASK_EVERY === 0) {
            api.getLag(runId).then((answer) => { status.value = answer; }, () => { status.value = null; });
        }
    }, [runId, tick]);
    return status.value;
}

export function LagWaterfall({ state, session }: { state: AppState; session: RaceSession }) {
    const tick = useSignal(0);
    useEffect(() => {
        const timer = setInterval(() => { tick.value += document.hidden ? 0 : 1; }, EVERY_MS);
        return () => clearInterval(timer);
    }, []);
    const status = usePipelineStatus(state, tick.value);
    const samples = session.lag.log.recent(session.serverNow());
    const hops = waterfall(samples);
    const scaleMs = Math.max(LEAST_SCALE_MS, ...hops.map((h) => h.p95).filter(Number.isFinite));
    const lateMs = percentile(samples.map((s) => s.painted), 0.5);
    const behindMs = state.behindMs.value;
    const chosenMs = behindMs === null ? NaN : Math.max(0, behindMs - (Number.isNaN(lateMs) ? 0 : lateMs));
    const clockMs = samples[samples.length - 1]?.clockMs ?? 0;
    return (
        <div class="hops">
            <dl>
                <div><dt>{t('hops.late')}</dt><dd data-late>{Number.isNaN(lateMs) ? '–' : `${ms(lateMs)} ms`}</dd></div>
                <div><dt>{t('hops.chosen')}</dt><dd data-chosen>{Number.isNaN(chosenMs) ? '–' : `${format.number(chosenMs / 1000, locale.value, 1)} s`}</dd></div>
            </dl>
            <table>
                <caption>{counted('hops.caption', samples.length)}</caption>
                <thead><tr><th scope="col">{t('hops.hop')}</th><td /><th scope="col">p50</th><th scope="col">p95</th><th scope="col">p99 ms</th></tr></thead>
                <tbody>{HOPS.map((name, k) => <Row key={name} hop={hops[k]!} scaleMs={scaleMs} />)}</tbody>
            </table>
            {pipelineNotes(status, clockMs, (n, digits) => format.number(n, locale.value, digits)).map(({ key, values, count, bad }) => (
                <p key={key} class={bad ? 'warm' : 'soft'} data-note={key}>{bad && <span aria-hidden="true">▲ </span>}{note[key](values, count)}</p>
            ))}
        </div>
    );
}
