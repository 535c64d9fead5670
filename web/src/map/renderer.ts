// What a drawer of dots is given and does; WebGL2 (dots.ts) and Canvas2D (dots2d.ts) are the two that there are.
import type { Between } from '../model/frames';
import type { Tail } from '../model/trail';
import type { Palette } from './palette';

/** Places along the course at even steps, Mercator metres from the origin: x, y, x, y … */
export interface CourseTable {
    xy: Float32Array;
    count: number;
    lengthM: number;
}

export interface DotsView {
    /** Canvas size in device pixels. */
    width: number;
    height: number;
    /** Device pixels per Mercator metre, and where the course's origin is on the canvas. */
    pxPerM: number;
    originX: number;
    originY: number;
    /** Diameter of a dot and the furthest that a dot is set aside from the line, device pixels. */
    dotPx: number;
    /** Width of the pale rim that parts dots that touch. */
    rimPx: number;
    lanePx: number;
    /** The widest that the ribbon gets, device pixels; 0: no ribbon. */
    ribbonPx: number;
    /** How wide a tail is at its competitor. */
    tailPx: number;
    /** How much all positions are in doubt, 0 … 1: none is as new as it should be. */
    doubt: number;
    palette: Palette;
    /** Dense number of the one that is marked, -1 for none. */
    selected: number;
}

/** Competitors off the line: where they are, Mercator metres from the origin, and their status as it was sent. */
export interface OffCourse {
    number: Uint32Array;
    xy: Float32Array;
    status: Uint8Array;
}

/** What draws tails on WebGL2. */
export interface TailsDrawer {
    draw(tails: readonly Tail[], course: CourseTable, view: DotsView): void;
}

export interface DotsRenderer {
    readonly kind: 'webgl2' | 'canvas2d' | 'none';
    setCourse(course: CourseTable | null): void;
    /** Put a tick into the renderer's memory, so that drawing it costs no copy. */
    upload(frame: Between['from']): void;
    draw(between: Between | null, off: OffCourse | null, tails: readonly Tail[], view: DotsView): void;
    /** From now on there may be tails. */
    setTails(make: (gl: WebGL2RenderingContext) => TailsDrawer): void;
    release(): void;
}

const nothing = (): void => undefined;

/** Until there is one. */
export const NO_RENDERER: DotsRenderer = { kind: 'none', setCourse: nothing, upload: nothing, draw: nothing, setTails: nothing, release: nothing };

export const TABLE_SIDE = 256;
export const TABLE_COUNT = TABLE_SIDE * TABLE_SIDE;

/** Sideways place of dense number i, -1 … 1; the same in both renderers (dots.ts says it in GLSL). */
export function laneOf(i: number): number {
    let h = Math.imul(i + 1, 0x9e3779b1) >>> 0;
    h = Math.imul(h ^ (h >>> 15), 0x85ebca6b) >>> 0;
    return ((h ^ (h >>> 13)) >>> 8) / 0x7fffff - 1;
}

/** The place at a distance, and the direction there, a unit vector. */
export function tableXY(course: CourseTable, distM: number): [number, number, number, number] {
    const t = Math.min(1, Math.max(0, distM / course.lengthM)) * (course.count - 1);
    const k = Math.min(course.count - 2, Math.floor(t));
    const f = t - k;
    const ax = course.xy[2 * k]!;
    const ay = course.xy[2 * k + 1]!;
    const dx = course.xy[2 * k + 2]! - ax;
    const dy = course.xy[2 * k + 3]! - ay;
    const len = Math.hypot(dx, dy) || 1;
    return [ax + f * dx, ay + f * dy, dx / len, dy / len];
}
