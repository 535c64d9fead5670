// The line of a course as a small picture: an SVG path that fits into a box, north up.
import type { LonLat } from '../wire/types';

const POINTS = 240;

export interface Outline {
    path: string;
    start: [number, number];
}

export function outline(line: readonly LonLat[], width: number, height: number, margin: number): Outline | null {
    if (line.length < 2) {
        return null;
    }
    const every = Math.max(1, Math.floor(line.length / POINTS));
    const few = line.filter((_, i) => i % every === 0 || i === line.length - 1);
    const squeeze = Math.cos((few[0]![1] * Math.PI) / 180);
    const x = few.map(([lon]) => lon * squeeze);
    const y = few.map(([, lat]) => -lat);
    const [left, top] = [Math.min(...x), Math.min(...y)];
    const [wide, high] = [Math.max(...x) - left, Math.max(...y) - top];
    const scale = Math.min((width - 2 * margin) / (wide || 1e-9), (height - 2 * margin) / (high || 1e-9));
    const place = (i: number): [number, number] => [
        Number(((width - wide * scale) / 2 + (x[i]! - left) * scale).toFixed(1)),
        Number(((height - high * scale) / 2 + (y[i]! - top) * scale).toFixed(1)),
    ];
    const places = few.map((_, i) => place(i));
    return { path: `M${places.map((p) => p.join(' ')).join('L')}`, start: places[0]! };
}
