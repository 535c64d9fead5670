// The results of a race that can be printed, and their CSV.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { getRaces } from '../wire/api';
import { counted, locale, t } from '../i18n';
import { say } from '../i18n/say';
import * as format from '../model/format';
import { readResults } from '../model/results';
import type { Result, Results } from '../model/results';
import { courseName } from '../session/state';
import type { AppState } from '../session/state';
import type { Race } from '../wire/types';
import { getResults, resultsAddress, resultsFile } from './csv';

interface Loaded {
    race: Race;
    results: Results;
}

/** The race of the address, else the newest; null: there is none at all. */
async function load(): Promise<Loaded | null> {
    const wanted = new URLSearchParams(location.search).get('race');
    const races = await getRaces();
    const race = wanted === null ? races[0] : races.find((r) => r.runId === wanted);
    if (!race && wanted !== null) {
        throw new Error(t('race.unknown', { id: wanted }));
    }
    return race ? { race, results: readResults(await getResults(race.runId)) } : null;
}

function Head({ state, race }: { state: AppState; race: Race }) {
    const units = state.units.value;
    const lengthM = state.courses.value.find((c) => c.shortName === race.course)?.distance;
    return (
        <header class="results-head">
            <h1>{t('results.title', { course: courseName(state, race.course) })}</h1>
            <p>
                <time dateTime={race.startTime}>{format.moment(race.startTime, locale.value)}</time>
                {lengthM !== undefined && ` · ${format.distance(lengthM, units, locale.value)} ${t(`unit.${units}`)}`}
                {' · '}<span class="mono">{race.runId}</span>
            </p>
        </header>
    );
}

/** What these results are worth: final, or as of when and how many are still out. */
function Standing({ race, results }: Loaded) {
    const n = (value: number): string => format.number(value, locale.value);
    const asOfS = [...results.finished, ...results.out].reduce((most, r) => Math.max(most, r.rawS), 0);
    const finished = results.finished.length;
    const seen = finished + results.out.length;
    // How many run is known beforehand of a simulated field only.
    const total = race.kind === 'live' ? seen : race.competitors;
    const unseen = total - seen;
    const values = { total: n(total), out: n(results.out.length), time: format.raceTime(asOfS) };
    const over = race.state === 'finished' || race.state === 'stopped' || race.state === 'failed';
    return (
        <p class="results-standing" data-standing={race.state === 'finished' ? 'final' : 'provisional'}>
            {race.state === 'finished' ? counted('results.final', finished, values)
                : race.state === 'scheduled' ? t('results.scheduled')
                : over ? counted('results.stopped', finished, values)
                : <><strong>{t('results.provisional')}</strong> {counted('results.stillOut', finished, values)}</>}
            {!over && race.state === 'paused' && ` ${t('results.paused')}`}
            {unseen > 0 && race.state !== 'scheduled' && ` ${counted('results.unseen', unseen)}`}
        </p>
    );
}

function Bib({ row, named }: { row: Result; named: boolean }) {
    return (
        <>
            <th scope="row">{row.bib}</th>
            {named && <td class="results-name">{row.name}</td>}
        </>
    );
}

/** So many checkpoints have a column on the page; the CSV has all. */
const CHECKPOINTS_MAX = 12;

function CheckpointHeads({ results }: { results: Results }) {
    return <>{results.checkpoints.slice(0, CHECKPOINTS_MAX).map((name, k) => <th key={k} scope="col" class="results-checkpoint">{name}</th>)}</>;
}

function CheckpointCells({ row }: { row: Result }) {
    return <>{row.checkpoints.slice(0, CHECKPOINTS_MAX).map((time, k) => <td key={k} class="results-checkpoint">{time}</td>)}</>;
}

function Finished({ state, results }: { state: AppState; results: Results }) {
    const units = state.units.value;
    const bestS = results.finished[0]?.finishS ?? 0;
    return (
        <table class="results" data-results="finished">
            <caption>{t('results.finishers')}</caption>
            <thead>
                <tr>
                    <th scope="col">{t('col.rank')}</th>
                    <th scope="col">{t('col.bib')}</th>
                    {results.named && <th scope="col" class="results-name">{t('col.name')}</th>}
                    <th scope="col">{t('col.time')}</th>
                    <th scope="col">{t('col.gap')}</th>
                    <th scope="col" class="results-pace">{t('col.pace', { unit: t(`unit.${units}`) })}</th>
                    <CheckpointHeads results={results} />
                </tr>
            </thead>
            <tbody>
                {results.finished.map((row) => (
                    <tr key={row.bib} data-bib={row.bib}>
                        <td>{row.rank}</td>
                        <Bib row={row} named={results.named} />
                        <td>{format.raceTime(row.finishS)}</td>
                        <td>{row.finishS! > bestS ? `+${format.shortTime(row.finishS! - bestS)}` : ''}</td>
                        <td class="results-pace">{format.pace(row.pacePerKm, units)}</td>
                        <CheckpointCells row={row} />
                    </tr>
                ))}
            </tbody>
        </table>
    );
}

function Out({ state, race, results }: { state: AppState } & Loaded) {
    const units = state.units.value;
    const going = race.state === 'running' || race.state === 'paused';
    return (
        <table class="results" data-results="out">
            <caption>{t(going ? 'results.out' : 'results.notFinished')}</caption>
            <thead>
                <tr>
                    <th scope="col">{t('col.rank')}</th>
                    <th scope="col">{t('col.bib')}</th>
                    {results.named && <th scope="col" class="results-name">{t('col.name')}</th>}
                    <th scope="col">{t('col.distance', { unit: t(`unit.${units}`) })}</th>
                    <th scope="col">{t('results.lastSeen')}</th>
                    <CheckpointHeads results={results} />
                </tr>
            </thead>
            <tbody>
                {results.out.map((row) => (
                    <tr key={row.bib} data-bib={row.bib}>
                        <td>{row.rank}</td>
                        <Bib row={row} named={results.named} />
                        <td>{format.distance(row.distanceM, units, locale.value)}</td>
                        <td>{format.raceTime(row.rawS)}</td>
                        <CheckpointCells row={row} />
                    </tr>
                ))}
            </tbody>
        </table>
    );
}

function List({ state, race, results }: { state: AppState } & Loaded) {
    return (
        <>
            <Head state={state} race={race} />
            <Standing race={race} results={results} />
            {results.finished.length > 0
                ? <Finished state={state} results={results} />
                : race.state !== 'scheduled' && <p class="empty">{t('results.none')}</p>}
            {results.out.length > 0 && <Out state={state} race={race} results={results} />}
        </>
    );
}

/** The results of a race, all of them, for the screen and for paper. */
export function ResultsPage({ state }: { state: AppState }) {
    const loaded = useSignal<Loaded | null | undefined>(undefined);
    const failed = useSignal<string | null>(null);
    useEffect(() => {
        load().then((l) => { loaded.value = l; }, (error: Error) => { failed.value = say(error); });
    }, []);
    const race = loaded.value?.race;
    // Read here and not in the effect: the list of courses may come after the race, and then this is rendered again.
    const title = race && `${t('results.title', { course: courseName(state, race.course) })} – ${t('app.title')}`;
    useEffect(() => {
        if (title) {
            document.title = title;
        }
    }, [title]);
    return (
        <div class="results-page">
            <nav class="row results-controls" aria-label={t('settings.results')}>
                <a class="button" href={race ? `/?race=${encodeURIComponent(race.runId)}` : '/'}>{t('results.back')}</a>
                <span class="grow" />
                {race && <a class="button" href={resultsAddress(race.runId)} download={resultsFile(race)}>{t('settings.csv')}</a>}
                {race && <button type="button" class="primary" onClick={() => print()}>{t('results.print')}</button>}
            </nav>
            <main>
                {failed.value !== null ? <p class="error" role="alert">▲ {t('results.failed', { error: failed.value })}</p>
                    : loaded.value === undefined ? <p class="empty" role="status">{t('results.loading')}</p>
                    : loaded.value === null ? <p class="empty">{t('race.none.title')} {state.config.value.writable && <a href="/create">{t('nav.create')}</a>}</p>
                    : <List state={state} {...loaded.value} />}
            </main>
        </div>
    );
}
