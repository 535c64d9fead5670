import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffMs, RaceSocket } from '../src/wire/socket';
import type { Frame } from '../src/wire/frame';

// What the browser gives, as far as it is used; `said` is what the page sent.
class FakeSocket {
    static readonly OPEN = 1;
    static last: FakeSocket;
    static made = 0;
    readyState = 1;
    binaryType = '';
    said: { type: string }[] = [];
    onopen: (() => void) | null = null;
    onmessage: ((event: { data: string | ArrayBuffer }) => void) | null = null;
    onclose: (() => void) | null = null;
    onerror: (() => void) | null = null;

    constructor() {
        FakeSocket.last = this;
        FakeSocket.made++;
    }

    send(text: string): void {
        this.said.push(JSON.parse(text) as { type: string });
    }

    close(): void {
        this.readyState = 3;
    }

    of(type: string): number {
        return this.said.filter((m) => m.type === type).length;
    }
}

const nothing = (): void => undefined;
const page = new EventTarget();
Object.assign(globalThis, {
    WebSocket: FakeSocket, addEventListener: page.addEventListener.bind(page), removeEventListener: page.removeEventListener.bind(page),
});

function frame(kind: number, seq: number, bytes: number[]): ArrayBuffer {
    const view = new DataView(new ArrayBuffer(32 + bytes.length));
    view.setUint8(0, kind);
    view.setUint16(2, seq, true);
    view.setUint32(4, 1, true);
    bytes.forEach((b, i) => view.setUint8(32 + i, b));
    return view.buffer;
}

async function until(what: string, ok: () => boolean): Promise<void> {
    for (let k = 0; !ok(); k++) {
        assert.ok(k < 1_000, what);
        await new Promise((done) => setTimeout(done, 20));
    }
}

test('a gap asks for a key frame, and again where the next one does not come: also when no frame follows', async () => {
    const frames: Frame[] = [];
    const socket = new RaceSocket('ws://somewhere/ws', { link: nothing, frame: (f) => frames.push(f), board: nothing, race: nothing, lag: nothing });
    const ws = FakeSocket.last;
    ws.onopen!();
    ws.onmessage!({ data: frame(1, 1, [5, 0, 1]) });
    ws.onmessage!({ data: frame(2, 2, [3]) });
    assert.deepEqual([frames.length, ws.of('key')], [2, 0]);

    ws.onmessage!({ data: frame(2, 4, [3]) });
    await until('it asks', () => ws.of('key') === 1);
    ws.onmessage!({ data: frame(2, 5, [3]) });
    assert.equal(ws.of('key'), 1, 'once a second at most');
    await until('it asks again, although nothing more comes', () => ws.of('key') === 2);
    ws.onmessage!({ data: frame(1, 6, [9, 0, 1]) });
    assert.equal(frames.length, 3);

    ws.onmessage!({ data: frame(2, 8, [1]) });
    ws.onmessage!({ data: frame(1, 9, [9, 0, 1]) });
    await new Promise((done) => setTimeout(done, 1_300));
    assert.equal(ws.of('key'), 2, 'a key frame that comes by itself is enough');
    socket.close();
});

test('with the network back it does not wait for its next try, and once closed for nothing', () => {
    const socket = new RaceSocket('ws://somewhere/ws', { link: nothing, frame: nothing, board: nothing, race: nothing, lag: nothing });
    const made = FakeSocket.made;
    page.dispatchEvent(new Event('online'));
    assert.equal(FakeSocket.made, made, 'one that is there is left alone');
    for (let k = 1; k <= 8; k++) {
        FakeSocket.last.onclose!();
        assert.equal(FakeSocket.made, made + k - 1, 'it waits');
        page.dispatchEvent(new Event('online'));
        assert.equal(FakeSocket.made, made + k);
    }
    socket.close();
    page.dispatchEvent(new Event('online'));
    assert.equal(FakeSocket.made, made + 8);
});

test('tries come later and later, each with some chance in it', () => {
    const waits = [0, 1, 2, 5, 9].map((n) => backoffMs(n, 1));
    assert.deepEqual(waits, [500, 1_000, 2_000, 15_000, 15_000]);
    assert.equal(backoffMs(3, 0), 2_000);
});
