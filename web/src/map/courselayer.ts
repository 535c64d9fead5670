// A course on a map: its line and its geofence. What stands along it (coursesigns.ts) is loaded after that.
import * as L from 'leaflet';
import { latOf, lonOf, trackFromCourse } from '../model/track';
import type { Track } from '../model/track';
import type { CourseGeoJson, Diagnostic, LonLat } from '../wire/types';
import { latLng } from './elements';
import type { CourseSigns, CourseWords } from './coursesigns';

const LINE_OFF_M = 0.1;

export function geofenceRings(course: CourseGeoJson): LonLat[][] {
    const f = course.features.find((x) => x.properties.role === 'geofence');
    return f && f.geometry.type === 'Polygon' ? (f.geometry.coordinates as LonLat[][]) : [];
}

// The points without which the line would look different at the nearest zoom. A course with a vertex each metre keeps few.
function shownPoints(track: Track): L.Point[] {
    return L.LineUtil.simplify(Array.from(track.x, (x, i) => L.point(x, track.y[i]!)), LINE_OFF_M / track.scale);
}

export class CourseLayer {
    readonly track: Track | null;
    private readonly group = L.layerGroup();
    /** What is drawn of the line, Mercator metres from its origin. */
    private line: L.Point[] = [];
    private readonly drawing: ReturnType<typeof setTimeout>;
    private signs: CourseSigns | null = null;
    private showNotes: ((signs: CourseSigns) => void) | null = null;
    private removed = false;
    private box: L.LatLngBounds | null = null;

    constructor(
        private readonly map: L.Map,
        private readonly course: CourseGeoJson,
        private readonly words: CourseWords,
        private readonly markM: number,
        fit = true,
    ) {
        this.track = trackFromCourse(course);
        if (fit) {
            this.fit(); // first, so that nothing is laid out twice
        }
        this.group.addTo(map);
        // In a task of its own: dots need the track alone.
        this.drawing = setTimeout(() => this.draw());
    }

    private draw(): void {
        this.drawGeofence();
        if (this.track) {
            this.line = shownPoints(this.track);
            this.drawLine(this.track);
        }
        this.addSigns().catch(() => undefined); // a course without its marks is better than none
    }

    private async addSigns(): Promise<void> {
        const { CourseSigns } = await import('./coursesigns');
        if (!this.removed) {
            this.signs = new CourseSigns(this.map, this.course, this.track, this.line, this.words, this.markM);
            this.showNotes?.(this.signs);
        }
    }

    remove(): void {
        clearTimeout(this.drawing);
        this.removed = true;
        this.signs?.remove();
        this.group.remove();
    }

    get revision(): string {
        return this.course.trackside.revision;
    }

    /** `choose` is called with the index of a note whose sign is clicked. */
    showDiagnostics(diagnostics: readonly Diagnostic[], choose: (index: number) => void): void {
        this.showNotes = (signs) => signs.showDiagnostics(diagnostics, choose);
        if (this.signs) {
            this.showNotes(this.signs);
        }
    }

    /** Brings the place of a note near. */
    showNote(index: number): void {
        this.signs?.showNote(index);
    }

    bounds(): L.LatLngBounds {
        this.box ??= this.findBounds();
        return this.box;
    }

    private findBounds(): L.LatLngBounds {
        const bounds = L.latLngBounds([]);
        const track = this.track;
        if (track) {
            const corner = (of: (...all: number[]) => number): L.LatLng => L.latLng(
                latOf(track.originY + track.y.reduce((a, b) => of(a, b))), lonOf(track.originX + track.x.reduce((a, b) => of(a, b))));
            bounds.extend(corner(Math.min)).extend(corner(Math.max));
        }
        geofenceRings(this.course).flat().forEach((p) => bounds.extend(latLng(p)));
        return bounds;
    }

    fit(): void {
        const bounds = this.bounds();
        if (bounds.isValid()) {
            const { x, y } = this.map.getSize();
            this.map.fitBounds(bounds, {
                paddingTopLeft: [Math.min(64, 0.12 * x), Math.min(76, 0.26 * y)], // the buttons, and a mark below them
                paddingBottomRight: [Math.min(72, 0.14 * x), Math.min(52, 0.15 * y)],
                animate: false,
                maxZoom: 18,
            });
        }
    }

    private drawGeofence(): void {
        const rings = geofenceRings(this.course);
        if (rings.length > 0) {
            L.polygon(rings.map((ring) => ring.map(latLng)), { className: 'geofence', interactive: false, weight: 2 })
                .addTo(this.group);
        }
    }

    private drawLine(track: Track): void {
        const points = this.line.map((p) => L.latLng(latOf(p.y + track.originY), lonOf(p.x + track.originX)));
        L.polyline(points, { className: 'course-casing', weight: 9, interactive: false }).addTo(this.group);
        L.polyline(points, { className: 'course-line', weight: 5, interactive: false }).addTo(this.group);
    }
}
