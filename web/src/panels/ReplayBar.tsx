// The slider from the start of the race to now, and the buttons of the replay.
import { locale, t } from '../i18n';
import * as format from '../model/format';
import type { AppState } from '../session/state';
import type { RaceSession } from '../session/raceSession';

const SPEEDS = [0.5, 1, 2, 5, 10, 20, 50, 100];

/** The race from its start to now: drag to any moment, play it at any speed, go back to live. */
export function ReplayBar({ state, session }: { state: AppState; session: RaceSession }) {
    const replay = state.replay.value;
    const endS = Math.max(0, state.virtualStart.value?.endS ?? state.newestS.value);
    const shownS = Math.min(endS, Math.max(0, Number.isFinite(state.drawnMs.value) ? Math.floor(state.drawnMs.value / 1000) : 0));
    const running = state.race.value?.state === 'running';
    const disabled = !state.race.value || endS === 0;
    return (
        <>
            <button type="button" disabled={disabled} data-replay="play"
                aria-label={t(replay?.playing ? 'replay.pause' : 'replay.play')}
                onClick={() => void session.replay.play(!replay?.playing)}>
                <span aria-hidden="true">{replay?.playing ? '❚❚' : '▶'}</span>
            </button>
            <input type="range" class="slider" min={0} max={endS} step={1} value={shownS} disabled={disabled} aria-label={t('replay.slider')}
                aria-valuetext={format.raceTime(shownS)} data-replay="slider"
                onInput={(e) => void session.replay.to(Number(e.currentTarget.value))} />
            <span class="slider-end">{format.raceTime(endS)}</span>
            {replay && (
                <select aria-label={t('replay.speed')} value={String(replay.speed)} data-replay="speed"
                    onChange={(e) => session.replay.speed(Number(e.currentTarget.value))}>
                    {SPEEDS.map((s) => <option key={s} value={String(s)}>{`×${format.number(s, locale.value, s < 1 ? 1 : 0)}`}</option>)}
                </select>
            )}
            <button type="button" class={replay ? 'primary' : ''} disabled={!replay} data-replay="live" onClick={() => session.replay.live()}>
                {t(running ? 'replay.live' : 'replay.end')}
            </button>
        </>
    );
}
