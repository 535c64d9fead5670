// The dots on a 2D canvas, for browsers without WebGL2: the same places, colours and shapes, one path per status.
import { distanceAt } from '../model/frames';
import type { Between } from '../model/frames';
import type { Tail } from '../model/trail';
import { HIDDEN, STALE } from '../wire/frame';
import { Status } from '../wire/types';
import { css } from './palette';
import { laneOf, tableXY } from './renderer';
import type { CourseTable, DotsRenderer, DotsView, OffCourse } from './renderer';

function shape(c: CanvasRenderingContext2D, status: number, x: number, y: number, r: number): void {
    c.moveTo(x + r, y);
    if (status === Status.InGeofence) {
        c.lineTo(x, y + r);
        c.lineTo(x - r, y);
        c.lineTo(x, y - r);
        c.closePath();
    } else if (status === Status.Finished) {
        c.rect(x - r * 0.8, y - r * 0.8, r * 1.6, r * 1.6);
    } else {
        c.arc(x, y, r, 0, 2 * Math.PI);
    }
}

function doubtful(sent: number, view: DotsView): boolean {
    const status = sent & ~STALE;
    return (status === Status.OnCourse || status === Status.InGeofence) && (sent >= STALE || view.doubt > 0);
}

export class Dots2d implements DotsRenderer {
    readonly kind = 'canvas2d';
    private course: CourseTable | null = null;
    private readonly c: CanvasRenderingContext2D;

    constructor(canvas: HTMLCanvasElement) {
        const c = canvas.getContext('2d');
        if (!c) {
            throw new Error('this browser has no canvas to draw on');
        }
        this.c = c;
    }

    setCourse(course: CourseTable | null): void {
        this.course = course;
    }

    setTails(): void {
        // It draws them itself.
    }

    upload(): void {
        // Nothing to copy: drawing reads the tick itself.
    }

    draw(between: Between | null, off: OffCourse | null, tails: readonly Tail[], view: DotsView): void {
        this.c.clearRect(0, 0, view.width, view.height);
        const course = this.course;
        if (course) {
            tails.forEach((tail) => this.tail(tail, course, view));
        }
        const p = view.palette;
        const colours = [p.notSeen, p.onCourse, p.inGeofence, p.finished];
        const doubts = view.doubt > 0 || between?.from.sent || off ? [false, true] : [false];
        for (const status of [Status.Finished, Status.NotSeen, Status.OnCourse, Status.InGeofence]) {
            for (const doubt of doubts) {
                this.c.beginPath();
                if (between && course) {
                    this.addOnCourse(between, course, view, status, doubt);
                }
                this.addOff(off, view, status, doubt);
                this.paint(css(colours[status]!), doubt, view);
            }
        }
        if (between && course && view.selected >= 0 && view.selected < between.from.n) {
            this.mark(between, course, view);
        }
    }

    // A place in doubt is a ring that fades.
    private paint(colour: string, doubt: boolean, view: DotsView): void {
        if (doubt) {
            this.c.globalAlpha = 1 - 0.45 * Math.max(0.6, view.doubt);
            this.c.strokeStyle = colour;
            this.c.lineWidth = Math.max(1.2, view.dotPx * 0.2);
            this.c.stroke();
            this.c.globalAlpha = 1;
        } else {
            this.c.fillStyle = colour;
            this.c.fill();
        }
    }

    // In pieces, each as pale and thin as it is old.
    private tail(tail: Tail, course: CourseTable, view: DotsView): void {
        const lane = tail.number === view.selected ? 0 : laneOf(tail.number) * view.lanePx;
        this.c.strokeStyle = css(view.palette.tail);
        this.c.lineCap = 'round';
        let before: [number, number] | null = null;
        for (let k = 0; k < tail.metres.length; k++) {
            const [x, y, dx, dy] = tableXY(course, tail.metres[k]!);
            const at: [number, number] = [view.originX + x * view.pxPerM - dy * lane, view.originY - y * view.pxPerM - dx * lane];
            if (before) {
                const fresh = tail.newness[k]!;
                this.c.globalAlpha = Math.min(1, fresh / 0.7);
                this.c.lineWidth = view.tailPx * (0.25 + 0.75 * fresh);
                this.c.beginPath();
                this.c.moveTo(...before);
                this.c.lineTo(...at);
                this.c.stroke();
            }
            before = at;
        }
        this.c.globalAlpha = 1;
    }

    private add(view: DotsView, status: number, x: number, y: number, asideX: number, asideY: number): void {
        const px = view.originX + x * view.pxPerM + asideX;
        const py = view.originY - y * view.pxPerM - asideY;
        if (px > -view.dotPx && py > -view.dotPx && px < view.width + view.dotPx && py < view.height + view.dotPx) {
            shape(this.c, status, px, py, (view.dotPx / 2) * (status === Status.InGeofence ? 1.25 : 1));
        }
    }

    private addOff(off: OffCourse | null, view: DotsView, status: number, doubt: boolean): void {
        for (let k = 0; off && k < off.number.length; k++) {
            const sent = off.status[k]!;
            if ((sent & ~STALE) === status && doubtful(sent, view) === doubt) {
                this.add(view, status, off.xy[2 * k]!, off.xy[2 * k + 1]!, 0, 0);
            }
        }
    }

    private addOnCourse(b: Between, course: CourseTable, view: DotsView, status: number, doubt: boolean): void {
        const { status: statuses, sent = statuses } = b.from;
        for (let i = 0; i < statuses.length; i++) {
            if (statuses[i] === status && sent[i] !== HIDDEN && doubtful(sent[i]!, view) === doubt) {
                const [x, y, dx, dy] = tableXY(course, distanceAt(b, i));
                const aside = i === view.selected ? 0 : laneOf(i) * view.lanePx;
                this.add(view, status, x, y, -dy * aside, dx * aside);
            }
        }
    }

    private mark(b: Between, course: CourseTable, view: DotsView): void {
        const [x, y] = tableXY(course, distanceAt(b, view.selected));
        this.c.beginPath();
        this.c.arc(view.originX + x * view.pxPerM, view.originY - y * view.pxPerM, view.dotPx, 0, 2 * Math.PI);
        this.c.lineWidth = view.dotPx * 0.4;
        this.c.strokeStyle = css(view.palette.ink);
        this.c.stroke();
    }

    release(): void {
        this.course = null;
    }
}
