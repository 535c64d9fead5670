// The live map: ticks in, dots out. It owns the Leaflet map, the course's layer, the dots' renderer and the loop that
// draws; it draws only when the fastest dot has moved 0.3 px, and sleeps when nothing moves.
import * as L from 'leaflet';
import { PlayClock } from '../model/clock';
import { distanceAt, fastest, FrameQueue, MAX_TAIL_S } from '../model/frames';
import type { Between } from '../model/frames';
import { mercatorX, mercatorY, trackTexture } from '../model/track';
import type { Tail, Trail } from '../model/trail';
import { Status } from '../wire/types';
import type { Config, CourseGeoJson } from '../wire/types';
import { FrameKind, isPositionFrame } from '../wire/frame';
import type { Frame, OffCourseFrame, PositionFrame } from '../wire/frame';
import { baseMap, layGround, reducedMotion } from './basemap';
import { CanvasLayer } from './canvaslayer';
import { CourseLayer } from './courselayer';
import type { CourseWords } from './coursesigns';
import { DotsGl } from './dots';
import { DARK, LIGHT } from './palette';
import type * as Later from './deferred';
import { NO_RENDERER, TABLE_COUNT, tableXY } from './renderer';
import type { CourseTable, DotsRenderer, DotsView, OffCourse } from './renderer';

const MOVED_PX = 0.3;
const LONGEST_SLEEP_MS = 250;
const LANE_M = 3;
const HIT_PX = 14;
const REST_MS = 120;
/** A tail whose length follows the zoom is about this long behind a runner of this speed, and never shorter than a minute. */
const TAIL_PX = 70;
const TAIL_MPS = 3;
const TAIL_S = 60;
/** Around who is followed: metres across the map at least, wall seconds of running at least, and the nearest zoom. */
const NEAR_M = 350;
const NEAR_S = 12;
const NEAR_ZOOM = 18;
const WORLD_M = 40_075_016.7;

/** Another source of the moment to draw than the live clock: a replay. */
export interface PlayTime {
    readonly rate: number;
    readonly moving: boolean;
    at(nowMs: number): number;
}

export interface LiveMapEvents {
    /** A tick is in the vertex buffer of this animation frame. */
    painted(frame: PositionFrame): void;
    /** The race ms that is drawn, or gone to in a replay, when its whole second changes. */
    drawn(raceMs: number): void;
    /** Dots were drawn on the course. */
    shown(): void;
    /** A dot was clicked: its dense number, -1 for none. */
    picked(number: number): void;
    /** The pointer rests on a dot, at that place of the map's box; null: on none. */
    pointed(number: number, at: L.Point | null): void;
    /** A tail reaches back further than the ticks do: the seconds before `raceMs` are wanted, once. */
    pastWanted(raceMs: number, seconds: number): void;
}

export class LiveMap {
    readonly map: L.Map;
    readonly clock = new PlayClock();
    readonly queue = new FrameQueue();
    /** JavaScript ms that drawing has cost, and how often it drew, for tests and the curious. */
    readonly cost = { frames: 0, ms: 0, worstMs: 0 };
    private readonly layer: CanvasLayer;
    private renderer: DotsRenderer;
    private readonly dark = matchMedia('(prefers-color-scheme: dark)');
    private readonly onTheme = (): void => this.refresh();
    private course: CourseLayer | null = null;
    private table: CourseTable | null = null;
    private offCourse: OffCourse | null = null;
    private unpainted: PositionFrame[] = [];
    private selected = -1;
    private following = false;
    /** The followed one is to be brought near, once it is drawn. */
    private approach = false;
    /** The viewer asked for the whole course: who is followed may be anywhere in it. */
    private wide = false;
    /** Places are between two zooms: nothing to pan by. */
    private zooming = false;
    /** The next tick is of another moment than those that came: until it is here the picture stays. */
    private jumping = false;
    private held = false;
    private followed: readonly number[] = [];
    private tailS = -1;
    /** Kept from the first dots on. */
    private trail: Trail | null = null;
    private later: typeof Later | null = null;
    private pastAsked = false;
    private laterAsked = false;
    private doubt = 0;
    private time: PlayTime | null = null;
    private stale = true;
    /** Somebody was drawn on a course since the page was loaded. */
    private seen = false;
    private drawnMs = -Infinity;
    private drawnFrom: PositionFrame | undefined;
    private drawnSecond = -Infinity;
    private raf = 0;
    private timer: ReturnType<typeof setTimeout> | undefined;
    private pointer: ReturnType<typeof setTimeout> | undefined;
    private pointing = false;

    constructor(host: HTMLElement, config: Config, label: string, private readonly events: LiveMapEvents) {
        this.map = baseMap(host, config, label);
        this.layer = new CanvasLayer('dots', () => this.refresh());
        // The canvas has its size before it has a context: another size later costs another set of buffers.
        this.layer.addTo(this.map);
        const gl = DotsGl.create(this.layer.canvas, () => this.refresh());
        this.renderer = gl ?? NO_RENDERER;
        if (!gl) {
            void import('./dots2d').then(({ Dots2d }) => this.render(new Dots2d(this.layer.canvas)));
        }
        this.map.on('zoomstart', () => { this.zooming = true; }).on('zoomend', () => { this.zooming = false; });
        this.map.on('click', (e) => this.events.picked(this.pick(e.containerPoint)));
        this.map.on('mousemove', (e) => this.point(e.containerPoint));
        this.map.on('mouseout movestart', () => this.point(null));
        this.dark.addEventListener('change', this.onTheme);
    }

    remove(): void {
        this.sleep();
        this.dark.removeEventListener('change', this.onTheme);
        this.renderer.release();
        this.map.remove();
    }

    get rendererKind(): string {
        return this.renderer.kind;
    }

    private render(renderer: DotsRenderer): void {
        this.renderer = renderer;
        renderer.setCourse(this.table);
        this.refresh();
    }

    setCourse(course: CourseGeoJson | null, words: CourseWords, markM: number): void {
        // A finer line of the same course, or other units, leave the view as it is.
        const stays = course !== null && this.course?.revision === course.trackside.revision;
        this.course?.remove();
        this.course = course ? new CourseLayer(this.map, course, words, markM, !stays) : null;
        const track = this.course?.track ?? null;
        this.table = track ? { xy: trackTexture(track, TABLE_COUNT), count: TABLE_COUNT, lengthM: track.lengthM } : null;
        this.renderer.setCourse(this.table);
        this.refresh();
    }

    setGround(tiles: string | null): void {
        layGround(this.map, tiles);
    }

    fit(): void {
        this.wide = true;
        this.course?.fit();
    }

    setMarks(markM: number): void {
        this.course?.setMarks(markM);
    }

    /** Another race. */
    reset(): void {
        this.jumping = false;
        this.queue.clear();
        this.clock.reset();
        this.trail?.clear();
        this.pastAsked = false;
        this.unpainted = [];
        this.offCourse = null;
        this.drawnMs = this.drawnSecond = -Infinity;
        this.refresh();
    }

    /** A jump in time: with the next tick everything begins anew. */
    jump(): void {
        if (!this.queue.newest) {
            this.reset();
            return;
        }
        this.jumping = true;
        this.unpainted = [];
        this.wake();
    }

    /** Who leaves a tail, dense numbers; for how many race seconds: -1 by the zoom, 0 none. */
    follow(numbers: readonly number[], tailS: number): void {
        if (tailS !== this.tailS || numbers.join() !== this.followed.join()) {
            this.followed = numbers;
            this.tailS = tailS;
            this.refresh();
        }
    }

    /** Ticks from before those that came, oldest first. */
    past(frames: PositionFrame[]): void {
        this.trail?.fill(frames);
        this.refresh();
    }

    /** How much all places are in doubt, 0 … 1. */
    setDoubt(doubt: number): void {
        if (doubt !== this.doubt) {
            this.doubt = doubt;
            this.refresh();
        }
    }

    /** Draw the moments of a replay; null: live again. */
    setTime(time: PlayTime | null): void {
        this.time = time;
        this.jump();
    }

    /** Race seconds per wall second; also when the race was paused or goes on. */
    setSpeed(speed: number): void {
        this.clock.setSpeed(speed);
        this.wake();
    }

    select(number: number, follow: boolean): void {
        if (number === this.selected && this.following === (follow && number >= 0)) {
            return;
        }
        const followed = this.following ? this.selected : -1;
        this.selected = number;
        this.following = follow && number >= 0;
        this.approach = this.following ? this.approach || followed !== number : false;
        this.refresh();
    }

    hold(held: boolean): void {
        this.held = held;
        this.refresh();
    }

    frame(frame: Frame): void {
        if (this.jumping && isPositionFrame(frame)) {
            const { drawnMs } = this;
            this.reset();
            this.drawnMs = drawnMs; // as long as nothing else is drawn
        }
        if (frame.kind === FrameKind.OffCourse) {
            this.takeOffCourse(frame);
        } else if (isPositionFrame(frame)) {
            if (this.queue.push(frame)) {
                this.clock.reset();
                this.drawnMs = -Infinity;
            }
            this.clock.arrived(frame.raceMs, performance.now());
            this.trail?.push(frame);
            if (!this.time) {
                this.unpainted.push(frame);
            }
        }
        this.wake();
    }

    private takeOffCourse(frame: OffCourseFrame): void {
        const count = frame.number.length;
        const [ox, oy] = this.originM();
        const off: OffCourse = { number: frame.number, xy: new Float32Array(2 * count), status: new Uint8Array(count) };
        const newest = this.queue.newest;
        for (let k = 0; k < count; k++) {
            off.xy[2 * k] = mercatorX(frame.lonLat[2 * k]!) - ox;
            off.xy[2 * k + 1] = mercatorY(frame.lonLat[2 * k + 1]!) - oy;
            off.status[k] = (newest?.sent ?? newest?.status)?.[frame.number[k]!] ?? Status.OnCourse;
        }
        this.offCourse = off;
        if (!this.course && count > 0 && this.map.getZoom() <= 2) {
            const at = Array.from({ length: count }, (_, k) => L.latLng(frame.lonLat[2 * k + 1]!, frame.lonLat[2 * k]!));
            this.map.fitBounds(L.latLngBounds(at), { padding: [48, 48], animate: false, maxZoom: 17 });
        }
        this.stale = true;
    }

    private originM(): [number, number] {
        const track = this.course?.track;
        return track ? [track.originX, track.originY] : [0, 0];
    }

    private refresh(): void {
        this.stale = true;
        this.wake();
    }

    /** Look at once whether there is something new to draw. */
    wake(): void {
        clearTimeout(this.timer);
        this.timer = undefined;
        if (this.raf === 0 && !document.hidden) {
            this.raf = requestAnimationFrame(() => this.animate());
        }
    }

    sleep(): void {
        clearTimeout(this.timer);
        clearTimeout(this.pointer);
        cancelAnimationFrame(this.raf);
        this.raf = 0;
    }

    // One animation frame: what came into the buffers, what moved onto the canvas, and when to look again.
    private animate(): void {
        this.raf = 0;
        if (document.hidden) {
            return;
        }
        const startMs = performance.now();
        for (const frame of this.unpainted) {
            this.renderer.upload(frame);
            this.events.painted(frame);
        }
        this.unpainted = [];
        const raceMs = this.raceMs(startMs);
        const between = this.queue.at(raceMs);
        const view = this.view();
        const pxPerMs = between ? fastest(between) * view.pxPerM : 0;
        const moved = Math.abs(raceMs - this.drawnMs) * pxPerMs;
        if (this.stale || moved >= MOVED_PX * this.layer.dpr || between?.from !== this.drawnFrom) {
            this.draw(between, view, raceMs, startMs);
        } else if (pxPerMs === 0) {
            this.drawnMs = raceMs;
        }
        this.tell(this.jumping && this.time ? this.time.at(startMs) : raceMs);
        const moving = this.time ? this.time.moving : raceMs < this.clock.newest;
        if (moving && !this.held) {
            this.lookAgain(pxPerMs * (this.time ?? this.clock).rate, view);
        }
    }

    private raceMs(nowMs: number): number {
        if ((this.held || this.jumping) && this.drawnMs > -Infinity) {
            return this.drawnMs;
        }
        const ms = this.time ? this.time.at(nowMs) : this.clock.at(nowMs);
        return reducedMotion() ? (this.queue.at(ms)?.from.raceMs ?? ms) : ms;
    }

    private draw(between: Between | null, view: DotsView, raceMs: number, startMs: number): void {
        this.stale = false;
        this.drawnMs = raceMs;
        this.drawnFrom = between?.from;
        this.renderer.draw(between, this.offCourse, between ? this.tails(between, raceMs) : [], view);
        if (between && this.table) {
            if (!this.seen) {
                this.seen = true;
                performance.mark('first-dots');
            }
            this.events.shown();
        }
        if (between && !this.laterAsked) {
            this.addLater().catch(() => { this.laterAsked = false; });
        }
        const ms = performance.now() - startMs;
        this.cost.frames++;
        this.cost.ms += ms;
        this.cost.worstMs = Math.max(this.cost.worstMs, ms);
        if (this.following && between) {
            this.keepInView(between);
        }
    }

    // The length of a tail in race seconds.
    private tailSeconds(): number {
        if (this.tailS >= 0) {
            return this.tailS;
        }
        const pxPerM = this.layer.pxPerMercatorM() / this.layer.dpr / (this.course?.track?.scale ?? 1);
        return Math.min(MAX_TAIL_S, Math.max(TAIL_S, TAIL_PX / (TAIL_MPS * pxPerM)));
    }

    private tails(between: Between, raceMs: number): readonly Tail[] {
        const { trail } = this;
        const seconds = this.tailSeconds();
        if (!trail || this.followed.length === 0 || seconds === 0 || !this.table) {
            return [];
        }
        if (!this.pastAsked && Math.max(0, raceMs - seconds * 1_000) < trail.oldestMs - 2_000) {
            this.pastAsked = true;
            this.events.pastWanted(Math.min(raceMs, trail.oldestMs), MAX_TAIL_S);
        }
        return this.followed.filter((i) => i >= 0 && i < between.from.n)
            .flatMap((i) => trail.tail(i, between, raceMs, seconds) ?? []);
    }

    private async addLater(): Promise<void> {
        this.laterAsked = true;
        const later = await import('./deferred');
        this.later = later;
        this.trail = new later.Trail();
        this.queue.all.forEach((frame) => this.trail!.push(frame));
        this.renderer.setTails((gl) => new later.TailsGl(gl));
        this.refresh();
    }

    private tell(raceMs: number): void {
        const second = Math.floor(raceMs / 1000);
        if (second !== this.drawnSecond && Number.isFinite(raceMs)) {
            this.drawnSecond = second;
            this.events.drawn(raceMs);
        }
    }

    private lookAgain(pxPerWallMs: number, view: DotsView): void {
        const wait = pxPerWallMs > 0 ? (MOVED_PX * (view.pxPerM > 0 ? this.layer.dpr : 1)) / pxPerWallMs : LONGEST_SLEEP_MS;
        if (wait <= 34) {
            this.wake();
        } else {
            this.timer = setTimeout(() => this.wake(), Math.min(LONGEST_SLEEP_MS, wait - 12));
        }
    }

    private view(): DotsView {
        const [ox, oy] = this.originM();
        const origin = this.layer.origin(ox, oy);
        const pxPerM = this.layer.pxPerMercatorM();
        const n = this.queue.newest?.n ?? 0;
        const dpr = this.layer.dpr;
        const near = Math.max(0, Math.min(5, this.map.getZoom() - 15));
        const dot = (n <= 200 ? 9 : n <= 2_000 ? 6.5 : n <= 20_000 ? 5 : 4) + near;
        const lane = (LANE_M * pxPerM) / (this.course?.track?.scale ?? 1);
        return {
            width: this.layer.canvas.width,
            height: this.layer.canvas.height,
            pxPerM,
            originX: origin.x,
            originY: origin.y,
            dotPx: dot * dpr,
            rimPx: dot >= 8 ? dpr : 0,
            lanePx: Math.min(lane, 16 * dpr),
            ribbonPx: n >= 200 && this.map.getZoom() < 17.5 ? 38 * dpr : 0,
            tailPx: Math.max(10, dot * 1.2) * dpr,
            doubt: this.doubt,
            palette: this.dark.matches ? DARK : LIGHT,
            selected: this.selected,
        };
    }

    /** Where a competitor is drawn, in pixels of the map's box; null where nothing is known of it. */
    placeOf(number: number): L.Point | null {
        const between = this.queue.at(this.drawnMs);
        return between && number >= 0 && number < between.from.n ? this.placeAt(distanceAt(between, number)) : null;
    }

    /** Where so many metres along the course are, in pixels of the map's box. */
    placeAt(metres: number): L.Point | null {
        if (!this.table) {
            return null;
        }
        const [x, y] = tableXY(this.table, metres);
        const v = this.view();
        const onCanvas = L.point((v.originX + x * v.pxPerM) / this.layer.dpr, (v.originY - y * v.pxPerM) / this.layer.dpr);
        return this.map.layerPointToContainerPoint(onCanvas.add(L.DomUtil.getPosition(this.layer.canvas)));
    }

    private keepInView(between: Between): void {
        if (this.zooming) {
            return;
        }
        const at = this.placeOf(this.selected);
        const size = this.map.getSize();
        if (!at || between.from.n <= this.selected) {
            return;
        }
        if (this.approach) {
            this.approach = this.wide = false;
            this.map.setView(this.map.containerPointToLatLng(at), this.nearZoom(), { animate: !reducedMotion() });
            return;
        }
        const reach = this.wide ? 0.47 : 0.2;
        const off = at.subtract(size.divideBy(2));
        const far = Math.max(Math.abs(off.x) / size.x, Math.abs(off.y) / size.y);
        if (far > reach) {
            this.map.panBy(off, { animate: !reducedMotion() && far < 0.5, duration: 0.6 });
        }
    }

    private fitZoom(): number {
        const bounds = this.course?.bounds();
        return bounds?.isValid() ? this.map.getBoundsZoom(bounds) : 0;
    }

    // So near that the runner has a few hundred metres around it, and some seconds until the view has to move on.
    private nearZoom(): number {
        const metres = Math.max(NEAR_M, NEAR_S * TAIL_MPS * (this.time ?? this.clock).rate);
        const size = this.map.getSize();
        const zoom = Math.log2((WORLD_M * (this.course?.track?.scale ?? 1) * Math.min(size.x, size.y)) / (256 * metres));
        return Math.max(this.map.getZoom(), this.fitZoom(), Math.min(NEAR_ZOOM, zoom));
    }

    // Only once the pointer rests: everybody has to be looked at.
    private point(at: L.Point | null): void {
        clearTimeout(this.pointer);
        if (this.pointing) {
            this.pointing = false;
            this.events.pointed(-1, null);
        }
        if (at) {
            this.pointer = setTimeout(() => {
                const i = this.pick(at);
                this.pointing = i >= 0;
                if (i >= 0) {
                    this.events.pointed(i, at);
                }
            }, REST_MS);
        }
    }

    // The nearest dot within reach of the pointer, lanes counted.
    private pick(at: L.Point): number {
        const between = this.queue.at(this.drawnMs);
        if (!between || !this.table || !this.later) {
            return -1;
        }
        const corner = this.map.layerPointToContainerPoint(L.DomUtil.getPosition(this.layer.canvas));
        const { dpr } = this.layer;
        return this.later.nearest(between, this.table, this.view(), { x: (at.x - corner.x) * dpr, y: (at.y - corner.y) * dpr }, HIT_PX * dpr);
    }
}
