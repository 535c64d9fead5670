// Measures the lag of each tick on its way to the screen, shows it, and tells it to the server.
import { LagLog } from '../model/lag';
import type { LagSample } from '../model/lag';
import type { PositionFrame } from '../wire/frame';
import type { RaceSocket } from '../wire/socket';
import type { Hop } from '../wire/types';
import type { AppState } from './state';

const rawTimeOf = (frame: PositionFrame): number => Math.round(frame.raceMs / 1000);

export class LagMeter {
    readonly log = new LagLog();

    constructor(private readonly state: AppState, private readonly socket: () => RaceSocket | null, private readonly serverNow: () => number) {}

    clear(): void {
        this.log.clear();
        this.state.lagMs.value = this.state.behindMs.value = null;
    }

    /** A tick came over the socket. */
    received(frame: PositionFrame): void {
        this.log.received(rawTimeOf(frame), this.serverNow());
    }

    /** A tick is in the vertex buffer. */
    painted(frame: PositionFrame): void {
        this.measured(this.log.painted(rawTimeOf(frame), this.serverNow()));
    }

    /** The server's times of a tick came. */
    reported(hop: Hop): void {
        this.measured(this.log.reported(hop));
    }

    private measured(sample: LagSample | null): void {
        const socket = this.socket();
        if (sample && socket?.clock.known) {
            this.state.lagMs.value = sample.painted;
            socket.painted(sample.rawTime, sample.painted, sample.received);
        }
    }
}
