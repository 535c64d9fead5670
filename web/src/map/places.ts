// Where competitors and points of the course are drawn, in pixels of the map's box.
import * as L from 'leaflet';
import { distanceAt } from '../model/frames';
import type { Between } from '../model/frames';
import { trackTexture } from '../model/track';
import type { Track } from '../model/track';
import type { CanvasLayer } from './canvaslayer';
import { TABLE_COUNT, tableXY } from './renderer';
import type { CourseTable, DotsView } from './renderer';

export class Places {
    /** Even steps along the course; null: no course is known. */
    table: CourseTable | null = null;
    private track: Track | null = null;

    /** `between` is what is drawn now, `view` how. */
    constructor(
        private readonly map: L.Map,
        private readonly layer: CanvasLayer,
        private readonly between: () => Between | null,
        private readonly view: () => DotsView,
    ) {}

    setTrack(track: Track | null): void {
        this.track = track;
        this.table = track && { xy: trackTexture(track, TABLE_COUNT), count: TABLE_COUNT, lengthM: track.lengthM };
    }

    /** The ticks around the moment that is drawn; null: nothing is known yet. */
    shown(): Between | null {
        return this.between();
    }

    /** Mercator metres that renderers count from. */
    originM(): [number, number] {
        return this.track ? [this.track.originX, this.track.originY] : [0, 0];
    }

    /** Mercator metres to a metre of the course. */
    get scale(): number {
        return this.track?.scale ?? 1;
    }

    /** Where a competitor is drawn; null where nothing is known of it. */
    of(number: number): L.Point | null {
        const between = this.between();
        return between && number >= 0 && number < between.from.n ? this.at(distanceAt(between, number)) : null;
    }

    /** Where so many metres along the course are; null without a course. */
    at(metres: number): L.Point | null {
        if (!this.table) {
            return null;
        }
        const [x, y] = tableXY(this.table, metres);
        const v = this.view();
        const onCanvas = L.point((v.originX + x * v.pxPerM) / this.layer.dpr, (v.originY - y * v.pxPerM) / this.layer.dpr);
        return this.map.layerPointToContainerPoint(onCanvas.add(L.DomUtil.getPosition(this.layer.canvas)));
    }

    /** A place of the map's box in device pixels of the canvas. */
    onCanvas(at: L.Point): { x: number; y: number } {
        const corner = this.map.layerPointToContainerPoint(L.DomUtil.getPosition(this.layer.canvas));
        const { dpr } = this.layer;
        return { x: (at.x - corner.x) * dpr, y: (at.y - corner.y) * dpr };
    }
}
