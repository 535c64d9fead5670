// The line above a table that says how many competitors are marked, and the rule for it.
import { useSignal } from '@preact/signals';
import { savePreference } from '../session/preferences';
import { counted, locale, t } from '../i18n';
import { Mark } from '../model/alarm';
import { parseWhole } from '../model/number';
import type { AppState } from '../session/state';
import type { RaceSession } from '../session/raceSession';

const NAMED = 6;
const MAX_S = 86_400;
const FIRST_FIXED_S = 60;

/** From when on a dwell is marked: by the competitor's own pace, or by a fixed time. The choice is kept in this browser. */
function Rule({ state }: { state: AppState }) {
    const fixedS = state.alarmS.value;
    const wrong = useSignal(false);
    const keep = (s: number): void => {
        state.alarmS.value = s;
        savePreference('alarm', String(s));
    };
    const set = (text: string): void => {
        const s = parseWhole(text, locale.value);
        wrong.value = !(s >= 1 && s <= MAX_S);
        if (!wrong.value) {
            keep(s);
        }
    };
    return (
        <>
            <label class="inline">
                <span>{t('board.threshold')}</span>
                <select value={fixedS > 0 ? 'fixed' : 'pace'} data-alarm-rule
                    onChange={(e) => keep(e.currentTarget.value === 'fixed' ? FIRST_FIXED_S : 0)}>
                    <option value="pace">{t('board.threshold.pace')}</option>
                    <option value="fixed">{t('board.threshold.fixed')}</option>
                </select>
            </label>
            {fixedS > 0 && (
                <label class="inline">
                    <input type="text" inputMode="numeric" aria-label={t('board.threshold.seconds')} aria-invalid={wrong.value}
                        value={fixedS} onChange={(e) => set(e.currentTarget.value)} />
                    <span aria-hidden="true">s</span>
                </label>
            )}
        </>
    );
}

/** How many are marked, and the first of them by bib to be looked at. */
export function AlarmLine({ state, session, rule }: { state: AppState; session: RaceSession; rule: boolean }) {
    const { marks, count } = state.alarm.value;
    const first: number[] = [];
    for (let i = 0; i < marks.length && first.length < NAMED; i++) {
        if (marks[i] !== Mark.None) {
            first.push(session.competitors.roster.bibOf(i));
        }
    }
    return (
        <div class="threshold">
            {rule && <Rule state={state} />}
            <span class={count > 0 ? 'warm' : 'soft'} data-marked={count}>
                {count > 0 && <span aria-hidden="true">▲ </span>}{counted('board.marked', count)}
            </span>
            {first.map((bib) => (
                <button key={bib} type="button" class="marked" aria-label={t('competitor.title', { bib })}
                    onClick={() => { state.selected.value = bib; }}>{bib}</button>
            ))}
            {count > first.length && <span class="soft" aria-hidden="true">…</span>}
        </div>
    );
}
