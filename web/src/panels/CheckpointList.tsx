// The checkpoints of a race: how many have passed each, the first and the latest time, its cut-off, and who is behind it.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import * as api from '../wire/api';
import type { Cutoff, LateRow, RaceCheckpoint } from '../wire/api';
import { counted, locale, t } from '../i18n';
import { say } from '../i18n/say';
import { checkpointLabel } from '../model/checkpoints';
import * as format from '../model/format';
import type { AppState } from '../session/state';

const ASK_EVERY_MS = 3_000;
const LIST_MAX = 50;

interface Loaded {
    checkpoints: RaceCheckpoint[];
    cutoffs: Cutoff[];
}

async function load(runId: string, at: number | undefined): Promise<Loaded> {
    const checkpoints = await api.getCheckpoints(runId, at);
    const cutoffs = checkpoints.some((c) => c.cutoff !== undefined) ? await api.getCutoffs(runId, LIST_MAX, at) : [];
    return { checkpoints, cutoffs };
}

function Row({ checkpoint: c, state }: { checkpoint: RaceCheckpoint; state: AppState }) {
    const late = (c.behind ?? 0) + (c.danger ?? 0) > 0;
    return (
        <tr data-checkpoint={c.number}>
            <th scope="row">{c.number} {checkpointLabel(c)}</th>
            <td>{format.distance(c.distance, state.units.value, locale.value)}</td>
            <td>{format.number(c.passed, locale.value)}</td>
            <td>{c.first ? format.raceTime(c.first.rawTime) : ''}</td>
            <td>{c.last !== null ? format.raceTime(c.last) : ''}</td>
            <td>{c.cutoff !== undefined && format.raceTime(c.cutoff)}</td>
            <td class={late ? 'warm' : ''}>
                {c.cutoff !== undefined && (c.closed ? format.number(c.behind ?? 0, locale.value) : t('checkpoints.inDanger', { n: format.number(c.danger ?? 0, locale.value) }))}
            </td>
        </tr>
    );
}

/** Where one competitor is, and how much is left until the cut-off, or how late they are. */
function Late({ row, state }: { row: LateRow; state: AppState }) {
    const unit = t(`unit.${state.units.value}`);
    const left = `${format.distance(row.distanceLeft, state.units.value, locale.value)} ${unit}`;
    return (
        <li>
            <button type="button" onClick={() => { state.selected.value = row.competitorId; }}>{row.competitorId}</button>{' '}
            <span class="soft">
                {row.timeLeft !== undefined ? t('checkpoints.left', { distance: left, time: format.shortTime(row.timeLeft) })
                    : row.rawTime !== null && row.rawTime !== undefined ? t('checkpoints.late', { time: format.shortTime(row.late) })
                    : t('checkpoints.missing', { distance: left, time: format.shortTime(row.late) })}
            </span>
        </li>
    );
}

function LateList({ cutoff, state }: { cutoff: Cutoff; state: AppState }) {
    const rows = cutoff.closed ? cutoff.behindList : cutoff.dangerList;
    const all = (cutoff.closed ? cutoff.behind : cutoff.danger) ?? 0;
    if (rows.length === 0) {
        return null;
    }
    const values = { name: checkpointLabel(cutoff), time: format.raceTime(cutoff.cutoff) };
    return (
        <section data-cutoff={cutoff.number}>
            <h2>{cutoff.closed ? t('checkpoints.behindAt', values) : t('checkpoints.dangerAt', values)}</h2>
            <ul class="late">{rows.map((row) => <Late key={row.competitorId} row={row} state={state} />)}</ul>
            {all > rows.length && <p class="soft">{counted('checkpoints.more', all - rows.length)}</p>}
        </section>
    );
}

/** Asks anew every few seconds, for the moment that is shown. */
export function CheckpointList({ state }: { state: AppState }) {
    const race = state.race.value?.runId;
    const loaded = useSignal<Loaded | null>(null);
    const failed = useSignal<string | null>(null);
    const jumpedS = state.replay.value?.fromS;
    useEffect(() => {
        let over = false;
        const ask = (s?: number): void => {
            const at = state.replay.peek() ? s ?? Math.max(0, Math.floor(state.drawnMs.peek() / 1000)) : undefined;
            if (race) {
                load(race, at).then((l) => {
                    if (!over) {
                        loaded.value = l;
                        failed.value = null;
                    }
                }, (error: Error) => { if (!over) { failed.value = say(error); } });
            }
        };
        ask(jumpedS);
        const timer = setInterval(() => !document.hidden && !state.frozen.peek() && ask(), ASK_EVERY_MS);
        return () => {
            over = true;
            clearInterval(timer);
        };
    }, [race, jumpedS]);
    const list = loaded.value;
    if (!list) {
        return <p class={failed.value ? 'error' : 'empty'} role="status">{failed.value ?? t('board.loading')}</p>;
    }
    const unit = t(`unit.${state.units.value}`);
    return (
        <div class="checkpoints">
            {failed.value !== null && <p class="error" role="status">{failed.value}</p>}
            <div class="checkpoints-table">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{t('checkpoints.name')}</th>
                            <th scope="col">{t('col.distance', { unit })}</th>
                            <th scope="col">{t('checkpoints.passed')}</th>
                            <th scope="col">{t('checkpoints.first')}</th>
                            <th scope="col">{t('checkpoints.last')}</th>
                            <th scope="col">{t('checkpoints.cutoff')}</th>
                            <th scope="col">{t('checkpoints.behind')}</th>
                        </tr>
                    </thead>
                    <tbody>{list.checkpoints.map((c) => <Row key={c.number} checkpoint={c} state={state} />)}</tbody>
                </table>
            </div>
            {list.cutoffs.map((c) => <LateList key={c.number} cutoff={c} state={state} />)}
        </div>
    );
}
