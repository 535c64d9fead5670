import type { ComponentChildren } from 'preact';
import { locale, t } from '../i18n';
import type { Key } from '../i18n';
import * as format from '../model/format';
import type { Units } from '../model/format';
import type { AppState } from '../state';
import type { BoardName, BoardRow, Race } from '../types';

interface Column {
    key: string;
    head: (units: Units) => string;
    cell: (row: BoardRow, show: Show) => ComponentChildren;
}

interface Show {
    units: Units;
    race: Race | null;
}

const unit = (units: Units): string => t(`unit.${units}`);

const COLUMNS: Record<string, Column> = {
    rank: { key: 'rank', head: () => t('col.rank'), cell: (r) => r.rank },
    distance: {
        key: 'distance',
        head: (u) => t('col.distance', { unit: unit(u) }),
        cell: (r, s) => format.distance(r.distance, s.units, locale.value),
    },
    toGo: {
        key: 'toGo',
        head: (u) => t('col.toGo', { unit: unit(u) }),
        cell: (r, s) => format.distance(r.toGo, s.units, locale.value),
    },
    pace: { key: 'pace', head: (u) => t('col.pace', { unit: unit(u) }), cell: (r, s) => format.pace(r.pacePerKm, s.units) },
    time: { key: 'time', head: () => t('col.time'), cell: (r) => format.raceTime(r.rawTime) },
    stay: { key: 'stay', head: () => t('col.stay'), cell: (r) => <strong>{format.shortTime(r.dwell)}</strong> },
    stayTotal: { key: 'stayTotal', head: () => t('col.stayTotal'), cell: (r) => format.shortTime(r.dwellTotal) },
    finishedAt: {
        key: 'finishedAt',
        head: () => t('col.finishedAt'),
        cell: (r, s) => (s.race ? format.clockTime(Date.parse(s.race.startTime) + r.rawTime * 1000, locale.value) : '–'),
    },
};

const RUNNING = ['rank', 'bib', 'distance', 'toGo', 'pace', 'time'];

const BOARDS: Record<BoardName, string[]> = {
    leaders: RUNNING,
    front: RUNNING,
    back: RUNNING,
    geofence: ['bib', 'stay', 'stayTotal', 'distance', 'pace'],
    justFinished: ['rank', 'bib', 'time', 'pace', 'finishedAt'],
};

const NAMES = Object.keys(BOARDS) as BoardName[];

function emptyText(state: AppState): Key {
    const tab = state.tab.value;
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
    const inside = state.board.value?.counts.inGeofence;
    return (
        <div class="tabs" role="tablist" aria-label={t('board.tabs')} onKeyDown={move}>
            {NAMES.map((name) => (
                <button key={name} type="button" role="tab" id={`tab-${name}`} aria-controls="board"
                    aria-selected={state.tab.value === name} tabIndex={state.tab.value === name ? 0 : -1}
                    onClick={() => { state.tab.value = name; }}>
                    {t(`board.${name}`)}
                    {name === 'geofence' && inside !== undefined && <span class="tab-count">{format.number(inside, locale.value)}</span>}
                </button>
            ))}
        </div>
    );
}

function Row({ row, columns, show, state }: { row: BoardRow; columns: string[]; show: Show; state: AppState }) {
    const selected = state.selected.value === row.competitorId;
    const select = (): void => { state.selected.value = selected ? null : row.competitorId; };
    return (
        <tr class={selected ? 'selected' : ''} data-bib={row.competitorId} onClick={select}>
            {columns.map((key) => (key === 'bib'
                ? (
                    <th key={key} scope="row" class="col-bib">
                        <button type="button" class="bib" aria-pressed={selected} onClick={(e) => { e.stopPropagation(); select(); }}>
                            {row.dwell !== undefined && <span class="warm" aria-hidden="true">◆ </span>}
                            {row.competitorId}
                        </button>
                    </th>
                )
                : <td key={key} class={`col-${key}`}>{COLUMNS[key]!.cell(row, show)}</td>))}
        </tr>
    );
}

export function Boards({ state }: { state: AppState }) {
    const tab = state.tab.value;
    const board = state.board.value;
    const show: Show = { units: state.units.value, race: state.race.value };
    const rows = board?.[tab] ?? [];
    const columns = BOARDS[tab];
    return (
        <section class="boards">
            <Tabs state={state} />
            <div id="board" role="tabpanel" aria-labelledby={`tab-${tab}`} class="board-scroll" tabIndex={0}>
                <table data-board={tab}>
                    <caption class="sr">{t(`board.caption.${tab}`)}</caption>
                    <thead>
                        <tr>
                            {columns.map((key) => (
                                <th key={key} scope="col" class={`col-${key}`}>
                                    {key === 'bib' ? t('col.bib') : COLUMNS[key]!.head(show.units)}
                                </th>
                            ))}
                        </tr>
                    </thead>
                    <tbody>
                        {rows.map((row) => <Row key={row.competitorId} row={row} columns={columns} show={show} state={state} />)}
                    </tbody>
                </table>
                {rows.length === 0 && <p class="empty">{board ? t(emptyText(state)) : t('board.loading')}</p>}
            </div>
            {board && <p class="as-of soft">{t('board.asOf', { time: format.raceTime(board.asOf.rawTime) })}</p>}
        </section>
    );
}
