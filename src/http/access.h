/*
 * access.h: who may do what. The Host and Origin headers are checked against pages of other sites
 * (DNS rebinding, cross-site requests). The admin token is checked where the server listens beyond
 * this machine.
 *
 * All texts are header values as they came, NULL where the header is missing. Nothing is kept but
 * the count of wrong tokens. Any thread.
 */
#ifndef HTTP_ACCESS_H
#define HTTP_ACCESS_H

#include "base/err.h"
#include "http/gate/address.h"
#include "http/gate/host.h"

#include <stdbool.h>
#include <stdint.h>

struct attempts;

/* Routes that need the token beyond loopback, as error texts call them. Static texts. */
struct access_rule {
    const char *subject; /* "SQL" */
    const char *lost;    /* what a server without a token does not do: "it answers no SQL" */
    const char *units;   /* what one client may have too many of: "statements" */
    const char *opener;  /* the option that opens them to everybody: "--public-sql"; NULL: none */
    bool open;           /* they need no token */
};

struct access {
    struct host_port listen;
    const char *token;         /* borrowed; NULL: none */
    struct attempts *attempts; /* of wrong tokens (attempts.h), borrowed; NULL: not counted */
    struct access_rule costly; /* of routes with ROUTE_COSTLY */
};

/* While the server listens on loopback, the Host has to be a loopback name or the listening
 * address: a page of another site could otherwise reach it under a name of its own.
 * ERR_FORBIDDEN. */
int access_host(const struct access *a, const char *host, struct err *e) MUST_CHECK;

/* A request that changes something, and a WebSocket, may come from the server's own page or from no
 * page at all. ERR_FORBIDDEN. */
int access_origin(const char *origin, const char *host, struct err *e) MUST_CHECK;

/* On loopback everything may be changed, beyond it only with "Bearer TOKEN". ERR_UNAUTHORIZED;
 * ERR_FORBIDDEN: the server has no token; ERR_TOO_MANY: the client has sent too many wrong ones,
 * and this one was not looked at. A wrong one is counted for the client. */
int access_write(const struct access *a, const struct address *client, const char *authorization,
    struct err *e) MUST_CHECK;

/* The same for a costly route, which everybody may use where costly.open says so. */
int access_costly(const struct access *a, const struct address *client, const char *authorization,
    struct err *e) MUST_CHECK;

#endif
