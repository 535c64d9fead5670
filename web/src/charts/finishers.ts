// How many have finished, over race time. It uses the exact finish times of the server, so that it is complete for a viewer who
// comes late.

export interface Curve {
    /** Race seconds, rising. */
    x: Float64Array;
    /** Finished at or before that second. */
    y: Float64Array;
}

const MOST_POINTS = 240;
const LEAD = 0.04;

function exact(times: Int32Array, startS: number, endS: number): Curve {
    const x = [startS];
    const y = [0];
    times.forEach((s, k) => {
        if (s === x[x.length - 1]) {
            y[y.length - 1] = k + 1;
        } else {
            x.push(s);
            y.push(k + 1);
        }
    });
    if (endS > x[x.length - 1]!) {
        x.push(endS);
        y.push(times.length);
    }
    return { x: Float64Array.from(x), y: Float64Array.from(y) };
}

function thinned(times: Int32Array, startS: number, endS: number, points: number): Curve {
    const x = new Float64Array(points);
    const y = new Float64Array(points);
    let done = 0;
    for (let k = 0; k < points; k++) {
        x[k] = k === points - 1 ? endS : startS + ((endS - startS) * k) / (points - 1);
        while (done < times.length && times[done]! <= x[k]!) {
            done++;
        }
        y[k] = done;
    }
    return { x, y };
}

/** `times`: finish times in order, seconds. From shortly before the first one to now; empty where nobody has finished. */
export function finishCurve(times: Int32Array, nowS: number, mostPoints = MOST_POINTS): Curve {
    if (times.length === 0) {
        return { x: new Float64Array(0), y: new Float64Array(0) };
    }
    const endS = Math.max(nowS, times[times.length - 1]!);
    const startS = Math.max(0, Math.floor(times[0]! - Math.max(1, LEAD * (endS - times[0]!))));
    return times.length + 2 <= mostPoints ? exact(times, startS, endS) : thinned(times, startS, endS, mostPoints);
}
