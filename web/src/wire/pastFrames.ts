// Ticks of the past, fetched from the server: for replays, tails, standing still and the splits of all competitors.
// How many are asked for depends on how many competitors there are, so that no request is a great load.
import * as api from './api';
import { decodeFrames, isPositionFrame } from './frame';
import type { PositionFrame } from './frame';

/** What a party may fetch at once: bytes about (one a competitor and tick), and ticks at least and at most. */
export interface PastBudget {
    bytes: number;
    least: number;
    most: number;
}

/** Race seconds from tick to tick, so that `seconds` of the past of so many competitors stay within the budget. */
export function pastStepS(seconds: number, competitors: number, { bytes, least, most }: PastBudget): number {
    const ticks = Math.max(least, Math.min(most, Math.floor(bytes / Math.max(1, competitors))));
    return Math.max(1, Math.ceil(seconds / ticks));
}

/** The ticks of the raw seconds fromS … toS, each `stepS` seconds, oldest first. */
export async function pastFrames(runId: string, fromS: number, toS: number, stepS: number, signal?: AbortSignal): Promise<PositionFrame[]> {
    return decodeFrames(await api.getFrames(runId, fromS, toS, stepS, signal)).filter(isPositionFrame);
}
