// The results of a race as the API gives them.
import { ApiError, path } from '../api';

/** Where they are, as CSV. */
export function resultsAddress(runId: string): string {
    return `/api/races/${path(runId)}/results.csv`;
}

export async function getResults(runId: string): Promise<string> {
    const response = await fetch(resultsAddress(runId));
    if (!response.ok) {
        throw new ApiError(response.status, ((await response.json()) as { error?: string }).error ?? response.statusText, undefined);
    }
    return response.text();
}
