// A stand-in for the program, for work on the page alone: `node dev/server.mjs [port] [competitors]` serves dist/ and
// one made-up race per course. Nothing in it is measured or right; it is not shipped.
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { extname, join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';

const here = dirname(fileURLToPath(import.meta.url));
const [port = 8471, competitors = 1000, speed = 1, already = 600] = process.argv.slice(2).map(Number);
const MIME = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
const X = [-0.064245, -0.064524, -0.065779, -0.065801, -0.065865, -0.06579, -0.065854, -0.065962, -0.065672, -0.065329, -0.064824, -0.064277, -0.063977, -0.063805, -0.063719, -0.063644, -0.063859, -0.063988, -0.064181, -0.065178, -0.065887, -0.066606, -0.067292, -0.068354, -0.06859, -0.06903, -0.068976, -0.067281, -0.066777, -0.066359, -0.06564, -0.065597, -0.065608, -0.06579, -0.065822, -0.066858, -0.068118, -0.068837, -0.069143, -0.069041, -0.06961, -0.070479, -0.070725, -0.070618, -0.070522, -0.0705, -0.070511, -0.07065, -0.071326, -0.071637, -0.071659, -0.071133, -0.071173, -0.071857, -0.072002, -0.072238, -0.073204, -0.074212, -0.074598, -0.074813, -0.075628, -0.075757, -0.075178, -0.073912, -0.073408, -0.072742, -0.071981, -0.071726, -0.071641, -0.071388, -0.071219, -0.070994, -0.070806, -0.070656, -0.070475, -0.070213, -0.069919, -0.069695, -0.069418, -0.069199, -0.068542, -0.067217, -0.066694, -0.066166, -0.066032, -0.065114, -0.064406, -0.064556, -0.065141, -0.065726, -0.063215];
const Y = [51.419386, 51.419459, 51.419754, 51.419673, 51.419513, 51.419366, 51.419178, 51.418984, 51.41879, 51.418757, 51.41877, 51.41877, 51.41873, 51.418777, 51.418676, 51.418496, 51.418288, 51.418061, 51.417967, 51.417606, 51.417271, 51.41695, 51.416964, 51.417017, 51.417245, 51.417592, 51.417706, 51.418583, 51.419285, 51.420088, 51.421523, 51.421998, 51.42245, 51.422925, 51.423045, 51.422878, 51.422731, 51.422838, 51.423223, 51.423601, 51.423955, 51.424136, 51.424029, 51.423902, 51.423721, 51.423607, 51.42342, 51.423306, 51.422664, 51.422677, 51.422771, 51.423681, 51.424216, 51.424335, 51.423654, 51.4233, 51.421768, 51.420255, 51.419626, 51.41954, 51.420021, 51.420188, 51.421078, 51.423099, 51.423942, 51.423962, 51.423668, 51.424373, 51.424553, 51.424676, 51.424928, 51.425092, 51.42526, 51.425281, 51.42532, 51.425337, 51.425293, 51.425186, 51.425009, 51.424812, 51.4245, 51.424397, 51.424232, 51.423997, 51.423134, 51.422836, 51.422607, 51.4219, 51.421269, 51.419867, 51.419232];
const FENCE_X = [-0.0651347637176514, -0.0643622875213623, -0.0632894039154053, -0.0638902187347412, -0.0645339488983154, -0.0656068325042725, -0.0676238536834717, -0.0686323642730713, -0.0679242610931396, -0.0672805309295654, -0.0651347637176514];
const FENCE_Y = [51.41916166790023, 51.41886727626769, 51.41846583007674, 51.417997471730985, 51.41767630894881, 51.416900156242406, 51.41687339212095, 51.41715441461497, 51.41776998166006, 51.41878698731156, 51.41916166790023];
const points = X.map((x, i) => [x, Y[i]]).reverse();
const at = [0];
for (let i = 1; i < points.length; i++) {
    const dy = (points[i][1] - points[i - 1][1]) * 111_240;
    const dx = (points[i][0] - points[i - 1][0]) * 69_500;
    at.push(at[i - 1] + Math.hypot(dx, dy));
}
const length = at[at.length - 1];
const spans = [[3895, 3941], [4143, 4158], [4187, 4579], [4614, 4765]];
const feature = (role, type, coordinates, name) => ({ type: 'Feature', geometry: { type, coordinates }, properties: { role, ...(name && { name }) } });
const course = {
    type: 'FeatureCollection',
    features: [feature('route', 'LineString', points), feature('geofence', 'Polygon', [FENCE_X.map((x, i) => [x, FENCE_Y[i]])]),
        feature('start', 'Point', [-0.063253, 51.41917], 'Start'), feature('finish', 'Point', [-0.064283, 51.419324], 'Finish <b>line</b>')],
    trackside: { shortName: 'crystal', longName: 'Crystal Palace', revision: '0', laps: 1, distance: length, lapDistance: length, distances: at,
        geofenceSpans: spans, diagnostics: [{ level: 'info', code: 'start-off-line', text: 'The start is 7.4 m from the line.', at: [-0.063253, 51.41917] }] },
};
const startMs = Date.now() - already * 1000 / speed;
let anchor = { wallMs: startMs, rawTime: 0, speed };
let state = 'running';
const race = () => ({ runId: 'b3b1c6c8-52d5-4d1f-9a37-3c7b1d0c4f2a', course: 'crystal', competitors, fastest: 144, slowest: 500, stopRatio: 0.1, minPause: 10,
    maxPause: 60, seed: 1, speed, startTime: new Date(startMs).toISOString().slice(0, 19) + 'Z', state, reason: state === 'paused' ? 'by hand' : '', anchor });
const pace = Array.from({ length: competitors }, (_, i) => 144 + ((i * 7919) % 997) / 997 * 356);
const stops = Array.from({ length: competitors }, (_, i) => (i % 10 === 3 ? 10 + (i % 50) : 0));
const stopAt = Array.from({ length: competitors }, (_, i) => 4190 + (i * 31) % 380);
const distAt = (i, raw) => {
    const run = raw * 1000 / pace[i];
    const d = run <= stopAt[i] ? run : Math.max(stopAt[i], (raw - stops[i]) * 1000 / pace[i]);
    return Math.min(length, d);
};
const inside = (d) => d < length && spans.some(([a, b]) => d >= a && d < b);
const raw = () => Math.floor(anchor.rawTime + (state === 'running' ? (Date.now() - anchor.wallMs) / 1000 * anchor.speed : 0));
const unit = Math.fround(length / 65535);
let seq = 0, unitNow = new Uint16Array(competitors), statusNow = new Uint8Array(competitors), entered = new Int32Array(competitors).fill(-1), frozen = 0;
function header(kind, r) {
    const b = Buffer.alloc(32);
    b[0] = kind; b.writeUInt16LE(seq, 2); b.writeUInt32LE(competitors, 4); b.writeDoubleLE(Date.now(), 8); b.writeDoubleLE(r * 1000, 16); b.writeFloatLE(unit, 24); b.writeUInt32LE(1, 28);
    return b;
}
function key(r) {
    return Buffer.concat([header(1, r), Buffer.from(unitNow.buffer.slice(0)), Buffer.from(statusNow.buffer.slice(0))]);
}
function step(r, force) {
    const moved = Buffer.alloc(competitors), tail = [];
    for (let i = 0; i < competitors; i++) {
        const d = distAt(i, r), u = Math.round(d / unit), s = d >= length ? 3 : inside(d) ? 2 : 1;
        if (s === 2 && statusNow[i] !== 2) entered[i] = r;
        const m = u - unitNow[i];
        if (s !== statusNow[i]) { moved[i] = 255; tail.push(u & 255, u >> 8, s); } else if (m > 253) { moved[i] = 254; tail.push(u & 255, u >> 8); } else moved[i] = m;
        unitNow[i] = u; statusNow[i] = s;
    }
    seq = (seq + 1) & 0xffff;
    return force ? null : Buffer.concat([header(2, r), moved, Buffer.from(tail)]);
}
function board(r, limit) {
    const row = (i) => { const d = distAt(i, r); const done = d >= length; const t = done ? Math.ceil(length * pace[i] / 1000 + stops[i]) : r;
        return { rank: 0, competitorId: i + 1, distance: d, toGo: length - d, pacePerKm: d > 0 ? t * 1000 / d : null, rawTime: t }; };
    const all = Array.from({ length: competitors }, (_, i) => row(i)).sort((a, b) => b.distance - a.distance || a.rawTime - b.rawTime);
    all.forEach((x, k) => { x.rank = k + 1; });
    const running = all.filter((x) => x.distance < length), done = all.filter((x) => x.distance >= length);
    const fenced = running.filter((x) => inside(x.distance)).map((x) => ({ ...x, dwell: r - entered[x.competitorId - 1], dwellTotal: r - entered[x.competitorId - 1] + 9 })).sort((a, b) => b.dwell - a.dwell);
    return { type: 'board', runId: race().runId, asOf: { rawTime: r, timestamp: '' }, counts: { competitors, onCourse: running.length, inGeofence: fenced.length, finished: done.length },
        leaders: all.slice(0, limit), front: running.slice(0, limit), back: running.slice(-limit).reverse(), geofence: fenced.slice(0, limit), justFinished: done.slice(-limit).reverse() };
}
const json = (res, body, status = 200) => { res.writeHead(status, { 'Content-Type': 'application/json' }); res.end(JSON.stringify(body)); };
const server = createServer((req, res) => {
    const url = new URL(req.url, 'http://x');
    if (url.pathname === '/api/config') return json(res, { tiles: null, writable: true, version: 'dev' });
    if (url.pathname === '/api/races' && req.method === 'GET') return json(res, { races: [race()] });
    if (url.pathname === '/api/races') return json(res, { error: 'the stand-in makes no races', field: 'competitors' }, 400);
    if (url.pathname === '/api/courses') return json(res, { courses: [{ shortName: 'crystal', longName: 'Crystal Palace', distance: length, laps: 1 }] });
    if (url.pathname === '/api/courses/crystal') return json(res, course);
    const action = /\/(pause|resume|stop)$/.exec(url.pathname)?.[1];
    if (action) {
        anchor = { ...anchor, rawTime: raw(), wallMs: Date.now() };
        state = { pause: 'paused', resume: 'running', stop: 'stopped' }[action];
        for (const ws of wss.clients) ws.send(JSON.stringify({ type: 'race', race: race() }));
        return json(res, race());
    }
    const name = ['/', '/create'].includes(url.pathname) ? '/index.html' : url.pathname;
    try {
        const body = readFileSync(join(here, '../dist', name));
        res.writeHead(200, { 'Content-Type': MIME[extname(name)] ?? 'application/octet-stream',
            'Content-Security-Policy': "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; connect-src 'self'" });
        res.end(body);
    } catch { json(res, { error: 'not here' }, 404); }
});
const wss = new WebSocketServer({ server, path: '/ws' });
let last = raw();
step(last, true);
wss.on('connection', (ws) => {
    ws.limit = 10;
    ws.send(JSON.stringify({ type: 'hello', serverMs: Date.now(), race: race() }));
    ws.send(key(last));
    ws.send(JSON.stringify(board(last, 10)));
    ws.on('message', (m) => {
        const msg = JSON.parse(m);
        if (msg.type === 'ping') ws.send(JSON.stringify({ type: 'pong', t: msg.t, serverMs: Date.now() }));
        if (msg.type === 'limit') ws.limit = msg.limit;
        if (msg.type === 'key') ws.send(key(last));
    });
});
setInterval(() => {
    const r = raw();
    if (r === last || state !== 'running') return;
    last = r;
    const frame = step(r), boards = new Map(), due = anchor.wallMs + (r - anchor.rawTime) * 1000 / anchor.speed;
    for (const ws of wss.clients) {
        ws.send(frame);
        ws.send(JSON.stringify({ type: 'lag', rawTime: r, due, published: due + 3, committed: due + 6, pushed: Date.now() }));
        if (Date.now() - (ws.boardMs ?? 0) > 950) {
            ws.boardMs = Date.now();
            if (!boards.has(ws.limit)) boards.set(ws.limit, JSON.stringify(board(r, ws.limit)));
            ws.send(boards.get(ws.limit));
        }
    }
}, Math.max(100 / 4, 25));
server.listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}`));
