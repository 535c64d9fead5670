// A base map of lines and areas from a GeoJSON file: drawn plainly below the course, as the page's theme colours them.
import * as L from 'leaflet';
import type { LonLat } from '../wire/types';
import { latLng } from './elements';

interface Geometry {
    type: string;
    coordinates?: unknown;
    geometries?: Geometry[];
}

const LINE: L.PolylineOptions = { className: 'base-line', weight: 1.5, interactive: false };
const AREA: L.PolylineOptions = { className: 'base-area', weight: 1, interactive: false };

/** The layers of one geometry; points are left out, because they would look like competitors. */
export function layersOf(g: Geometry): L.Path[] {
    switch (g.type) {
    case 'LineString': return [L.polyline((g.coordinates as LonLat[]).map(latLng), LINE)];
    case 'MultiLineString': return (g.coordinates as LonLat[][]).flatMap((c) => layersOf({ type: 'LineString', coordinates: c }));
    case 'Polygon': return [L.polygon((g.coordinates as LonLat[][]).map((ring) => ring.map(latLng)), AREA)];
    case 'MultiPolygon': return (g.coordinates as LonLat[][][]).flatMap((c) => layersOf({ type: 'Polygon', coordinates: c }));
    case 'GeometryCollection': return (g.geometries ?? []).flatMap(layersOf);
    default: return [];
    }
}

export async function loadVectors(url: string): Promise<L.Path[]> {
    const answer = await fetch(url);
    if (!answer.ok) {
        throw new Error(`${url}: ${answer.status} ${answer.statusText}`);
    }
    const file = (await answer.json()) as { features?: { geometry: Geometry | null }[] };
    return (file.features ?? []).flatMap((f) => (f.geometry ? layersOf(f.geometry) : []));
}
