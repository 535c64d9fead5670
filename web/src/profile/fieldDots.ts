// The field on the profile of a course: everybody at their distance within the lap, in the order and the colours of the map. However
// many there are, a pixel is painted once for each status.
import { distanceAt } from '../model/frames';
import type { Between } from '../model/frames';
import { heightAt, inLap, yOf } from '../model/profile';
import type { Profile } from '../model/profile';
import { css } from '../map/palette';
import type { Palette } from '../map/palette';
import { laneOf } from '../map/renderer';
import { HIDDEN } from '../wire/frame';
import { Status } from '../wire/types';

const LANE_PX = 4;
/** Space between a dot and its name. */
const GAP_PX = 8;
const ORDER = [Status.Finished, Status.NotSeen, Status.OnCourse, Status.InGeofence];

/** A followed competitor: dense number and what is written beside it. */
export interface Named {
    number: number;
    name: string;
}

export interface Picture {
    width: number;
    height: number;
    top: number;
    /** Device pixels to a CSS pixel. */
    dpr: number;
    palette: Palette;
    font: string;
}

function dotPx(n: number): number {
    return n <= 200 ? 7 : n <= 2_000 ? 5 : 4;
}

/** Draws the field of a moment; `selected` is a dense number, -1 for none. */
export function drawField(c: CanvasRenderingContext2D, p: Profile, b: Between, named: readonly Named[], selected: number, picture: Picture): void {
    const { width, height, dpr, palette } = picture;
    c.setTransform(dpr, 0, 0, dpr, 0, 0);
    c.clearRect(0, 0, width, height);
    const place = (i: number): [number, number] => {
        const m = inLap(p, distanceAt(b, i));
        return [(m / p.lapM) * width, yOf(p, heightAt(p, m), picture)];
    };
    drawCrowd(c, b, place, picture);
    const marked = named.some((who) => who.number === selected) || selected < 0 ? named : [...named, { number: selected, name: '' }];
    for (const { number, name } of marked) {
        if (number >= 0 && number < b.from.n) {
            mark(c, place(number), number === selected, name, picture, css(palette[colourOf(b.from.status[number]!)]));
        }
    }
}

function colourOf(status: number): 'notSeen' | 'onCourse' | 'inGeofence' | 'finished' {
    return status === Status.OnCourse ? 'onCourse' : status === Status.InGeofence ? 'inGeofence' : status === Status.Finished ? 'finished' : 'notSeen';
}

function drawCrowd(c: CanvasRenderingContext2D, b: Between, place: (i: number) => [number, number], { width, height, palette }: Picture): void {
    const { n, status, sent = status } = b.from;
    const dot = dotPx(n);
    const lane = n > 1 ? LANE_PX : 0;
    const painted = new Uint8Array((Math.ceil(width) + 1) * (Math.ceil(height) + 1));
    ORDER.forEach((wanted, k) => {
        c.fillStyle = css(palette[colourOf(wanted)]);
        c.beginPath();
        for (let i = 0; i < n; i++) {
            if (status[i] !== wanted || sent[i] === HIDDEN) {
                continue;
            }
            const [x, line] = place(i);
            const y = Math.max(dot / 2, Math.min(height - dot / 2, line + laneOf(i) * lane));
            const pixel = Math.round(y) * (Math.ceil(width) + 1) + Math.round(x);
            if (painted[pixel]! <= k) {
                painted[pixel] = k + 1;
                shape(c, wanted, x, y, dot / 2);
            }
        }
        c.fill();
    });
}

// Round, a diamond or a square, as on the map.
function shape(c: CanvasRenderingContext2D, status: number, x: number, y: number, r: number): void {
    c.moveTo(x + r, y);
    if (status === Status.InGeofence) {
        c.lineTo(x, y + r * 1.2);
        c.lineTo(x - r * 1.2, y);
        c.lineTo(x, y - r * 1.2);
        c.closePath();
    } else if (status === Status.Finished) {
        c.rect(x - r * 0.8, y - r * 0.8, r * 1.6, r * 1.6);
    } else {
        c.arc(x, y, r, 0, 2 * Math.PI);
    }
}

function mark(c: CanvasRenderingContext2D, [x, y]: [number, number], selected: boolean, name: string, { width, palette, font }: Picture, colour: string): void {
    c.beginPath();
    c.arc(x, y, 5, 0, 2 * Math.PI);
    c.fillStyle = colour;
    c.fill();
    c.lineWidth = 2.5;
    c.strokeStyle = css(selected ? palette.ink : palette.tail);
    c.stroke();
    if (name !== '') {
        c.font = font;
        c.textBaseline = 'middle';
        const left = x + GAP_PX + c.measureText(name).width < width;
        c.textAlign = left ? 'left' : 'right';
        const at = left ? x + GAP_PX : x - GAP_PX;
        c.lineWidth = 3;
        c.lineJoin = 'round';
        c.strokeStyle = css(palette.halo);
        c.strokeText(name, at, y - 9);
        c.fillStyle = css(palette.ink);
        c.fillText(name, at, y - 9);
    }
}
