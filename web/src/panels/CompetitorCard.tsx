// The card of the selected competitor.
import { useEffect, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import * as api from '../wire/api';
import { rankingOf } from '../model/ranking';
import { Status } from '../wire/types';
import type { Competitor } from '../wire/api';
import { locale, t } from '../i18n';
import * as format from '../model/format';
import { checkpointLabel } from '../model/checkpoints';
import { inactivityOf } from '../model/inactivity';
import type { Stationary } from '../model/stationary';
import type { AppState } from '../session/state';
import type { RaceSession } from '../session/raceSession';
import { InactivityMark } from './columns';

const ASK_EVERY_MS = 5_000;

function Splits({ splits }: { splits: Competitor['splits'] }) {
    if (splits.length === 0) {
        return null;
    }
    return (
        <>
            <h3>{t('competitor.splits')}</h3>
            <ol class="splits">
                {splits.map((s, k) => (
                    <li key={s.km}>
                        <span class="soft">{s.km}</span> {format.raceTime(s.rawTime)}{' '}
                        <span class="soft">{format.shortTime(s.rawTime - (k > 0 ? splits[k - 1]!.rawTime : 0))}</span>
                    </li>
                ))}
            </ol>
        </>
    );
}

/** The times at the checkpoints that have been passed, by name, and how much later than the cut-off they were. */
function CheckpointTimes({ checkpoints }: { checkpoints: Competitor['checkpoints'] }) {
    const passed = checkpoints?.filter((c) => c.rawTime !== null) ?? [];
    if (passed.length === 0) {
        return null;
    }
    return (
        <>
            <h3>{t('checkpoints.title')}</h3>
            <ol class="splits" data-checkpoints>
                {passed.map((c) => (
                    <li key={c.number}>
                        <span class="soft">{checkpointLabel(c)}</span> {format.raceTime(c.rawTime)}{' '}
                        <span class="soft">{t('checkpoints.rank', { rank: format.number(c.rank ?? 0, locale.value) })}</span>
                        {c.cutoff !== undefined && c.rawTime! > c.cutoff && <> <span class="warm">{t('checkpoints.late', { time: format.shortTime(c.rawTime! - c.cutoff) })}</span></>}
                    </li>
                ))}
            </ol>
        </>
    );
}

function Visits({ visits }: { visits: Competitor['visits'] }) {
    if (visits.length === 0) {
        return null;
    }
    return (
        <>
            <h3>{t('competitor.visits')}</h3>
            <ol class="splits">
                {visits.map((v) => (
                    <li key={v.entered}>
                        {v.left === null
                            ? t('competitor.visitOpen', { from: format.raceTime(v.entered) })
                            : t('competitor.visit', { from: format.raceTime(v.entered), to: format.raceTime(v.left) })}{' '}
                        <strong>{format.shortTime(v.dwell)}</strong>
                    </li>
                ))}
            </ol>
        </>
    );
}

function Figures({ state, session, number }: { state: AppState; session: RaceSession; number: number }) {
    void state.tablesVersion.value;
    const units = state.units.value;
    const ranking = rankingOf(session.competitors);
    const r = ranking.competitor(number, ranking.ranks());
    const figures: [string, string][] = [
        [t('competitor.rank'), format.number(r.rank, locale.value)],
        [t('col.distance', { unit: t(`unit.${units}`) }), format.distance(r.distance, units, locale.value)],
        [t('col.pace', { unit: t(`unit.${units}`) }), format.pace(r.pacePerKm, units)],
        [t('col.time'), format.raceTime(r.rawTime)],
    ];
    return (
        <>
            <p class="soft">
                {t(`status.${r.status as 0 | 1 | 2 | 3}`)}
                {r.dwellS >= 0 && `: ${t('competitor.dwell', { time: format.shortTime(r.dwellS) })}`}
            </p>
            <dl class="figures">
                {figures.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
            </dl>
        </>
    );
}

/** The competitor that is selected on the map, in a table or by search. */
export function Runner({ state, session, stationary }: { state: AppState; session: RaceSession; stationary: Stationary }) {
    const bib = state.selected.value;
    const race = state.race.value?.runId;
    const more = useSignal<Competitor | null>(null);
    const silentS = useSignal(0);
    const askAt = useRef<(s: number) => void>(() => undefined);
    useEffect(() => {
        more.value = null;
        silentS.value = 0;
        if (bib === null || !race) {
            return undefined;
        }
        let latest = 0; // the question whose answer counts; 0: none any more
        let questions = 0;
        const ask = (s?: number): void => {
            const at = state.replay.peek() ? s ?? Math.max(0, Math.floor(state.drawnMs.peek() / 1000)) : undefined;
            const askedS = at ?? state.newestS.peek();
            const question = latest = ++questions;
            void api.getCompetitor(race, bib, at).then((c) => {
                if (question === latest) {
                    more.value = c;
                    silentS.value = c.finishTime !== null ? 0 : askedS - c.rawTime;
                }
            }, () => undefined);
        };
        askAt.current = ask;
        ask();
        const timer = setInterval(() => !document.hidden && !state.frozen.peek() && ask(), ASK_EVERY_MS);
        return () => {
            latest = 0;
            askAt.current = () => undefined;
            clearInterval(timer);
        };
    }, [bib, race, state.replay.value === null]);
    const jumpedS = state.replay.value?.fromS;
    useEffect(() => {
        if (jumpedS !== undefined) {
            askAt.current(jumpedS); // what is drawn is still the moment before
        }
    }, [jumpedS]);
    if (bib === null) {
        return null;
    }
    void state.tablesVersion.value;
    const number = session.competitors.numberOf(bib);
    const name = session.competitors.roster.nameOf(number);
    const running = number >= 0 && state.race.value?.state === 'running' && session.competitors.status[number] !== Status.Finished;
    const inactivity = running ? inactivityOf(0, -silentS.value, stationary.forS(number)) : null;
    return (
        <section class="card competitor" aria-label={t('competitor.title', { bib })}>
            <div class="row">
                <h2>{t('competitor.title', { bib })}{name !== '' && ` · ${name}`}</h2>
                <button type="button" aria-pressed={state.follow.value} onClick={() => { state.follow.value = !state.follow.value; }}>
                    {t(state.follow.value ? 'competitor.unfollow' : 'competitor.follow')}
                </button>
                <button type="button" class="quiet" aria-label={t('competitor.close')} onClick={() => { state.selected.value = null; }}>×</button>
            </div>
            {inactivity && <p><InactivityMark inactivity={inactivity} /></p>}
            {number >= 0 ? <Figures state={state} session={session} number={number} /> : <p class="soft">{t('competitor.none', { bib })}</p>}
            {more.value && more.value.competitorId === bib && (
                <details>
                    <summary>{t('competitor.more')}</summary>
                    <CheckpointTimes checkpoints={more.value.checkpoints} />
                    <Splits splits={more.value.splits} />
                    <Visits visits={more.value.visits} />
                </details>
            )}
        </section>
    );
}
