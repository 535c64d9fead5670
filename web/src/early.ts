// The push socket of the race in the address, opened while the page's scripts are still on their way: on a slow connection the
// first positions are there as soon as something can draw them. What comes is kept, but not for long; the page's own socket
// takes it over (wire/socket.ts).
import type { EarlySocket } from './wire/early';

const KEPT_BYTES = 64 * 1024;

const named = document.querySelector<HTMLMetaElement>('meta[name="trackside-race"]')?.content;
const race = new URLSearchParams(location.search).get('race') ?? named;
if (race && location.pathname === '/' && !document.hidden) {
    const url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws?race=${encodeURIComponent(race)}`;
    const early: EarlySocket = { url, ws: new WebSocket(url), messages: [] };
    let bytes = 0;
    early.ws.binaryType = 'arraybuffer';
    early.ws.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
        early.messages.push(data);
        bytes += typeof data === 'string' ? data.length : data.byteLength;
        if (bytes > KEPT_BYTES) {
            early.ws.close();
        }
    };
    (globalThis as { tracksideEarly?: EarlySocket }).tracksideEarly = early;
}
