// What a session tells the map that draws its race.
import type { PlayTime } from '../model/clock';
import type { Frame, PositionFrame } from '../wire/frame';

export interface FrameSink {
    frame(frame: Frame): void;
    /** Another race. */
    reset(): void;
    /** The next tick is of another moment. What is drawn stays until it comes. */
    jump(): void;
    /** Race seconds per wall second. */
    speed(speed: number): void;
    /** Draw the moments of a replay; null: live. */
    time(time: PlayTime | null): void;
    wake(): void;
    /** Ticks from before those that came, oldest first. */
    past(frames: PositionFrame[]): void;
    /** How much all positions are in doubt, 0 … 1. */
    doubt(doubt: number): void;
}
