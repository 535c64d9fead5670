// The geofence on the map while it is drawn (corners as they are clicked, closed by a click on the first one) and while
// it is edited (corners to drag, the middles of its edges to make one more). For a keyboard there is the list.
import * as L from 'leaflet';
import { latLng, textElement } from '../map/elements';
import { cornerAdded, cornerMiddle, cornerMoved } from '../model/corners';
import type { Corner } from '../model/corners';
import type { Rings } from '../model/geofence';
import type { LonLat } from '../wire/types';
import { fenceHandled } from './geofenceEdit';
import type { FenceDraft } from './createState';

export class DrawnFence {
    private readonly group = L.layerGroup();

    constructor(private readonly map: L.Map, private readonly close: () => void) {
        this.group.addTo(map);
    }

    show(corners: LonLat[] | null): void {
        this.group.clearLayers();
        this.map.getContainer().classList.toggle('drawing', corners !== null);
        if (!corners || corners.length === 0) {
            return;
        }
        const points = corners.map(latLng);
        const options = { className: 'geofence draft', interactive: false };
        (corners.length > 2 ? L.polygon(points, options) : L.polyline(points, options)).addTo(this.group);
        points.forEach((p, i) => {
            const corner = L.circleMarker(p, { radius: i === 0 ? 7 : 4, className: 'corner' });
            if (i === 0) {
                corner.on('click', (e) => {
                    L.DomEvent.stopPropagation(e);
                    this.close();
                });
            }
            corner.addTo(this.group);
        });
    }
}

export interface FenceChanges {
    change(rings: Rings, chosen: Corner): void;
    choose(corner: Corner): void;
}

const HANDLE_PX = 26;
/** Edges shorter than this have no room for a handle between those of their ends. */
const EDGE_PX = 44;

export class EditedFence {
    private readonly group = L.layerGroup();
    private shape: L.Polygon | null = null;
    private draft: FenceDraft | null = null;

    constructor(private readonly map: L.Map, private readonly changes: FenceChanges) {
        this.group.addTo(map);
        map.on('zoomend', () => this.show(this.draft));
    }

    show(draft: FenceDraft | null): void {
        this.draft = draft;
        this.group.clearLayers();
        this.map.getContainer().classList.toggle('editing', draft !== null);
        if (!draft) {
            return;
        }
        this.shape = L.polygon(draft.rings.map((ring) => ring.map(latLng)), { className: 'geofence draft', interactive: false });
        this.shape.addTo(this.group);
        if (fenceHandled(draft)) {
            draft.rings.forEach((ring, r) => ring.forEach((_, at) => this.addHandles(draft, { ring: r, at })));
        }
    }

    /** Room for the handles. */
    fit(): void {
        if (this.shape?.getBounds().isValid()) {
            this.map.fitBounds(this.shape.getBounds(), { padding: [48, 48], animate: false, maxZoom: 18 });
        }
    }

    private addHandles(draft: FenceDraft, corner: Corner): void {
        const { rings, chosen } = draft;
        const ring = rings[corner.ring]!;
        const here = ring[corner.at]!;
        const is = chosen?.ring === corner.ring && chosen.at === corner.at;
        this.addHandle(here, is ? 'handle chosen' : 'handle', (to) => cornerMoved(rings, corner, to), corner,
            () => this.changes.choose(corner));
        const next = ring[(corner.at + 1) % ring.length]!;
        if (this.map.project(latLng(here)).distanceTo(this.map.project(latLng(next))) >= EDGE_PX) {
            const added: Corner = { ring: corner.ring, at: corner.at + 1 };
            this.addHandle(cornerMiddle(rings, corner), 'handle middle', (to) => cornerAdded(rings, corner, to), added,
                () => this.changes.change(cornerAdded(rings, corner), added));
        }
    }

    // A handle that is dragged takes the shape along; the change is made where it is let go.
    private addHandle(at: LonLat, className: string, changed: (to: LonLat) => Rings, corner: Corner, clicked: () => void): void {
        const icon = L.divIcon({
            html: textElement('span', '', ''), className, iconSize: [HANDLE_PX, HANDLE_PX], iconAnchor: [HANDLE_PX / 2, HANDLE_PX / 2],
        });
        const marker = L.marker(latLng(at), { icon, draggable: true, keyboard: false, zIndexOffset: 2000 });
        const rings = (): Rings => {
            const { lng, lat } = marker.getLatLng();
            return changed([lng, lat]);
        };
        marker.on('drag', () => this.shape?.setLatLngs(rings().map((ring) => ring.map(latLng))));
        marker.on('dragend', () => this.changes.change(rings(), corner));
        marker.on('click', (e) => {
            L.DomEvent.stopPropagation(e);
            clicked();
        });
        marker.addTo(this.group);
        marker.getElement()?.setAttribute('aria-hidden', 'true');
    }
}
