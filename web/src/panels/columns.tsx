import type { ComponentChildren } from 'preact';
import { locale, t } from '../i18n';
import * as format from '../model/format';
import type { Units } from '../model/format';
import type { BoardRow } from '../types';

/** What every cell may need besides its row. */
export interface Show {
    units: Units;
    startMs: number;
    /** The best of the list, whom gaps are counted from. */
    first: BoardRow | null;
    nameOf: (bib: number) => string;
}

export interface Column {
    head: (units: Units) => string;
    cell: (row: BoardRow, show: Show) => ComponentChildren;
    /** What the column is sorted by; without it, it is not. */
    value?: (row: BoardRow, show: Show) => number | string;
    /** The first click sorts downwards. */
    down?: boolean;
}

export type ColumnKey =
    | 'rank' | 'bib' | 'name' | 'distance' | 'toGo' | 'pace' | 'time' | 'gap' | 'stay' | 'stayTotal' | 'finishedAt';

const unit = (units: Units): string => t(`unit.${units}`);

/** Seconds behind the first: in time for who has finished, else what the way between them takes at the own pace. */
export function gapS(row: BoardRow, first: BoardRow | null): number | null {
    if (!first || row === first) {
        return null;
    }
    if (row.toGo === 0 && first.toGo === 0) {
        return row.rawTime - first.rawTime;
    }
    return row.pacePerKm === null ? null : ((first.distance - row.distance) * row.pacePerKm) / 1000;
}

const SIGNS = ['○', '●', '◆', '■'];
const CLASSES = ['', 'on-course', 'in-geofence', 'finished'];

/** A runner's state as a shape in its colour, with its word for who does not see it. */
export function StatusSign({ status }: { status: number }) {
    const word = t(`status.${status as 0 | 1 | 2 | 3}`);
    return (
        <span class={`sign ${CLASSES[status]}`} title={word}>
            <span aria-hidden="true">{SIGNS[status]}</span>
            <span class="sr">{word}</span>
        </span>
    );
}

export const COLUMNS: Record<ColumnKey, Column> = {
    rank: { head: () => t('col.rank'), cell: (r) => r.rank, value: (r) => r.rank },
    bib: { head: () => t('col.bib'), cell: (r) => r.competitorId, value: (r) => r.competitorId },
    name: {
        head: () => t('col.name'),
        cell: (r, s) => s.nameOf(r.competitorId),
        value: (r, s) => s.nameOf(r.competitorId),
    },
    distance: {
        head: (u) => t('col.distance', { unit: unit(u) }),
        cell: (r, s) => format.distance(r.distance, s.units, locale.value),
        value: (r) => r.distance,
        down: true,
    },
    toGo: {
        head: () => t('col.toGo'),
        cell: (r, s) => format.distance(r.toGo, s.units, locale.value),
        value: (r) => r.toGo ?? Infinity,
    },
    pace: {
        head: (u) => t('col.pace', { unit: unit(u) }),
        cell: (r, s) => format.pace(r.pacePerKm, s.units),
        value: (r) => r.pacePerKm ?? Infinity,
    },
    time: { head: () => t('col.time'), cell: (r) => format.raceTime(r.rawTime), value: (r) => r.rawTime },
    gap: {
        head: () => t('col.gap'),
        cell: (r, s) => {
            const gap = gapS(r, s.first);
            return gap === null ? '' : `+${format.shortTime(gap)}`;
        },
    },
    stay: {
        head: () => t('col.stay'),
        cell: (r) => <strong>{format.shortTime(r.dwell)}</strong>,
        value: (r) => r.dwell ?? 0,
        down: true,
    },
    stayTotal: {
        head: () => t('col.stayTotal'),
        cell: (r) => format.shortTime(r.dwellTotal),
        value: (r) => r.dwellTotal ?? 0,
        down: true,
    },
    finishedAt: {
        head: () => t('col.finishedAt'),
        cell: (r, s) => format.clockTime(s.startMs + r.rawTime * 1000, locale.value),
        value: (r) => r.rawTime,
        down: true,
    },
};
