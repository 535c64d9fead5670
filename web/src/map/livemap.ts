// The live map: ticks in, dots out. It owns the Leaflet map, the course's layer, the renderer of the dots and the loop that draws.
// It draws only when the fastest dot has moved 0.3 px, and sleeps when nothing moves.
import type * as L from 'leaflet';
import { PlayClock } from '../model/clock';
import type { PlayTime } from '../model/clock';
import { fastest, FrameQueue } from '../model/frames';
import type { Between } from '../model/frames';
import { FrameKind, isPositionFrame } from '../wire/frame';
import type { Frame, PositionFrame } from '../wire/frame';
import type { Config, CourseGeoJson } from '../wire/types';
import { baseMap, reducedMotion } from './basemap';
import { CanvasLayer } from './canvaslayer';
import { CourseLayer } from './courselayer';
import type { CourseWords } from './coursesigns';
import type * as Deferred from './deferred';
import { DotsGl } from './dots';
import { dotsView } from './dotsView';
import { FollowCamera } from './followCamera';
import { FollowedTails } from './followedTails';
import { offCourseOf, showPositions } from './offCourse';
import { DARK, LIGHT } from './palette';
import { Places } from './places';
import { Pointer } from './pointer';
import type { PointerEvents } from './pointer';
import { NO_RENDERER } from './renderer';
import type { DotsRenderer, DotsView, OffCourse } from './renderer';

const MOVED_PX = 0.3;
const LONGEST_SLEEP_MS = 250;
/** Waits up to this are those of the next animation frames; a timer wakes so much before its moment. */
const FRAMES_MS = 34;
const WAKE_BEFORE_MS = 12;
const HIT_PX = 14;

export interface LiveMapEvents extends PointerEvents {
    /** A tick is in the vertex buffer of this animation frame. */
    painted(frame: PositionFrame): void;
    /** The race ms that is drawn, or gone to in a replay, when its whole second changes. */
    drawn(raceMs: number): void;
    /** Dots were drawn on the course. */
    shown(): void;
    /** A tail reaches back further than the ticks do: the seconds before `raceMs` are wanted, once. */
    pastWanted(raceMs: number, seconds: number): void;
}

export class LiveMap {
    readonly map: L.Map;
    readonly clock = new PlayClock();
    readonly queue = new FrameQueue();
    /** JavaScript ms that drawing has cost, and how often it drew, for tests and the curious. */
    readonly cost = { frames: 0, ms: 0, worstMs: 0 };
    readonly places: Places;
    readonly tails: FollowedTails;
    private readonly camera: FollowCamera;
    private readonly pointer: Pointer;
    private readonly layer: CanvasLayer;
    private renderer: DotsRenderer;
    private readonly dark = matchMedia('(prefers-color-scheme: dark)');
    private readonly onTheme = (): void => this.refresh();
    private course: CourseLayer | null = null;
    private offCourse: OffCourse | null = null;
    private unpainted: PositionFrame[] = [];
    /** The next tick is of another moment than those that came: until it is here the picture stays. */
    private jumping = false;
    private frozen = false;
    private deferred: typeof Deferred | null = null;
    private deferredAsked = false;
    private doubt = 0;
    private time: PlayTime | null = null;
    /** Something changed that is drawn. */
    private dirty = true;
    /** Somebody was drawn on a course since the page was loaded. */
    private seen = false;
    private drawnMs = -Infinity;
    private drawnFrom: PositionFrame | undefined;
    private drawnSecond = -Infinity;
    private raf = 0;
    private timer: ReturnType<typeof setTimeout> | undefined;

    constructor(host: HTMLElement, config: Config, label: string, private readonly events: LiveMapEvents) {
        this.map = baseMap(host, config, label);
        this.layer = new CanvasLayer('dots', () => this.refresh());
        // The canvas has its size before it has a context: another size later costs another set of buffers.
        this.layer.addTo(this.map);
        this.places = new Places(this.map, this.layer, () => this.queue.at(this.drawnMs), () => this.view());
        this.tails = new FollowedTails((raceMs, seconds) => events.pastWanted(raceMs, seconds), () => this.refresh());
        this.camera = new FollowCamera(this.map, this.places);
        this.pointer = new Pointer(this.map, (at) => this.pick(at), events);
        const gl = DotsGl.create(this.layer.canvas, () => this.refresh());
        this.renderer = gl ?? NO_RENDERER;
        if (!gl) {
            void import('./dots2d').then(({ Dots2d }) => this.render(new Dots2d(this.layer.canvas)));
        }
        this.dark.addEventListener('change', this.onTheme);
    }

    remove(): void {
        clearTimeout(this.timer);
        this.pointer.stop();
        cancelAnimationFrame(this.raf);
        this.raf = 0;
        this.dark.removeEventListener('change', this.onTheme);
        this.renderer.release();
        this.map.remove();
    }

    /** A finer line of the same course, or other units, leave the view as it is. `markM`: metres of a kilometre or a mile. */
    setCourse(course: CourseGeoJson | null, words: CourseWords, markM: number): void {
        const stays = course !== null && this.course?.revision === course.trackside.revision;
        this.course?.remove();
        this.course = course ? new CourseLayer(this.map, course, words, markM, !stays) : null;
        this.places.setTrack(this.course?.track ?? null);
        this.renderer.setCourse(this.places.table);
        this.refresh();
    }

    /** Show the whole course. */
    fit(): void {
        this.camera.fit(this.course);
    }

    /** Another race. */
    reset(): void {
        this.jumping = false;
        this.queue.clear();
        this.clock.reset();
        this.tails.clear();
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

    /** How much all positions are in doubt, 0 … 1. */
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

    /** Mark a competitor (dense number, -1: none), and keep it in view where it is followed. */
    select(number: number, follow: boolean): void {
        if (this.camera.select(number, follow)) {
            this.refresh();
        }
    }

    freeze(frozen: boolean): void {
        this.frozen = frozen;
        this.refresh();
    }

    frame(frame: Frame): void {
        if (this.jumping && isPositionFrame(frame)) {
            const { drawnMs } = this;
            this.reset();
            this.drawnMs = drawnMs; // as long as nothing else is drawn
        }
        if (frame.kind === FrameKind.OffCourse) {
            this.offCourse = offCourseOf(frame, this.queue.newest, this.places.originM());
            if (!this.course) {
                showPositions(this.map, frame);
            }
            this.dirty = true;
        } else if (isPositionFrame(frame)) {
            this.tick(frame);
        }
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

    private tick(frame: PositionFrame): void {
        if (this.queue.push(frame)) {
            this.clock.reset();
            this.drawnMs = -Infinity;
        }
        this.clock.arrived(frame.raceMs, performance.now());
        this.tails.trail?.push(frame);
        if (!this.time) {
            this.unpainted.push(frame);
        }
    }

    private render(renderer: DotsRenderer): void {
        this.renderer = renderer;
        renderer.setCourse(this.places.table);
        this.refresh();
    }

    private refresh(): void {
        this.dirty = true;
        this.wake();
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
        if (this.dirty || moved >= MOVED_PX * this.layer.dpr || between?.from !== this.drawnFrom) {
            this.draw(between, view, raceMs, startMs);
        } else if (pxPerMs === 0) {
            this.drawnMs = raceMs;
        }
        this.tellSecond(this.jumping && this.time ? this.time.at(startMs) : raceMs);
        const moving = this.time ? this.time.moving : raceMs < this.clock.newest;
        if (moving && !this.frozen) {
            this.lookAgain(pxPerMs * (this.time ?? this.clock).rate, view);
        }
    }

    private raceMs(nowMs: number): number {
        if ((this.frozen || this.jumping) && this.drawnMs > -Infinity) {
            return this.drawnMs;
        }
        const ms = this.time ? this.time.at(nowMs) : this.clock.at(nowMs);
        return reducedMotion() ? (this.queue.at(ms)?.from.raceMs ?? ms) : ms;
    }

    private draw(between: Between | null, view: DotsView, raceMs: number, startMs: number): void {
        this.dirty = false;
        this.drawnMs = raceMs;
        this.drawnFrom = between?.from;
        const { table, scale } = this.places;
        const tails = between && table ? this.tails.at(between, raceMs, this.layer.pxPerMercatorM() / this.layer.dpr / scale) : [];
        this.renderer.draw(between, this.offCourse, tails, view);
        if (between && table) {
            this.firstDots();
            this.events.shown();
        }
        if (between && !this.deferredAsked) {
            this.loadDeferred().catch(() => { this.deferredAsked = false; });
        }
        const ms = performance.now() - startMs;
        this.cost.frames++;
        this.cost.ms += ms;
        this.cost.worstMs = Math.max(this.cost.worstMs, ms);
        if (between) {
            this.camera.keepInView(this.course, (this.time ?? this.clock).rate);
        }
    }

    private firstDots(): void {
        if (!this.seen) {
            this.seen = true;
            performance.mark('first-dots');
        }
    }

    // What is needed once there are dots: tails, and finding the dot under the pointer.
    private async loadDeferred(): Promise<void> {
        this.deferredAsked = true;
        const deferred = await import('./deferred');
        const trail = new deferred.Trail();
        this.deferred = deferred;
        this.tails.trail = trail;
        this.queue.all.forEach((frame) => trail.push(frame));
        this.renderer.setTails((gl) => new deferred.TailsGl(gl));
        this.refresh();
    }

    private tellSecond(raceMs: number): void {
        const second = Math.floor(raceMs / 1000);
        if (second !== this.drawnSecond && Number.isFinite(raceMs)) {
            this.drawnSecond = second;
            this.events.drawn(raceMs);
        }
    }

    private lookAgain(pxPerWallMs: number, view: DotsView): void {
        const wait = pxPerWallMs > 0 ? (MOVED_PX * (view.pxPerM > 0 ? this.layer.dpr : 1)) / pxPerWallMs : LONGEST_SLEEP_MS;
        if (wait <= FRAMES_MS) {
            this.wake();
        } else {
            this.timer = setTimeout(() => this.wake(), Math.min(LONGEST_SLEEP_MS, wait - WAKE_BEFORE_MS));
        }
    }

    private view(): DotsView {
        return dotsView(this.map, this.layer, this.places, {
            n: this.queue.newest?.n ?? 0,
            doubt: this.doubt,
            palette: this.dark.matches ? DARK : LIGHT,
            selected: this.camera.selected,
        });
    }

    // The nearest dot within reach of a place of the map's box, lanes counted.
    private pick(at: L.Point): number {
        const between = this.queue.at(this.drawnMs);
        const { table } = this.places;
        return between && table && this.deferred
            ? this.deferred.nearest(between, table, this.view(), this.places.onCanvas(at), HIT_PX * this.layer.dpr)
            : -1;
    }
}
