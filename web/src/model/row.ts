// One row of a table: what a list of the page's own field looks like, and what can be said of a row.
import { Status } from '../wire/types';
import type { BoardRow } from '../wire/types';
import type { Competitor } from './ranking';

/**
 * Whether the runner of a row is home. A row of the field says it by its status. A row of the server's boards says it by
 * a distance to go of 0, except in a race of another producer, whose distances miss a little: there the field knows it.
 */
export function hasFinished(row: BoardRow, fieldStatus: number): boolean {
    return row.status !== undefined ? row.status === Status.Finished : row.toGo === 0 || fieldStatus === Status.Finished;
}

/** A runner of the field as a row. Distances in the field are rounded, so a finisher's way to go is 0 by status. */
export function competitorRow(r: Competitor, lengthM: number | null): BoardRow {
    const toGo = r.status === Status.Finished ? 0 : lengthM === null ? null : Math.max(0, lengthM - r.distance);
    return { rank: r.rank, competitorId: r.bib, distance: r.distance, toGo, pacePerKm: r.pacePerKm, rawTime: r.rawTime, status: r.status };
}
