#include "http/gate/gate_internal.h"

#include "base/mem.h"
#include "http/gate/head.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS 256
#define ROUNDS 4 /* of events in one run, so that others get their turn */
#define DROPS 64
#define TICK_MS 250      /* between looks at what is overdue */
#define DROPPED_MAX 8192 /* bytes of a lingering connection that are read at once */

static void free_gone(struct gate *g)
{
    for (struct conn *c; (c = g->list[CONN_GONE].first) != NULL;) {
        conn_unlink(c); /* NOLINT(clang-analyzer-unix.Malloc): the list does not hold it any more */
        free(c);
    }
}

/* Takes the head from the socket, checks it and gives it to the owner. */
static void hand_on(struct conn *c, char *head, size_t len)
{
    struct err e;

    if (recv(c->fd, head, len, MSG_DONTWAIT) != (ssize_t)len) {
        conn_close(c);
        return;
    }
    if (head_check(head, len, &e)) {
        conn_refuse(c, 400, &e);
        return;
    }
    conn_move(c, CONN_TAKEN);
    c->claimed = false;
    c->gate->o.head(c->gate->o.arg, c, head, len);
}

/* Looks at what has come without taking it: a head that is not whole stays in the socket. */
static void look(struct conn *c)
{
    static const struct err too_long = {
        .code = ERR_TOO_LARGE, .text = "The head of the request is longer than 8 KiB."};
    char bytes[HEAD_MAX];
    ssize_t n = recv(c->fd, bytes, sizeof bytes, MSG_PEEK | MSG_DONTWAIT);
    size_t blank, len;

    if (n > 0 && (blank = head_blank(bytes, (size_t)n)) > 0) {
        (void)recv(c->fd, bytes, blank, MSG_DONTWAIT);
        n = recv(c->fd, bytes, sizeof bytes, MSG_PEEK | MSG_DONTWAIT);
    }
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        conn_close(c);
        return;
    }
    len = head_length(bytes, (size_t)n);
    if (len > 0)
        hand_on(c, bytes, len);
    else if ((size_t)n == sizeof bytes)
        conn_refuse(c, 431, &too_long);
    else if (c->state == CONN_IDLE)
        conn_move(c, CONN_HEAD);
}

static void drop_input(struct conn *c)
{
    char bytes[DROPPED_MAX];
    ssize_t n = recv(c->fd, bytes, sizeof bytes, MSG_DONTWAIT);

    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        conn_close(c);
    else if (n == sizeof bytes)
        conn_poke(c);
}

static void serve(struct conn *c, uint32_t events)
{
    struct gate *g = c->gate;

    switch (c->state) {
    case CONN_HEAD:
    case CONN_IDLE:
        look(c);
        break;
    case CONN_LINGER:
        drop_input(c);
        break;
    case CONN_TAKEN:
        if (events & ~(uint32_t)EPOLLOUT)
            g->o.readable(g->o.arg, c);
        if (c->state == CONN_TAKEN && (events & EPOLLOUT))
            g->o.writable(g->o.arg, c);
        break;
    case CONN_GONE:
        break;
    }
}

/* The oldest connection of a state, if it has been in it for longer than `ms`; else NULL. */
static struct conn *overdue(const struct gate *g, enum conn_state state, int64_t ms)
{
    struct conn *c = g->list[state].first;

    return c && g->now_ms - c->since_ms > ms ? c : NULL;
}

static void drop_silent(struct conn *c)
{
    static const struct err late = {
        .code = ERR_TIMEOUT, .text = "The head of the request did not come in time."};
    char byte;

    if (recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1)
        conn_refuse(c, 408, &late);
    else
        conn_close(c);
}

/* Closes a few at a time: closing ten thousand at once would delay every other connection. True:
 * more are overdue. */
static bool drop_overdue(struct gate *g)
{
    for (int i = 0; i < DROPS; i++) {
        struct conn *c = overdue(g, CONN_HEAD, GATE_HEAD_MS);

        if (c) {
            drop_silent(c);
            continue;
        }
        c = overdue(g, CONN_IDLE, GATE_IDLE_MS);
        if (!c)
            c = overdue(g, CONN_LINGER, GATE_LINGER_MS);
        if (!c)
            return false;
        conn_close(c);
    }
    return true;
}

int gate_run(struct gate *g, int64_t now_ms)
{
    struct epoll_event ev[EVENTS];
    int n = EVENTS;
    bool more;

    g->now_ms = now_ms;
    if (g->paused_until_ms && now_ms >= g->paused_until_ms)
        gate_listen_again(g);
    for (int round = 0; round < ROUNDS && n == EVENTS; round++) {
        n = epoll_wait(g->epoll, ev, EVENTS, 0);
        for (int i = 0; i < n; i++) {
            if (ev[i].data.ptr)
                serve(ev[i].data.ptr, ev[i].events);
            else
                gate_accept(g);
        }
        free_gone(g);
    }
    more = drop_overdue(g);
    free_gone(g);
    if (more)
        return 0;
    if (g->paused_until_ms)
        return GATE_PAUSE_MS;
    return g->list[CONN_HEAD].n + g->list[CONN_IDLE].n + g->list[CONN_LINGER].n ? TICK_MS : -1;
}

int gate_fd(const struct gate *g)
{
    return g->epoll;
}

struct gate *gate_new(const struct gate_options *o, struct err *e)
{
    struct gate *g = mem_zalloc(1, sizeof *g);
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = NULL};

    g->o = *o;
    g->counts = conn_counts_new();
    g->epoll = epoll_create1(EPOLL_CLOEXEC);
    g->null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (g->epoll >= 0 && g->null >= 0 && epoll_ctl(g->epoll, EPOLL_CTL_ADD, o->listener, &ev) == 0)
        return g;
    (void)err_set(e, ERR_INTERNAL, "Cannot watch sockets: %s.", strerror(errno));
    gate_free(g);
    return NULL;
}

void gate_free(struct gate *g)
{
    if (!g)
        return;
    for (int state = CONN_HEAD; state < CONN_GONE; state++)
        while (g->list[state].first)
            conn_close(g->list[state].first);
    free_gone(g);
    conn_counts_free(g->counts);
    if (g->epoll >= 0)
        (void)close(g->epoll);
    if (g->null >= 0)
        (void)close(g->null);
    (void)close(g->o.listener);
    free(g);
}
