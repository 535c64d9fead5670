#include "http/gate.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "http/gate_count.h"
#include "http/head.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS 256
#define ROUNDS 4 /* of events in one run, so that others get their turn */
#define ACCEPTS 64
#define YOUNG_MS 200     /* a connection that has just come is not silent yet */
#define PAUSE_MS 100     /* without accepting, when there is no room */
#define TICK_MS 250      /* between looks at what is overdue */
#define QUIET_MS 60000   /* between lines of the log about one matter */
#define DROPPED_MAX 8192 /* bytes of a lingering connection that are read at once */

struct conns {
    struct conn *first, *last;
    unsigned n;
};

struct gate {
    struct gate_options o;
    int epoll, null;
    struct conn_counts *counts;
    struct conns list[CONN_GONE + 1]; /* by state, the oldest first */
    unsigned open;
    int64_t now_ms;
    int64_t paused_until_ms; /* 0: accepting */
    int64_t full_said_ms, bound_said_ms;
};

static void unlink_conn(struct conn *c)
{
    struct conns *l = &c->gate->list[c->state];

    *(c->prev ? &c->prev->next : &l->first) = c->next;
    *(c->next ? &c->next->prev : &l->last) = c->prev;
    l->n--;
}

static void link_conn(struct conn *c, enum conn_state state)
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
    link_conn(c, state);
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

static void close_conn(struct conn *c)
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

static int watch(struct conn *c)
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
    (void)watch(c);
}

/* The gate's own descriptor again. */
static int unshare(struct conn *c)
{
    int fd = fcntl(c->fd, F_DUPFD_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    (void)epoll_ctl(c->gate->epoll, EPOLL_CTL_DEL, c->fd, NULL);
    c->fd = fd;
    return watch(c);
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
        close_conn(c);
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

/* The connection that has been silent longest makes room. False: none is, or only such as have
 * just come and had no time to say anything. */
static bool evict_silent(struct gate *g)
{
    struct conn *head = g->list[CONN_HEAD].first, *idle = g->list[CONN_IDLE].first;
    struct conn *oldest = g->list[CONN_LINGER].first;

    if (!oldest)
        oldest = !idle || (head && head->since_ms <= idle->since_ms) ? head : idle;
    if (!oldest || (oldest->state == CONN_HEAD && g->now_ms - oldest->since_ms < YOUNG_MS))
        return false;
    close_conn(oldest);
    return true;
}

static void listen_again(struct gate *g)
{
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = NULL};

    (void)epoll_ctl(g->epoll, EPOLL_CTL_MOD, g->o.listener, &ev);
    g->paused_until_ms = 0;
}

static void stop_listening(struct gate *g, const char *why)
{
    struct epoll_event ev = {.events = 0, .data.ptr = NULL};

    (void)epoll_ctl(g->epoll, EPOLL_CTL_MOD, g->o.listener, &ev);
    g->paused_until_ms = g->now_ms + PAUSE_MS;
    if (g->full_said_ms == 0 || g->now_ms - g->full_said_ms > QUIET_MS)
        log_warn(
            "no more connections can be taken now, %u are open: %s; new ones wait", g->open, why);
    g->full_said_ms = g->now_ms;
}

/* A client that has too many gets a sentence, if its socket takes it at once. */
static void refuse_client(struct conn *c)
{
    struct gate *g = c->gate;
    char text[ADDRESS_TEXT_MAX];

    address_group_text(&c->peer, text);
    if (g->bound_said_ms == 0 || g->now_ms - g->bound_said_ms > QUIET_MS) {
        log_warn("%s has %u connections open: more of one client are not taken "
                 "(--connections-per-client)",
            text, g->o.per_client);
        g->bound_said_ms = g->now_ms;
    }
    gate_refuse(c, 429, "Your address has too many connections open here: close some.");
}

static void admit(struct gate *g, int fd)
{
    struct conn *c = mem_zalloc(1, sizeof *c);

    c->gate = g;
    c->fd = fd;
    c->lent = -1;
    c->peer = address_of_peer(fd);
    g->open++;
    link_conn(c, CONN_HEAD);
    if (watch(c)) {
        close_conn(c);
        return;
    }
    if (address_is_trusted(g->o.trust, &c->peer))
        return;
    c->counted = conn_counts_take(g->counts, &c->peer, g->o.per_client);
    if (!c->counted)
        refuse_client(c);
}

static void accept_some(struct gate *g)
{
    for (int i = 0; i < ACCEPTS; i++) {
        int fd;

        if (g->open >= g->o.max && !evict_silent(g)) {
            stop_listening(g, "that is as many as the limit on open files allows");
            return;
        }
        fd = accept4(g->o.listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            admit(g, fd);
        } else if (errno == EAGAIN) {
            return;
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            if (evict_silent(g))
                continue;
            stop_listening(g, strerror(errno));
            return;
        }
    }
}

/* Take the head and hand it on. */
static void hand_on(struct conn *c, char *head, size_t len)
{
    struct err e;

    if (recv(c->fd, head, len, MSG_DONTWAIT) != (ssize_t)len) {
        close_conn(c);
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
        close_conn(c);
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
        close_conn(c);
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

static void drop_overdue(struct gate *g)
{
    struct conn *c;
    char byte;

    while ((c = g->list[CONN_HEAD].first) != NULL && g->now_ms - c->since_ms > GATE_HEAD_MS) {
        if (recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1)
            gate_refuse(c, 408, "The head of the request did not come in time.");
        else
            close_conn(c);
    }
    while ((c = g->list[CONN_IDLE].first) != NULL && g->now_ms - c->since_ms > GATE_IDLE_MS)
        close_conn(c);
    while ((c = g->list[CONN_LINGER].first) != NULL && g->now_ms - c->since_ms > GATE_LINGER_MS)
        close_conn(c);
}

int gate_run(struct gate *g, int64_t now_ms)
{
    struct epoll_event ev[EVENTS];
    int n = EVENTS;

    g->now_ms = now_ms;
    if (g->paused_until_ms && now_ms >= g->paused_until_ms)
        listen_again(g);
    for (int round = 0; round < ROUNDS && n == EVENTS; round++) {
        n = epoll_wait(g->epoll, ev, EVENTS, 0);
        for (int i = 0; i < n; i++) {
            if (ev[i].data.ptr)
                serve(ev[i].data.ptr, ev[i].events);
            else
                accept_some(g);
        }
        free_gone(g);
    }
    drop_overdue(g);
    free_gone(g);
    if (g->paused_until_ms)
        return PAUSE_MS;
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
            close_conn(g->list[state].first);
    free_gone(g);
    conn_counts_free(g->counts);
    if (g->epoll >= 0)
        (void)close(g->epoll);
    if (g->null >= 0)
        (void)close(g->null);
    (void)close(g->o.listener);
    free(g);
}
