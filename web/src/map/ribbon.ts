// The density ribbon: how many run where, as a band along the course whose width grows with the crowd, so that it is
// seen from afar, where single dots lie on top of each other.
import type { Between } from '../model/frames';
import type { PositionFrame } from '../wire/frame';
import { compile, COURSE_GLSL, locations, setCourseUniforms } from './gl';
import type { CourseTable, DotsView } from './renderer';

export const BINS = 1_024;
/** The ribbon's direction is taken over so many parts on either side, because a line with a vertex each metre is unsteady. */
const SPAN_BINS = '3.0';
/** At least so many neighbours on either side are averaged, so that chance makes no spikes. */
const LEAST_REACH = 5;
/** The ribbon has half its full width where it is this many times as full as if all were spread evenly. */
const HALF_AT_TIMES = 1.5;

const VERTEX = `#version 300 es
precision highp float;
precision highp sampler2D;
${COURSE_GLSL}
uniform float u_ribbonPx;
uniform float u_bins;
uniform float u_half;
in float a_count;
out float v_px;
out float v_across;
void main() {
    vec2 along;
    float t = (float(gl_VertexID >> 1) + 0.5) / u_bins * u_last;
    float near = ${SPAN_BINS} * u_last / u_bins;
    vec2 ahead = placeAt(min(t + near, u_last), along) - placeAt(max(t - near, 0.0), along);
    vec2 place = placeAt(t, along);
    along = length(ahead) > 0.0 ? normalize(ahead) : along;
    float px = a_count < 0.2 ? 0.0 : u_ribbonPx * a_count / (a_count + u_half);
    float side = (gl_VertexID & 1) == 0 ? -0.5 : 0.5;
    v_px = 0.5 * px;
    v_across = side * (px + 2.0);
    gl_Position = vec4(place * u_clipPerM + u_originClip + vec2(-along.y, along.x) * v_across * u_clipPerPx, 0.9, 1.0);
    if (px == 0.0) v_across = 1.0;
}`;

const FRAGMENT = `#version 300 es
precision highp float;
uniform vec3 u_tint;
in float v_px;
in float v_across;
out vec4 colour;
void main() {
    float cover = 0.4 * clamp(v_px - abs(v_across) + 0.5, 0.0, 1.0);
    colour = vec4(u_tint * cover, cover);
}`;

// The mean of each place and `reach` neighbours on either side; beyond the ends there is nobody.
function average(from: ArrayLike<number>, to: Float32Array, reach: number): void {
    let sum = 0;
    for (let k = 0; k < reach; k++) {
        sum += from[k]!;
    }
    for (let k = 0; k < BINS; k++) {
        sum += k + reach < BINS ? from[k + reach]! : 0;
        to[k] = sum / (2 * reach + 1);
        sum -= k - reach >= 0 ? from[k - reach]! : 0;
    }
}

/** How many are in each of `BINS` equal parts of the course; finishers are left out. The fewer run, the more neighbours are
 * averaged, so that single runners make no spikes. */
export function countBins(frame: PositionFrame, lengthM: number, out: Float32Array): void {
    const raw = new Uint32Array(BINS);
    const perUnit = (frame.unitM / lengthM) * BINS;
    for (let i = 0; i < frame.n; i++) {
        const s = frame.status[i]!;
        if (s === 1 || s === 2) {
            raw[Math.min(BINS - 1, Math.floor(frame.unit[i]! * perUnit))]!++;
        }
    }
    const reach = Math.max(LEAST_REACH, Math.min(12, Math.round((8 * BINS) / Math.max(1, frame.n))));
    const once = new Float32Array(BINS);
    average(raw, once, reach);
    average(once, out, reach);
}

export class Ribbon {
    private readonly program: WebGLProgram;
    private readonly uniform: (name: string) => WebGLUniformLocation | null;
    private readonly buffer: WebGLBuffer;
    private readonly count: number;
    private readonly bins = new Float32Array(BINS);
    private readonly twice = new Float32Array(2 * BINS);
    private counted: PositionFrame | null = null;

    constructor(private readonly gl: WebGL2RenderingContext) {
        this.program = compile(gl, VERTEX, FRAGMENT);
        this.uniform = locations(gl, this.program);
        this.buffer = gl.createBuffer()!;
        this.count = gl.getAttribLocation(this.program, 'a_count');
    }

    draw(b: Between, course: CourseTable, view: DotsView): void {
        if (view.ribbonPx <= 0 || b.from.n === 0) {
            return;
        }
        const gl = this.gl;
        gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
        if (this.counted !== b.from) {
            this.counted = b.from;
            countBins(b.from, course.lengthM, this.bins);
            for (let k = 0; k < BINS; k++) {
                this.twice[2 * k] = this.twice[2 * k + 1] = this.bins[k]!;
            }
            gl.bufferData(gl.ARRAY_BUFFER, this.twice, gl.DYNAMIC_DRAW);
        }
        gl.disable(gl.BLEND);
        gl.disable(gl.DEPTH_TEST);
        gl.useProgram(this.program);
        setCourseUniforms(gl, this.uniform, course.count - 1, view);
        gl.uniform1f(this.uniform('u_ribbonPx'), view.ribbonPx);
        gl.uniform1f(this.uniform('u_bins'), BINS);
        gl.uniform1f(this.uniform('u_half'), (HALF_AT_TIMES * b.from.n) / BINS);
        gl.uniform3fv(this.uniform('u_tint'), view.palette.onCourse);
        for (let at = 0; at < 4; at++) {
            gl.disableVertexAttribArray(at);
        }
        gl.enableVertexAttribArray(this.count);
        gl.vertexAttribPointer(this.count, 1, gl.FLOAT, false, 0, 0);
        gl.drawArrays(gl.TRIANGLE_STRIP, 0, 2 * BINS);
        gl.disableVertexAttribArray(this.count);
    }
}
