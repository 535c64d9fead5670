/*
 * route.h: which handler answers which method and path, and what its request may be. The server is
 * handed a table of routes; it has none of its own.
 *
 * Pure functions over constant tables; any thread.
 */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum method {
    METHOD_GET,
    METHOD_HEAD,
    METHOD_POST,
    METHOD_PUT,
    METHOD_DELETE,
    METHOD_PATCH,
    METHOD_OPTIONS,
    METHOD_OTHER
};

const char *route_method_name(enum method m);

#define ROUTE_MAX_PARAMS 2u
#define ROUTE_PARAM_MAX 640u /* a runId of which every byte is encoded twice is shorter */

/* What stands in the path at the {names} of the pattern, in their order. */
struct route_params {
    char value[ROUTE_MAX_PARAMS][ROUTE_PARAM_MAX + 1];
};

struct exchange;

/* Fills x->response. -1: the error becomes the answer. Runs on a worker's thread, or with
 * ROUTE_INLINE on the server's. */
typedef int route_handler(struct exchange *x, struct err *e);

enum route_flags {
    ROUTE_WRITES = 1,   /* changes something: Origin and token are checked */
    ROUTE_POSTED = 2,   /* changes nothing but is asked by POST: Origin is checked */
    ROUTE_LONG = 4,     /* may stream for long: has a thread of its own */
    ROUTE_INLINE = 8,   /* answers at once, on the server's thread: it must not wait */
    ROUTE_LONGEST = 16, /* with ROUTE_LONG: may stream for hours, and does not count among those */
    ROUTE_COSTLY = 32,  /* with ROUTE_POSTED: a pool of its own, and the token beyond loopback */
};

struct route {
    enum method method;  /* GET answers HEAD too */
    const char *pattern; /* "/api/races/{runId}/board" */
    route_handler *handler;
    unsigned flags;
    uint32_t body_max; /* bytes; 0: up to 64 KiB are read and not looked at */
};

struct route_table {
    const struct route *route;
    size_t n;
};

#define ROUTE_ALLOW_MAX 64u

/* The route of a method and a path. A HEAD finds the GET. NULL: there is none; then `allow` has the
 * methods that the path knows ("GET, HEAD"), or "" where the path fits no pattern. */
const struct route *route_find(const struct route_table *t, enum method m, const char *path,
    struct route_params *params, char allow[ROUTE_ALLOW_MAX]);

/* Replaces %XX by its byte, in place. A % without two hexadecimal digits stays, and so does %00. */
void route_decode(char *value);

/* Whether the path fits the pattern. Fills `params`, in part also where it does not fit. */
bool route_matches(const char *pattern, const char *path, struct route_params *params);

#endif
