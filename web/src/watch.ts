// Watching one race: the socket's messages into the state, ticks on to the map. A hidden tab closes the socket and
// costs nothing; when it is seen again everything starts from a key frame.
import * as api from './api';
import { LagLog } from './model/lag';
import type { LagSample } from './model/lag';
import type { AppState } from './state';
import type { Anchor, Board, Hop, Race } from './types';
import type { Frame, PositionFrame } from './wire/frame';
import { RaceSocket } from './wire/socket';

const BOARD_ROWS = 50;
const WATCHDOG_MS = 1_000;

/** The map's side: what it is told. */
export interface FrameSink {
    frame(frame: Frame): void;
    reset(): void;
    speed(speed: number): void;
    /** Race ms that it draws now, at most; the newest tick. */
    newestMs(): number;
}

export function dueMs(anchor: Anchor, rawTime: number): number {
    return anchor.wallMs + ((rawTime - anchor.rawTime) * 1000) / anchor.speed;
}

function sameAnchor(a: Anchor | undefined, b: Anchor | undefined): boolean {
    return a?.wallMs === b?.wallMs && a?.rawTime === b?.rawTime && a?.speed === b?.speed;
}

export class Watch {
    readonly lag = new LagLog();
    private socket: RaceSocket | null = null;
    private sink: FrameSink | null = null;
    private runId: string | null = null;
    private lastBoard: Board | null = null;
    private boardAppliedMs = 0;
    private boardTimer: ReturnType<typeof setTimeout> | undefined;
    private watchdog: ReturnType<typeof setInterval> | undefined;
    private newestRaw = -1;
    private courseAsked: AbortController | null = null;

    constructor(private readonly state: AppState) {
        document.addEventListener('visibilitychange', () => this.visibility());
    }

    /** The map that draws, or none: without one nothing is asked for. */
    attach(sink: FrameSink | null): void {
        this.sink = sink;
        this.disconnect();
        this.connect();
    }

    /** Watch this race from now on; null: none. */
    follow(runId: string | null): void {
        if (runId === this.runId) {
            return;
        }
        this.disconnect();
        this.runId = runId;
        const s = this.state;
        const known = s.races.value?.find((r) => r.runId === runId) ?? null;
        s.race.value = known;
        s.board.value = null;
        s.course.value = null;
        s.selected.value = null;
        s.drawnMs.value = -Infinity;
        s.lagMs.value = s.behindMs.value = null;
        this.lag.clear();
        this.newestRaw = -1;
        this.sink?.reset();
        if (runId) {
            if (known) {
                void this.loadCourse(known);
            }
            this.connect();
        }
    }

    /** The server's clock, by the best comparison so far. */
    serverNow(): number {
        return Date.now() + (this.socket?.clock.offsetMs ?? 0);
    }

    /** Apply what was kept back, after the tables' rate or the hold changed. */
    refresh(): void {
        this.boardAppliedMs = 0;
        this.offerBoard();
    }

    painted(frame: PositionFrame): void {
        const rawTime = Math.round(frame.raceMs / 1000);
        this.measured(this.lag.painted(rawTime, this.serverNow()));
    }

    private connect(): void {
        if (!this.runId || !this.sink || this.socket || document.hidden) {
            return;
        }
        const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
        const url = `${scheme}://${location.host}/ws?race=${encodeURIComponent(this.runId)}`;
        const s = this.state;
        this.socket = new RaceSocket(url, {
            link: (link, sentence) => {
                s.link.value = link;
                if (sentence) {
                    s.trouble.value = sentence;
                }
            },
            frame: (frame) => this.frame(frame),
            board: (board) => {
                this.lastBoard = board;
                this.offerBoard();
            },
            race: (race) => this.race(race),
            lag: (hop) => this.told(hop),
        });
        this.socket.setLimit(BOARD_ROWS);
        this.watchdog = setInterval(() => this.lookLate(), WATCHDOG_MS);
    }

    private disconnect(): void {
        clearInterval(this.watchdog);
        clearTimeout(this.boardTimer);
        this.boardTimer = undefined;
        this.lastBoard = null;
        this.socket?.close();
        this.socket = null;
    }

    private visibility(): void {
        if (document.hidden) {
            this.disconnect();
        } else if (!this.socket) {
            this.sink?.reset();
            this.boardAppliedMs = 0;
            this.connect();
        }
    }

    private async loadCourse(race: Race): Promise<void> {
        this.courseAsked?.abort();
        const asked = new AbortController();
        this.courseAsked = asked;
        try {
            const course = await api.getCourse(race.course, race.revision, asked.signal);
            if (!asked.signal.aborted) {
                this.state.course.value = course;
            }
        } catch (error) {
            if (!asked.signal.aborted && !(error instanceof api.ApiError && error.status === 404)) {
                this.state.trouble.value = (error as Error).message;
            }
        }
    }

    private frame(frame: Frame): void {
        if (frame.kind === 1 || frame.kind === 2) {
            const rawTime = Math.round(frame.raceMs / 1000);
            this.newestRaw = rawTime;
            this.lag.received(rawTime, this.serverNow());
        }
        if (!this.state.held.value) {
            this.sink?.frame(frame);
        }
    }

    private told(hop: Hop): void {
        this.measured(this.lag.told(hop));
    }

    private measured(sample: LagSample | null): void {
        if (sample && this.socket?.clock.known) {
            this.state.lagMs.value = sample.painted;
            this.socket.painted(sample.rawTime, sample.painted, sample.received);
        }
    }

    private race(race: Race): void {
        const s = this.state;
        const before = s.race.value;
        if (!sameAnchor(before?.anchor, race.anchor) || before?.state !== race.state) {
            this.sink?.speed(race.anchor.speed);
        }
        s.race.value = race;
        s.races.value = (s.races.value ?? []).map((r) => (r.runId === race.runId ? race : r))
            .filter((r) => r.state !== 'deleted');
        if (before?.course !== race.course || (!s.course.value && !this.courseAsked)) {
            void this.loadCourse(race);
        }
    }

    // The newest board goes into the state as often as the viewer chose; one at least, so that nothing is empty.
    private offerBoard(): void {
        const s = this.state;
        const everyMs = s.refreshS.value * 1000;
        const first = s.board.value === null;
        if (!this.lastBoard || this.boardTimer !== undefined || (!first && (everyMs === 0 || s.held.value))) {
            return;
        }
        const wait = first ? 0 : this.boardAppliedMs + everyMs - 100 - performance.now();
        if (wait <= 0) {
            this.boardAppliedMs = performance.now();
            s.board.value = this.lastBoard;
            this.lastBoard = null;
            return;
        }
        this.boardTimer = setTimeout(() => {
            this.boardTimer = undefined;
            this.boardAppliedMs = 0;
            this.offerBoard();
        }, wait);
    }

    // How late the next tick is, and how far behind the race the map is drawn.
    private lookLate(): void {
        const s = this.state;
        const race = s.race.value;
        if (!race || race.state !== 'running' || this.newestRaw < 0) {
            s.lateMs.value = 0;
            return;
        }
        const late = this.serverNow() - dueMs(race.anchor, this.newestRaw + 1);
        s.lateMs.value = late > 1_000 ? Math.round(late / 1000) * 1000 : 0;
    }

    /** Wall ms between what is drawn and what is due now. */
    behind(raceMs: number): number | null {
        const race = this.state.race.value;
        if (!race || race.state !== 'running' || !Number.isFinite(raceMs)) {
            return null;
        }
        return this.serverNow() - dueMs(race.anchor, raceMs / 1000);
    }
}
