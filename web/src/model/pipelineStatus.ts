// The state of the data pipeline (GET /api/lag) in sentences: what is wrong, and what else is worth knowing.

export interface PipelineStatus {
    race: { flow: 'idle' | 'current' | 'slow' | 'silent' | 'unknown' | 'catchingUp'; tickAgeMs: number | null; overdueMs: number; clockMs: number } | null;
    feed: { name: string; connected: boolean; trouble: string; malformed: number };
    store: {
        name: string;
        trouble: string;
        consumerTrouble?: string;
        consumersAgeMs?: number | null;
        queryMsP50?: number;
        queryMsP99?: number;
        answerAgeMs?: number | null;
        freshnessAgeMs?: number | null;
        consumers?: { partition: number; behind: number | null }[];
    };
}

export interface Note {
    key: 'local' | 'unknown' | 'slow' | 'silent' | 'clock' | 'feedAway' | 'skipped' | 'storeAway' | 'storeStuck' | 'pinot';
    values: Record<string, string>;
    /** Of how many it tells; 0 where it tells of none. */
    count: number;
    bad: boolean;
}

/** The worst first. `number` writes a number as people read it. */
export function pipelineNotes(status: PipelineStatus | null, clockMs: number, number: (n: number, digits: number) => string): Note[] {
    const notes: Note[] = [];
    const add = (bad: boolean, key: Note['key'], values: Record<string, string> = {}, count = 0): void => void notes.push({ key, values, count, bad });
    const seconds = (ms: number | null | undefined): string => (ms === null || ms === undefined ? '–' : number(ms / 1000, 1));
    if (status && !status.feed.connected) {
        add(true, 'feedAway', { error: status.feed.trouble });
    }
    if (status && status.store.trouble !== '' && status.store.trouble === status.store.consumerTrouble) {
        add(true, 'storeStuck', { error: status.store.trouble, seconds: seconds(status.store.consumersAgeMs) });
    } else if (status && status.store.trouble !== '') {
        add(true, 'storeAway', { error: status.store.trouble, seconds: seconds(status.store.answerAgeMs) });
    }
    if (status?.race?.flow === 'silent' || status?.race?.flow === 'slow') {
        add(true, status.race.flow, { seconds: seconds(status.race.overdueMs) });
    }
    if (clockMs !== 0) {
        add(true, 'clock', { seconds: number(Math.abs(clockMs) / 1000, 1) });
    }
    if (!status) {
        add(true, 'unknown');
        return notes;
    }
    if (status.feed.malformed > 0) {
        add(false, 'skipped', {}, status.feed.malformed);
    }
    if (status.feed.name === 'local') {
        add(false, 'local');
    }
    if (status.store.name === 'pinot') {
        const behind = (status.store.consumers ?? []).reduce<number | null>((sum, c) => (c.behind === null ? sum : (sum ?? 0) + c.behind), null);
        add(false, 'pinot', {
            p50: number(status.store.queryMsP50 ?? 0, 0), p99: number(status.store.queryMsP99 ?? 0, 0), fresh: seconds(status.store.freshnessAgeMs),
            behind: behind === null ? '–' : number(behind, 0),
        });
    }
    return notes;
}

/** A broker or store that does not answer; null: both do. Shown also while the lag panel is closed. */
export function pipelineError(status: PipelineStatus | null, number: (n: number, digits: number) => string): Note | null {
    return pipelineNotes(status, 0, number).find((n) => n.key === 'feedAway' || n.key === 'storeAway' || n.key === 'storeStuck') ?? null;
}
