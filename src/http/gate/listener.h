/*
 * listener.h: the listening socket, and how the address is told to people.
 */
#ifndef HTTP_GATE_LISTENER_H
#define HTTP_GATE_LISTENER_H

#include "base/err.h"
#include "http/gate/host.h"

#define LISTENER_URL_MAX 128u

struct listener {
    int fd;                         /* listening, not blocking; -1: none */
    char url[LISTENER_URL_MAX];     /* "http://127.0.0.1:8080": opens on this machine */
    char outside[LISTENER_URL_MAX]; /* the same from other machines; "" where it is `url` or where
                                       the machine has no address but loopback's */
};

/* Binds and listens. Port 0 in `a` becomes the one that the system chose. The error names a port
 * that is taken. The caller closes out->fd. */
int listener_open(struct host_port *a, struct listener *out, struct err *e) MUST_CHECK;

#endif
