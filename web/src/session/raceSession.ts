// Watching one race: the socket's messages into the state, ticks on to the map. A hidden tab closes the socket and
// costs nothing; when it is seen again everything starts from a key frame.
import * as api from '../wire/api';
import { loadCourse } from '../courseload';
import type { CourseLoad } from '../courseload';
import { Field, rosterSteps } from '../model/competitors';
import { LagLog } from '../model/lag';
import type { LagSample } from '../model/lag';
import type { PlayTime } from '../map/livemap';
import { inSlices } from '../model/sort';
import type { Replay } from './replay';
import type { AppState } from './state';
import type { Anchor, Board, Hop, Race } from '../wire/types';
import { FrameKind, isPositionFrame } from '../wire/frame';
import type { Frame, PositionFrame } from '../wire/frame';
import { RaceSocket } from '../wire/socket';

const BOARD_ROWS = 50;
const MAX_BOARD_ROWS = 1_000;
const WATCHDOG_MS = 1_000;

/** The map's side: what it is told. */
export interface FrameSink {
    frame(frame: Frame): void;
    /** Another race. */
    reset(): void;
    /** The next tick is of another moment; what is drawn stays until it comes. */
    jump(): void;
    speed(speed: number): void;
    /** Draw a replay's moments; null: live. */
    time(time: PlayTime | null): void;
    wake(): void;
    /** Ticks from before those that came. */
    past(frames: PositionFrame[]): void;
    /** How much all places are in doubt, 0 … 1. */
    doubt(doubt: number): void;
}

/** From how late a tick is on the places are in doubt, and when they are so altogether. */
export const DOUBT_FROM_MS = 3_000;
const DOUBT_FULL_MS = 23_000;

/** Some place that is shown as the present is older than it should be. */
export function inDoubt(state: AppState): boolean {
    return !state.replay.value && (state.silent.value || state.lateMs.value >= DOUBT_FROM_MS);
}

/** 0 … 1 in tenths, so that it does not change all the time. */
export function doubtOf(lateMs: number): number {
    return lateMs < DOUBT_FROM_MS ? 0 : Math.min(1, 0.4 + Math.round((6 * (lateMs - DOUBT_FROM_MS)) / (DOUBT_FULL_MS - DOUBT_FROM_MS)) / 10);
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
    /** Why the socket was refused; told once. */
    private refusal: string | null = null;
    private rows = BOARD_ROWS;
    private roster = -1;
    private replay: Replay | null = null;
    private courseLoad: CourseLoad | null = null;
    /** Why the course could not be loaded; gone when it is there. */
    private courseTrouble = '';

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
        s.shown.value = false;
        this.courseLoad?.cancel();
        this.courseLoad = null;
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
                this.loadCourse(known);
            }
            this.connect();
        }
    }

    /** The server's clock, by the best comparison so far. */
    serverNow(): number {
        return Date.now() + (this.socket?.clock.offsetMs ?? 0);
    }

    /** Stop the picture, or let it go on. A replay has a pause of its own. */
    toggleHold(): void {
        const { held } = this.state;
        if (!this.replay) {
            held.value = !held.value;
            this.refresh();
        }
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
                if (link === 'open' && s.trouble.value === this.refusal) {
                    s.trouble.value = null;
                }
                if (link === 'open' || (sentence && sentence !== this.refusal)) {
                    this.refusal = sentence;
                    s.trouble.value = sentence ?? s.trouble.value;
                }
            },
            frame: (frame) => this.frame(frame),
            board: (board) => {
                if (!this.replay) {
                    // A list that got longer is shown at once: the first board of a socket has ten rows.
                    this.boardAppliedMs = (s.board.peek()?.leaders.length ?? 0) < board.leaders.length ? 0 : this.boardAppliedMs;
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
            if (this.replay) {
                this.replay.again();
            } else {
                this.sink?.jump();
            }
            this.boardAppliedMs = 0;
            this.connect();
        }
    }

    private loadCourse(race: Race): void {
        this.courseLoad?.cancel();
        this.state.courseUnknown.value = false;
        this.courseLoad = loadCourse(race, {
            course: (course) => {
                this.state.course.value = course;
                if (this.state.trouble.value === this.courseTrouble) {
                    this.state.trouble.value = null;
                }
            },
            unknown: () => { this.state.courseUnknown.value = true; },
            failed: (sentence) => { this.state.trouble.value = this.courseTrouble = sentence; },
            drawn: () => this.state.shown.peek(),
        });
    }

    private frame(frame: Frame): void {
        if (isPositionFrame(frame)) {
            const rawTime = Math.round(frame.raceMs / 1000);
            this.newestRaw = rawTime;
            this.state.newestS.value = rawTime;
            if (!this.replay) {
                this.lag.received(rawTime, this.serverNow());
                this.field.take(frame);
            }
            this.askRoster(frame.roster);
            this.state.silent.value = frame.sent !== undefined;
        } else if (frame.kind === FrameKind.Times && !this.replay) {
            this.field.times(frame);
        }
        if (!this.state.held.value && !this.replay) {
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
        if (before?.course !== race.course || (!s.course.value && !this.courseLoad)) {
            this.loadCourse(race);
        }
    }

    // The newest board goes into the state as often as the viewer chose; one at least, so that nothing is empty.
    private offerBoard(): void {
        const s = this.state;
        const everyMs = s.refreshS.value * 1000;
        const first = s.board.value === null;
        if (this.replay || !this.lastBoard || this.boardTimer !== undefined || (!first && (everyMs === 0 || s.held.value))) {
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
            this.sink?.doubt(0);
            return;
        }
        const overdue = this.serverNow() - dueMs(race.anchor, this.newestRaw + 1);
        // Before the first tick nothing is later than it has been waited for.
        const late = this.newestRaw < 0 ? Math.min(overdue, Date.now() - this.openedMs) : overdue;
        s.lateMs.value = late > 1_000 ? Math.round(late / 1000) * 1000 : 0;
        this.sink?.doubt(this.replay ? 0 : doubtOf(late));
    }

    /** Show that moment of the race; from live this begins a replay. */
    async replayTo(s: number): Promise<void> {
        (await this.replaying())?.to(s);
    }

    async replayPlay(playing: boolean): Promise<void> {
        const fresh = !this.replay;
        const replay = await this.replaying();
        if (fresh) {
            replay?.to(0);
        }
        replay?.play(playing);
    }

    replaySpeed(speed: number): void {
        this.replay?.speed(speed);
    }

    /** Show who is followed as if they had started together. */
    async startTogether(on: boolean): Promise<void> {
        await (await this.replaying())?.startTogether(on);
    }

    goLive(): void {
        if (this.replay) {
            this.endReplay();
            this.boardAppliedMs = 0;
            this.disconnect();
            this.connect();
        }
    }

    /** The ticks of the seconds before `raceMs` on to the map, for what has to do with the past. */
    async past(raceMs: number, seconds: number): Promise<void> {
        const { runId, replay, sink } = this;
        const race = this.state.race.value;
        const toS = Math.floor(raceMs / 1_000);
        if (!runId || !race || toS < 1) {
            return;
        }
        const { recentFrames } = await import('./replay');
        const asked = replay ? replay.past(toS, seconds) : recentFrames(runId, race.competitors, toS, seconds);
        const frames = await asked.catch(() => []);
        if (this.runId === runId && this.replay === replay && this.sink === sink) {
            sink?.past(frames);
        }
    }

    private async replaying(): Promise<Replay | null> {
        const runId = this.runId;
        const race = this.state.race.value;
        if (this.replay || !runId || !race || this.newestRaw < 0) {
            return this.replay;
        }
        const { Replay } = await import('./replay');
        if (this.replay || this.runId !== runId) {
            return this.replay;
        }
        this.state.held.value = false;
        this.state.lagMs.value = this.state.behindMs.value = null;
        this.replay = new Replay({
            state: this.state,
            field: this.field,
            runId,
            competitors: race.competitors,
            sink: () => this.sink,
            newestS: () => this.newestRaw,
            rosterVersion: () => this.roster,
            rows: () => this.rows,
            goLive: () => this.goLive(),
        });
        return this.replay;
    }

    private endReplay(): void {
        const replay = this.replay;
        this.replay = null;
        replay?.close();
    }

    /** Wall ms between what is drawn and what is due now. */
    behind(raceMs: number): number | null {
        const race = this.state.race.value;
        if (!race || race.state !== 'running' || this.replay || !Number.isFinite(raceMs)) {
            return null;
        }
        return this.serverNow() - dueMs(race.anchor, raceMs / 1000);
    }
}
