/*
 * route.h: which handler answers which method and path, and what its request may be. One table
 * (api.c); openapi.json lists the same, and a test compares the two.
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

/* What stood at the {names} of the pattern, in their order. */
struct route_params {
    char value[ROUTE_MAX_PARAMS][ROUTE_PARAM_MAX + 1];
};

struct exchange;

/* Fills x->response; -1: the error becomes the answer. On a worker's thread unless the route says
 * inline. */
typedef int route_handler(struct exchange *x, struct err *e);

enum route_flags {
    ROUTE_WRITES = 1, /* changes something: Origin and token are checked */
    ROUTE_POSTED = 2, /* changes nothing but is asked by POST: Origin is checked */
    ROUTE_LONG = 4,   /* may stream for long: has a worker of its own */
    ROUTE_PAST = 16,  /* with ROUTE_LONG: reads a race's past, which can go on for hours */
    ROUTE_SQL = 32,   /* a statement: threads of its own, the token beyond loopback */
    ROUTE_INLINE = 8, /* answers at once: on the server's thread */
};

struct route {
    enum method method;  /* GET answers HEAD too */
    const char *pattern; /* "/api/races/{runId}/board" */
    route_handler *handler;
    unsigned flags;
    uint32_t body_max; /* bytes; 0: a body is read and not looked at, up to 64 KiB */
};

extern const struct route routes[];
extern const size_t routes_n;

/* NULL: none; then `allow` says which methods the path knows ("GET, HEAD"), "" where it is no path
 * of ours. A HEAD finds the GET. */
const struct route *route_find(
    enum method m, const char *path, struct route_params *params, char allow[64]);

/* The same for a path in which the library has decoded a %2F: the first `slashes` of them behind
 * /api/races/ belong to the runId. False: there are fewer. */
bool route_find_joined(const struct route **found, enum method m, const char *path,
    unsigned slashes, struct route_params *params, char allow[64]);

/* Replaces %XX by their bytes, in place. A % without two hexadecimal digits stays, and so does %00.
 */
void route_decode(char *value);

/* Fill `params` where the path fits the pattern. */
bool route_matches(const char *pattern, const char *path, struct route_params *params);

#endif
