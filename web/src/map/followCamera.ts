// Moves the map after the competitor who is followed: brings it near once, then keeps it in view.
import type * as L from 'leaflet';
import { reducedMotion } from './basemap';
import type { CourseLayer } from './courselayer';
import type { Places } from './places';

/** Around the followed competitor: metres across the map at least, wall seconds of running at least, and the nearest zoom. */
const NEAR_M = 350;
const NEAR_S = 12;
const NEAR_ZOOM = 18;
const RUN_MPS = 3;
const WORLD_M = 40_075_016.7;
/** How far from the middle, as a share of the box, the followed one may be: near, and where the whole course is shown. */
const REACH = 0.2;
const REACH_WIDE = 0.47;
/** Further than this the map jumps instead of gliding. */
const GLIDE = 0.5;

export class FollowCamera {
    /** Dense number of the selected competitor, -1: none. */
    selected = -1;
    following = false;
    /** The followed one is to be brought near, once it is drawn. */
    private approach = false;
    /** The viewer asked for the whole course: the followed one may be anywhere in it. */
    private wide = false;
    /** Positions are between two zooms: nothing to pan by. */
    private zooming = false;

    constructor(private readonly map: L.Map, private readonly places: Places) {
        map.on('zoomstart', () => { this.zooming = true; }).on('zoomend', () => { this.zooming = false; });
    }

    /** True where that changes anything. */
    select(number: number, follow: boolean): boolean {
        const following = follow && number >= 0;
        if (number === this.selected && this.following === following) {
            return false;
        }
        const followed = this.following ? this.selected : -1;
        this.selected = number;
        this.following = following;
        this.approach = following && (this.approach || followed !== number);
        return true;
    }

    /** The whole course is wanted in view. */
    fit(course: CourseLayer | null): void {
        this.wide = true;
        course?.fit();
    }

    /** To be called when dots were drawn. `rate`: race seconds per wall second. */
    keepInView(course: CourseLayer | null, rate: number): void {
        const at = this.following && !this.zooming ? this.places.of(this.selected) : null;
        if (!at) {
            return;
        }
        if (this.approach) {
            this.approach = this.wide = false;
            this.map.setView(this.map.containerPointToLatLng(at), this.nearZoom(course, rate), { animate: !reducedMotion() });
            return;
        }
        const size = this.map.getSize();
        const off = at.subtract(size.divideBy(2));
        const far = Math.max(Math.abs(off.x) / size.x, Math.abs(off.y) / size.y);
        if (far > (this.wide ? REACH_WIDE : REACH)) {
            this.map.panBy(off, { animate: !reducedMotion() && far < GLIDE, duration: 0.6 });
        }
    }

    // So near that the competitor has a few hundred metres around it, and some seconds until the view has to move on.
    private nearZoom(course: CourseLayer | null, rate: number): number {
        const metres = Math.max(NEAR_M, NEAR_S * RUN_MPS * rate);
        const size = this.map.getSize();
        const zoom = Math.log2((WORLD_M * this.places.scale * Math.min(size.x, size.y)) / (256 * metres));
        const bounds = course?.bounds();
        const fit = bounds?.isValid() ? this.map.getBoundsZoom(bounds) : 0;
        return Math.max(this.map.getZoom(), fit, Math.min(NEAR_ZOOM, zoom));
    }
}
