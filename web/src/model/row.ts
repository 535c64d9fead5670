// One row of a table, made from the page's own competitors, and whether the competitor of a row has finished.
import { Status } from '../wire/types';
import type { BoardRow } from '../wire/types';
import type { Competitor } from './ranking';

/**
 * Whether the competitor of a row has finished. A row of the page's own list has a status. A row of the server's boards has a
 * distance to go of 0; in an external race that distance can miss a little, so the status from the ticks counts too.
 */
export function hasFinished(row: BoardRow, tickStatus: number): boolean {
    return row.status !== undefined ? row.status === Status.Finished : row.toGo === 0 || tickStatus === Status.Finished;
}

/** A competitor as a row. Distances in ticks are rounded, so the distance to go of a finisher is set to 0. */
export function competitorRow(r: Competitor, lengthM: number | null): BoardRow {
    const toGo = r.status === Status.Finished ? 0 : lengthM === null ? null : Math.max(0, lengthM - r.distance);
    return { rank: r.rank, competitorId: r.bib, distance: r.distance, toGo, pacePerKm: r.pacePerKm, rawTime: r.rawTime, status: r.status };
}
