#include "base/buf.h"
#include "base/clock.h"
#include "http/gate/gate_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

void conn_unlink(struct conn *c)
{
    struct conns *l = &c->gate->list[c->state];

    *(c->prev ? &c->prev->next : &l->first) = c->next;
    *(c->next ? &c->next->prev : &l->last) = c->prev;
    l->n--;
}

void conn_link(struct conn *c, enum conn_state state)
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

void conn_move(struct conn *c, enum conn_state state)
{
    conn_unlink(c);
    conn_link(c, state);
}

static void uncount(struct conn *c)
{
    conn_counts_drop(c->gate->counts, c->counted);
    c->counted = NULL;
    c->counted_request = false;
}

/* An event of this round may still point to the connection, so gate.c frees it after the round. */
static void retire(struct conn *c)
{
    uncount(c);
    c->gate->open--;
    conn_move(c, CONN_GONE);
}

void conn_close(struct conn *c)
{
    (void)close(c->fd);
    retire(c);
}

static int control(struct conn *c, int operation)
{
    struct epoll_event ev = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.ptr = c};

    if (c->writes)
        ev.events |= EPOLLOUT;
    return epoll_ctl(c->gate->epoll, operation, c->fd, &ev);
}

int conn_watch(struct conn *c)
{
    return control(c, EPOLL_CTL_ADD);
}

void conn_poke(struct conn *c)
{
    (void)control(c, EPOLL_CTL_MOD);
}

void conn_want_write(struct conn *c)
{
    c->writes = true;
    conn_poke(c);
}

static void linger(struct conn *c)
{
    (void)shutdown(c->fd, SHUT_WR);
    conn_move(c, CONN_LINGER);
}

void conn_refuse(struct conn *c, unsigned status, const struct err *why)
{
    struct buf body = BUF_INIT, out = BUF_INIT;

    buf_adds(&body, "{\"error\": ");
    buf_add_json(&body, why->text);
    buf_addf(&body, ", \"code\": \"%s\"}\n", err_id(why));
    buf_addf(&out,
        "HTTP/1.1 %u Refused\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n"
        "Cache-Control: no-store\r\nConnection: close\r\n\r\n%s",
        status, body.len, body.data);
    (void)send(c->fd, out.data, out.len, MSG_NOSIGNAL | MSG_DONTWAIT);
    buf_release(&body);
    buf_release(&out);
    linger(c);
    conn_poke(c); /* bytes that are there already have to be dropped */
}

void conn_lend(struct conn *c, int fd)
{
    (void)dup3(c->fd, fd, O_CLOEXEC);
    c->lent = fd;
}

void conn_share(struct conn *c)
{
    (void)epoll_ctl(c->gate->epoll, EPOLL_CTL_DEL, c->fd, NULL);
    (void)close(c->fd);
    c->fd = c->lent;
    (void)conn_watch(c);
}

/* After conn_share: the gate gets a descriptor of its own again. */
static int unshare(struct conn *c)
{
    int fd = fcntl(c->fd, F_DUPFD_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    (void)epoll_ctl(c->gate->epoll, EPOLL_CTL_DEL, c->fd, NULL);
    c->fd = fd;
    return conn_watch(c);
}

int conn_give_back(struct conn *c, bool last)
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
        conn_move(c, CONN_IDLE);
    conn_poke(c); /* the next request may be there already */
    return 0;
}

void conn_closed(struct conn *c)
{
    if (c->state == CONN_GONE)
        return;
    if (c->fd == c->lent)
        retire(c);
    else
        conn_close(c);
}

int conn_count_request(struct conn *c, const struct address *client, struct err *e)
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
