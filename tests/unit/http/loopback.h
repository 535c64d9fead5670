/* loopback.h: a server under test in a thread of its own, and a client of it. The client may be in
 * any thread, so it asserts nothing: what fails gives no descriptor, or no answer. */
#ifndef TESTS_UNIT_HTTP_LOOPBACK_H
#define TESTS_UNIT_HTTP_LOOPBACK_H

#include "base/buf.h"
#include "http/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#define LOOPBACK_PATIENCE_S 60 /* for a read */

static inline void *loopback_run(void *server)
{
    struct err e = {0};

    return (void *)(intptr_t)server_run(server, &e);
}

/* Runs the server in a thread of its own. Returns the port that it listens at. */
static inline int loopback_serve(struct server *s, pthread_t *thread)
{
    int port = atoi(strrchr(server_address(s), ':') + 1);

    assert_true(port > 0);
    assert_int_equal(pthread_create(thread, NULL, loopback_run, s), 0);
    return port;
}

/* Ends the server and its thread, which has ended well. */
static inline void loopback_end(struct server *s, pthread_t thread)
{
    void *rc;

    server_stop(s);
    assert_int_equal(pthread_join(thread, &rc), 0);
    assert_null(rc);
}

/* A connection, which the caller closes; -1: none. */
static inline int loopback_dial(int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct timeval patience = {.tv_sec = LOOPBACK_PATIENCE_S};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to))
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return fd;
}

/* Asks `line` ("GET /healthz") with that body, and reads until the server closes. `answer` is
 * emptied before. */
static inline void loopback_ask(int port, const char *line, const char *body, struct buf *answer)
{
    struct buf request = BUF_INIT;
    char piece[4096];
    ssize_t n;
    int fd = loopback_dial(port);

    buf_clear(answer);
    buf_addf(&request,
        "%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n%s",
        line, strlen(body), body);
    if (fd >= 0 && send(fd, request.data, request.len, MSG_NOSIGNAL) == (ssize_t)request.len)
        while ((n = recv(fd, piece, sizeof piece, 0)) > 0)
            buf_add(answer, piece, (size_t)n);
    if (fd >= 0)
        (void)close(fd);
    buf_release(&request);
}

#endif
