// The open charts: two small ones side by side, any of them large on demand. Only what is seen is computed, at most
// once a second, and nothing while the tab is hidden.
import { useEffect, useRef } from 'preact/hooks';
import { effect, useSignal } from '@preact/signals';
import { Status } from '../wire/types';
import type { Signal } from '@preact/signals';
import * as api from '../wire/api';
import type { Competitor } from '../wire/api';
import { locale, t } from '../i18n';
import type { AppState } from '../session/state';
import type { RaceSession } from '../session/raceSession';
import { Chart } from './Chart';
import { EverybodySplits } from './everybodySplits';
import type { Name } from './chart';
import { VIEWS } from './fourCharts';
import type { Source } from './fourCharts';

const EVERY_MS = 1_000;
const ASK_EVERY_MS = 3_000;
const SMALL_H = 104;
const LARGE_SHARE = 0.52;
const PAIRS: Record<'race' | 'pace', [Name, Name]> = { race: ['finishers', 'perMark'], pace: ['pace', 'lag'] };
const PAIR_NAMES = ['race', 'pace'] as const;

// Grows when the charts are worth drawing anew: at once for what the viewer did, else at most once a second.
function useTick(state: AppState): Signal<number> {
    const tick = useSignal(0);
    useEffect(() => {
        let timer: ReturnType<typeof setTimeout> | undefined;
        let lastMs = 0;
        const now = (): void => {
            clearTimeout(timer);
            timer = undefined;
            if (!document.hidden) {
                lastMs = performance.now();
                tick.value = tick.peek() + 1;
            }
        };
        const soon = (): void => {
            timer ??= setTimeout(now, Math.max(0, lastMs + EVERY_MS - performance.now()));
        };
        const stops = [
            effect(() => { void state.tablesVersion.value; soon(); }),
            effect(() => { void [state.selected.value, state.units.value, state.track.value, state.raceId.value, locale.value]; now(); }),
        ];
        document.addEventListener('visibilitychange', now);
        return () => {
            clearTimeout(timer);
            stops.forEach((stop) => stop());
            document.removeEventListener('visibilitychange', now);
        };
    }, [state]);
    return tick;
}

// The selected competitor's splits, asked for anew when one more should be there.
function useChosen(state: AppState, session: RaceSession, wanted: boolean, tick: number): Competitor | null {
    const chosen = useSignal<Competitor | null>(null);
    const askedMs = useRef(-Infinity);
    const asked = useRef<number | null>(null);
    const bib = state.selected.value;
    const runId = state.raceId.value;
    useEffect(() => {
        const number = bib === null ? -1 : session.competitors.numberOf(bib);
        if (!wanted || bib === null || !runId || number < 0) {
            return;
        }
        const known = chosen.value?.competitorId === bib ? chosen.value : null;
        const lastKm = known?.splits[known.splits.length - 1]?.km ?? 0;
        const more = !known || (known.finishTime === null && (session.competitors.status[number] === Status.Finished || session.competitors.metres(number) >= (lastKm + 1) * 1_000));
        if (more && (asked.current !== bib || performance.now() - askedMs.current >= ASK_EVERY_MS)) {
            asked.current = bib;
            askedMs.current = performance.now();
            void api.getCompetitor(runId, bib).then((c) => {
                chosen.value = asked.current === bib ? c : chosen.value;
            }, () => undefined);
        }
    }, [bib, runId, wanted, tick]);
    return chosen.value?.competitorId === bib ? chosen.value : null;
}

function Large({ source, name, onClose }: { source: Source; name: Name; onClose: () => void }) {
    const dialog = useRef<HTMLDialogElement>(null);
    useEffect(() => dialog.current?.showModal(), []);
    const view = VIEWS[name](source);
    return (
        <dialog ref={dialog} class="chart-dialog" onClose={onClose} aria-label={view.title}>
            <Chart view={view} height={Math.max(220, Math.round(innerHeight * LARGE_SHARE))} large />
            <div class="row end">
                <button type="button" onClick={() => dialog.current?.close()}>{t('charts.close')}</button>
            </div>
        </dialog>
    );
}

export function ChartArea({ state, session }: { state: AppState; session: RaceSession }) {
    const tick = useTick(state).value;
    const pair = useSignal<'race' | 'pace'>('race');
    const large = useSignal<Name | null>(null);
    const arrived = useSignal(0);
    const splits = useRef(new EverybodySplits()).current;
    useEffect(() => () => splits.close(), []);
    const names = PAIRS[pair.value];
    const wanted = names.includes('pace');
    const chosen = useChosen(state, session, wanted, tick);
    const lengthM = state.track.value?.lengthM;
    useEffect(() => {
        if (wanted && lengthM && state.raceId.value && session.competitors.raceS >= 0) {
            const before = splits.log?.filledS;
            splits.refresh(state.raceId.value, session.competitors, lengthM, () => { arrived.value++; });
            if (splits.log?.filledS !== before) {
                arrived.value++;
            }
        }
    }, [wanted, lengthM, tick]);
    void arrived.value;
    const source: Source = { state, session, splits, chosen };
    return (
        <>
            <div class="chart-choice" role="group" aria-label={t('charts.which')}>
                {PAIR_NAMES.map((name) => (
                    <button key={name} type="button" aria-pressed={pair.value === name} onClick={() => { pair.value = name; }}>{t(`charts.pair.${name}`)}</button>
                ))}
            </div>
            <div class="chart-pair">
                {names.map((name) => (
                    <Chart key={name} view={VIEWS[name](source)} height={SMALL_H} onEnlarge={() => { large.value = name; }} />
                ))}
            </div>
            {large.value && <Large source={source} name={large.value} onClose={() => { large.value = null; }} />}
        </>
    );
}
