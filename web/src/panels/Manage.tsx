// What an operator can do with the race: pause, stop, delete, speed.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import * as api from '../wire/api';
import { locale, t } from '../i18n';
import { say } from '../i18n/say';
import * as format from '../model/format';
import { onLink } from '../session/route';
import type { AppState } from '../session/state';
import { signOut, withToken } from '../ui/TokenDialog';

const SPEEDS = [0.1, 0.5, 1, 2, 5, 10, 20, 50, 100, 1000];

/** Pause, resume and stop the race itself, for everybody; its speed. */
function RaceControls({ state, done }: { state: AppState; done: () => void }) {
    const ask = useRef<HTMLDialogElement>(null);
    const race = state.race.value;
    const act = (action: () => Promise<unknown>): void => {
        void withToken(state, action, (error) => { state.trouble.value = t('control.failed', { error: say(error) }); });
    };
    const press = (action: 'pause' | 'resume' | 'stop'): void => {
        done();
        act(() => api.raceAction(race!.runId, action));
    };
    const over = !race || race.foreign === true || !['running', 'paused', 'scheduled'].includes(race.state);
    const paused = race?.state === 'paused';
    const real = race?.kind === 'live'; // people run it: it cannot be paused, and has no speed
    const speeds = race && !SPEEDS.includes(race.anchor.speed) ? [...SPEEDS, race.anchor.speed].sort((a, b) => a - b) : SPEEDS;
    return (
        <>
            {!real && (
                <button type="button" disabled={over} data-action={paused ? 'resume' : 'pause'}
                    onClick={() => press(paused ? 'resume' : 'pause')}>
                    <span aria-hidden="true">{paused ? '▶ ' : '❚❚ '}</span>{t(paused ? 'control.resume' : 'control.pause')}
                </button>
            )}
            <button type="button" disabled={over} data-action="stop" onClick={() => ask.current?.showModal()}>
                <span aria-hidden="true">■ </span>{t('control.stop')}
            </button>
            {!real && (
                <label class="inline">
                    <span>{t('control.speed')}</span>
                    <select value={String(race?.anchor.speed ?? 1)} disabled={over} data-speed
                        onChange={(e) => act(() => api.raceSpeed(race!.runId, Number(e.currentTarget.value)))}>
                        {speeds.map((s) => <option key={s} value={String(s)}>{`×${format.number(s, locale.value, Number.isInteger(s) ? 0 : 1)}`}</option>)}
                    </select>
                </label>
            )}
            <dialog ref={ask} aria-labelledby="stop-title">
                <h2 id="stop-title">{t('control.stop.title')}</h2>
                <p>{t('control.stop.text')}</p>
                <div class="row end">
                    <button type="button" onClick={() => ask.current?.close()}>{t('control.cancel')}</button>
                    <button type="button" class="danger" onClick={() => press('stop')}>{t('control.stop.yes')}</button>
                </div>
            </dialog>
        </>
    );
}

/**
 * What operators may do, together behind one button: create a race, pause, resume and stop the one that is shown, its speed.
 * It is shown only to viewers who may change something.
 */
export function Manage({ state }: { state: AppState }) {
    const open = useSignal(false);
    const host = useRef<HTMLDivElement>(null);
    useEffect(() => {
        const leave = (event: Event): void => {
            if (!host.current?.contains(event.target as Node)) {
                open.value = false;
            }
        };
        addEventListener('pointerdown', leave);
        return () => removeEventListener('pointerdown', leave);
    }, []);
    const key = (event: KeyboardEvent): void => {
        if (event.key === 'Escape' && open.value && !host.current?.querySelector('dialog[open]')) {
            event.stopPropagation();
            open.value = false;
            host.current?.querySelector<HTMLElement>('[data-manage]')?.focus();
        }
    };
    return (
        <div ref={host} class="manage" onKeyDown={key}>
            <button type="button" aria-expanded={open.value} aria-controls="manage" data-manage onClick={() => { open.value = !open.value; }}>
                {t('nav.manage')}<span aria-hidden="true"> ▾</span>
            </button>
            {open.value && (
                <div id="manage" class="manage-panel">
                    <a class="button primary" href="/create" onClick={onLink}>{t('nav.create')}</a>
                    {state.race.value && <RaceControls state={state} done={() => { open.value = false; }} />}
                    {api.savedToken() !== '' && <button type="button" class="quiet" onClick={() => void signOut(state)}>{t('manage.signOut')}</button>}
                </div>
            )}
        </div>
    );
}
