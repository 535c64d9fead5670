// Decoder of the push socket's binary frames (src/push/frame.h): little endian, a 32-byte header, kinds 1 to 4.
// Everything is checked against the frame's length before it is read; a frame that does not fit is an error.

export const HEADER_LEN = 32;
/** What a frame says. The numbers are those of the wire. */
export const enum FrameKind {
    /** Where everybody is. */
    Key = 1,
    /** What moved since the frame before. */
    Moved = 2,
    /** Competitors who are not on the course's line. */
    OffCourse = 3,
    /** Exact finish and geofence times that changed. */
    Times = 4,
}

const ESCAPE = 254;
const ESCAPE_STATUS = 255;
/** Added to the status of a competitor whose last position is ten raw seconds old. */
export const STALE = 128;
/** Sent in place of a status: this competitor is not drawn. */
export const HIDDEN = 127;

export interface FrameHeader {
    kind: number;
    replay: boolean;
    seq: number;
    n: number;
    serverMs: number;
    raceMs: number;
    unitM: number;
    roster: number;
}

/** Where everybody is at one tick. `unit` is distance in units of `unitM` metres, dense order. */
export interface PositionFrame extends FrameHeader {
    kind: FrameKind.Key | FrameKind.Moved;
    unit: Uint16Array;
    status: Uint8Array;
    /** The statuses as they were sent, with STALE where a position is old; left out where none is. */
    sent?: Uint8Array;
    /** The furthest that anybody went since the frame before, in units; Infinity where there is none before. */
    maxMoved: number;
}

/** Competitors who are not on the course's line. */
export interface OffCourseFrame extends FrameHeader {
    kind: FrameKind.OffCourse;
    number: Uint32Array;
    lonLat: Float64Array;
}

/** Entry time of the present visit, dwell of closed visits, finish; raw seconds, -1 for none. */
export interface TimesFrame extends FrameHeader {
    kind: FrameKind.Times;
    number: Uint32Array;
    entered: Int32Array;
    dwell: Int32Array;
    finish: Int32Array;
}

export type Frame = PositionFrame | OffCourseFrame | TimesFrame;

export function isPositionFrame(frame: Frame): frame is PositionFrame {
    return frame.kind === FrameKind.Key || frame.kind === FrameKind.Moved;
}

export class FrameError extends Error {}

/** A frame that says what moved since one that we have not seen: ask for a key frame. */
export class FrameGap extends FrameError {}

export function decodeHeader(view: DataView): FrameHeader {
    if (view.byteLength < HEADER_LEN) {
        throw new FrameError(`a frame of ${view.byteLength} bytes has no header`);
    }
    return {
        kind: view.getUint8(0),
        replay: (view.getUint8(1) & 1) !== 0,
        seq: view.getUint16(2, true),
        n: view.getUint32(4, true),
        serverMs: view.getFloat64(8, true),
        raceMs: view.getFloat64(16, true),
        unitM: view.getFloat32(24, true),
        roster: view.getUint32(28, true),
    };
}

function need(view: DataView, bytes: number): void {
    if (view.byteLength < HEADER_LEN + bytes) {
        throw new FrameError(`a frame of ${view.byteLength} bytes should have ${HEADER_LEN + bytes}`);
    }
}

const LITTLE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function readU16(view: DataView, offset: number, n: number): Uint16Array {
    const start = view.byteOffset + offset;
    const out = new Uint16Array(view.buffer.slice(start, start + 2 * n));
    for (let i = 0; i < n && !LITTLE; i++) {
        out[i] = view.getUint16(offset + 2 * i, true);
    }
    return out;
}

function furthest(unit: Uint16Array, before: PositionFrame | null): number {
    if (!before || before.n !== unit.length) {
        return Infinity;
    }
    let max = 0;
    for (let i = 0; i < unit.length; i++) {
        const moved = unit[i]! - before.unit[i]!;
        if (moved > max) {
            max = moved;
        }
    }
    return max;
}

// The statuses without the sign of silence, which few frames have.
function statuses(sent: Uint8Array): Pick<PositionFrame, 'status' | 'sent'> {
    return sent.some((s) => s >= STALE) ? { status: sent.map((s) => s & ~STALE), sent } : { status: sent };
}

function decodeKey(h: FrameHeader, view: DataView, before: PositionFrame | null): PositionFrame {
    need(view, 3 * h.n);
    const unit = readU16(view, HEADER_LEN, h.n);
    const start = view.byteOffset + HEADER_LEN + 2 * h.n;
    const sent = new Uint8Array(view.buffer.slice(start, start + h.n));
    return { ...h, kind: FrameKind.Key, unit, ...statuses(sent), maxMoved: furthest(unit, before) };
}

function decodeMoved(h: FrameHeader, view: DataView, before: PositionFrame | null): PositionFrame {
    if (!before || before.n !== h.n || before.roster !== h.roster || ((before.seq + 1) & 0xffff) !== h.seq) {
        throw new FrameGap(`frame ${h.seq} does not follow ${before ? before.seq : 'anything'}`);
    }
    need(view, h.n);
    const moved = new Uint8Array(view.buffer, view.byteOffset + HEADER_LEN, h.n);
    const unit = new Uint16Array(h.n);
    const sent = (before.sent ?? before.status).slice();
    const from = before.unit;
    let tail = HEADER_LEN + h.n;
    let max = 0;
    for (let i = 0; i < h.n; i++) {
        const m = moved[i]!;
        if (m < ESCAPE) {
            unit[i] = from[i]! + m;
        } else {
            if (tail + (m === ESCAPE ? 2 : 3) > view.byteLength) {
                throw new FrameError('a frame ends within its escapes');
            }
            unit[i] = view.getUint16(tail, true);
            tail += 2;
            if (m === ESCAPE_STATUS) {
                sent[i] = view.getUint8(tail++);
            }
        }
        if (unit[i]! - from[i]! > max) {
            max = unit[i]! - from[i]!;
        }
    }
    return { ...h, kind: FrameKind.Moved, unit, ...statuses(sent), maxMoved: max };
}

function decodeOffCourse(h: FrameHeader, view: DataView): OffCourseFrame {
    need(view, 4);
    const count = view.getUint32(HEADER_LEN, true);
    need(view, 4 + 20 * count);
    const number = new Uint32Array(count);
    const lonLat = new Float64Array(2 * count);
    for (let i = 0, at = HEADER_LEN + 4; i < count; i++, at += 20) {
        number[i] = view.getUint32(at, true);
        lonLat[2 * i] = view.getFloat64(at + 4, true);
        lonLat[2 * i + 1] = view.getFloat64(at + 12, true);
    }
    return { ...h, kind: FrameKind.OffCourse, number, lonLat };
}

function decodeTimes(h: FrameHeader, view: DataView): TimesFrame {
    need(view, 4);
    const count = view.getUint32(HEADER_LEN, true);
    need(view, 4 + 16 * count);
    const out: TimesFrame = {
        ...h,
        kind: FrameKind.Times,
        number: new Uint32Array(count),
        entered: new Int32Array(count),
        dwell: new Int32Array(count),
        finish: new Int32Array(count),
    };
    for (let i = 0, at = HEADER_LEN + 4; i < count; i++, at += 16) {
        out.number[i] = view.getUint32(at, true);
        out.entered[i] = view.getInt32(at + 4, true);
        out.dwell[i] = view.getInt32(at + 8, true);
        out.finish[i] = view.getInt32(at + 12, true);
    }
    return out;
}

/** Decode one frame. `before` is the last position frame of the same socket, for kind 2 to build on. */
export function decodeFrame(bytes: ArrayBuffer | DataView, before: PositionFrame | null): Frame {
    const view = bytes instanceof DataView ? bytes : new DataView(bytes);
    const h = decodeHeader(view);
    switch (h.kind) {
    case FrameKind.Key: return decodeKey(h, view, before);
    case FrameKind.Moved: return decodeMoved(h, view, before);
    case FrameKind.OffCourse: return decodeOffCourse(h, view);
    case FrameKind.Times: return decodeTimes(h, view);
    default: throw new FrameError(`unknown frame kind ${h.kind}`);
    }
}

// Bytes of the frame that begins here: a kind 2 frame is as long as its escapes make it.
function frameLength(view: DataView): number {
    const h = decodeHeader(view);
    if (h.kind === FrameKind.Key) {
        return HEADER_LEN + 3 * h.n;
    }
    if (h.kind === FrameKind.Moved) {
        need(view, h.n);
        let length = HEADER_LEN + h.n;
        for (let i = 0; i < h.n; i++) {
            const m = view.getUint8(HEADER_LEN + i);
            length += m === ESCAPE_STATUS ? 3 : m === ESCAPE ? 2 : 0;
        }
        return length;
    }
    need(view, 4);
    return HEADER_LEN + 4 + view.getUint32(HEADER_LEN, true) * (h.kind === FrameKind.OffCourse ? 20 : 16);
}

/** Frames one after another, as /frames answers. */
export function decodeFrames(bytes: ArrayBuffer): Frame[] {
    const frames: Frame[] = [];
    let last: PositionFrame | null = null;
    for (let at = 0; at < bytes.byteLength;) {
        const length = frameLength(new DataView(bytes, at));
        if (at + length > bytes.byteLength) {
            throw new FrameError('the answer ends within a frame');
        }
        const frame: Frame = decodeFrame(new DataView(bytes, at, length), last);
        last = isPositionFrame(frame) ? frame : last;
        frames.push(frame);
        at += length;
    }
    return frames;
}
