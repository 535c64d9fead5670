// Opens the push socket of the race in the address while the page's scripts are still loading. On a slow connection the first
// positions have then arrived when the page can draw them. Messages are kept up to KEPT_BYTES; the page's own socket
// (wire/socket.ts) takes this one over with them.
import type { EarlySocket } from './wire/early';

const KEPT_BYTES = 64 * 1024;
// The rows that the page shows first (session/boards.ts). The server sends ten until it is asked for more.
const ASK_ROWS = '{"type":"limit","limit":50}';

const named = document.querySelector<HTMLMetaElement>('meta[name="trackside-race"]')?.content;
const race = new URLSearchParams(location.search).get('race') ?? named;
if (race && location.pathname === '/' && !document.hidden) {
    const url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws?race=${encodeURIComponent(race)}`;
    const early: EarlySocket = { url, ws: new WebSocket(url), messages: [] };
    let bytes = 0;
    early.ws.binaryType = 'arraybuffer';
    early.ws.onopen = () => early.ws.send(ASK_ROWS);
    early.ws.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
        early.messages.push(data);
        bytes += typeof data === 'string' ? data.length : data.byteLength;
        if (bytes > KEPT_BYTES) {
            early.ws.close();
        }
    };
    (globalThis as { tracksideEarly?: EarlySocket }).tracksideEarly = early;
}
