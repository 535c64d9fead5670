// What early.ts hands over: a socket that may be open already, and what it has said so far.

export interface EarlySocket {
    url: string;
    ws: WebSocket;
    messages: (string | ArrayBuffer)[];
}

/** The early socket if it is for this address and still good; the first call takes or ends it. */
export function takeEarly(url: string): EarlySocket | null {
    const keeper = globalThis as { tracksideEarly?: EarlySocket | undefined };
    const early = keeper.tracksideEarly;
    keeper.tracksideEarly = undefined;
    if (!early) {
        return null;
    }
    if (early.url === url && early.ws.readyState <= WebSocket.OPEN) {
        return early;
    }
    early.ws.close();
    return null;
}
