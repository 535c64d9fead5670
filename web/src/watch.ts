// Watching one race: the socket's messages into the state, ticks on to the map. A hidden tab closes the socket and
// costs nothing; when it is seen again everything starts from a key frame.
import * as api from './api';
import { Field, rosterSteps } from './model/field';
import { LagLog } from './model/lag';
import type { LagSample } from './model/lag';
import type { PlayTime } from './map/livemap';
import type { Player } from './model/player';
import { inSlices } from './model/sort';
import type { AppState } from './state';
import type { Anchor, Board, Hop, Race } from './types';
import type { Frame, PositionFrame } from './wire/frame';
import { decodeFrames } from './wire/frame';
import { RaceSocket } from './wire/socket';

const BOARD_ROWS = 50;
const MAX_BOARD_ROWS = 1_000;
const WATCHDOG_MS = 1_000;
const PUMP_MS = 100;

/** The map's side: what it is told. */
export interface FrameSink {
    frame(frame: Frame): void;
    reset(): void;
    speed(speed: number): void;
    /** Draw a replay's moments; null: live. */
    time(time: PlayTime | null): void;
    wake(): void;
}

export function dueMs(anchor: Anchor, rawTime: number): number {
    return anchor.wallMs + ((rawTime - anchor.rawTime) * 1000) / anchor.speed;
}

function sameAnchor(a: Anchor | undefined, b: Anchor | undefined): boolean {
    return a?.wallMs === b?.wallMs && a?.rawTime === b?.rawTime && a?.speed === b?.speed;
}

export class Watch {
    readonly lag = new LagLog();
    readonly field = new Field();
    private socket: RaceSocket | null = null;
    private sink: FrameSink | null = null;
    private runId: string | null = null;
    private lastBoard: Board | null = null;
    private boardAppliedMs = 0;
    private boardTimer: ReturnType<typeof setTimeout> | undefined;
    private watchdog: ReturnType<typeof setInterval> | undefined;
    private newestRaw = -1;
    /** When the socket opened, by our clock; Infinity while it is not open. */
    private openedMs = Infinity;
    private rows = BOARD_ROWS;
    private roster = -1;
    private player: Player | null = null;
    private pump: ReturnType<typeof setInterval> | undefined;
    private boardAsked = -1;
    private replayFromS = 0;
    /** Ticks that the map has, and that are not yet shown. */
    private replayAhead: PositionFrame[] = [];
    private courseAsked: AbortController | null = null;

    constructor(private readonly state: AppState) {
        document.addEventListener('visibilitychange', () => this.visibility());
    }

    /** The map that draws, or none: without one nothing is asked for. */
    attach(sink: FrameSink | null): void {
        this.sink = sink;
        this.endReplay();
        this.disconnect();
        this.connect();
    }

    /** Watch this race from now on; null: none. */
    follow(runId: string | null): void {
        if (runId === this.runId) {
            return;
        }
        this.endReplay();
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
        this.field.clear();
        s.named.value = false;
        s.search.value = '';
        this.rows = BOARD_ROWS;
        this.roster = -1;
        this.newestRaw = s.newestS.value = -1;
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
                this.openedMs = link === 'open' ? Date.now() : Infinity;
                if (sentence) {
                    s.trouble.value = sentence;
                }
            },
            frame: (frame) => this.frame(frame),
            board: (board) => {
                if (!this.player) {
                    this.lastBoard = board;
                    this.offerBoard();
                }
            },
            race: (race) => this.race(race),
            lag: (hop) => this.told(hop),
        });
        this.socket.setLimit(this.rows);
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
        this.state.courseUnknown.value = false;
        const asked = new AbortController();
        this.courseAsked = asked;
        try {
            const course = await api.getCourse(race.course, race.revision, asked.signal);
            if (!asked.signal.aborted) {
                this.state.course.value = course;
            }
        } catch (error) {
            if (asked.signal.aborted) {
                return;
            }
            if (error instanceof api.ApiError && error.status === 404) {
                this.state.courseUnknown.value = true;
            } else {
                this.state.trouble.value = (error as Error).message;
            }
        }
    }

    private frame(frame: Frame): void {
        if (frame.kind === 1 || frame.kind === 2) {
            const rawTime = Math.round(frame.raceMs / 1000);
            this.newestRaw = rawTime;
            this.state.newestS.value = rawTime;
            if (!this.player) {
                this.lag.received(rawTime, this.serverNow());
                this.field.take(frame);
            }
            this.askRoster(frame.roster);
        } else if (frame.kind === 4) {
            this.field.times(frame);
        }
        if (!this.state.held.value && !this.player) {
            this.sink?.frame(frame);
        }
    }

    // Who is who: names where a roster was given, ids too where they are not 1 … n.
    private askRoster(version: number): void {
        const { runId, state } = this;
        const race = state.race.value;
        if (!runId || !race || version === this.roster) {
            return;
        }
        this.roster = version;
        const foreign = race.foreign === true;
        const wanted = (): boolean => this.runId === runId && this.roster === version;
        api.getRoster(runId, foreign ? version : undefined)
            .then((csv) => this.takeRoster(csv, foreign, wanted), () => { this.roster = -1; });
    }

    private async takeRoster(csv: string, foreign: boolean, wanted: () => boolean): Promise<void> {
        const roster = await inSlices(rosterSteps(csv), wanted);
        if (!roster || !wanted()) {
            return;
        }
        const { ids, names } = roster;
        const some = names.some((name) => name !== '');
        if (foreign) {
            this.field.setRoster(ids, some ? names : null);
        } else if (some) {
            const dense = new Array<string>(this.field.n).fill('');
            ids.forEach((id, k) => { dense[id - 1] = names[k]!; });
            this.field.setRoster(null, dense);
        }
        this.state.named.value = some;
        this.state.fieldVersion.value++;
        if (await this.field.sortNames()) {
            this.state.fieldVersion.value++;
        }
    }

    /** The boards should have this many rows a list, at most 1,000. */
    wantRows(rows: number): void {
        if (rows > this.rows && this.rows < MAX_BOARD_ROWS) {
            this.rows = Math.min(MAX_BOARD_ROWS, this.rows * 4);
            this.socket?.setLimit(this.rows);
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
        if (this.player || !this.lastBoard || this.boardTimer !== undefined || (!first && (everyMs === 0 || s.held.value))) {
            return;
        }
        const wait = first ? 0 : this.boardAppliedMs + everyMs - 100 - performance.now();
        if (wait <= 0) {
            this.boardAppliedMs = performance.now();
            s.board.value = this.lastBoard;
            s.fieldVersion.value++;
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
        s.startsInS.value = race?.state === 'scheduled'
            ? Math.max(0, Math.ceil((dueMs(race.anchor, 0) - this.serverNow()) / 1000)) : null;
        if (!race || race.state !== 'running') {
            s.lateMs.value = 0;
            return;
        }
        const overdue = this.serverNow() - dueMs(race.anchor, this.newestRaw + 1);
        // Before the first tick nothing is later than it has been waited for.
        const late = this.newestRaw < 0 ? Math.min(overdue, Date.now() - this.openedMs) : overdue;
        s.lateMs.value = late > 1_000 ? Math.round(late / 1000) * 1000 : 0;
    }

    /** Show that moment of the race; from live this begins a replay. */
    async replayTo(s: number): Promise<void> {
        this.replayFromS = s;
        const player = this.player ?? await this.beginReplay();
        player?.seek(s, performance.now());
        this.tellReplay();
        this.boardAsked = -1;
    }

    async replayPlay(playing: boolean): Promise<void> {
        if (!this.player) {
            await this.replayTo(0);
        }
        this.player?.play(playing, performance.now());
        this.tellReplay();
        this.sink?.wake();
    }

    replaySpeed(speed: number): void {
        this.player?.setRate(speed, performance.now());
        this.tellReplay();
        this.sink?.wake();
    }

    goLive(): void {
        if (this.player) {
            this.endReplay();
            this.boardAppliedMs = 0;
            this.disconnect();
            this.connect();
        }
    }

    private tellReplay(): void {
        this.state.replay.value = this.player && { fromS: this.replayFromS, speed: this.player.rate, playing: this.player.moving };
    }

    private async beginReplay(): Promise<Player | null> {
        const runId = this.runId;
        const race = this.state.race.value;
        if (!runId || !race || this.newestRaw < 0) {
            return null;
        }
        const { Player } = await import('./model/player');
        if (this.player || this.runId !== runId) {
            return this.player;
        }
        this.state.held.value = false;
        this.player = new Player(race.competitors, {
            load: async (fromS, toS, stepS, signal) => {
                const frames = decodeFrames(await api.getFrames(runId, fromS, toS, stepS, signal));
                return frames.filter((f): f is PositionFrame => f.kind === 1 || f.kind === 2);
            },
            emit: (frame) => {
                this.replayAhead.push(frame);
                this.sink?.frame(frame);
            },
            jumped: () => {
                this.replayAhead = [];
                this.sink?.reset();
            },
            failed: (error) => {
                this.state.trouble.value = error.message;
                this.tellReplay();
            },
            endS: () => this.newestRaw,
            ended: () => (this.state.race.value?.state === 'running' ? this.goLive() : void this.replayPlay(false)),
        });
        this.sink?.time(this.player);
        this.pump = setInterval(() => this.pumpReplay(), PUMP_MS);
        this.tellReplay();
        this.state.lagMs.value = this.state.behindMs.value = null;
        return this.player;
    }

    private endReplay(): void {
        clearInterval(this.pump);
        if (this.player) {
            this.player.close();
            this.player = null;
            this.sink?.time(null);
            this.tellReplay();
        }
    }

    // Ticks for the map ten times a second, the tables of that moment once a second.
    private pumpReplay(): void {
        const now = performance.now();
        this.player?.pump(now);
        while (this.player && this.replayAhead.length > 0 && this.replayAhead[0]!.raceMs <= this.player.at(now)) {
            this.field.take(this.replayAhead.shift()!);
        }
        if (!this.player || document.hidden || now - this.boardAppliedMs < 1_000) {
            return;
        }
        const at = Math.floor(this.player.at(now) / 1000);
        if (at !== this.boardAsked && this.runId) {
            this.boardAsked = at;
            this.boardAppliedMs = now;
            const player = this.player;
            api.getBoard(this.runId, at, this.rows).then((board) => {
                if (this.player === player) {
                    this.state.board.value = board;
                    this.state.fieldVersion.value++;
                }
            }, () => { this.boardAsked = -1; });
        }
    }

    /** Wall ms between what is drawn and what is due now. */
    behind(raceMs: number): number | null {
        const race = this.state.race.value;
        if (!race || race.state !== 'running' || this.player || !Number.isFinite(raceMs)) {
            return null;
        }
        return this.serverNow() - dueMs(race.anchor, raceMs / 1000);
    }
}
