/*
 * viewers.h: the push socket at /ws: a server's WebSocket connections become viewers of the hub.
 * The server's thread, but for the first view of a race, which a worker fetches.
 */
#ifndef API_VIEWERS_H
#define API_VIEWERS_H

#include "http/websocket.h"

extern const struct websocket_ops viewers_websocket; /* `app` is a struct api */

/* What the hub has to do now. `api` is a struct api. Returns after how many ms to be called again;
 * -1: not before the hub wakes the server. */
int viewers_run(void *api);

#endif
