#include "http/gate/gate_internal.h"

#include "base/buf.h"
#include "base/clock.h"
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

static void unlink_conn(struct conn *c)
{
    struct conns *l = &c->gate->list[c->state];

    *(c->prev ? &c->prev->next : &l->first) = c->next;
    *(c->next ? &c->next->prev : &l->last) = c->prev;
    l->n--;
}

void gate_link(struct conn *c, enum conn_state state)
{
    struct conns *l = &c->gate->list[state];

    c->state = state;
    c->since_ms = c->gate->now_ms;
    c->next = NULL;
    c->prev = l->last;
    *(l->last ? &l->last->next : &l->first) = c;
    l->last = c;
    l->n++;
}

static void move_conn(struct conn *c, enum conn_state state)
{
    unlink_conn(c);
    gate_link(c, state);
}

static void uncount(struct conn *c)
{
    conn_counts_drop(c->gate->counts, c->counted);
    c->counted = NULL;
    c->counted_request = false;
}

/* Events of this round may still point to it, so it is freed after them. */
static void retire(struct conn *c)
{
    uncount(c);
    c->gate->open--;
    move_conn(c, CONN_GONE);
}

void gate_close(struct conn *c)
{
    (void)close(c->fd);
    retire(c);
}

static void free_gone(struct gate *g)
{
    for (struct conn *c; (c = g->list[CONN_GONE].first) != NULL;) {
        unlink_conn(c);
        free(c);
    }
}

static int control(struct conn *c, int operation)
{
    struct epoll_event ev = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.ptr = c};

    if (c->writes)
        ev.events |= EPOLLOUT;
    return epoll_ctl(c->gate->epoll, operation, c->fd, &ev);
}

int gate_watch(struct conn *c)
{
    return control(c, EPOLL_CTL_ADD);
}

void gate_poke(struct conn *c)
{
    (void)control(c, EPOLL_CTL_MOD);
}

void gate_want_write(struct conn *c)
{
    c->writes = true;
    gate_poke(c);
}

static void linger(struct conn *c)
{
    (void)shutdown(c->fd, SHUT_WR);
    move_conn(c, CONN_LINGER);
}

/* The stable code (docs/api.md) of a refusal that was made before there was a request. */
static const char *code_of(unsigned status)
{
    switch (status) {
    case 408:
        return "timeout";
    case 414:
        return "address-too-long";
    case 413:
    case 431:
        return "too-large";
    case 429:
        return "too-many-requests";
    case 503:
        return "unavailable";
    default:
        return status < 500 ? "invalid" : "internal";
    }
}

void gate_refuse(struct conn *c, unsigned status, const char *sentence)
{
    struct buf body = BUF_INIT, out = BUF_INIT;

    buf_adds(&body, "{\"error\": ");
    buf_add_json(&body, sentence);
    buf_addf(&body, ", \"code\": \"%s\"}\n", code_of(status));
    buf_addf(&out,
        "HTTP/1.1 %u Refused\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n"
        "Cache-Control: no-store\r\nConnection: close\r\n\r\n%s",
        status, body.len, body.data);
    (void)send(c->fd, out.data, out.len, MSG_NOSIGNAL | MSG_DONTWAIT);
    buf_release(&body);
    buf_release(&out);
    linger(c);
    gate_poke(c); /* what came before is to be dropped */
}

void gate_lend(struct conn *c, int fd)
{
    (void)dup3(c->fd, fd, O_CLOEXEC);
    c->lent = fd;
}

void gate_share(struct conn *c)
{
    (void)epoll_ctl(c->gate->epoll, EPOLL_CTL_DEL, c->fd, NULL);
    (void)close(c->fd);
    c->fd = c->lent;
    (void)gate_watch(c);
}

/* The gate's own descriptor again. */
static int unshare(struct conn *c)
{
    int fd = fcntl(c->fd, F_DUPFD_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    (void)epoll_ctl(c->gate->epoll, EPOLL_CTL_DEL, c->fd, NULL);
    c->fd = fd;
    return gate_watch(c);
}

int gate_give_back(struct conn *c, bool last)
{
    if (c->fd == c->lent && unshare(c))
        return -1;
    (void)dup3(c->gate->null, c->lent, O_CLOEXEC);
    c->lent = -1;
    c->user = NULL;
    c->writes = false;
    if (c->counted_request)
        uncount(c);
    c->gate->now_ms = clock_mono_ns() / 1000000;
    if (last)
        linger(c);
    else
        move_conn(c, CONN_IDLE);
    gate_poke(c); /* the next request may be there */
    return 0;
}

void gate_closed(struct conn *c)
{
    if (c->state == CONN_GONE)
        return;
    if (c->fd == c->lent)
        retire(c);
    else
        gate_close(c);
}

int gate_count(struct conn *c, const struct address *client, struct err *e)
{
    struct gate *g = c->gate;
    char text[ADDRESS_TEXT_MAX];

    if (c->counted || address_is_trusted(g->o.trust, client))
        return 0;
    c->counted = conn_counts_take(g->counts, client, g->o.per_client);
    c->counted_request = true;
    if (c->counted)
        return 0;
    address_group_text(client, text);
    return err_set(e, ERR_TOO_MANY,
        "%s has %u connections open here already: close some, or wait for an answer.", text,
        g->o.per_client);
}

/* Take the head and hand it on. */
static void hand_on(struct conn *c, char *head, size_t len)
{
    struct err e;

    if (recv(c->fd, head, len, MSG_DONTWAIT) != (ssize_t)len) {
        gate_close(c);
        return;
    }
    if (head_check(head, len, &e)) {
        gate_refuse(c, 400, e.text);
        return;
    }
    move_conn(c, CONN_TAKEN);
    c->claimed = c->over = false;
    c->gate->o.head(c->gate->o.arg, c, head, len);
}

static void look(struct conn *c)
{
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
        gate_close(c);
        return;
    }
    len = head_length(bytes, (size_t)n);
    if (len > 0)
        hand_on(c, bytes, len);
    else if ((size_t)n == sizeof bytes)
        gate_refuse(c, 431, "The head of the request is longer than 8 KiB.");
    else if (c->state == CONN_IDLE)
        move_conn(c, CONN_HEAD);
}

static void drop_input(struct conn *c)
{
    char bytes[DROPPED_MAX];
    ssize_t n = recv(c->fd, bytes, sizeof bytes, MSG_DONTWAIT);

    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        gate_close(c);
    else if (n == sizeof bytes)
        gate_poke(c);
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

/* The oldest of a list, if it has been there for longer than `ms`. */
static struct conn *overdue(const struct gate *g, enum conn_state state, int64_t ms)
{
    struct conn *c = g->list[state].first;

    return c && g->now_ms - c->since_ms > ms ? c : NULL;
}

static void drop_silent(struct conn *c)
{
    char byte;

    if (recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1)
        gate_refuse(c, 408, "The head of the request did not come in time.");
    else
        gate_close(c);
}

/* A few at a time: closing ten thousand at once would keep everybody waiting. True: there are
 * more. */
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
        gate_close(c);
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

void gate_figures(const struct gate *g, struct gate_figures *out)
{
    out->connections = g->open;
    out->waiting = g->list[CONN_HEAD].n + g->list[CONN_IDLE].n;
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
            gate_close(g->list[state].first);
    free_gone(g);
    conn_counts_free(g->counts);
    if (g->epoll >= 0)
        (void)close(g->epoll);
    if (g->null >= 0)
        (void)close(g->null);
    (void)close(g->o.listener);
    free(g);
}
