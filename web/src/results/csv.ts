// The results of a race as the API gives them.
import { path, refusalOf } from '../wire/api';

/** Where they are, as CSV. */
export function resultsAddress(runId: string): string {
    return `/api/races/${path(runId)}/results.csv`;
}

/** What the file is called where it is kept: results-crystal-2026-05-17.csv, as the server calls it. */
export function resultsFile(race: { course: string; startTime: string }): string {
    return `results-${race.course.replace(/[^A-Za-z0-9_-]/g, '-')}-${race.startTime.slice(0, 10)}.csv`;
}

export async function getResults(runId: string): Promise<string> {
    const response = await fetch(resultsAddress(runId));
    if (!response.ok) {
        throw await refusalOf(response);
    }
    return response.text();
}
