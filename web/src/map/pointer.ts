// Which dot is clicked, and which one the pointer rests on.
import type * as L from 'leaflet';

/** Everybody has to be looked at, so a dot is looked for only once the pointer rests. */
const REST_MS = 120;

export interface PointerEvents {
    /** A dot was clicked: its dense number, -1 for none. */
    picked(number: number): void;
    /** The pointer rests on a dot, at that place of the map's box; null: on none. */
    pointed(number: number, at: L.Point | null): void;
}

export class Pointer {
    private timer: ReturnType<typeof setTimeout> | undefined;
    private pointing = false;

    /** `pick` finds the dot at a place of the map's box, -1: none. */
    constructor(map: L.Map, private readonly pick: (at: L.Point) => number, private readonly events: PointerEvents) {
        map.on('click', (e) => events.picked(pick(e.containerPoint)));
        map.on('mousemove', (e) => this.move(e.containerPoint));
        map.on('mouseout movestart', () => this.move(null));
    }

    stop(): void {
        clearTimeout(this.timer);
    }

    private move(at: L.Point | null): void {
        this.stop();
        if (this.pointing) {
            this.pointing = false;
            this.events.pointed(-1, null);
        }
        if (at) {
            this.timer = setTimeout(() => this.rest(at), REST_MS);
        }
    }

    private rest(at: L.Point): void {
        const number = this.pick(at);
        this.pointing = number >= 0;
        if (this.pointing) {
            this.events.pointed(number, at);
        }
    }
}
