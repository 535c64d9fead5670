// Showing the past of a race instead of its present: the player's ticks on to the map, the tables of the moment that is
// shown. Loaded when a replay begins.
import { effect } from '@preact/signals';
import * as api from '../wire/api';
import { say } from '../i18n/say';
import type { Competitors } from '../model/competitors';
import { Player } from '../model/player';
import { chosenOf, VirtualStart } from '../model/virtualStart';
import type { Chosen } from '../model/virtualStart';
import type { AppState } from './state';
import { pastFrames, pastStepS } from '../wire/pastFrames';
import type { PositionFrame } from '../wire/frame';
import type { FrameSink } from './frameSink';

const PUMP_MS = 100;
const BOARD_EVERY_MS = 1_000;
const TAIL_BUDGET = { bytes: 1.5e6, least: 6, most: 24 };

/** What a replay needs of its session. */
export interface ReplayHost {
    state: AppState;
    competitors: Competitors;
    runId: string;
    /** How many compete. */
    count: number;
    sink(): FrameSink | null;
    newestS(): number;
    rosterVersion(): number;
    /** Rows per list of the tables. */
    rows(): number;
    /** Back to live. */
    live(): void;
}

/** Few ticks of the seconds before a moment, for tails. */
export function recentFrames(runId: string, competitors: number, toS: number, seconds: number): Promise<PositionFrame[]> {
    const fromS = Math.max(0, toS - seconds);
    return pastFrames(runId, fromS, toS, pastStepS(toS - fromS, competitors, TAIL_BUDGET));
}

export class Replay {
    private readonly player: Player;
    private readonly pump: ReturnType<typeof setInterval>;
    private readonly untie: () => void;
    /** Ticks that the map has, and that are not yet shown. */
    private ahead: PositionFrame[] = [];
    private fromS = 0;
    private boardAsked = -1;
    private boardAtMs = -Infinity;
    private virtual: VirtualStart | null = null;

    constructor(private readonly host: ReplayHost) {
        host.state.frozen.value = false;
        host.state.lagMs.value = host.state.behindMs.value = null;
        this.player = new Player(host.count, {
            load: async (fromS, toS, stepS, signal) => this.virtual?.frames(fromS, toS, stepS) ?? pastFrames(host.runId, fromS, toS, stepS, signal),
            emit: (frame) => {
                this.ahead.push(frame);
                host.sink()?.frame(frame);
            },
            jumped: () => {
                this.ahead = [];
                host.sink()?.jump();
            },
            loaded: () => this.look(),
            failed: (error) => {
                host.state.trouble.value = say(error);
                this.tell();
            },
            endS: () => this.virtual?.endS ?? host.newestS(),
            ended: () => (!this.virtual && host.state.race.value?.state === 'running' ? host.live() : this.play(false)),
        });
        host.sink()?.time(this.player);
        this.pump = setInterval(() => this.look(), PUMP_MS);
        this.untie = effect(() => {
            void host.state.followed.value;
            if (this.virtual) {
                void this.gather(Math.floor(this.player.at(performance.now()) / 1_000));
            }
        });
        this.tell();
    }

    close(): void {
        clearInterval(this.pump);
        this.untie();
        this.player.close();
        this.host.sink()?.time(null);
        this.host.state.replay.value = this.host.state.virtualStart.value = null;
    }

    to(s: number): void {
        this.fromS = s;
        this.player.seek(s, performance.now());
        this.boardAsked = -1;
        this.tell();
    }

    /** The moment that is shown once more: the page was out of sight. */
    again(): void {
        const playing = this.player.moving;
        this.player.seek(Math.floor(this.player.at(performance.now()) / 1_000), performance.now());
        this.player.play(playing, performance.now());
    }

    play(playing: boolean): void {
        this.player.play(playing, performance.now());
        this.tell();
        this.host.sink()?.wake();
    }

    speed(rate: number): void {
        this.player.setRate(rate, performance.now());
        this.tell();
        this.host.sink()?.wake();
    }

    /** Show the followed as if they had started at the same moment, from the start; or the race as it was. */
    async startVirtually(on: boolean): Promise<void> {
        if (on) {
            await this.gather(0);
            this.play(this.virtual !== null);
        } else {
            this.virtual = null;
            this.begun(Math.floor(this.player.at(performance.now()) / 1_000));
        }
    }

    /** The ticks before a moment. */
    async past(toS: number, seconds: number): Promise<PositionFrame[]> {
        const { runId, count } = this.host;
        const fromS = Math.max(0, toS - seconds);
        return this.virtual?.frames(fromS, toS, Math.max(1, Math.ceil((toS - fromS) / TAIL_BUDGET.most)))
            ?? recentFrames(runId, count, toS, seconds);
    }

    private async gather(atS: number): Promise<void> {
        const { state, competitors, runId } = this.host;
        const bibs = state.followed.value;
        try {
            const courses = await Promise.all(bibs.map((bib) => api.getTrajectory(runId, bib)));
            if (bibs === state.followed.value) {
                const chosen = courses.map((c) => chosenOf(competitors.numberOf(c.competitorId), c)).filter((c): c is Chosen => c !== null && c.number >= 0);
                this.virtual = chosen.length > 0
                    ? new VirtualStart(chosen, competitors.n, this.host.rosterVersion(), state.track.value?.lengthM ?? 0)
                    : null;
                this.begun(atS);
            }
        } catch (error) {
            state.trouble.value = say(error as Error);
        }
    }

    private begun(atS: number): void {
        const { virtual } = this;
        this.host.state.virtualStart.value = virtual && { count: virtual.chosen.length, endS: virtual.endS };
        this.host.competitors.again();
        this.to(atS);
    }

    private tell(): void {
        this.host.state.replay.value = { fromS: this.fromS, speed: this.player.rate, playing: this.player.moving };
    }

    // Ticks for the map ten times a second, the tables of that moment once a second. A hidden tab waits where it is.
    private look(): void {
        if (document.hidden) {
            return;
        }
        const now = performance.now();
        this.player.pump(now);
        let took = false;
        while (this.ahead.length > 0 && this.ahead[0]!.raceMs <= this.player.at(now)) {
            this.host.competitors.take(this.ahead.shift()!);
            took = true;
        }
        // While it plays, each board renders the tables anew. A moment that stands has one board, and its ticks may come after it.
        if (took && !this.player.moving) {
            this.host.state.tablesVersion.value++;
        }
        const at = Math.floor(this.player.at(now) / 1_000);
        if (now - this.boardAtMs >= BOARD_EVERY_MS && at !== this.boardAsked) {
            this.boardAsked = at;
            this.boardAtMs = now;
            this.askBoard(at);
        }
    }

    private askBoard(at: number): void {
        const { state, runId } = this.host;
        const { virtual } = this;
        const asked = virtual ? Promise.resolve(virtual.board(runId, at)) : api.getBoard(runId, at, this.host.rows());
        asked.then((board) => {
            if (state.replay.value && this.boardAsked === at && this.virtual === virtual) {
                state.board.value = board;
                state.tablesVersion.value++;
            }
        }, () => { this.boardAsked = -1; });
    }
}
