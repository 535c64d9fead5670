/*
 * server.h: HTTP and WebSocket (libwebsockets), one thread for all sockets, a few workers for what
 * takes long.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "api/base_map.h"
#include "base/err.h"
#include "http/gate/address.h"
#include "live/engine.h"
#include "push/hub.h"
#include "store/store.h"

#include <stddef.h>

struct server;

struct server_options {
    const char *listen; /* "127.0.0.1:8080", "[::1]:0"; port 0: the system's choice */
    const char *token;  /* admin token; NULL: none. Needed by what changes state once listen is not
                           loopback */
    const struct base_map *base_map; /* borrowed: what lies under the page's maps */
    const char *tiles_attribution;   /* what the page says of them, as text; NULL: nothing */
    const char *frame_ancestors;     /* of embed_policy_parse; NULL: EMBED_POLICY_OWN */
    struct address_trust trust;      /* proxies whose X-Forwarded-For is believed */
    size_t client_memory; /* bytes held for clients (budget.h); 0: BUDGET_DEFAULT_BYTES */
    bool public_sql;      /* statements need no token beyond loopback */
    unsigned per_client;  /* connections of one client; 0: GATE_PER_CLIENT */
    struct store *store;  /* borrowed, all three */
    struct engine *engine;
    struct hub *hub;
};

struct server *server_new(const struct server_options *o,
    struct err *e) MUST_CHECK; /* binds; a port that is taken is named */
void server_free(struct server *s);
/* "http://127.0.0.1:8080", an address that opens on this machine. */
const char *server_address(const struct server *s);

/* The same from other machines while it listens at every address, "" else. */
const char *server_outside(const struct server *s);

int server_run(struct server *s, struct err *e) MUST_CHECK; /* until server_stop */
void server_stop(struct server *s);                         /* async-signal-safe */

#endif
