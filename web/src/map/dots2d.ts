// The dots on a 2D canvas, for browsers without WebGL2: the same places, colours and shapes, one path per status.
import { distanceAt } from '../model/frames';
import type { Between } from '../model/frames';
import { css } from './palette';
import { laneOf } from './renderer';
import type { CourseTable, DotsRenderer, DotsView, OffCourse } from './renderer';

export function tableXY(course: CourseTable, distM: number): [number, number, number, number] {
    const t = Math.min(1, Math.max(0, distM / course.lengthM)) * (course.count - 1);
    const k = Math.min(course.count - 2, Math.floor(t));
    const f = t - k;
    const ax = course.xy[2 * k]!;
    const ay = course.xy[2 * k + 1]!;
    const dx = course.xy[2 * k + 2]! - ax;
    const dy = course.xy[2 * k + 3]! - ay;
    const len = Math.hypot(dx, dy) || 1;
    return [ax + f * dx, ay + f * dy, dx / len, dy / len];
}

function shape(c: CanvasRenderingContext2D, status: number, x: number, y: number, r: number): void {
    c.moveTo(x + r, y);
    if (status === 2) {
        c.lineTo(x, y + r);
        c.lineTo(x - r, y);
        c.lineTo(x, y - r);
        c.closePath();
    } else if (status === 3) {
        c.rect(x - r * 0.8, y - r * 0.8, r * 1.6, r * 1.6);
    } else {
        c.arc(x, y, r, 0, 2 * Math.PI);
    }
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

    upload(): void {
        // Nothing to copy: drawing reads the tick itself.
    }

    draw(between: Between | null, off: OffCourse | null, view: DotsView): void {
        this.c.clearRect(0, 0, view.width, view.height);
        const p = view.palette;
        const colours = [p.notSeen, p.onCourse, p.inGeofence, p.finished];
        for (const status of [3, 0, 1, 2]) {
            this.c.beginPath();
            if (between && this.course) {
                this.addOnCourse(between, this.course, view, status);
            }
            for (let k = 0; off && k < off.number.length; k++) {
                if (off.status[k] === status) {
                    this.add(view, status, off.xy[2 * k]!, off.xy[2 * k + 1]!, 0, 0);
                }
            }
            this.c.fillStyle = css(colours[status]!);
            this.c.fill();
        }
        if (between && this.course && view.selected >= 0 && view.selected < between.from.n) {
            this.mark(between, this.course, view);
        }
    }

    private add(view: DotsView, status: number, x: number, y: number, asideX: number, asideY: number): void {
        const px = view.originX + x * view.pxPerM + asideX;
        const py = view.originY - y * view.pxPerM - asideY;
        if (px > -view.dotPx && py > -view.dotPx && px < view.width + view.dotPx && py < view.height + view.dotPx) {
            shape(this.c, status, px, py, (view.dotPx / 2) * (status === 2 ? 1.25 : 1));
        }
    }

    private addOnCourse(b: Between, course: CourseTable, view: DotsView, status: number): void {
        const statuses = b.from.status;
        for (let i = 0; i < statuses.length; i++) {
            if (statuses[i] === status) {
                const [x, y, dx, dy] = tableXY(course, distanceAt(b, i));
                const aside = laneOf(i) * view.lanePx;
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
