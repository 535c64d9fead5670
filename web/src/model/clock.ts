// Which moment of the race to draw. Ticks arrive with jitter; we draw a little behind them (about one tick) so that
// there is nearly always a later tick to move towards. The drawn moment never goes back and never passes the newest tick.

const KEEP = 24;
const SLACK_MS = 60;
const MAX_SLACK_MS = 1_000;
const MAX_SLEW = 0.1;
const JUMP_STEPS = 3;
const JUMP_TICKS = 3;

/** Another source of the moment to draw than the live clock: a replay. */
export interface PlayTime {
    readonly rate: number;
    readonly moving: boolean;
    at(nowMs: number): number;
}

export class PlayClock {
    private speed = 1;
    private newestMs = -Infinity;
    private drawnMs = -Infinity;
    private drawnAtMs = 0;
    private stepMs = 1_000;
    private bases: number[] = [];
    private firstIsOld = true;
    private lateRun = 0;
    /** Jump to where the race is, instead of approaching it gradually. */
    private snap = false;

    /** Race seconds per wall second changed, or the race was paused and goes on: what was learnt of arrivals is void. */
    setSpeed(speed: number): void {
        this.speed = speed > 0 ? speed : 1;
        this.bases = [];
        this.firstIsOld = true;
        this.stepMs = Math.max(1_000, this.speed * 100);
    }

    /** Another race, or a jump in time: forget everything. */
    reset(): void {
        this.newestMs = this.drawnMs = -Infinity;
        this.bases = [];
        this.firstIsOld = true;
    }

    /** A tick came, at `nowMs` of a steady clock. */
    arrived(raceMs: number, nowMs: number): void {
        if (raceMs > this.newestMs && this.newestMs > -Infinity) {
            const step = raceMs - this.newestMs;
            this.stepMs = Math.min(Math.max(step, this.stepMs * 0.5), Math.max(2_000, this.speed * 1_000));
        }
        if (raceMs > this.newestMs || this.bases.length === 0) {
            this.learn(nowMs - raceMs / this.speed);
        }
        this.newestMs = Math.max(this.newestMs, raceMs);
    }

    // The first tick is a key frame of some moment ago: it says nothing of how late ticks are once a second came. After a stall
    // of the server ticks come on another time line, earlier or later by steps: what was learnt before is void.
    private learn(base: number): void {
        const step = this.stepMs / this.speed;
        const least = Math.min(...this.bases);
        const old = this.firstIsOld && this.bases.length === 1 && base < least;
        this.firstIsOld &&= this.bases.length === 0;
        this.snap ||= old;
        this.lateRun = base > least + JUMP_STEPS * step ? this.lateRun + 1 : 0;
        if (old || base < least - JUMP_STEPS * step || this.lateRun >= JUMP_TICKS) {
            this.bases = [];
            this.lateRun = 0;
        }
        this.bases.push(base);
        if (this.bases.length > KEEP) {
            this.bases.shift();
        }
    }

    /** How far behind the best arrivals we draw, wall ms: one step and what the worst of them were late. */
    get delayMs(): number {
        const least = Math.min(...this.bases);
        const late = this.bases.length > 0 ? Math.max(...this.bases) - least : 0;
        return this.stepMs / this.speed + Math.min(MAX_SLACK_MS, Math.max(SLACK_MS, late));
    }

    /** The race ms to draw at `nowMs`. */
    at(nowMs: number): number {
        const passed = (nowMs - this.drawnAtMs) * this.speed;
        this.drawnAtMs = nowMs;
        if (this.bases.length === 0) {
            return this.drawnMs = Math.max(this.drawnMs, Math.min(this.drawnMs + passed, this.newestMs));
        }
        const target = (nowMs - Math.min(...this.bases) - this.delayMs) * this.speed;
        let next = target;
        if (this.drawnMs > -Infinity && !this.snap && Math.abs(target - this.drawnMs - passed) < 3 * this.stepMs) {
            const error = target - this.drawnMs - passed;
            next = this.drawnMs + passed + Math.max(-MAX_SLEW * passed, Math.min(MAX_SLEW * passed, error));
        }
        this.snap = false;
        return this.drawnMs = Math.max(this.drawnMs, Math.min(next, this.newestMs));
    }

    /** Race ms per wall ms. */
    get rate(): number {
        return this.speed;
    }

    get newest(): number {
        return this.newestMs;
    }
}
