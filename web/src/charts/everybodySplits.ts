// The splits of all competitors from the first second on, also for a viewer who comes late. Ticks of the past are fetched in few
// and small pieces, later ones are taken as they come.
import { say } from '../i18n/say';
import type { Competitors } from '../model/competitors';
import { pastFrames, pastStepS } from '../wire/pastFrames';
import { Status } from '../wire/types';
import type { PositionFrame } from '../wire/frame';
import { SplitLog } from './splits';

const BUDGET = { bytes: 2e6, least: 10, most: 240 };
const RUNNERS_AT_ONCE = 400_000;
const DIRECT_S = 60;
const AGAIN_MS = 10_000;

export interface Plan {
    /** Race seconds from tick to tick, and ticks to one request. */
    stepS: number;
    frames: number;
}

/** How to fetch that much of the past of so many competitors. */
export function fillPlan(seconds: number, n: number): Plan {
    const atOnce = Math.floor(RUNNERS_AT_ONCE / Math.max(1, n));
    return { stepS: pastStepS(seconds, n, BUDGET), frames: Math.max(1, Math.min(BUDGET.most, atOnce)) };
}

export class EverybodySplits {
    log: SplitLog | null = null;
    filling = false;
    /** Why the past could not be had; null: it could. */
    failed: string | null = null;
    private runId = '';
    private asked: AbortController | null = null;
    private stepS = 0;
    private againAtMs = 0;

    close(): void {
        this.asked?.abort();
        this.asked = null;
        this.filling = false;
    }

    /** Bring the log up to the competitors' moment. `done` is called when a piece of the past has come. */
    refresh(runId: string, competitors: Competitors, lengthM: number, done: () => void): void {
        if (!this.log || this.runId !== runId || this.log.n !== competitors.n || this.log.lengthM !== lengthM) {
            this.close();
            this.log = new SplitLog(competitors.n, lengthM);
            this.runId = runId;
            this.stepS = this.againAtMs = 0;
            this.failed = null;
        }
        const gap = competitors.raceS - this.log.filledS;
        if (gap <= 0 || this.filling) {
            return;
        }
        if (gap <= Math.max(DIRECT_S, this.stepS)) {
            this.log.take(competitors.raceS, (i) => competitors.metres(i), (i) => finishOf(competitors, i));
        } else if (performance.now() >= this.againAtMs) {
            this.againAtMs = performance.now() + AGAIN_MS;
            void this.fill(runId, competitors, this.log, competitors.raceS, done);
        }
    }

    private async fill(runId: string, competitors: Competitors, log: SplitLog, toS: number, done: () => void): Promise<void> {
        const mine = new AbortController();
        this.asked = mine;
        this.filling = true;
        const { stepS, frames } = fillPlan(toS - log.filledS, log.n);
        this.stepS = stepS;
        try {
            for (let from = log.filledS + stepS; from <= toS; from += frames * stepS) {
                const to = Math.min(toS, from + (frames - 1) * stepS);
                const got = await pastFrames(runId, from, to, stepS, mine.signal);
                if (mine.signal.aborted) {
                    return;
                }
                got.forEach((frame) => takeFrame(log, frame, competitors));
                done();
            }
            this.failed = null;
        } catch (error) {
            if (mine.signal.aborted) {
                return;
            }
            this.failed = say(error as Error);
            log.begin(competitors.raceS, (i) => competitors.metres(i));
        }
        this.filling = false;
        this.asked = null;
        done();
    }
}

function finishOf(competitors: Competitors, i: number): number {
    return competitors.status[i] === Status.Finished ? competitors.rawTime(i) : -1;
}

// The frame says that a competitor has finished, the exact times say when.
function takeFrame(log: SplitLog, frame: PositionFrame, competitors: Competitors): void {
    if (frame.n !== log.n) {
        return;
    }
    const s = Math.round(frame.raceMs / 1000);
    log.take(s, (i) => frame.unit[i]! * frame.unitM, (i) => {
        const known = finishOf(competitors, i);
        return frame.status[i] === Status.Finished && (known < 0 || known > s) ? s : known;
    });
}
