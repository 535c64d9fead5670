#include "http/intake.h"

#include "base/clock.h"
#include "http/gate/head.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define FILES_RESERVED 256u /* for the database, Kafka, and files that are read */

/* The timer only ends the library's wait: the gate is run after every round anyhow. */
static void gate_timer(lws_sorted_usec_list_t *sul)
{
    (void)sul;
}

void intake_run(struct server *s)
{
    int wait_ms = gate_run(s->gate, clock_mono_ns() / 1000000);

    if (wait_ms >= 0)
        lws_sul_schedule(s->context, 0, &s->gate_timer, gate_timer, wait_ms * LWS_US_PER_MS);
}

/* -1: there is no descriptor left, and no pair. */
static int make_pair(struct server *s)
{
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, s->head_pair) == 0)
        return 0;
    s->head_pair[0] = s->head_pair[1] = -1;
    return -1;
}

static void drop_pair(struct server *s)
{
    for (int i = 0; i < 2; i++)
        if (s->head_pair[i] >= 0)
            (void)close(s->head_pair[i]);
    s->head_pair[0] = s->head_pair[1] = -1;
}

/* The library reads the head from the pair, where nothing stands behind it. When the handler
 * claims the request, within this call, the descriptor becomes one of the connection's socket. */
static struct lws *hand_to_library(struct server *s, struct conn *c, const char *head, size_t len)
{
    struct lws_pollfd ready = {.events = POLLIN, .revents = POLLIN};
    struct lws *wsi = NULL;

    if (s->head_pair[0] < 0 && make_pair(s))
        return NULL;
    ready.fd = fcntl(s->head_pair[1], F_DUPFD_CLOEXEC, 0);
    if (ready.fd < 0)
        return NULL;
    s->arriving = c;
    c->lent = ready.fd;
    if (send(s->head_pair[0], head, len, MSG_NOSIGNAL) == (ssize_t)len)
        wsi = lws_adopt_socket_vhost(s->vhost, ready.fd);
    else
        (void)close(ready.fd);
    if (wsi)
        (void)lws_service_fd(s->context, &ready);
    s->arriving = NULL;
    if (!c->claimed)
        drop_pair(s); /* there may be something left in it, or an end to it */
    return c->user;
}

static void take_head(void *arg, struct conn *c, const char *head, size_t len)
{
    char kept[HEAD_KEPT_MAX];
    struct server *s = arg;
    struct lws *wsi;

    s->refusal = (struct err){0};
    wsi = hand_to_library(s, c, kept, head_keep_path(head, len, kept));
    if (c->claimed || c->state == CONN_GONE)
        return;
    if (wsi) {
        (void)intake_finish(wsi, false);
        intake_drop(wsi);
    }
    if (!s->refusal.code)
        (void)err_set(&s->refusal, ERR_INVALID, "That is not a request that this server knows.");
    if (c->state != CONN_GONE)
        conn_refuse(c, (unsigned)err_http_status(s->refusal.code), &s->refusal);
}

static void readable(void *arg, struct conn *c)
{
    struct server *s = arg;
    struct lws *wsi = c->user;
    struct connection *owned = wsi ? lws_wsi_user(wsi) : NULL;

    if (owned)
        s->owner->readable(s, owned, wsi);
}

static void writable(void *arg, struct conn *c)
{
    struct server *s = arg;
    struct lws *wsi = c->user;
    struct connection *owned = wsi ? lws_wsi_user(wsi) : NULL;

    if (owned && s->owner->writable(s, owned, wsi))
        intake_drop(wsi);
}

void intake_made(struct server *s, struct lws *wsi)
{
    if (!s->arriving)
        return;
    s->arriving->user = wsi;
    lws_set_opaque_user_data(wsi, s->arriving);
}

void intake_closed(struct lws *wsi)
{
    struct conn *c = lws_get_opaque_user_data(wsi);

    lws_set_opaque_user_data(wsi, NULL);
    if (!c)
        return;
    c->user = NULL;
    if (c->claimed)
        conn_closed(c);
    else
        c->lent = -1; /* take_head answers it */
}

struct conn *intake_claim(struct lws *wsi)
{
    struct conn *c = lws_get_opaque_user_data(wsi);

    if (!c->claimed)
        conn_lend(c, lws_get_socket_fd(wsi));
    c->claimed = true;
    (void)lws_rx_flow_control(wsi, 0);
    return c;
}

int intake_finish(struct lws *wsi, bool last)
{
    struct conn *c = lws_get_opaque_user_data(wsi);

    if (c && conn_give_back(c, last) == 0)
        lws_set_opaque_user_data(wsi, NULL);
    return -1;
}

void intake_drop(struct lws *wsi)
{
    lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
}

void intake_free(struct server *s)
{
    gate_free(s->gate);
    if (s->gate)
        drop_pair(s);
}

static unsigned connections_max(void)
{
    struct rlimit files;
    unsigned limit = 1024;

    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < UINT32_MAX)
        limit = (unsigned)files.rlim_cur;
    return limit - (limit / 4 < FILES_RESERVED ? limit / 4 : FILES_RESERVED);
}

/* The library waits for the gate's file as for any other; nobody reads from it there. */
static int watch_gate(struct server *s, struct err *e)
{
    lws_sock_file_fd_type fd = {.filefd = dup(gate_fd(s->gate))};

    if (fd.filefd >= 0 &&
        lws_adopt_descriptor_vhost(s->vhost, LWS_ADOPT_RAW_FILE_DESC, fd, SERVER_PROTOCOL, NULL))
        return 0;
    return err_set(e, ERR_INTERNAL, "Cannot watch for connections.");
}

int intake_start(struct server *s, int listener, unsigned per_client,
    const struct intake_owner *owner, struct err *e)
{
    struct gate_options go = {.listener = listener,
        .trust = &s->trust,
        .per_client = per_client,
        .max = connections_max(),
        .arg = s,
        .head = take_head,
        .readable = readable,
        .writable = writable};

    s->owner = owner;
    s->head_pair[0] = s->head_pair[1] = -1;
    s->gate = gate_new(&go, e);
    return s->gate ? watch_gate(s, e) : -1;
}
