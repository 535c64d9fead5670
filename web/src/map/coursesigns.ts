// What stands along a course on a map: start and finish flags with their names, checkpoints, kilometre (or mile) marks, arrows in the
// direction of running, and what the import found odd. Loaded after the line: dots do not wait for it.
import * as L from 'leaflet';
import { sayNote } from '../i18n/notes';
import { checkpointSigns } from '../model/checkpoints';
import { flagName } from '../model/flagName';
import { haversineM, markStep, trackLonLat, trackMarks, trackPlace } from '../model/track';
import type { Mark, Track } from '../model/track';
import type { CourseGeoJson, Diagnostic, LonLat } from '../wire/types';
import { latLng, svg, textElement } from './elements';

/** The words on the map, in the viewer's language. */
export interface CourseWords {
    start: string;
    finish: string;
    laps: (count: number) => string;
}

const MARK_GAP_PX = 34;
const ARROW_GAP_PX = 150;
const ARROW_FROM_MARK_PX = 24;
/** So near the place of a note is shown. */
const NOTE_ZOOM = 16.5;
/** A pane below the dots: no arrow, mark or flag ever hides a competitor. */
const SIGNS = 'signs';
/** Marks stand this far beside the line, so that the dots do not cover their numbers. */
const MARK_ASIDE_PX = 19;
/** So near to the upper and the lower edge of the map buttons and the legend cover a mark. */
const EDGE_PX = 56;
/** Marks nearer to each other than this touch. */
const MARK_PX = 25;
/** Names of checkpoints nearer to each other than this cover each other. */
const NAME_PX = { x: 90, y: 16 };

function icon(element: HTMLElement, className: string, anchor: [number, number]): L.DivIcon {
    return L.divIcon({ html: element, className, iconSize: [0, 0], iconAnchor: anchor });
}

// A flag flies away from the other one, so that the two never cover each other.
function flag(kind: 'start' | 'finish', name: string, side: 'left' | 'right'): HTMLElement {
    const box = document.createElement('div');
    box.className = `flag flag-${kind} flag-${side}`;
    const cloth: SVGElement[] = [];
    if (kind === 'start') {
        cloth.push(svg('rect', { x: 0, y: 0, width: 20, height: 13, class: 'cloth' }),
            svg('path', { d: 'M7 3.2l7 3.3-7 3.3z', class: 'sign' }));
    } else {
        cloth.push(svg('rect', { x: 0, y: 0, width: 20, height: 13, class: 'cloth' }));
        for (let k = 0; k < 15; k += 2) {
            cloth.push(svg('rect', { x: (k % 5) * 4, y: Math.floor(k / 5) * 4.33, width: 4, height: 4.33, class: 'sign' }));
        }
    }
    const pole = svg('path', { d: side === 'left' ? 'M20 0v28' : 'M0 0v28', class: 'pole' });
    box.append(svg('svg', { width: 22, height: 29, viewBox: '-1 0 22 29', 'aria-hidden': 'true' }, [...cloth, pole]));
    if (name !== '') {
        box.append(textElement('span', 'flag-name', name));
    }
    return box;
}

/** How far a place is from a line. */
function clearance(line: readonly L.Point[], x: number, y: number): number {
    const at = L.point(x, y);
    return line.reduce((least, p, i) => (i === 0 ? least : Math.min(least, L.LineUtil.pointToSegmentDistance(at, line[i - 1]!, p))), Infinity);
}

export class CourseSigns {
    private readonly group = L.layerGroup();
    private readonly marks = L.layerGroup();
    /** The signs of the notes that have a place, by their index. */
    private readonly noted = new Map<number, L.Marker>();
    private readonly checkpoints = L.layerGroup();
    private readonly onZoom = (): void => {
        this.layMarks();
        this.layCheckpoints();
    };

    /** `line`: what is drawn of the course, Mercator metres from its origin. */
    constructor(
        private readonly map: L.Map,
        private readonly course: CourseGeoJson,
        private readonly track: Track | null,
        private readonly line: readonly L.Point[],
        private readonly words: CourseWords,
        private readonly markM: number,
    ) {
        if (!map.getPane(SIGNS)) {
            map.createPane(SIGNS);
        }
        this.group.addTo(map);
        this.marks.addTo(map);
        this.checkpoints.addTo(map);
        if (track) {
            this.drawFlags(track);
        }
        map.on('zoomend', this.onZoom);
        this.onZoom();
    }

    remove(): void {
        this.map.off('zoomend', this.onZoom);
        this.group.remove();
        this.marks.remove();
        this.checkpoints.remove();
    }

    /** `choose` is called with the index of a note whose sign is clicked. */
    showDiagnostics(diagnostics: readonly Diagnostic[], choose: (index: number) => void): void {
        diagnostics.forEach((d, index) => {
            if (d.at) {
                const said = sayNote(d.code, d.text);
                const sign = textElement('span', `odd odd-${d.level}`, d.level === 'warning' ? '!' : 'i');
                const marker = L.marker(latLng(d.at), { icon: icon(sign, 'odd-icon', [0, 0]), title: said, alt: said })
                    .bindTooltip(textElement('span', 'odd-text', said))
                    .on('click', () => choose(index))
                    .on('keypress', ({ originalEvent }) => { if (originalEvent.key === 'Enter') { choose(index); } })
                    .addTo(this.group);
                this.noted.set(index, marker);
            }
        });
    }

    /** Brings the place of a note near, and says the note there. */
    showNote(index: number): void {
        const marker = this.noted.get(index);
        if (marker) {
            this.map.setView(marker.getLatLng(), Math.max(this.map.getZoom(), NOTE_ZOOM));
            marker.setZIndexOffset(3000).openTooltip();
        }
    }

    private pointOf(role: string): { at: LonLat; name: string } | null {
        const f = this.course.features.find((x) => x.properties.role === role);
        return f && f.geometry.type === 'Point'
            ? { at: f.geometry.coordinates as LonLat, name: typeof f.properties.name === 'string' ? flagName(f.properties.name, this.words) : '' }
            : null;
    }

    private drawFlags(track: Track): void {
        const start = this.pointOf('start');
        const finish = this.pointOf('finish');
        const last = track.laps > 0 ? track.lonLat[track.lonLat.length - 1]! : track.lonLat[0]!;
        const [startAt, finishAt] = [start?.at ?? track.lonLat[0]!, finish?.at ?? last];
        const add = (at: LonLat, kind: 'start' | 'finish', name: string, side: 'left' | 'right'): void => {
            L.marker(latLng(at), {
                icon: icon(flag(kind, name, side), 'flag-icon', side === 'left' ? [20, 28] : [1, 28]),
                interactive: false,
                keyboard: false,
                alt: name,
                pane: SIGNS,
                zIndexOffset: 1000,
            }).addTo(this.group);
        };
        const startLeft = startAt[0] <= finishAt[0];
        const laps = track.laps > 1 ? ` · ${this.words.laps(track.laps)}` : '';
        add(startAt, 'start', `${start?.name || this.words.start}${laps}`, startLeft ? 'left' : 'right');
        const finishName = finish?.name || this.words.finish;
        const said = finishName === start?.name && haversineM(startAt, finishAt) < 30;
        add(finishAt, 'finish', said ? '' : finishName, startLeft ? 'right' : 'left');
    }

    // Every checkpoint has its sign; its name only where there is room beside the names before.
    private layCheckpoints(): void {
        this.checkpoints.clearLayers();
        const named: L.Point[] = [];
        for (const { at, name, kind } of checkpointSigns(this.course.trackside.checkpoints ?? [])) {
            const on = this.map.latLngToContainerPoint(latLng(at));
            const room = named.every((other) => Math.abs(other.x - on.x) > NAME_PX.x || Math.abs(other.y - on.y) > NAME_PX.y);
            const sign = document.createElement('div');
            sign.className = `cp-sign cp-${kind}${room ? '' : ' cp-quiet'}`;
            sign.append(document.createElement('i'), textElement('span', '', name));
            if (room) {
                named.push(on);
            }
            L.marker(latLng(at), { icon: icon(sign, 'cp-icon', [0, 0]), interactive: false, keyboard: false, alt: name, title: name, pane: SIGNS })
                .addTo(this.checkpoints);
        }
    }

    // Marks and arrows thin out with the zoom, so that they never cover the line.
    private layMarks(): void {
        this.marks.clearLayers();
        const track = this.track;
        if (!track) {
            return;
        }
        const pxPerM = (256 * 2 ** this.map.getZoom()) / (40_075_016.7 * track.scale);
        const step = markStep(this.markM, pxPerM, MARK_GAP_PX);
        const laid: L.Point[] = [];
        for (const mark of trackMarks(track, this.markM)) {
            if (mark.label % step === 0) {
                this.addMark(track, mark, MARK_ASIDE_PX / pxPerM / track.scale, laid);
            }
        }
        const gapM = ARROW_GAP_PX / pxPerM;
        const lapped = Math.min(track.lapM, 60 * gapM);
        const apartM = ARROW_FROM_MARK_PX / pxPerM;
        const shown = step * this.markM;
        for (let m = gapM / 2; m < lapped; m += gapM) {
            const off = m % shown;
            this.addArrow(track, off < apartM ? m + apartM - off : shown - off < apartM ? m - apartM + shown - off : m);
        }
    }

    // On the side of the line where no button and no other mark is, and where the rest of the course is further away.
    private addMark(track: Track, mark: Mark, asideM: number, laid: L.Point[]): void {
        const { x, y, dx, dy } = trackPlace(track, mark.distM);
        const on = this.map.latLngToContainerPoint(latLng(mark.lonLat));
        const place = (side: number): L.Point => on.add([-side * dy * MARK_ASIDE_PX, -side * dx * MARK_ASIDE_PX]);
        const bottom = this.map.getSize().y - EDGE_PX;
        const free = (at: L.Point): number => Number(at.y > EDGE_PX && at.y < bottom && laid.every((other) => other.distanceTo(at) > MARK_PX));
        const room = (side: number): number => clearance(this.line, x - side * dy * asideM, y + side * dx * asideM);
        const side = (free(place(1)) - free(place(-1)) || room(1) - room(-1)) >= 0 ? 1 : -1;
        laid.push(place(side));
        const sign = textElement('span', 'km-mark', String(mark.label));
        sign.style.left = `${-side * dy * MARK_ASIDE_PX}px`;
        sign.style.top = `${-side * dx * MARK_ASIDE_PX}px`;
        this.addSign(mark.lonLat, sign, 'km-icon');
    }

    private addArrow(track: Track, m: number): void {
        const { dx, dy } = trackPlace(track, m);
        const arrow = document.createElement('span');
        arrow.className = 'arrow';
        arrow.append(svg('svg', { width: 18, height: 18, viewBox: '-9 -9 18 18' },
            [svg('path', { d: 'M-5.5-6.5L7.5 0l-13 6.5L-2.5 0z', class: 'arrow-path' })]));
        arrow.style.transform = `rotate(${-Math.atan2(dy, dx)}rad)`;
        this.addSign(trackLonLat(track, m), arrow, 'arrow-icon');
    }

    private addSign(at: LonLat, element: HTMLElement, className: string): void {
        L.marker(latLng(at), { icon: icon(element, className, [0, 0]), interactive: false, keyboard: false, pane: SIGNS })
            .addTo(this.marks);
    }
}
