// How late the data are: from the moment a tick was due to the animation frame that had it, hop by hop. How far behind
// we choose to draw is another number (model/clock.ts).
import type { Hop } from '../wire/types';

const KEEP = 600;
const WAITING = 20;
export const WINDOW_MS = 60_000;

/** In their order; docs/lag.md says what each is. */
export const HOPS = ['published', 'acknowledged', 'queryable', 'pushed', 'received', 'painted'] as const;
export type HopName = typeof HOPS[number];

/** Wall ms since the tick was due, never less than at the hop before; NaN where it is not known. */
export type LagSample = Record<HopName, number> & {
    rawTime: number;
    /** When it was painted, by the server's clock. */
    atMs: number;
    /** How far the server's clock is ahead of the one that published (negative: behind); 0: they agree. */
    clockMs: number;
};

interface Parts {
    receivedMs: number;
    paintedMs: number;
    hop: Hop | null;
}

export class LagLog {
    private samples: LagSample[] = [];
    /** Ticks of which a part is still missing: the server's hop times, or when they were painted. */
    private parts = new Map<number, Parts>();

    /** A tick came over the socket, for the first time or again. All times are by the server's clock. */
    received(rawTime: number, atMs: number): void {
        if (this.parts.has(rawTime) || this.latest?.rawTime === rawTime) {
            return;
        }
        this.parts.set(rawTime, { receivedMs: atMs, paintedMs: NaN, hop: null });
        if (this.parts.size > WAITING) {
            this.parts.delete(this.parts.keys().next().value as number);
        }
    }

    /** It is in the vertex buffer. Returns the sample once the server's hop times are there too. */
    painted(rawTime: number, atMs: number): LagSample | null {
        const p = this.parts.get(rawTime);
        if (p && Number.isNaN(p.paintedMs)) {
            p.paintedMs = atMs;
        }
        return this.complete(rawTime);
    }

    /** The server's hop times of a tick. The first ones count. */
    reported(hop: Hop): LagSample | null {
        const p = this.parts.get(hop.rawTime);
        if (p) {
            p.hop ??= hop;
        }
        return this.complete(hop.rawTime);
    }

    private complete(rawTime: number): LagSample | null {
        const p = this.parts.get(rawTime);
        if (!p?.hop || Number.isNaN(p.paintedMs)) {
            return null;
        }
        this.parts.delete(rawTime);
        const sample = inOrder(p.hop, p.receivedMs, p.paintedMs);
        this.samples.push(sample);
        if (this.samples.length > KEEP) {
            this.samples.shift();
        }
        return sample;
    }

    clear(): void {
        this.samples = [];
        this.parts.clear();
    }

    get latest(): LagSample | null {
        return this.samples[this.samples.length - 1] ?? null;
    }

    all(): readonly LagSample[] {
        return this.samples;
    }

    /** Those of the last minute. */
    recent(nowMs: number): readonly LagSample[] {
        return this.samples.filter((s) => s.atMs > nowMs - WINDOW_MS);
    }
}

// The times come from up to three clocks. Each hop is shown at the time of the hop before it at the earliest.
function inOrder(hop: Hop, receivedMs: number, paintedMs: number): LagSample {
    const at: Partial<Record<HopName, number>> = { ...hop, received: receivedMs, painted: paintedMs };
    const sample = { rawTime: hop.rawTime, atMs: paintedMs, clockMs: hop.clock ?? 0 } as LagSample;
    let reached = 0;
    for (const name of HOPS) {
        const ms = at[name];
        if (ms !== undefined) {
            reached = Math.max(reached, ms - hop.due);
        }
        sample[name] = ms === undefined ? NaN : reached;
    }
    return sample;
}

export interface HopFigures {
    hop: HopName;
    p50: number;
    p95: number;
    p99: number;
    /** Where the bar begins: p50 of the last known hop before. */
    from: number;
}

/** The waterfall: each known hop from where the one before it ended. */
export function waterfall(samples: readonly LagSample[]): HopFigures[] {
    let from = 0;
    return HOPS.map((hop) => {
        const values = samples.map((s) => s[hop]).filter((v) => !Number.isNaN(v));
        const figures = { hop, p50: percentile(values, 0.5), p95: percentile(values, 0.95), p99: percentile(values, 0.99), from };
        from = Number.isNaN(figures.p50) ? from : Math.max(from, figures.p50);
        return figures;
    });
}

/** The value that a share `q` of the values does not pass (nearest rank). NaN for none. */
export function percentile(values: readonly number[], q: number): number {
    if (values.length === 0) {
        return NaN;
    }
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))]!;
}
