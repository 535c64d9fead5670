import { useRef } from 'preact/hooks';
import * as api from '../api';
import { locale, t } from '../i18n';
import * as format from '../model/format';
import type { AppState } from '../state';
import type { Watch } from '../watch';
import { ReplayBar } from './ReplayBar';
import { withToken } from './TokenDialog';

const SPEEDS = [0.1, 0.5, 1, 2, 5, 10, 20, 50, 100, 1000];
const RATES = [1, 2, 5, 10, 0];

function TableRate({ state, watch }: { state: AppState; watch: Watch }) {
    const choose = (event: Event): void => {
        state.refreshS.value = Number((event.currentTarget as HTMLSelectElement).value);
        watch.refresh();
    };
    return (
        <label class="inline">
            <span>{t('updates.rate')}</span>
            <select value={String(state.refreshS.value)} onChange={choose} data-rate>
                {RATES.map((s) => (
                    <option key={s} value={String(s)}>{s === 0 ? t('updates.off') : t('updates.every', { seconds: s })}</option>
                ))}
            </select>
        </label>
    );
}

/** Pause, resume and stop the race itself, for everybody; its speed; how often the tables change. */
export function Controls({ state, watch }: { state: AppState; watch: Watch }) {
    const ask = useRef<HTMLDialogElement>(null);
    const race = state.race.value;
    const act = (action: () => Promise<unknown>): void => {
        void withToken(state, action, (error) => { state.trouble.value = t('control.failed', { error: error.message }); });
    };
    const over = !race || race.foreign === true || !['running', 'paused', 'scheduled'].includes(race.state);
    const paused = race?.state === 'paused';
    const speeds = race && !SPEEDS.includes(race.anchor.speed) ? [...SPEEDS, race.anchor.speed].sort((a, b) => a - b) : SPEEDS;
    const stop = (): void => {
        ask.current?.close();
        act(() => api.raceAction(race!.runId, 'stop'));
    };
    return (
        <>
            <div class="race-controls">
                <button type="button" disabled={over} data-action={paused ? 'resume' : 'pause'}
                    onClick={() => act(() => api.raceAction(race!.runId, paused ? 'resume' : 'pause'))}>
                    <span aria-hidden="true">{paused ? '▶ ' : '❚❚ '}</span>{t(paused ? 'control.resume' : 'control.pause')}
                </button>
                <button type="button" disabled={over} data-action="stop" onClick={() => ask.current?.showModal()}>
                    <span aria-hidden="true">■ </span>{t('control.stop')}
                </button>
                <label class="inline">
                    <span>{t('control.speed')}</span>
                    <select value={String(race?.anchor.speed ?? 1)} disabled={over} data-speed
                        onChange={(e) => act(() => api.raceSpeed(race!.runId, Number(e.currentTarget.value)))}>
                        {speeds.map((s) => <option key={s} value={String(s)}>{`×${format.number(s, locale.value, s < 1 ? 1 : 0)}`}</option>)}
                    </select>
                </label>
                <TableRate state={state} watch={watch} />
            </div>
            <div class="replay">
                <ReplayBar state={state} watch={watch} />
            </div>
            <dialog ref={ask} aria-labelledby="stop-title">
                <h2 id="stop-title">{t('control.stop.title')}</h2>
                <p>{t('control.stop.text')}</p>
                <div class="row end">
                    <button type="button" onClick={() => ask.current?.close()}>{t('control.cancel')}</button>
                    <button type="button" class="danger" data-action="stop-yes" onClick={stop}>{t('control.stop.yes')}</button>
                </div>
            </dialog>
        </>
    );
}
