// The lines between which the viewer chooses, on the map: each in a colour and with a number of its own. The one that is pointed
// at in the list or here stands out, and a click on a line chooses it.
import * as L from 'leaflet';
import { latLng, textElement } from '../map/elements';
import { apart, pathsOf } from '../model/importQuestion';
import type { Question } from '../model/importQuestion';
import type { LonLat } from '../wire/types';

const COLOURS = 8;
const HIT_PX = 24;
const PADDING: L.PointTuple = [40, 40];

export interface CandidateEvents {
    point(k: number | null): void;
    choose(k: number): void;
}

interface Drawn {
    k: number;
    lines: L.Polyline[];
    sign: L.Marker | null;
}

export class CandidateLayer {
    private readonly group = L.layerGroup();
    private drawn: Drawn[] = [];

    constructor(private readonly map: L.Map, private readonly events: CandidateEvents) {
        this.group.addTo(map);
    }

    /** null: nothing is asked. */
    show(question: Question | null): void {
        this.group.clearLayers();
        this.drawn = [];
        const paths = question ? pathsOf(question) : [];
        const bounds = L.latLngBounds([]);
        // The longest first: a short one that runs on the same road lies on top of it.
        const order = paths.map((_, k) => k).sort((a, b) => (question!.candidates[b]!.distance ?? 0) - (question!.candidates[a]!.distance ?? 0));
        for (const k of order) {
            const path = paths[k];
            if (path) {
                const places = path.map(latLng);
                places.forEach((p) => bounds.extend(p));
                const others = paths.filter((other, i) => i !== k && other !== null).flat() as LonLat[];
                this.drawn.push(this.draw(k, places, question!.asks === 'line' ? latLng(apart(path, others)) : null));
            }
        }
        if (bounds.isValid()) {
            this.map.fitBounds(bounds, { padding: PADDING, animate: false, maxZoom: 18 });
        }
    }

    /** Let one stand out; null: none. */
    point(pointed: number | null): void {
        for (const { k, lines, sign } of this.drawn) {
            const faded = pointed !== null && pointed !== k;
            lines.forEach((line) => line.getElement()?.classList.toggle('faded', faded));
            lines.forEach((line) => line.getElement()?.classList.toggle('pointed', pointed === k));
            sign?.getElement()?.classList.toggle('faded', faded);
            if (pointed === k) {
                lines.forEach((line) => line.bringToFront());
            }
        }
    }

    // `signAt`: where its number stands; null where there is nothing to choose on the map.
    private draw(k: number, places: L.LatLng[], signAt: L.LatLng | null): Drawn {
        const line = (className: string, weight: number): L.Polyline => L.polyline(places, { className, weight, interactive: false }).addTo(this.group);
        const colour = `line-${k % COLOURS}`;
        const lines = [line('course-casing', 9), line(`candidate-line ${colour}`, 5)];
        const sign = signAt && this.sign(k, signAt, colour);
        if (sign) {
            lines.push(L.polyline(places, { className: 'candidate-hit', weight: HIT_PX, opacity: 0 }).addTo(this.group));
            for (const part of [lines[2]!, sign]) {
                part.on('mouseover', () => this.events.point(k)).on('mouseout', () => this.events.point(null));
                part.on('click', (e) => {
                    L.DomEvent.stopPropagation(e);
                    this.events.choose(k);
                });
            }
        }
        return { k, lines, sign };
    }

    // For a keyboard there is the list.
    private sign(k: number, at: L.LatLng, colour: string): L.Marker {
        const icon = L.divIcon({ html: textElement('span', `candidate-n ${colour}`, String(k + 1)), className: 'candidate-icon', iconSize: [0, 0] });
        const marker = L.marker(at, { icon, keyboard: false, zIndexOffset: 1000 + k }).addTo(this.group);
        marker.getElement()?.setAttribute('aria-hidden', 'true');
        return marker;
    }
}
