// Replay: a moment of the past that moves at its own speed. The ticks around it are fetched ahead in chunks. It waits
// while the next ticks are missing, and ends at the newest tick.
import type { PositionFrame } from '../wire/frame';

const AHEAD_STEPS = 3;
const FRAMES_A_SECOND = 5;
const CHUNK_FRAMES = 60;
/** What is decoded in one task. */
const CHUNK_BYTES = 1e6;

export interface PlayerHooks {
    /** Ticks fromS … toS, each stepS seconds. */
    load(fromS: number, toS: number, stepS: number, signal: AbortSignal): Promise<PositionFrame[]>;
    emit(frame: PositionFrame): void;
    /** What was emitted before is void. */
    jumped(): void;
    /** Ticks are there to be handed on: pump. */
    loaded(): void;
    failed(error: Error): void;
    /** The newest second that there is. */
    endS(): number;
    /** It has come to the newest tick. */
    ended(): void;
}

export class Player {
    rate = 1;
    private playing = false;
    private ahead: PositionFrame[] = [];
    private nextS = 0;
    private baseMs = 0;
    private baseAtMs = 0;
    private limitMs = 0;
    private loading: AbortController | null = null;
    private over = false;

    constructor(private readonly competitors: number, private readonly hooks: PlayerHooks) {}

    get moving(): boolean {
        return this.playing;
    }

    /** Seconds between two ticks that are fetched. */
    get stepS(): number {
        return Math.max(1, Math.ceil(this.rate / FRAMES_A_SECOND));
    }

    seek(s: number, nowMs: number): void {
        this.loading?.abort();
        this.loading = null;
        this.ahead = [];
        this.over = false;
        this.nextS = Math.max(0, Math.min(Math.floor(s), this.hooks.endS()));
        this.baseMs = this.limitMs = this.nextS * 1000;
        this.baseAtMs = nowMs;
        this.hooks.jumped();
        this.pump(nowMs);
    }

    play(playing: boolean, nowMs: number): void {
        this.baseMs = this.at(nowMs);
        this.baseAtMs = nowMs;
        this.playing = playing;
        this.over = false;
    }

    setRate(rate: number, nowMs: number): void {
        this.baseMs = this.at(nowMs);
        this.baseAtMs = nowMs;
        this.rate = rate;
    }

    close(): void {
        this.loading?.abort();
        this.playing = false;
    }

    /** The race ms that is shown. */
    at(nowMs: number): number {
        const ms = this.baseMs + (this.playing ? (nowMs - this.baseAtMs) * this.rate : 0);
        if (ms > this.limitMs) {
            this.baseMs = this.limitMs;
            this.baseAtMs = nowMs;
            return this.limitMs;
        }
        return ms;
    }

    /** To be called some ten times a second: hand on what is due soon, fetch what will be. */
    pump(nowMs: number): void {
        const shown = this.at(nowMs);
        const wanted = shown + AHEAD_STEPS * this.stepS * 1000;
        while (this.ahead.length > 0 && this.ahead[0]!.raceMs <= wanted) {
            const frame = this.ahead.shift()!;
            this.hooks.emit(frame);
            this.limitMs = Math.max(this.limitMs, frame.raceMs);
        }
        const lasts = this.ahead.length;
        if (!this.loading && lasts < CHUNK_FRAMES / 4 && this.nextS <= this.hooks.endS()) {
            void this.load();
        }
        if (this.playing && !this.over && shown >= this.hooks.endS() * 1000) {
            this.over = true;
            this.hooks.ended();
        }
    }

    private async load(): Promise<void> {
        const mine = new AbortController();
        this.loading = mine;
        const step = this.stepS;
        const frames = Math.max(8, Math.min(CHUNK_FRAMES, Math.floor(CHUNK_BYTES / Math.max(1, this.competitors))));
        const to = Math.min(this.hooks.endS(), this.nextS + (frames - 1) * step);
        try {
            const got = await this.hooks.load(this.nextS, to, step, mine.signal);
            if (!mine.signal.aborted) {
                this.ahead.push(...got);
                this.nextS = to + (to === this.hooks.endS() && step > 1 ? 1 : step);
                this.loading = null;
                this.hooks.loaded();
            }
        } catch (error) {
            if (!mine.signal.aborted) {
                this.loading = null;
                this.playing = false;
                this.hooks.failed(error as Error);
            }
        }
    }
}
