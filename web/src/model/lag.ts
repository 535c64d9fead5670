// How late the data are: from the moment a tick was due to the animation frame that had it, hop by hop. How far behind
// we choose to draw is another number (model/clock.ts).
import type { Hop } from '../types';

const KEEP = 300;
const WAITING = 20;

export interface LagSample {
    rawTime: number;
    /** Wall ms since the tick was due. */
    published: number;
    committed: number;
    pushed: number;
    received: number;
    painted: number;
}

export class LagLog {
    private samples: LagSample[] = [];
    /** Ticks of which a part is still missing: the server's stamps, or that they were painted. */
    private parts = new Map<number, { receivedMs: number; paintedMs: number; hop: Hop | null }>();

    /** A tick came over the socket. All times are by the server's clock. */
    received(rawTime: number, atMs: number): void {
        this.parts.set(rawTime, { receivedMs: atMs, paintedMs: NaN, hop: null });
        if (this.parts.size > WAITING) {
            this.parts.delete(this.parts.keys().next().value as number);
        }
    }

    /** It is in the vertex buffer. Answers the whole once the server's stamps are there too. */
    painted(rawTime: number, atMs: number): LagSample | null {
        const p = this.parts.get(rawTime);
        if (p && Number.isNaN(p.paintedMs)) {
            p.paintedMs = atMs;
        }
        return this.complete(rawTime);
    }

    /** The server's stamps of a tick. */
    told(hop: Hop): LagSample | null {
        const p = this.parts.get(hop.rawTime);
        if (p) {
            p.hop = hop;
        }
        return this.complete(hop.rawTime);
    }

    private complete(rawTime: number): LagSample | null {
        const p = this.parts.get(rawTime);
        if (!p?.hop || Number.isNaN(p.paintedMs)) {
            return null;
        }
        this.parts.delete(rawTime);
        const { due, published, committed, pushed } = p.hop;
        const sample: LagSample = {
            rawTime,
            published: published - due,
            committed: committed - due,
            pushed: pushed - due,
            received: p.receivedMs - due,
            painted: p.paintedMs - due,
        };
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
}

/** The value that a share `q` of the values does not pass (nearest rank). NaN for none. */
export function percentile(values: readonly number[], q: number): number {
    if (values.length === 0) {
        return NaN;
    }
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))]!;
}
