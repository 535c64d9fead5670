// How far the server's clock is from ours: a ping carries our time out and the server's back; of the last eight
// the one with the least round trip counts, for a late answer says little about the clock.

const KEEP = 8;

export class ClockSync {
    private samples: { rttMs: number; offsetMs: number }[] = [];

    /** A pong: when we sent the ping, when the answer came, and the server's clock in between. */
    add(sentMs: number, receivedMs: number, serverMs: number): void {
        const rttMs = receivedMs - sentMs;
        if (!(rttMs >= 0) || !Number.isFinite(serverMs)) {
            return;
        }
        this.samples.push({ rttMs, offsetMs: serverMs - (sentMs + rttMs / 2) });
        if (this.samples.length > KEEP) {
            this.samples.shift();
        }
    }

    private best(): { rttMs: number; offsetMs: number } | null {
        return this.samples.reduce<{ rttMs: number; offsetMs: number } | null>(
            (best, s) => (best && best.rttMs <= s.rttMs ? best : s), null);
    }

    /** Add to our clock to get the server's. 0 before the first answer. */
    get offsetMs(): number {
        return this.best()?.offsetMs ?? 0;
    }

    /** Half the least round trip: how wrong the offset can be. NaN before the first answer. */
    get doubtMs(): number {
        const best = this.best();
        return best ? best.rttMs / 2 : NaN;
    }

    get known(): boolean {
        return this.samples.length > 0;
    }
}
