// Live or replay: begins a replay, ends it, and hands on what the viewer wants of it. The replay itself (replay.ts) is loaded when
// the first one begins.
import type { Replay, ReplayHost } from './replay';

export class ReplayControl {
    private replay: Replay | null = null;

    /** `host` gives what a replay needs, null: there is nothing to replay. `left` is called when the viewer goes back to live. */
    constructor(private readonly host: () => ReplayHost | null, private readonly left: () => void) {}

    get active(): boolean {
        return this.replay !== null;
    }

    /** Show that moment of the race; from live this begins a replay. */
    async to(s: number): Promise<void> {
        (await this.begun())?.to(s);
    }

    async play(playing: boolean): Promise<void> {
        const fresh = !this.replay;
        const replay = await this.begun();
        if (fresh) {
            replay?.to(0);
        }
        replay?.play(playing);
    }

    speed(speed: number): void {
        this.replay?.speed(speed);
    }

    /** Show the followed as if they had started at the same moment. */
    async virtualStart(on: boolean): Promise<void> {
        await (await this.begun())?.startVirtually(on);
    }

    live(): void {
        if (this.replay) {
            this.end();
            this.left();
        }
    }

    /** The ticks of the seconds before `raceMs` on to the map, for tails. */
    async past(raceMs: number, seconds: number): Promise<void> {
        const host = this.host();
        const toS = Math.floor(raceMs / 1_000);
        if (!host || toS < 1) {
            return;
        }
        const { replay } = this;
        const sink = host.sink();
        const { recentFrames } = await import('./replay');
        const asked = replay ? replay.past(toS, seconds) : recentFrames(host.runId, host.count, toS, seconds);
        const frames = await asked.catch(() => []);
        if (this.host()?.runId === host.runId && this.replay === replay && host.sink() === sink) {
            sink?.past(frames);
        }
    }

    /** The page was out of sight: the moment that is shown once more. */
    again(): void {
        this.replay?.again();
    }

    end(): void {
        const { replay } = this;
        this.replay = null;
        replay?.close();
    }

    private async begun(): Promise<Replay | null> {
        const host = this.host();
        if (this.replay || !host || host.newestS() < 0) {
            return this.replay;
        }
        const { Replay } = await import('./replay');
        if (!this.replay && this.host()?.runId === host.runId) {
            this.replay = new Replay(host);
        }
        return this.replay;
    }
}
