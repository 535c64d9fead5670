// The dots on WebGL2: each competitor is its distance in two ticks; the vertex shader mixes them and looks the place up
// in a texture of the course, so a frame costs the CPU a handful of calls however many run.
import type { Between } from '../model/frames';
import { HIDDEN } from '../wire/frame';
import type { PositionFrame } from '../wire/frame';
import type { Rgb } from './palette';
import { compile, COURSE_GLSL, locations, setCourseUniforms } from './gl';
import type { Locations } from './gl';
import { TABLE_SIDE } from './renderer';
import type { CourseTable, DotsRenderer, DotsView, OffCourse, TailsDrawer } from './renderer';
import type { Tail } from '../model/trail';
import { Ribbon } from './ribbon';

const SLOTS = 4;

const VERTEX = `#version 300 es
precision highp float;
precision highp sampler2D;
${COURSE_GLSL}
uniform float u_perUnit;
uniform float u_share;
uniform float u_dotPx;
uniform float u_lanePx;
uniform bool u_direct;
uniform int u_selected;
uniform float u_doubt;
in float a_from;
in float a_to;
in float a_status;
in vec2 a_place;
flat out int v_status;
flat out float v_px;
flat out float v_marked;
flat out float v_doubt;
float lane(uint i) {
    uint h = (i + 1u) * 0x9e3779b1u;
    h = (h ^ (h >> 15)) * 0x85ebca6bu;
    return float((h ^ (h >> 13)) >> 8) / 8388607.0 - 1.0;
}
void main() {
    vec2 along = vec2(1.0, 0.0);
    vec2 place = u_direct ? a_place : placeAt(mix(a_from, a_to, u_share) * u_perUnit, along);
    bool marked = !u_direct && gl_VertexID == u_selected;
    vec2 aside = u_direct || marked ? vec2(0.0) : vec2(-along.y, along.x) * lane(uint(gl_VertexID)) * u_lanePx;
    int sent = int(a_status + 0.5);
    v_status = sent & 127;
    v_doubt = v_status == 1 || v_status == 2 ? max(u_doubt, sent > 127 ? 0.6 : 0.0) : 0.0;
    v_marked = marked ? 1.0 : 0.0;
    v_px = (marked ? 2.2 : v_status == 2 ? 1.25 : 1.0) * u_dotPx;
    float depth = marked ? -0.9 : v_status == 2 ? -0.5 : v_status == 3 ? 0.5 : 0.0;
    gl_Position = vec4(place * u_clipPerM + u_originClip + aside * u_clipPerPx, depth, 1.0);
    if (v_status == ${HIDDEN}) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    gl_PointSize = v_px + 2.0;
}`;

const FRAGMENT = `#version 300 es
precision highp float;
uniform vec3 u_colour[4];
uniform vec3 u_halo;
uniform float u_rimPx;
uniform vec3 u_ink;
flat in int v_status;
flat in float v_px;
flat in float v_marked;
flat in float v_doubt;
out vec4 colour;
void main() {
    vec2 p = abs(gl_PointCoord * 2.0 - 1.0) * (v_px + 2.0) * 0.5;
    float r = v_px * 0.5;
    float d = v_status == 2 ? (p.x + p.y) * 0.7071 - r * 0.78
        : v_status == 3 ? max(p.x, p.y) - r * 0.82
        : length(p) - r;
    float cover = clamp(0.5 - d, 0.0, 1.0);
    if (cover <= 0.02) discard;
    float rim = v_marked > 0.5 ? r * 0.35 : u_rimPx;
    float inside = rim > 0.0 ? clamp(0.5 - (d + rim), 0.0, 1.0) : 1.0;
    vec3 edge = v_marked > 0.5 ? u_ink : u_halo;
    vec3 fill = u_colour[min(v_status, 3)];
    if (v_status == 0) { inside *= 0.25; edge = fill; fill = u_halo; }
    if (v_doubt > 0.0 && v_marked < 0.5) {
        float hole = clamp(0.5 - (d + max(1.2, r * 0.42)), 0.0, 1.0);
        cover *= (1.0 - 0.45 * v_doubt) * (1.0 - 0.85 * hole);
        fill = mix(fill, u_halo, hole);
        inside = 1.0;
    } else if (v_doubt > 0.0) {
        fill = mix(fill, u_halo, 0.8);
    }
    colour = vec4(mix(edge, fill, inside) * cover, cover);
}`;

interface Slot {
    frame: PositionFrame | null;
    unit: WebGLBuffer;
    status: WebGLBuffer;
}

export class DotsGl implements DotsRenderer {
    readonly kind = 'webgl2';
    private program!: WebGLProgram;
    private uniform!: Locations;
    private attribute!: Record<string, number>;
    private slots: Slot[] = [];
    private next = 0;
    private placeBuffer!: WebGLBuffer;
    private offStatusBuffer!: WebGLBuffer;
    private ribbon!: Ribbon;
    private tails: TailsDrawer | null = null;
    private makeTails: (gl: WebGL2RenderingContext) => TailsDrawer | null = () => null;
    private course: CourseTable | null = null;
    private lost = false;

    /** Null where there is no WebGL2. `restored` is called when a lost context is back and rebuilt. */
    static create(canvas: HTMLCanvasElement, restored: () => void): DotsGl | null {
        const gl = canvas.getContext('webgl2', { alpha: true, antialias: false, premultipliedAlpha: true,
            powerPreference: 'low-power' });
        return gl ? new DotsGl(gl, canvas, restored) : null;
    }

    private constructor(
        private readonly gl: WebGL2RenderingContext,
        private readonly canvas: HTMLCanvasElement,
        private readonly restored: () => void,
    ) {
        this.build();
        canvas.addEventListener('webglcontextlost', this.onLost);
        canvas.addEventListener('webglcontextrestored', this.onRestored);
    }

    private onLost = (event: Event): void => {
        event.preventDefault();
        this.lost = true;
    };

    private onRestored = (): void => {
        this.lost = false;
        this.build();
        this.setCourse(this.course);
        this.restored();
    };

    private build(): void {
        const gl = this.gl;
        this.program = compile(gl, VERTEX, FRAGMENT);
        this.uniform = locations(gl, this.program);
        this.attribute = Object.fromEntries(['a_from', 'a_to', 'a_status', 'a_place']
            .map((name) => [name, gl.getAttribLocation(this.program, name)]));
        this.slots = Array.from({ length: SLOTS }, () => ({
            frame: null, unit: gl.createBuffer()!, status: gl.createBuffer()!,
        }));
        this.placeBuffer = gl.createBuffer()!;
        this.offStatusBuffer = gl.createBuffer()!;
        this.ribbon = new Ribbon(gl);
        this.tails = this.makeTails(gl);
        gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
        gl.depthFunc(gl.LEQUAL);
    }

    setCourse(course: CourseTable | null): void {
        this.course = course;
        const gl = this.gl;
        gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
        gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
        gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
        const xy = course?.xy ?? new Float32Array(2 * TABLE_SIDE * TABLE_SIDE);
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.RG32F, TABLE_SIDE, TABLE_SIDE, 0, gl.RG, gl.FLOAT, xy);
    }

    setTails(make: (gl: WebGL2RenderingContext) => TailsDrawer): void {
        this.makeTails = make;
        this.tails = this.lost ? null : make(this.gl);
    }

    upload(frame: PositionFrame): void {
        this.slotOf(frame);
    }

    private slotOf(frame: PositionFrame): Slot {
        const known = this.slots.find((s) => s.frame === frame);
        if (known) {
            return known;
        }
        const gl = this.gl;
        const slot = this.slots[this.next]!;
        this.next = (this.next + 1) % SLOTS;
        slot.frame = frame;
        gl.bindBuffer(gl.ARRAY_BUFFER, slot.unit);
        gl.bufferData(gl.ARRAY_BUFFER, frame.unit, gl.DYNAMIC_DRAW);
        gl.bindBuffer(gl.ARRAY_BUFFER, slot.status);
        gl.bufferData(gl.ARRAY_BUFFER, frame.sent ?? frame.status, gl.DYNAMIC_DRAW);
        return slot;
    }

    private feed(name: string, buffer: WebGLBuffer | null, size: number, type: number): void {
        const gl = this.gl;
        const at = this.attribute[name]!;
        if (at < 0) {
            return;
        }
        if (buffer) {
            gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
            gl.enableVertexAttribArray(at);
            gl.vertexAttribPointer(at, size, type, false, 0, 0);
        } else {
            gl.disableVertexAttribArray(at);
        }
    }

    draw(between: Between | null, off: OffCourse | null, tails: readonly Tail[], view: DotsView): void {
        if (this.lost) {
            return;
        }
        const gl = this.gl;
        gl.viewport(0, 0, view.width, view.height);
        gl.clearColor(0, 0, 0, 0);
        gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
        if (between && this.course) {
            this.ribbon.draw(between, this.course, view);
            if (tails.length > 0) {
                this.tails?.draw(tails, this.course, view);
            }
        }
        gl.enable(gl.BLEND);
        gl.enable(gl.DEPTH_TEST);
        gl.useProgram(this.program);
        const u = this.uniform;
        setCourseUniforms(gl, u, (this.course?.count ?? 2) - 1, view);
        const { onCourse, inGeofence, finished, notSeen, halo, ink } = view.palette;
        const colours: Rgb[] = [notSeen, onCourse, inGeofence, finished];
        gl.uniform3fv(u('u_colour'), colours.flat());
        gl.uniform3fv(u('u_halo'), halo);
        gl.uniform3fv(u('u_ink'), ink);
        gl.uniform1f(u('u_dotPx'), view.dotPx);
        gl.uniform1f(u('u_rimPx'), view.rimPx);
        gl.uniform1f(u('u_lanePx'), view.lanePx);
        gl.uniform1f(u('u_doubt'), view.doubt);
        if (between && this.course) {
            this.drawOnCourse(between, this.course, view);
        }
        if (off && off.number.length > 0) {
            this.drawOff(off);
        }
    }

    private drawOnCourse(b: Between, course: CourseTable, view: DotsView): void {
        const gl = this.gl;
        const from = this.slotOf(b.from);
        const to = this.slotOf(b.to);
        gl.uniform1i(this.uniform('u_direct'), 0);
        gl.uniform1i(this.uniform('u_selected'), view.selected);
        gl.uniform1f(this.uniform('u_share'), b.share);
        gl.uniform1f(this.uniform('u_perUnit'), (b.from.unitM / course.lengthM) * (course.count - 1));
        this.feed('a_from', from.unit, 1, gl.UNSIGNED_SHORT);
        this.feed('a_to', to.unit, 1, gl.UNSIGNED_SHORT);
        this.feed('a_status', from.status, 1, gl.UNSIGNED_BYTE);
        this.feed('a_place', null, 2, gl.FLOAT);
        gl.drawArrays(gl.POINTS, 0, b.from.n);
    }

    private drawOff(off: OffCourse): void {
        const gl = this.gl;
        gl.uniform1i(this.uniform('u_direct'), 1);
        gl.uniform1i(this.uniform('u_selected'), -1);
        gl.bindBuffer(gl.ARRAY_BUFFER, this.placeBuffer);
        gl.bufferData(gl.ARRAY_BUFFER, off.xy, gl.DYNAMIC_DRAW);
        gl.bindBuffer(gl.ARRAY_BUFFER, this.offStatusBuffer);
        gl.bufferData(gl.ARRAY_BUFFER, off.status, gl.DYNAMIC_DRAW);
        this.feed('a_from', null, 1, gl.UNSIGNED_SHORT);
        this.feed('a_to', null, 1, gl.UNSIGNED_SHORT);
        this.feed('a_status', this.offStatusBuffer, 1, gl.UNSIGNED_BYTE);
        this.feed('a_place', this.placeBuffer, 2, gl.FLOAT);
        gl.drawArrays(gl.POINTS, 0, off.number.length);
    }

    release(): void {
        this.canvas.removeEventListener('webglcontextlost', this.onLost);
        this.canvas.removeEventListener('webglcontextrestored', this.onRestored);
        this.gl.getExtension('WEBGL_lose_context')?.loseContext();
    }
}
