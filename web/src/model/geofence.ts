// A geofence as text: WKT POLYGON or GeoJSON, read into rings and written back. Only the form is checked here, so that
// a slip is shown while typing; the server has the last word on what is valid.
import type { LonLat } from '../wire/types';

export type Rings = LonLat[][];

/** Why a text is no geofence: a key of the messages under "fence.". */
export type FenceProblem = 'empty' | 'form' | 'range' | 'few';

export class FenceTextError extends Error {
    constructor(readonly problem: FenceProblem) {
        super(problem);
    }
}

function closed(ring: LonLat[]): LonLat[] {
    const first = ring[0];
    const last = ring[ring.length - 1];
    return first && last && (first[0] !== last[0] || first[1] !== last[1]) ? [...ring, [first[0], first[1]]] : ring;
}

function checked(rings: Rings): Rings {
    for (const ring of rings) {
        for (const [lon, lat] of ring) {
            if (!Number.isFinite(lon) || !Number.isFinite(lat)) {
                throw new FenceTextError('form');
            }
            if (Math.abs(lon) > 180 || Math.abs(lat) > 90) {
                throw new FenceTextError('range');
            }
        }
    }
    const out = rings.map(closed);
    if (out.length === 0 || out.some((ring) => ring.length < 4)) {
        throw new FenceTextError('few');
    }
    return out;
}

function fromWkt(text: string): Rings {
    const m = /^POLYGON\s*\(([\s\S]*)\)$/i.exec(text);
    if (!m) {
        throw new FenceTextError('form');
    }
    const rings = [...m[1]!.matchAll(/\(([^()]*)\)/g)];
    return rings.map((ring) => ring[1]!.split(',').map((pair): LonLat => {
        const parts = pair.trim().split(/\s+/);
        if (parts.length < 2 || parts.includes('')) {
            throw new FenceTextError('form');
        }
        return [Number(parts[0]), Number(parts[1])];
    }));
}

function fromGeoJson(text: string): Rings {
    let json: { type?: string; coordinates?: unknown; geometry?: unknown; features?: unknown[] };
    try {
        json = JSON.parse(text) as typeof json;
    } catch {
        throw new FenceTextError('form');
    }
    if (json.type === 'FeatureCollection' && json.features?.length === 1) {
        json = json.features[0] as typeof json;
    }
    if (json.type === 'Feature') {
        json = json.geometry as typeof json;
    }
    if (json?.type !== 'Polygon' || !Array.isArray(json.coordinates)) {
        throw new FenceTextError('form');
    }
    return (json.coordinates as unknown[]).map((ring) => {
        if (!Array.isArray(ring)) {
            throw new FenceTextError('form');
        }
        return ring.map((p: unknown): LonLat => (Array.isArray(p) ? [Number(p[0]), Number(p[1])] : [NaN, NaN]));
    });
}

export function fenceParse(text: string): Rings {
    const t = text.trim();
    if (t === '') {
        throw new FenceTextError('empty');
    }
    return checked(t.startsWith('{') ? fromGeoJson(t) : fromWkt(t));
}

/** As many digits as a centimetre takes. */
export const degrees = (n: number): string => String(Number(n.toFixed(7)));

export function fenceWkt(rings: Rings): string {
    const ring = (r: LonLat[]): string => `(${closed(r).map(([lon, lat]) => `${degrees(lon)} ${degrees(lat)}`).join(', ')})`;
    return `POLYGON (${rings.map(ring).join(', ')})`;
}
