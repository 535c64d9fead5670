// One canvas in a Leaflet pane of its own: it is moved by transform while the map pans and zooms, and laid anew at the
// end. Whoever draws on it asks `origin()` and `pxPerMercatorM()` where the course's origin is.
import * as L from 'leaflet';
import { latOf, lonOf } from '../model/track';

const PADDING = 0.15;
const WORLD_M = 2 * Math.PI * 6_378_137;

export class CanvasLayer extends L.Layer {
    readonly canvas = document.createElement('canvas');
    private shown!: L.Map;
    private zoom = 0;
    private center!: L.LatLng;
    private topLeft = L.point(0, 0);

    /** `laid` is called whenever the canvas has a new size or place and needs a redraw. */
    constructor(private readonly pane: string, private readonly laid: () => void) {
        super();
        this.canvas.className = 'dots-canvas leaflet-zoom-animated';
        this.canvas.setAttribute('aria-hidden', 'true');
    }

    override onAdd(map: L.Map): this {
        this.shown = map;
        (map.getPane(this.pane) ?? map.createPane(this.pane)).append(this.canvas);
        this.lay();
        return this;
    }

    override onRemove(): this {
        this.canvas.remove();
        return this;
    }

    override getEvents(): { [name: string]: L.LeafletEventHandlerFn } {
        return {
            viewreset: () => this.lay(),
            moveend: () => this.lay(),
            resize: () => this.lay(),
            zoom: () => this.follow(this.shown.getCenter(), this.shown.getZoom()),
            zoomanim: (e) => {
                const { center, zoom } = e as L.ZoomAnimEvent;
                this.follow(center, zoom);
            },
        };
    }

    get dpr(): number {
        return Math.min(window.devicePixelRatio || 1, 2);
    }

    private lay(): void {
        const size = this.shown.getSize();
        this.topLeft = this.shown.containerPointToLayerPoint(size.multiplyBy(-PADDING)).round();
        this.zoom = this.shown.getZoom();
        this.center = this.shown.getCenter();
        const wide = size.multiplyBy(1 + 2 * PADDING).round();
        const [w, h] = [Math.round(wide.x * this.dpr), Math.round(wide.y * this.dpr)];
        if (this.canvas.width !== w || this.canvas.height !== h) {
            this.canvas.width = w;
            this.canvas.height = h;
            this.canvas.style.width = `${wide.x}px`;
            this.canvas.style.height = `${wide.y}px`;
        }
        L.DomUtil.setPosition(this.canvas, this.topLeft);
        this.laid();
    }

    // The canvas keeps what was drawn; only its box follows the map, scaled (as Leaflet's own renderers do).
    private follow(center: L.LatLng, zoom: number): void {
        const map = this.shown;
        const scale = map.getZoomScale(zoom, this.zoom);
        const half = map.getSize().divideBy(2);
        const paneAt = L.DomUtil.getPosition(map.getPane('mapPane')!);
        const newOrigin = map.project(center, zoom).subtract(half).add(paneAt).round();
        const offset = map.getSize().multiplyBy(0.5 + PADDING).multiplyBy(-scale)
            .add(map.project(this.center, zoom))
            .subtract(newOrigin);
        L.DomUtil.setTransform(this.canvas, offset, scale);
    }

    /** Where a Mercator place is on the canvas, device pixels. */
    origin(originX: number, originY: number): { x: number; y: number } {
        const at = this.shown.project([latOf(originY), lonOf(originX)], this.zoom)
            .subtract(this.shown.getPixelOrigin())
            .subtract(this.topLeft);
        return { x: at.x * this.dpr, y: at.y * this.dpr };
    }

    /** Device pixels per Mercator metre. */
    pxPerMercatorM(): number {
        return (256 * 2 ** this.zoom * this.dpr) / WORLD_M;
    }
}
