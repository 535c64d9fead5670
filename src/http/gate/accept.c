#include "base/log.h"
#include "base/mem.h"
#include "http/gate/gate_internal.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define ACCEPTS 256
#define YOUNG_MS 200   /* a connection that has just come is not silent yet */
#define QUIET_MS 60000 /* between lines of the log about one matter */

/* Closes the connection that has been silent longest, to make room. False: none is silent, or only
 * such as have just come and had no time to send anything. */
static bool evict_silent(struct gate *g)
{
    struct conn *head = g->list[CONN_HEAD].first, *idle = g->list[CONN_IDLE].first;
    struct conn *oldest = g->list[CONN_LINGER].first;

    if (!oldest)
        oldest = !idle || (head && head->since_ms <= idle->since_ms) ? head : idle;
    if (!oldest || (oldest->state == CONN_HEAD && g->now_ms - oldest->since_ms < YOUNG_MS))
        return false;
    conn_close(oldest);
    return true;
}

void gate_listen_again(struct gate *g)
{
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = NULL};

    (void)epoll_ctl(g->epoll, EPOLL_CTL_MOD, g->o.listener, &ev);
    g->paused_until_ms = 0;
}

static void stop_listening(struct gate *g, const char *why)
{
    struct epoll_event ev = {.events = 0, .data.ptr = NULL};

    (void)epoll_ctl(g->epoll, EPOLL_CTL_MOD, g->o.listener, &ev);
    g->paused_until_ms = g->now_ms + GATE_PAUSE_MS;
    if (g->full_said_ms == 0 || g->now_ms - g->full_said_ms > QUIET_MS)
        log_warn(
            "no more connections can be taken now, %u are open: %s; new ones wait", g->open, why);
    g->full_said_ms = g->now_ms;
}

/* Tells a client that it has too many connections, if its socket takes the sentence at once. */
static void refuse_client(struct conn *c)
{
    struct gate *g = c->gate;
    char text[ADDRESS_TEXT_MAX];
    struct err e;

    address_group_text(&c->peer, text);
    if (g->bound_said_ms == 0 || g->now_ms - g->bound_said_ms > QUIET_MS) {
        log_warn("%s has %u connections open: more of one client are not taken "
                 "(--connections-per-client)",
            text, g->o.per_client);
        g->bound_said_ms = g->now_ms;
    }
    (void)err_set(&e, ERR_TOO_MANY, "Your address has too many connections open here: close some.");
    conn_refuse(c, 429, &e);
}

static void admit(struct gate *g, int fd, const struct sockaddr_storage *peer)
{
    struct conn *c = mem_zalloc(1, sizeof *c);

    c->gate = g;
    c->fd = fd;
    c->lent = -1;
    c->peer = address_of(peer);
    g->open++;
    conn_link(c, CONN_HEAD);
    if (conn_watch(c)) {
        conn_close(c);
        return;
    }
    if (address_is_trusted(g->o.trust, &c->peer))
        return;
    c->counted = conn_counts_take(g->counts, &c->peer, g->o.per_client);
    if (!c->counted)
        refuse_client(c);
}

void gate_accept(struct gate *g)
{
    for (int i = 0; i < ACCEPTS; i++) {
        struct sockaddr_storage peer = {.ss_family = AF_UNSPEC};
        socklen_t len = sizeof peer;
        int fd;

        if (g->open >= g->o.max && !evict_silent(g)) {
            stop_listening(g, "that is as many as the limit on open files allows");
            return;
        }
        fd = accept4(g->o.listener, (struct sockaddr *)&peer, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            admit(g, fd, &peer);
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
