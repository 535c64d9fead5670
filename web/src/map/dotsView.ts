// How dots are drawn at the map's zoom: their size, how far they are set aside from the line, and where the course lies.
import type * as L from 'leaflet';
import type { CanvasLayer } from './canvaslayer';
import type { Palette } from './palette';
import type { Places } from './places';
import type { DotsView } from './renderer';

/** The furthest that a dot is set aside from the line: metres, and pixels. */
const LANE_M = 3;
const LANE_PX = 16;

/** CSS pixels across a dot of n competitors; from zoom 15 on one pixel more for each level. */
function dotSize(n: number, zoom: number): number {
    const near = Math.max(0, Math.min(5, zoom - 15));
    return (n <= 200 ? 9 : n <= 2_000 ? 6.5 : n <= 20_000 ? 5 : 4) + near;
}

export interface Look {
    /** How many competitors there are. */
    n: number;
    /** How much all positions are in doubt, 0 … 1. */
    doubt: number;
    palette: Palette;
    /** Dense number of the one that is marked, -1 for none. */
    selected: number;
}

export function dotsView(map: L.Map, layer: CanvasLayer, places: Places, { n, doubt, palette, selected }: Look): DotsView {
    const origin = layer.origin(...places.originM());
    const pxPerM = layer.pxPerMercatorM();
    const { dpr } = layer;
    const zoom = map.getZoom();
    const dot = dotSize(n, zoom);
    return {
        width: layer.canvas.width,
        height: layer.canvas.height,
        pxPerM,
        originX: origin.x,
        originY: origin.y,
        dotPx: dot * dpr,
        rimPx: dot >= 8 ? dpr : 0,
        lanePx: Math.min((LANE_M * pxPerM) / places.scale, LANE_PX * dpr),
        ribbonPx: n >= 200 && zoom < 17.5 ? 38 * dpr : 0,
        tailPx: Math.max(10, dot * 1.2) * dpr,
        doubt, palette, selected,
    };
}
