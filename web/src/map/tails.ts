// The tails of followed competitors on WebGL2: a band along the course behind each, which gets thinner and paler with age.
import { TAIL_POINTS } from '../model/trail';
import type { Tail } from '../model/trail';
import { compile, COURSE_GLSL, locations, setCourseUniforms } from './gl';
import type { Locations } from './gl';
import { laneOf } from './renderer';
import type { CourseTable, DotsView } from './renderer';

const VERTEX = `#version 300 es
precision highp float;
precision highp sampler2D;
${COURSE_GLSL}
uniform float u_perM;
uniform float u_wide;
uniform float u_lanePx;
in vec3 a_at;
out float v_new;
out float v_across;
out float v_half;
void main() {
    vec2 along;
    vec2 place = placeAt(a_at.x * u_perM, along);
    float half_ = u_wide * (0.25 + 0.75 * a_at.y);
    float side = (gl_VertexID & 1) == 0 ? -1.0 : 1.0;
    v_new = a_at.y;
    v_half = half_;
    v_across = side * (half_ + 1.0);
    vec2 aside = vec2(-along.y, along.x) * (v_across + a_at.z * u_lanePx);
    gl_Position = vec4(place * u_clipPerM + u_originClip + aside * u_clipPerPx, 0.8, 1.0);
}`;

const FRAGMENT = `#version 300 es
precision highp float;
uniform vec3 u_tint;
uniform vec3 u_halo;
in float v_new;
in float v_across;
in float v_half;
out vec4 colour;
void main() {
    float off = abs(v_across);
    float cover = clamp(v_half - off + 0.5, 0.0, 1.0) * smoothstep(0.0, 0.7, v_new);
    vec3 tint = mix(u_halo, u_tint, clamp(v_half * 0.72 - off + 0.5, 0.0, 1.0));
    colour = vec4(tint * cover, cover);
}`;

const FLOATS = 3;

export class TailsGl {
    private readonly program: WebGLProgram;
    private readonly uniform: Locations;
    private readonly buffer: WebGLBuffer;
    private readonly at: number;
    private data = new Float32Array(0);

    constructor(private readonly gl: WebGL2RenderingContext) {
        this.program = compile(gl, VERTEX, FRAGMENT);
        this.uniform = locations(gl, this.program);
        this.buffer = gl.createBuffer()!;
        this.at = gl.getAttribLocation(this.program, 'a_at');
    }

    draw(tails: readonly Tail[], course: CourseTable, view: DotsView): void {
        const gl = this.gl;
        gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
        gl.bufferData(gl.ARRAY_BUFFER, this.vertices(tails, view.selected), gl.DYNAMIC_DRAW);
        gl.enable(gl.BLEND);
        gl.disable(gl.DEPTH_TEST);
        gl.useProgram(this.program);
        setCourseUniforms(gl, this.uniform, course.count - 1, view);
        gl.uniform1f(this.uniform('u_perM'), (course.count - 1) / course.lengthM);
        gl.uniform1f(this.uniform('u_wide'), view.tailPx / 2);
        gl.uniform1f(this.uniform('u_lanePx'), view.lanePx);
        gl.uniform3fv(this.uniform('u_tint'), view.palette.tail);
        gl.uniform3fv(this.uniform('u_halo'), view.palette.halo);
        for (let k = 0; k < 4; k++) {
            gl.disableVertexAttribArray(k);
        }
        gl.enableVertexAttribArray(this.at);
        gl.vertexAttribPointer(this.at, FLOATS, gl.FLOAT, false, 0, 0);
        for (let k = 0; k < tails.length; k++) {
            gl.drawArrays(gl.TRIANGLE_STRIP, k * 2 * TAIL_POINTS, 2 * TAIL_POINTS);
        }
        gl.disableVertexAttribArray(this.at);
    }

    // Two vertices a place, one on either side; the selected competitor is in no lane.
    private vertices(tails: readonly Tail[], selected: number): Float32Array {
        const size = tails.length * 2 * TAIL_POINTS * FLOATS;
        const data = this.data.length === size ? this.data : (this.data = new Float32Array(size));
        let at = 0;
        for (const tail of tails) {
            const lane = tail.number === selected ? 0 : laneOf(tail.number);
            for (let k = 0; k < 2 * TAIL_POINTS; k++) {
                data[at++] = tail.metres[k >> 1]!;
                data[at++] = tail.newness[k >> 1]!;
                data[at++] = lane;
            }
        }
        return data;
    }
}
