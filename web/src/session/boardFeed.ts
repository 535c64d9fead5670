// The boards of the push socket on their way into the state: as often as the viewer chose, and none while the picture is frozen or
// a replay shows boards of its own.
import type { Board } from '../wire/types';
import type { AppState } from './state';

/** The rows of a list at first (early.ts asks for as many) and at most. */
const FIRST_ROWS = 50;
const MAX_ROWS = 1_000;
/** A board that comes a little early, by the viewer's rate, is not made to wait for the next one. */
const EARLY_MS = 100;

export class BoardFeed {
    /** Rows of each list that are asked for. */
    rows = FIRST_ROWS;
    private last: Board | null = null;
    private appliedMs = 0;
    private timer: ReturnType<typeof setTimeout> | undefined;

    /** `ask` is told when more rows are wanted. */
    constructor(private readonly state: AppState, private readonly ask: (rows: number) => void) {}

    /** A board came. A list that got longer is shown at once: the first board of a socket may have ten rows only. */
    take(board: Board): void {
        if (!this.state.replay.peek()) {
            this.last = board;
            const longer = board.leaders.length > (this.state.board.peek()?.leaders.length ?? 0);
            this.appliedMs = longer ? 0 : this.appliedMs;
            this.offer();
        }
    }

    /** Shows at once what was kept back: the rate changed, or the picture goes on. */
    refresh(): void {
        this.appliedMs = 0;
        this.offer();
    }

    /** The lists should have this many rows. */
    wantRows(rows: number): void {
        if (rows > this.rows && this.rows < MAX_ROWS) {
            this.rows = Math.min(MAX_ROWS, this.rows * 4);
            this.ask(this.rows);
        }
    }

    /** The socket is gone, and with it what was kept back. */
    stop(): void {
        clearTimeout(this.timer);
        this.timer = undefined;
        this.last = null;
        this.appliedMs = 0;
    }

    /** Another race. */
    reset(): void {
        this.rows = FIRST_ROWS;
    }

    // The newest board goes into the state when it is time. The first one always does, so that no table is empty.
    private offer(): void {
        const s = this.state;
        const everyMs = s.refreshS.value * 1000;
        const first = s.board.value === null;
        if (s.replay.peek() || !this.last || this.timer !== undefined || (!first && (everyMs === 0 || s.frozen.value))) {
            return;
        }
        const wait = first ? 0 : this.appliedMs + everyMs - EARLY_MS - performance.now();
        if (wait <= 0) {
            this.appliedMs = performance.now();
            s.board.value = this.last;
            s.tablesVersion.value++;
            this.last = null;
            return;
        }
        this.timer = setTimeout(() => {
            this.timer = undefined;
            this.refresh();
        }, wait);
    }
}
