// One race on the page: the socket's messages go into the state, its ticks on to the map. A hidden tab closes the socket and costs
// nothing; when it is seen again everything starts from a key frame.
import { loadCourse } from '../courseload';
import type { CourseLoad } from '../courseload';
import { Competitors } from '../model/competitors';
import { FrameKind, isPositionFrame } from '../wire/frame';
import type { Frame } from '../wire/frame';
import { RaceSocket } from '../wire/socket';
import type { LinkState } from '../wire/socket';
import type { Race } from '../wire/types';
import { BoardFeed } from './boardFeed';
import type { FrameSink } from './frameSink';
import { LagMeter } from './lagMeter';
import { doubtOf, dueMs, latenessMs, sameAnchor } from './lateness';
import type { ReplayHost } from './replay';
import { ReplayControl } from './replayControl';
import type { AppState } from './state';

const WATCHDOG_MS = 1_000;

export class RaceSession {
    readonly competitors = new Competitors();
    readonly boards: BoardFeed;
    readonly lag: LagMeter;
    readonly replay: ReplayControl;
    private socket: RaceSocket | null = null;
    private sink: FrameSink | null = null;
    private runId: string | null = null;
    private watchdog: ReturnType<typeof setInterval> | undefined;
    private newestRaw = -1;
    /** When the socket opened, by our clock; Infinity while it is not open. */
    private openedMs = Infinity;
    /** Why the socket was refused; shown once. */
    private refusal: string | null = null;
    /** The version of the roster that was asked for, -1: none. */
    private roster = -1;
    private courseLoad: CourseLoad | null = null;
    /** Why the course could not be loaded; cleared when it is there. */
    private courseError = '';

    constructor(private readonly state: AppState) {
        this.boards = new BoardFeed(state, (rows) => this.socket?.setLimit(rows));
        this.lag = new LagMeter(state, () => this.socket, () => this.serverNow());
        this.replay = new ReplayControl(() => this.replayHost(), () => this.reconnect());
        document.addEventListener('visibilitychange', () => this.visibility());
    }

    /** The map that draws, or none: without one nothing is asked for. */
    attach(sink: FrameSink | null): void {
        this.sink = sink;
        this.replay.end();
        this.reconnect();
    }

    /** Follow this race from now on; null: none. */
    follow(runId: string | null): void {
        if (runId === this.runId) {
            return;
        }
        this.replay.end();
        this.disconnect();
        this.runId = runId;
        const known = this.state.races.value?.find((r) => r.runId === runId) ?? null;
        this.forget(known);
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

    /** Freeze the picture, or let it go on. A replay has a pause of its own. */
    toggleFreeze(): void {
        const { frozen } = this.state;
        if (!this.replay.active) {
            frozen.value = !frozen.value;
            this.boards.refresh();
        }
    }

    /** Wall ms between what is drawn and what is due now; null where that means nothing. */
    behind(raceMs: number): number | null {
        const race = this.state.race.value;
        if (!race || race.state !== 'running' || this.replay.active || !Number.isFinite(raceMs)) {
            return null;
        }
        return this.serverNow() - dueMs(race.anchor, raceMs / 1000);
    }

    // Nothing of the race before stays.
    private forget(next: Race | null): void {
        const s = this.state;
        this.courseLoad?.cancel();
        this.courseLoad = null;
        this.lag.clear();
        this.competitors.clear();
        this.boards.reset();
        this.roster = this.newestRaw = -1;
        s.race.value = next;
        s.board.value = s.course.value = s.selected.value = null;
        s.shown.value = s.named.value = false;
        s.drawnMs.value = -Infinity;
        s.newestS.value = -1;
        s.search.value = '';
    }

    private connect(): void {
        if (!this.runId || !this.sink || this.socket || document.hidden) {
            return;
        }
        const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
        const url = `${scheme}://${location.host}/ws?race=${encodeURIComponent(this.runId)}`;
        this.socket = new RaceSocket(url, {
            link: (link, sentence) => this.link(link, sentence),
            frame: (frame) => this.frame(frame),
            board: (board) => this.boards.take(board),
            race: (race) => this.race(race),
            lag: (hop) => this.lag.reported(hop),
        });
        this.socket.setLimit(this.boards.rows);
        this.watchdog = setInterval(() => this.checkLateness(), WATCHDOG_MS);
    }

    private disconnect(): void {
        clearInterval(this.watchdog);
        this.boards.stop();
        this.socket?.close();
        this.socket = null;
    }

    private reconnect(): void {
        this.disconnect();
        this.connect();
    }

    private link(link: LinkState, sentence: string | null): void {
        const { trouble } = this.state;
        this.state.link.value = link;
        this.openedMs = link === 'open' ? Date.now() : Infinity;
        if (link === 'open' && trouble.value === this.refusal) {
            trouble.value = null;
        }
        if (link === 'open' || (sentence && sentence !== this.refusal)) {
            this.refusal = sentence;
            trouble.value = sentence ?? trouble.value;
        }
    }

    private visibility(): void {
        if (document.hidden) {
            this.disconnect();
        } else if (!this.socket) {
            if (this.replay.active) {
                this.replay.again();
            } else {
                this.sink?.jump();
            }
            this.connect();
        }
    }

    private loadCourse(race: Race): void {
        const { course, courseUnknown, trouble, shown } = this.state;
        this.courseLoad?.cancel();
        courseUnknown.value = false;
        this.courseLoad = loadCourse(race, {
            course: (loaded) => {
                course.value = loaded;
                if (trouble.value === this.courseError) {
                    trouble.value = null;
                }
            },
            unknown: () => { courseUnknown.value = true; },
            failed: (sentence) => { trouble.value = this.courseError = sentence; },
            drawn: () => shown.peek(),
        });
    }

    private frame(frame: Frame): void {
        const live = !this.replay.active;
        if (isPositionFrame(frame)) {
            this.newestRaw = this.state.newestS.value = Math.round(frame.raceMs / 1000);
            if (live) {
                this.lag.received(frame);
                this.competitors.take(frame);
            }
            this.askRoster(frame.roster);
            this.state.stale.value = frame.sent !== undefined;
        } else if (frame.kind === FrameKind.Times && live) {
            this.competitors.times(frame);
        }
        if (live && !this.state.frozen.value) {
            this.sink?.frame(frame);
        }
    }

    // Asks for the roster when its version changes: names where there are some, ids too where they are not 1 … n.
    private askRoster(version: number): void {
        const { runId, state, competitors } = this;
        const race = state.race.value;
        if (!runId || !race || version === this.roster) {
            return;
        }
        this.roster = version;
        const changed = (named: boolean): void => {
            state.named.value = named;
            state.tablesVersion.value++;
        };
        import('./rosterLoad')
            .then((m) => m.loadRoster({
                runId, competitors, changed,
                version: race.foreign === true || race.kind === 'live' ? version : undefined,
                wanted: () => this.runId === runId && this.roster === version,
            }))
            .catch(() => { this.roster = -1; });
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

    // How late the next tick is, how much in doubt the positions are, and how long it is until a scheduled race starts.
    private checkLateness(): void {
        const s = this.state;
        const race = s.race.value;
        const now = this.serverNow();
        const waits = race?.kind === 'live' && race.reason; // for the gun: nobody knows when that is
        s.startsInS.value = race?.state === 'scheduled' && !waits ? Math.max(0, Math.ceil((dueMs(race.anchor, 0) - now) / 1000)) : null;
        const late = latenessMs(race, this.newestRaw, now, Date.now() - this.openedMs);
        s.lateMs.value = late > 1_000 ? Math.round(late / 1000) * 1000 : 0;
        this.sink?.doubt(this.replay.active ? 0 : doubtOf(late));
    }

    private replayHost(): ReplayHost | null {
        const { runId, state, competitors } = this;
        const race = state.race.value;
        return runId && race
            ? {
                state, competitors, runId,
                count: race.competitors,
                sink: () => this.sink,
                newestS: () => this.newestRaw,
                rosterVersion: () => this.roster,
                rows: () => this.boards.rows,
                live: () => this.replay.live(),
            }
            : null;
    }
}
