// The columns of the tables: head, cell, and the value that a column is sorted by.
import type { ComponentChildren } from 'preact';
import { locale, t } from '../i18n';
import type { Key } from '../i18n';
import * as format from '../model/format';
import type { Units } from '../model/format';
import { hasFinished } from '../model/row';
import { inactivityOf } from '../model/inactivity';
import type { Inactivity } from '../model/inactivity';
import { checkpointLabel } from '../model/checkpoints';
import type { BoardRow, Checkpoint } from '../wire/types';

/** What every cell may need besides its row. */
export interface Show {
    units: Units;
    startMs: number;
    /** The first of the list; gaps are counted from it. */
    first: BoardRow | null;
    nameOf: (bib: number) => string;
    /** The raw second of the table. */
    asOfS: number;
    /** For how many raw seconds a competitor has stood still, as far as is known. */
    stillS: (bib: number) => number;
    /** The status of a competitor by the last tick. */
    statusOf: (bib: number) => number;
    /** Those of the course. */
    checkpoints: readonly Checkpoint[];
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
    | 'rank' | 'bib' | 'name' | 'distance' | 'toGo' | 'pace' | 'time' | 'gap' | 'dwell' | 'dwellTotal' | 'inactivity' | 'finishedAt' | 'checkpoint';

const unit = (units: Units): string => t(`unit.${units}`);

/** Seconds behind the first: the difference in time for finishers, else the distance between them at the competitor's own pace. */
export function gapS(row: BoardRow, first: BoardRow | null, statusOf: Show['statusOf']): number | null {
    if (!first || row === first) {
        return null;
    }
    if (hasFinished(row, statusOf(row.competitorId)) && hasFinished(first, statusOf(first.competitorId))) {
        return row.rawTime - first.rawTime;
    }
    return row.pacePerKm === null ? null : ((first.distance - row.distance) * row.pacePerKm) / 1000;
}

const SIGNS = ['○', '●', '◆', '■'];
const CLASSES = ['', 'on-course', 'in-geofence', 'finished'];

/** A competitor's status as a shape in its colour, with its word for screen readers. */
export function StatusSign({ status }: { status: number }) {
    const word = t(`status.${status as 0 | 1 | 2 | 3}`);
    return (
        <span class={`sign ${CLASSES[status]}`} title={word}>
            <span aria-hidden="true">{SIGNS[status]}</span>
            <span class="sr">{word}</span>
        </span>
    );
}

const duration = (s: number): string => (s < 120 ? t('inactivity.seconds', { seconds: Math.floor(s) }) : format.shortTime(s));

/** Inactivity in words and in a shape: a ring for stale, a square for still. A table has the short words. */
export function InactivityMark({ inactivity, short }: { inactivity: Inactivity; short?: boolean }) {
    const time = duration(inactivity.s);
    const words: Key = short ? `inactivity.${inactivity.kind}Short` : `inactivity.${inactivity.kind}`;
    return (
        <span class={`inactivity inactivity-${inactivity.kind}`} data-inactivity={inactivity.kind} title={short ? t(`inactivity.${inactivity.kind}`, { time }) : undefined}>
            <span aria-hidden="true">{inactivity.kind === 'stale' ? '◌ ' : '■ '}</span>{t(words, { time })}
        </span>
    );
}

function rowInactivity(r: BoardRow, s: Show): Inactivity | null {
    return hasFinished(r, s.statusOf(r.competitorId)) ? null : inactivityOf(s.asOfS, r.rawTime, s.stillS(r.competitorId));
}

// In the time column: only stale. A stop shows in the distance.
function StaleMark({ row, show }: { row: BoardRow; show: Show }) {
    const inactivity = rowInactivity(row, show);
    if (inactivity?.kind !== 'stale') {
        return null;
    }
    const text = t('inactivity.stale', { time: duration(inactivity.s) });
    return <span class="inactivity" role="img" aria-label={text} title={text} data-inactivity="stale">◌ </span>;
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
    time: {
        head: () => t('col.time'),
        cell: (r, s) => <><StaleMark row={r} show={s} />{format.raceTime(r.rawTime)}</>,
        value: (r) => r.rawTime,
    },
    gap: {
        head: () => t('col.gap'),
        cell: (r, s) => {
            const gap = gapS(r, s.first, s.statusOf);
            return gap === null ? '' : `+${format.shortTime(gap)}`;
        },
    },
    dwell: {
        head: () => t('col.dwell'),
        cell: (r) => <strong>{format.shortTime(r.dwell)}</strong>,
        value: (r) => r.dwell ?? 0,
        down: true,
    },
    dwellTotal: {
        head: () => t('col.dwellTotal'),
        cell: (r) => format.shortTime(r.dwellTotal),
        value: (r) => r.dwellTotal ?? 0,
        down: true,
    },
    inactivity: {
        head: () => t('col.inactivity'),
        cell: (r, s) => {
            const inactivity = rowInactivity(r, s);
            return inactivity ? <InactivityMark inactivity={inactivity} short /> : <span class="soft">{t('inactivity.moving')}</span>;
        },
        value: (r, s) => {
            const inactivity = rowInactivity(r, s);
            return inactivity ? inactivity.s + (inactivity.kind === 'stale' ? 1e6 : 0) : 0;
        },
        down: true,
    },
    checkpoint: {
        head: () => t('checkpoints.name'),
        cell: (r, s) => {
            const at = r.checkpoint ? s.checkpoints[r.checkpoint.number - 1] : undefined;
            return at ? <>{checkpointLabel(at)} <span class="soft">{format.raceTime(r.checkpoint!.rawTime)}</span></> : '';
        },
        value: (r) => r.checkpoint?.number ?? 0,
        down: true,
    },
    finishedAt: {
        head: () => t('col.finishedAt'),
        cell: (r, s) => format.clockTime(s.startMs + r.rawTime * 1000, locale.value),
        value: (r) => r.rawTime,
        down: true,
    },
};
