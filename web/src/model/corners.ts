// The corners of a geofence while it is edited: rings that are left open (the last corner is not the first again), and
// what can be done to one corner. Nothing is changed in place, so that every step can be undone.
import type { Rings } from './geofence';
import type { LonLat } from '../wire/types';

export interface Corner {
    ring: number;
    at: number;
}

const FEWEST = 3;

export function cornersOf(rings: Rings): Rings {
    return rings.map((ring) => {
        const first = ring[0];
        const last = ring[ring.length - 1];
        return ring.length > 1 && first && last && first[0] === last[0] && first[1] === last[1] ? ring.slice(0, -1) : ring;
    });
}

export function cornersCount(rings: Rings): number {
    return rings.reduce((sum, ring) => sum + ring.length, 0);
}

function withRing(rings: Rings, at: number, change: (ring: LonLat[]) => LonLat[]): Rings {
    return rings.map((ring, r) => (r === at ? change(ring) : ring));
}

export function cornerMoved(rings: Rings, corner: Corner, to: LonLat): Rings {
    return withRing(rings, corner.ring, (ring) => ring.map((p, i) => (i === corner.at ? to : p)));
}

/** The middle of the edge that begins at this corner. */
export function cornerMiddle(rings: Rings, { ring: r, at }: Corner): LonLat {
    const ring = rings[r]!;
    const [a, b] = [ring[at]!, ring[(at + 1) % ring.length]!];
    return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
}

/** One more on the edge that begins at this corner. */
export function cornerAdded(rings: Rings, corner: Corner, to = cornerMiddle(rings, corner)): Rings {
    return withRing(rings, corner.ring, (ring) => [...ring.slice(0, corner.at + 1), to, ...ring.slice(corner.at + 1)]);
}

/** A triangle that is the outline cannot lose one. */
export function cornerRemovable(rings: Rings, corner: Corner): boolean {
    return corner.ring > 0 || rings[corner.ring]!.length > FEWEST;
}

/** One less; a hole of three corners goes as a whole. */
export function cornerRemoved(rings: Rings, corner: Corner): Rings {
    if (!cornerRemovable(rings, corner)) {
        return rings;
    }
    return rings[corner.ring]!.length <= FEWEST
        ? rings.filter((_, r) => r !== corner.ring)
        : withRing(rings, corner.ring, (ring) => ring.filter((_, i) => i !== corner.at));
}

/** "51.4192" or "51,4192" within ±limit; NaN where it is no such number. */
export function cornerDegrees(text: string, limit: number): number {
    const plain = text.trim().replace(',', '.').replace('−', '-');
    const n = /^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : NaN;
    return Math.abs(n) <= limit ? n : NaN;
}
