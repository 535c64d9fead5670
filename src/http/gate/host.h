/*
 * host.h: "host:port" as a text, as it stands in --listen, in Host and in Origin.
 *
 * Pure functions; any thread. Nothing is looked up in the DNS.
 */
#ifndef HTTP_GATE_HOST_H
#define HTTP_GATE_HOST_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a server listens: a host without brackets, and a port (0: the system chooses one). */
struct host_port {
    char host[64];
    uint16_t port;
};

/* Splits "host", "host:port" or "[v6]:port". `host` gets the name without brackets, `*port` points
 * into `text` or is NULL where there is no port. False: the text has another form, or the host does
 * not fit into `cap` bytes. */
bool host_split(const char *text, char *host, size_t cap, const char **port);

/* "127.0.0.1:8080", "[::1]:0", "localhost:80". ERR_INVALID with the field "listen". */
int host_parse_listen(const char *listen, struct host_port *out, struct err *e) MUST_CHECK;

bool host_is_loopback(const char *host); /* localhost, 127.0.0.0/8, ::1 */

#endif
