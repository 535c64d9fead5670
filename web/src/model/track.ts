// The course's line as the map needs it: distance → place, laps included. Places are Web Mercator metres (EPSG:3857)
// from the line's first vertex, so that they fit into 32-bit floats on the GPU; x grows east, y north.
import type { CourseGeoJson, LonLat } from '../wire/types';

const EARTH_M = 6_378_137;
const RAD = Math.PI / 180;

export interface Track {
    lonLat: LonLat[];
    /** Mercator metres from the origin, and metres along the line, one per vertex of one lap. */
    x: Float64Array;
    y: Float64Array;
    at: Float64Array;
    originX: number;
    originY: number;
    lapM: number;
    laps: number;
    lengthM: number;
    /** True metres per Mercator metre here. */
    scale: number;
}

export interface Place {
    x: number;
    y: number;
    /** Direction of running, a unit vector. */
    dx: number;
    dy: number;
}

export function mercatorX(lon: number): number {
    return EARTH_M * lon * RAD;
}

export function mercatorY(lat: number): number {
    return EARTH_M * Math.log(Math.tan(Math.PI / 4 + (lat * RAD) / 2));
}

export function lonOf(x: number): number {
    return x / EARTH_M / RAD;
}

export function latOf(y: number): number {
    return (2 * Math.atan(Math.exp(y / EARTH_M)) - Math.PI / 2) / RAD;
}

// A line over the antimeridian goes on past 180° instead of jumping around the world.
function unwrapped(points: LonLat[]): LonLat[] {
    let turn = 0;
    return points.map(([lon, lat], i) => {
        const before = i > 0 ? points[i - 1]![0] : lon;
        turn += lon - before > 180 ? -360 : before - lon > 180 ? 360 : 0;
        return [lon + turn, lat];
    });
}

export function haversineM(a: LonLat, b: LonLat): number {
    const s = Math.sin(((b[1] - a[1]) * RAD) / 2) ** 2
        + Math.cos(a[1] * RAD) * Math.cos(b[1] * RAD) * Math.sin(((b[0] - a[0]) * RAD) / 2) ** 2;
    return 2 * 6_371_008.8 * Math.asin(Math.sqrt(s));
}

/** `distances`: metres from the first vertex, one per vertex; without it they are measured on a sphere. */
export function trackNew(points: LonLat[], distances?: number[], laps = 1, lengthM?: number): Track {
    const lonLat = unwrapped(points);
    const n = lonLat.length;
    const at = new Float64Array(n);
    for (let i = 1; i < n; i++) {
        at[i] = distances && distances.length === n
            ? distances[i]!
            : at[i - 1]! + haversineM(lonLat[i - 1]!, lonLat[i]!);
    }
    const originX = mercatorX(lonLat[0]![0]);
    const originY = mercatorY(lonLat[0]![1]);
    const lapM = at[n - 1]!;
    return {
        lonLat,
        x: Float64Array.from(lonLat, ([lon]) => mercatorX(lon) - originX),
        y: Float64Array.from(lonLat, ([, lat]) => mercatorY(lat) - originY),
        at,
        originX,
        originY,
        lapM,
        laps,
        lengthM: lengthM ?? lapM * laps,
        scale: Math.cos(lonLat[0]![1] * RAD),
    };
}

const known = new WeakMap<CourseGeoJson, Track>();

/** The track of a course's route, made once for each. */
export function trackFromCourse(course: CourseGeoJson): Track | null {
    const route = course.features.find((f) => f.properties.role === 'route');
    if (!route || route.geometry.type !== 'LineString') {
        return null;
    }
    const { distances, laps, distance } = course.trackside;
    const track = known.get(course) ?? trackNew(route.geometry.coordinates as LonLat[], distances, laps, distance);
    known.set(course, track);
    return track;
}

// The segment that holds `m` metres of one lap: the last i with at[i] ≤ m, and not the line's end.
function segmentOf(at: Float64Array, m: number): number {
    let low = 0;
    let high = at.length - 2;
    while (low < high) {
        const mid = (low + high + 1) >> 1;
        if (at[mid]! <= m) {
            low = mid;
        } else {
            high = mid - 1;
        }
    }
    return low;
}

/** The place `distM` metres from the start, laps included; before the start and after the finish: there. */
export function trackPlace(t: Track, distM: number): Place {
    const d = Math.min(Math.max(distM, 0), t.lengthM);
    const done = d >= t.lengthM;
    const m = done ? t.lapM : t.lapM > 0 ? d % t.lapM : 0;
    let i = segmentOf(t.at, m);
    while (i > 0 && t.at[i + 1] === t.at[i]) {
        i--;
    }
    const lenM = t.at[i + 1]! - t.at[i]!;
    const f = lenM > 0 ? Math.min(1, (m - t.at[i]!) / lenM) : 0;
    const sx = t.x[i + 1]! - t.x[i]!;
    const sy = t.y[i + 1]! - t.y[i]!;
    const norm = Math.hypot(sx, sy) || 1;
    return { x: t.x[i]! + f * sx, y: t.y[i]! + f * sy, dx: sx / norm, dy: sy / norm };
}

export function trackLonLat(t: Track, distM: number): LonLat {
    const p = trackPlace(t, distM);
    return [lonOf(p.x + t.originX), latOf(p.y + t.originY)];
}

/** x, y at `count` even steps from start to finish: what the vertex shader looks positions up in. One walk along the
 * line: as many as a texture has would each be searched for too long. */
export function trackTexture(t: Track, count: number): Float32Array {
    const { x, y, at } = t;
    const out = new Float32Array(2 * count);
    const last = at.length - 2;
    let i = 0;
    let lap = 0;
    for (let k = 0; k < count; k++) {
        const d = (t.lengthM * k) / (count - 1);
        while (lap < t.laps - 1 && d >= (lap + 1) * t.lapM) {
            lap++;
            i = 0;
        }
        const m = d - lap * t.lapM;
        while (i < last && at[i + 1]! <= m) {
            i++;
        }
        const lenM = at[i + 1]! - at[i]!;
        const f = lenM > 0 ? Math.min(1, Math.max(0, (m - at[i]!) / lenM)) : 0;
        out[2 * k] = x[i]! + f * (x[i + 1]! - x[i]!);
        out[2 * k + 1] = y[i]! + f * (y[i + 1]! - y[i]!);
    }
    return out;
}

export interface Mark {
    /** In units of `everyM`: 1, 2, 3 … */
    label: number;
    distM: number;
    lonLat: LonLat;
}

/** A mark each `everyM` metres (a kilometre or a mile), without the start, laps included. */
export function trackMarks(t: Track, everyM: number): Mark[] {
    const marks: Mark[] = [];
    for (let label = 1; label * everyM < t.lengthM - 1 && marks.length < 2_000; label++) {
        marks.push({ label, distM: label * everyM, lonLat: trackLonLat(t, label * everyM) });
    }
    return marks;
}

/** How many marks to skip so that neighbours on screen are `gapPx` apart: 1, 2, 5, 10, 20, 50 … */
export function markStep(everyM: number, pxPerM: number, gapPx: number): number {
    for (let decade = 1; decade < 1e6; decade *= 10) {
        for (const step of [1, 2, 5]) {
            if (step * decade * everyM * pxPerM >= gapPx) {
                return step * decade;
            }
        }
    }
    return 1e6;
}
