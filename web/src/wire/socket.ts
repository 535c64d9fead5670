// The push socket of one race, kept open: it comes back by itself, each try later than the one before
// (0.5 s … 15 s, with some chance in it so that a thousand viewers do not return in the same moment), and at once when the
// device says that it has a network again.
import { sayCode } from '../i18n/say';
import type { Board, Hop, Race } from './types';
import { ClockSync } from './clocksync';
import { takeEarly } from './early';
import { decodeFrame, FrameGap, isPositionFrame } from './frame';
import type { Frame, PositionFrame } from './frame';

export type LinkState = 'connecting' | 'open' | 'waiting' | 'refused' | 'closed';

export interface SocketEvents {
    link(state: LinkState, sentence: string | null): void;
    frame(frame: Frame): void;
    board(board: Board): void;
    race(race: Race): void;
    lag(hop: Hop): void;
}

const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 15_000;
const PING_EVERY_MS = 10_000;
const FIRST_PINGS = 8;
const SILENCE_MS = 25_000;
const KEY_EVERY_MS = 1_100;
const PATIENT_TRIES = 4;

export function backoffMs(tries: number, random: number): number {
    const full = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** tries);
    return full * (0.5 + 0.5 * random);
}

export class RaceSocket {
    readonly clock = new ClockSync();
    private ws: WebSocket | null = null;
    private last: PositionFrame | null = null;
    private tries = 0;
    private timer: ReturnType<typeof setTimeout> | undefined;
    private pinger: ReturnType<typeof setInterval> | undefined;
    private heardMs = 0;
    private askedKeyMs = 0;
    private keyTimer: ReturnType<typeof setTimeout> | undefined;
    private refusal: string | null = null;
    /** The server knew the race, once at least. */
    private greeted = false;
    private limit = 10;

    private readonly onOnline = (): void => {
        if (!this.ws) {
            clearTimeout(this.timer);
            this.open();
        }
    };

    constructor(private readonly url: string, private readonly events: SocketEvents) {
        addEventListener('online', this.onOnline);
        this.open();
    }

    close(): void {
        removeEventListener('online', this.onOnline);
        clearTimeout(this.timer);
        this.drop();
        this.events.link('closed', null);
    }

    /** Rows per list of the boards, from the next on. */
    setLimit(limit: number): void {
        this.limit = limit;
        this.say({ type: 'limit', limit });
    }

    painted(rawTime: number, lagMs: number, receivedMs: number): void {
        this.say({ type: 'painted', rawTime, lagMs: Math.round(lagMs), receivedMs: Math.round(receivedMs) });
    }

    private say(message: object): void {
        if (this.ws?.readyState === WebSocket.OPEN) {
            this.ws.send(JSON.stringify(message));
        }
    }

    private drop(): void {
        clearInterval(this.pinger);
        clearTimeout(this.keyTimer);
        this.keyTimer = undefined;
        const ws = this.ws;
        this.ws = null;
        if (ws) {
            ws.onopen = ws.onmessage = ws.onclose = ws.onerror = null;
            ws.close();
        }
    }

    private open(): void {
        if (this.tries === 0) {
            this.events.link('connecting', null);
        }
        this.last = null;
        this.refusal = null;
        const early = takeEarly(this.url);
        const ws = early?.ws ?? new WebSocket(this.url);
        ws.binaryType = 'arraybuffer';
        this.ws = ws;
        ws.onopen = () => this.opened();
        ws.onmessage = (event: MessageEvent<string | ArrayBuffer>) => this.heard(event.data);
        ws.onclose = () => this.lost();
        if (early && ws.readyState === WebSocket.OPEN) {
            // Not in the caller's turn: it does not know its new socket yet.
            queueMicrotask(() => {
                if (this.ws === ws) {
                    this.opened();
                    early.messages.forEach((data) => this.heard(data));
                }
            });
        }
    }

    private opened(): void {
        this.heardMs = Date.now();
        this.say({ type: 'limit', limit: this.limit });
        let pings = 0;
        const ping = (): void => {
            if (Date.now() - this.heardMs > SILENCE_MS) {
                this.lost();
                return;
            }
            this.say({ type: 'ping', t: Date.now() });
            if (++pings === FIRST_PINGS) {
                clearInterval(this.pinger);
                this.pinger = setInterval(ping, PING_EVERY_MS);
            }
        };
        ping();
        this.pinger = setInterval(ping, 250);
    }

    private lost(): void {
        this.drop();
        // A server that has just started may not know the race yet: it is asked again, and told of only when it stays so.
        const sentence = this.greeted && this.tries < PATIENT_TRIES ? null : this.refusal;
        this.events.link(this.refusal === null ? 'waiting' : 'refused', sentence);
        const wait = backoffMs(this.tries++, Math.random());
        this.timer = setTimeout(() => this.open(), wait);
    }

    private heard(data: string | ArrayBuffer): void {
        this.heardMs = Date.now();
        if (typeof data === 'string') {
            this.heardText(data);
        } else {
            this.heardFrame(data);
        }
    }

    private heardFrame(data: ArrayBuffer): void {
        try {
            const frame = decodeFrame(data, this.last);
            if (isPositionFrame(frame)) {
                this.last = frame;
                clearTimeout(this.keyTimer);
                this.keyTimer = undefined;
            }
            this.tries = 0;
            this.events.frame(frame);
        } catch (error) {
            if (!(error instanceof FrameGap)) {
                console.warn('a frame was left out:', error);
                this.last = null;
            }
            this.askKey();
        }
    }

    // As soon as one may be asked for, and not only at the next frame: of a race that stands there is none.
    private askKey(): void {
        if (this.keyTimer === undefined) {
            this.keyTimer = setTimeout(() => {
                this.keyTimer = undefined;
                this.askedKeyMs = Date.now();
                this.say({ type: 'key' });
            }, Math.max(0, this.askedKeyMs + KEY_EVERY_MS - Date.now()));
        }
    }

    private heardText(text: string): void {
        const m = JSON.parse(text) as { type: string } & Record<string, unknown>;
        switch (m.type) {
        case 'hello':
            this.tries = 0;
            this.greeted = true;
            this.events.link('open', null);
            this.events.race(m.race as Race);
            break;
        case 'race':
            this.events.race(m.race as Race);
            break;
        case 'board':
            this.events.board(('board' in m ? m.board : m) as Board);
            break;
        case 'lag':
            this.events.lag(m as unknown as Hop);
            break;
        case 'pong':
            this.clock.add(m.t as number, Date.now(), m.serverMs as number);
            break;
        case 'error':
            this.refusal = sayCode(typeof m.code === 'string' ? m.code : undefined, String(m.error));
            break;
        }
    }
}
