// What the WebGL2 programs share: compiling, and looking a place on the course up in its texture.
import { TABLE_SIDE } from './renderer';
import type { DotsView } from './renderer';

export const COURSE_GLSL = `
uniform sampler2D u_course;
uniform float u_last;
uniform vec2 u_clipPerM;
uniform vec2 u_originClip;
uniform vec2 u_clipPerPx;
vec2 texel(int k) { return texelFetch(u_course, ivec2(k % ${TABLE_SIDE}, k / ${TABLE_SIDE}), 0).xy; }
vec2 placeAt(float t, out vec2 along) {
    float k = clamp(floor(t), 0.0, u_last - 1.0);
    vec2 a = texel(int(k));
    vec2 b = texel(int(k) + 1);
    vec2 wide = texel(int(min(k + 3.0, u_last))) - texel(int(max(k - 2.0, 0.0)));
    float len = length(wide);
    along = len > 0.0 ? wide / len : vec2(1.0, 0.0);
    return mix(a, b, clamp(t - k, 0.0, 1.0));
}`;

export function compile(gl: WebGL2RenderingContext, vertex: string, fragment: string): WebGLProgram {
    const program = gl.createProgram()!;
    for (const [type, text] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]] as const) {
        const shader = gl.createShader(type)!;
        gl.shaderSource(shader, text);
        gl.compileShader(shader);
        if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost()) {
            throw new Error(`shader: ${gl.getShaderInfoLog(shader)}`);
        }
        gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
        throw new Error(`shader program: ${gl.getProgramInfoLog(program)}`);
    }
    return program;
}

export type Locations = (name: string) => WebGLUniformLocation | null;

/** Where a program's uniforms are; each is asked for once. */
export function locations(gl: WebGL2RenderingContext, program: WebGLProgram): Locations {
    const known = new Map<string, WebGLUniformLocation | null>();
    return (name) => {
        if (!known.has(name)) {
            known.set(name, gl.getUniformLocation(program, name));
        }
        return known.get(name)!;
    };
}

/** The uniforms that COURSE_GLSL needs. */
export function setCourseUniforms(gl: WebGL2RenderingContext, at: Locations, last: number, v: DotsView): void {
    gl.uniform1i(at('u_course'), 0);
    gl.uniform1f(at('u_last'), last);
    gl.uniform2f(at('u_clipPerM'), (2 * v.pxPerM) / v.width, (2 * v.pxPerM) / v.height);
    gl.uniform2f(at('u_originClip'), (2 * v.originX) / v.width - 1, 1 - (2 * v.originY) / v.height);
    gl.uniform2f(at('u_clipPerPx'), 2 / v.width, 2 / v.height);
}
