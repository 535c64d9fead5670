// Competitors who are not on the course's line: their frame as a renderer takes it, and the map's view of them.
import * as L from 'leaflet';
import { mercatorX, mercatorY } from '../model/track';
import type { OffCourseFrame, PositionFrame } from '../wire/frame';
import { Status } from '../wire/types';
import type { OffCourse } from './renderer';

/** `newest` has their statuses; the origin is in Mercator metres. */
export function offCourseOf(frame: OffCourseFrame, newest: PositionFrame | null, [ox, oy]: [number, number]): OffCourse {
    const statuses = newest?.sent ?? newest?.status;
    const xy = new Float32Array(frame.lonLat.length);
    for (let k = 0; k < xy.length; k += 2) {
        xy[k] = mercatorX(frame.lonLat[k]!) - ox;
        xy[k + 1] = mercatorY(frame.lonLat[k + 1]!) - oy;
    }
    return { number: frame.number, xy, status: Uint8Array.from(frame.number, (i) => statuses?.[i] ?? Status.OnCourse) };
}

/** Without a course the first positions say which part of the world to show. */
export function showPositions(map: L.Map, { number, lonLat }: OffCourseFrame): void {
    if (number.length > 0 && map.getZoom() <= 2) {
        const at = Array.from(number, (_, k) => L.latLng(lonLat[2 * k + 1]!, lonLat[2 * k]!));
        map.fitBounds(L.latLngBounds(at), { padding: [48, 48], animate: false, maxZoom: 17 });
    }
}
