// Which dot is under a place on the canvas. Everybody is looked at, so nothing is made on the way, and the lane of a runner
// is worked out only where it may matter.
import { distanceAt } from '../model/frames';
import type { Between } from '../model/frames';
import { HIDDEN } from '../wire/frame';
import { Status } from '../wire/types';
import { laneOf, tableXY } from './renderer';
import type { CourseTable, DotsView } from './renderer';

/** The dense number of the dot nearest to `at` (device pixels) and nearer than `reachPx`; -1: there is none. */
export function nearest(b: Between, course: CourseTable, v: DotsView, at: { x: number; y: number }, reachPx: number): number {
    const { status, sent = status } = b.from;
    const perM = (course.count - 1) / course.lengthM;
    let best = -1;
    let bestPx = reachPx;
    for (let i = 0; i < status.length; i++) {
        const metres = distanceAt(b, i);
        const k = Math.max(0, Math.min(course.count - 1, Math.round(metres * perM)));
        const offX = v.originX + course.xy[2 * k]! * v.pxPerM - at.x;
        const offY = v.originY - course.xy[2 * k + 1]! * v.pxPerM - at.y;
        const reach = bestPx + v.lanePx + 2;
        if (offX * offX + offY * offY > reach * reach || status[i] === Status.NotSeen || sent[i] === HIDDEN) {
            continue;
        }
        const [x, y, dx, dy] = tableXY(course, metres);
        const aside = i === v.selected ? 0 : laneOf(i) * v.lanePx;
        const px = Math.hypot(v.originX + x * v.pxPerM - dy * aside - at.x, v.originY - y * v.pxPerM - dx * aside - at.y);
        if (px < bestPx) {
            best = i;
            bestPx = px;
        }
    }
    return best;
}
