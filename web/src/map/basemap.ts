// The ground of every map of the page: Leaflet with a plain grid, or with the tiles that the server was told to use.
// Text goes in as text nodes only; Leaflet's attribution control, which takes HTML, is not used.
import * as L from 'leaflet';
import type { Config } from '../wire/types';

const still = matchMedia('(prefers-reduced-motion: reduce)');

export function reducedMotion(): boolean {
    return still.matches;
}

/** Two frames: in between, what keeps a followed competitor in view can move the map. */
const afterTwoFrames = (act: () => void): void => void requestAnimationFrame(() => requestAnimationFrame(act));

/**
 * Leaflet drops a change of zoom that is asked for while another one is animated. This map remembers the last one and makes
 * it after the animation. Steps (the keys, the buttons) add up: three presses are three steps, however quick they are.
 */
class SteadyMap extends L.Map {
    /** The zoom that the map is on its way to; null: it is at rest. */
    private goal: number | null = null;
    /** What comes after the animation; without a center the map keeps the one that it has then. */
    private next: [L.LatLngExpression | null, number, L.ZoomPanOptions | undefined] | null = null;
    // Leaflet's own, which its types leave out.
    declare private _animatingZoom?: boolean;
    declare private _limitZoom: (zoom: number) => number;

    constructor(host: HTMLElement, options: L.MapOptions) {
        super(host, options);
        this.on('zoomend', () => {
            if (this.next) {
                afterTwoFrames(() => this.goOn());
            } else {
                this.goal = null;
            }
        }).on('unload', () => { this.next = null; });
    }

    override setZoom(zoom: number, options?: L.ZoomPanOptions): this {
        const goal = zoom + (this.goal === null ? 0 : this.goal - this.getZoom());
        return this.busy() ? this.queue(null, goal, { zoom: options } as L.ZoomPanOptions) : super.setZoom(goal, options);
    }

    override setView(center: L.LatLngExpression, zoom = this.getZoom(), options?: L.ZoomPanOptions): this {
        if (this.busy()) {
            return this.queue(center, zoom, options);
        }
        const goal = this._limitZoom(zoom);
        super.setView(center, goal, options);
        // An animation begins with the next frame: until then Leaflet still names the old zoom.
        this.goal = this.getZoom() === goal ? null : goal;
        return this;
    }

    private busy(): boolean {
        return this.goal !== null || this._animatingZoom === true;
    }

    private queue(center: L.LatLngExpression | null, zoom: number, options: L.ZoomPanOptions | undefined): this {
        this.goal = this._limitZoom(zoom);
        this.next = [center, this.goal, options];
        return this;
    }

    private goOn(): void {
        const next = this.next;
        this.goal = this.next = null;
        if (next) {
            this.setView(next[0] ?? this.getCenter(), next[1], next[2]);
        }
    }
}

export function baseMap(host: HTMLElement, config: Config, label: string): L.Map {
    const moving = !reducedMotion();
    const map = new SteadyMap(host, {
        attributionControl: false,
        zoomControl: false,
        zoomAnimation: moving,
        fadeAnimation: false,
        markerZoomAnimation: moving,
        inertia: moving,
        zoomSnap: 0.25,
        zoomDelta: 0.5,
        wheelPxPerZoomLevel: 120,
        minZoom: 2,
        maxZoom: 21,
        worldCopyJump: false,
    });
    host.setAttribute('aria-label', label);
    host.setAttribute('role', 'application');
    L.control.zoom({ position: 'topleft' }).addTo(map);
    L.control.scale({ position: 'bottomleft', imperial: false }).addTo(map);
    map.setView([0, 0], 2);
    layGround(map, config.tiles);
    return map;
}

/** Few tiles, each of several squares (style.css). */
const GRID_TILE_PX = 480;

class Grid extends L.GridLayer {
    protected override createTile(): HTMLElement {
        const tile = document.createElement('div');
        tile.className = 'grid-tile';
        return tile;
    }
}

/** A pane below everything else, for lines and areas of a vector base map. */
const VECTOR_PANE = 'base';

const grounds = new WeakMap<L.Map, { tiles: string | null; layer: L.Layer }>();

// Lines and areas come when they are loaded, if they are still wanted; the grid is below them.
async function addVectors(map: L.Map, url: string, group: L.LayerGroup): Promise<void> {
    const { loadVectors } = await import('./vectorbase');
    const layers = await loadVectors(url);
    if (grounds.get(map)?.layer === group) {
        if (!map.getPane(VECTOR_PANE)) {
            map.createPane(VECTOR_PANE);
        }
        layers.forEach((layer) => {
            layer.options.pane = VECTOR_PANE;
            group.addLayer(layer);
        });
    }
}

/** Put this ground under the map: tiles, the vectors of a GeoJSON file, or (null) a plain grid. The map fires "basefailed"
 * when it cannot be loaded. */
export function layGround(map: L.Map, tiles: string | null): void {
    const before = grounds.get(map);
    if (before?.tiles === tiles) {
        return;
    }
    before?.layer.remove();
    const vectors = tiles !== null && /\.geojson$/.test(tiles.split(/[?#]/)[0]!);
    const grid = new Grid({ tileSize: GRID_TILE_PX, keepBuffer: 1, updateWhenZooming: false });
    const group = L.layerGroup([grid]);
    const layer = tiles && !vectors ? L.tileLayer(tiles, { maxZoom: 21, maxNativeZoom: 19, className: 'base-tile' }) : group;
    grounds.set(map, { tiles, layer });
    // One tile that is missing is no trouble: a map ends somewhere.
    let some = false;
    layer.on('tileload', () => { some = true; map.fire('baseloaded'); });
    layer.on('tileerror', () => { if (!some) { map.fire('basefailed'); } });
    layer.addTo(map);
    if (vectors) {
        addVectors(map, tiles, group).catch(() => map.fire('basefailed'));
    }
}
