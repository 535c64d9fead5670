// The tables: a tab for each board, the search, and the list of everybody.
import { useComputed, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { savedPreference } from '../session/preferences';
import { locale, t } from '../i18n';
import type { Key } from '../i18n';
import type { Competitors } from '../model/competitors';
import { found, rankingOf } from '../model/ranking';
import type { SortKey } from '../model/ranking';
import * as format from '../model/format';
import { competitorRow } from '../model/row';
import type { Stationary } from '../model/stationary';
import type { AppState } from '../session/state';
import type { BoardRow, TabName } from '../wire/types';
import type { RaceSession } from '../session/raceSession';
import { AlarmLine } from './AlarmLine';
import { COLUMNS } from './columns';
import type { ColumnKey, Show } from './columns';
import { VirtualTable } from './VirtualTable';
import type { TableSort } from './VirtualTable';

const RUNNING: ColumnKey[] = ['rank', 'bib', 'name', 'distance', 'toGo', 'pace', 'time', 'gap', 'checkpoint'];

const BOARDS: Record<TabName, ColumnKey[]> = {
    leaders: RUNNING,
    front: RUNNING,
    back: ['rank', 'bib', 'name', 'distance', 'toGo', 'pace', 'time', 'checkpoint'],
    geofence: ['bib', 'name', 'dwell', 'dwellTotal', 'inactivity', 'distance'],
    justFinished: ['rank', 'bib', 'name', 'time', 'pace', 'finishedAt'],
    all: ['rank', 'bib', 'name', 'distance', 'toGo', 'pace', 'time'],
};

const NAMES = Object.keys(BOARDS) as TabName[];

/** The columns that the full list can be sorted by (model/ranking.ts). */
const FIELD_SORT: Partial<Record<ColumnKey, SortKey>> = {
    rank: 'rank', bib: 'bib', name: 'name', distance: 'distance', pace: 'pace', time: 'time', dwell: 'dwell',
};

function emptyText(state: AppState): Key {
    const tab = state.tab.value;
    if (tab === 'all') {
        return 'board.empty.search';
    }
    if (tab !== 'geofence') {
        return `board.empty.${tab}`;
    }
    const course = state.course.value;
    const fenced = !course || course.features.some((f) => f.properties.role === 'geofence');
    return fenced ? 'board.empty.geofence' : 'board.empty.noGeofence';
}

function Tabs({ state }: { state: AppState }) {
    const move = (event: KeyboardEvent): void => {
        const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
        if (step !== 0) {
            const next = NAMES[(NAMES.indexOf(state.tab.value) + step + NAMES.length) % NAMES.length]!;
            state.tab.value = next;
            document.getElementById(`tab-${next}`)?.focus();
            event.preventDefault();
        }
    };
    const inside = state.counts.value?.inGeofence;
    const alarm = state.alarm.value.count > 0;
    return (
        <div class="tabs" role="tablist" aria-label={t('board.tabs')} onKeyDown={move}>
            {NAMES.map((name) => (
                <button key={name} type="button" role="tab" id={`tab-${name}`} aria-controls="board"
                    aria-selected={state.tab.value === name} tabIndex={state.tab.value === name ? 0 : -1}
                    onClick={() => { state.tab.value = name; }}>
                    {t(`board.${name}`)}
                    {name === 'geofence' && inside !== undefined && (
                        <span class="tab-count">
                            {format.number(inside, locale.value)}
                            {alarm && <span class="warm" role="img" aria-label={t('board.alarm.some')}> ▲</span>}
                        </span>
                    )}
                </button>
            ))}
        </div>
    );
}

/** Find a bib or a name: the full list, cut down. Enter chooses its first row. */
function Search({ state, first }: { state: AppState; first: () => BoardRow | undefined }) {
    const type = (event: Event): void => {
        state.search.value = (event.currentTarget as HTMLInputElement).value;
        if (state.search.value.trim() !== '') {
            state.tab.value = 'all';
        }
    };
    const choose = (event: Event): void => {
        event.preventDefault();
        if (state.search.value.trim() === '') {
            return;
        }
        state.tab.value = 'all';
        const row = first();
        if (row) {
            state.selected.value = row.competitorId;
            state.follow.value = true;
        }
    };
    const board = state.board.value;
    return (
        <form role="search" class="search" onSubmit={choose}>
            <input type="search" aria-label={t('search.label')} placeholder={t(state.named.value ? 'search.name' : 'search.bib')}
                value={state.search.value} onInput={type} />
            {board && <span class="as-of soft">{t(state.virtualStart.value ? 'virtualStart.asOf' : board.approximate ? 'board.asOfAbout' : 'board.asOf', { time: format.raceTime(board.asOf.rawTime) })}</span>}
        </form>
    );
}

interface List {
    count: number;
    rowAt: (k: number) => BoardRow;
}

function boardList(rows: BoardRow[], sort: TableSort | null, show: Show): List {
    const value = sort && COLUMNS[sort.column].value;
    const sorted = value
        ? [...rows].sort((a, b) => {
            const [x, y] = [value(a, show), value(b, show)];
            const order = typeof x === 'string' ? x.localeCompare(String(y)) : x - Number(y);
            return sort.descending ? -order : order;
        })
        : rows;
    return { count: sorted.length, rowAt: (k) => sorted[k]! };
}

function everybodyList(competitors: Competitors, sort: TableSort | null, search: string, lengthM: number | null): List {
    const ranking = rankingOf(competitors);
    const key = (sort && FIELD_SORT[sort.column]) ?? 'rank';
    const order = found(ranking, { key, descending: sort?.descending ?? false }, search);
    const ranks = ranking.ranks();
    return {
        count: order.length,
        rowAt: (k) => competitorRow(ranking.competitor(order[k]!, ranks), lengthM),
    };
}

export function Boards({ state, session, stationary }: { state: AppState; session: RaceSession; stationary: Stationary }) {
    const sort = useSignal<TableSort | null>(null);
    const tab = state.tab.value;
    const board = state.board.value;
    useEffect(() => {
        state.alarmS.value = Math.max(0, Number(savedPreference('alarm')) || 0);
    }, []);
    void state.alarm.value;
    const show: Show = {
        units: state.units.value,
        startMs: Date.parse(state.race.value?.startTime ?? ''),
        first: board?.leaders[0] ?? null,
        nameOf: (bib) => session.competitors.roster.nameOf(session.competitors.numberOf(bib)),
        asOfS: board?.asOf.rawTime ?? -1,
        stillS: (bib) => stationary.forS(session.competitors.numberOf(bib)),
        statusOf: (bib) => session.competitors.statusOf(bib),
        checkpoints: state.course.value?.trackside.checkpoints ?? [],
    };
    const everybody = (): List => everybodyList(session.competitors, sort.value, state.search.value, state.track.value?.lengthM ?? null);
    const list = useComputed(() => {
        const name = state.tab.value;
        if (name !== 'all') {
            return boardList(state.board.value?.[name] ?? [], sort.value, show);
        }
        void state.tablesVersion.value;
        return everybody();
    }).value;
    const first = (): BoardRow | undefined => {
        const all = everybody();
        return all.count > 0 ? all.rowAt(0) : undefined;
    };
    const columns = BOARDS[tab].filter((c) => (state.named.value || c !== 'name') && (show.checkpoints.length > 0 || c !== 'checkpoint'));
    return (
        <section class="boards">
            <Tabs state={state} />
            <Search state={state} first={first} />
            {(tab === 'geofence' || (tab === 'all' && state.alarm.value.count > 0)) && <AlarmLine state={state} session={session} rule={tab === 'geofence'} />}
            {tab === 'all' && (state.counts.value?.onCourse ?? 0) > 0 && <p class="soft about">≈ {t('board.about')}</p>}
            <div id="board" role="tabpanel" aria-labelledby={`tab-${tab}`} class="board-panel">
                <VirtualTable name={tab} caption={t(`board.caption.${tab}`)} columns={columns} count={list.count} rowAt={list.rowAt} show={show}
                    sort={sort.value && columns.includes(sort.value.column) ? sort.value : null}
                    onSort={(s) => { sort.value = s; }}
                    selected={state.selected.value} onSelect={(bib) => { state.selected.value = bib; }}
                    alarm={(row) => state.alarm.value.marks[session.competitors.numberOf(row.competitorId)] ?? 0}
                    {...(tab === 'all' ? {} : { onEnd: () => session.boards.wantRows(list.count + 1) })} />
                {list.count === 0 && <p class="empty">{board ? t(emptyText(state)) : t('board.loading')}</p>}
            </div>
        </section>
    );
}
