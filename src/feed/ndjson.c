/* ndjson.c: the feed into a file or a pipe: one event a line, in writes of WRITE_BYTES. Races and
 * courses have no line of their own. */
#include "base/mem.h"
#include "feed/feed.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WRITE_BYTES ((size_t)256 << 10)
#define PIPE_BYTES (1 << 20) /* asked of the kernel: fewer switches between writer and reader */

struct ndjson {
    struct feed head;
    int fd;
    size_t len;
    char bytes[WRITE_BYTES + EVENT_JSON_MAX + 1];
};

static struct ndjson *ndjson(struct feed *f)
{
    return (struct ndjson *)f;
}

static int failed(struct err *e)
{
    switch (errno) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return err_set(e, ERR_DISK_FULL,
            "the events cannot be written: %s; make room and start again", strerror(errno));
    case EPIPE:
        return err_set(e, ERR_UNAVAILABLE, "who read the events has gone");
    default:
        return err_set(e, ERR_INTERNAL, "the events cannot be written: %s", strerror(errno));
    }
}

/* A pipe that somebody set to non-blocking is waited for. */
static void wait_writable(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLOUT};

    (void)poll(&p, 1, -1);
}

static int drain(struct ndjson *n, struct err *e)
{
    size_t done = 0;

    while (done < n->len) {
        ssize_t wrote = write(n->fd, n->bytes + done, n->len - done);

        if (wrote >= 0)
            done += (size_t)wrote;
        else if (errno == EAGAIN)
            wait_writable(n->fd);
        else if (errno != EINTR)
            break;
    }
    if (done < n->len) {
        int rc = failed(e);

        /* What is out is out: the next try goes on behind it. */
        memmove(n->bytes, n->bytes + done, n->len - done);
        n->len -= done;
        return rc;
    }
    n->len = 0;
    return 0;
}

static int publish_tick(struct feed *f, const struct tick *t, struct err *e)
{
    struct ndjson *n = ndjson(f);
    struct event_writer w = {.start_s = t->race->spec.start_s, .line = t->course->line};

    memcpy(w.run_id, t->race->spec.run_id, sizeof w.run_id);
    memcpy(w.course, t->race->spec.course, sizeof w.course);
    for (uint32_t i = 0; i < t->n; i++) {
        char *end;

        if (t->raw_s > t->finish_raw_s[i])
            continue;
        if (n->len >= WRITE_BYTES && drain(n, e))
            return -1;
        end = event_write(&w, (int64_t)(t->first_id + i * t->id_step), t->raw_s, t->dist_mm[i],
            n->bytes + n->len);
        *end++ = '\n';
        n->len = (size_t)(end - n->bytes);
    }
    return 0;
}

static int publish_race(struct feed *f, const struct race_record *r, struct err *e)
{
    (void)f;
    (void)r;
    (void)e;
    return 0;
}

static int publish_course(struct feed *f, struct course *c, struct err *e)
{
    (void)f;
    (void)c;
    (void)e;
    return 0;
}

static int flush(struct feed *f, struct err *e)
{
    return drain(ndjson(f), e);
}

static int poll_nothing(struct feed *f, const struct feed_sink *sink, int timeout_ms, struct err *e)
{
    (void)f;
    (void)sink;
    (void)timeout_ms;
    (void)e;
    return 0;
}

static void ndjson_free(struct feed *f)
{
    free(f);
}

static const struct feed_ops ndjson_ops = {
    .name = "ndjson",
    .publish_tick = publish_tick,
    .publish_race = publish_race,
    .publish_course = publish_course,
    .flush = flush,
    .poll = poll_nothing,
    .free = ndjson_free,
};

struct feed *feed_ndjson_new(int fd)
{
    struct ndjson *n = mem_alloc(sizeof *n);

    n->head.ops = &ndjson_ops;
    n->fd = fd;
    n->len = 0;
    (void)fcntl(fd, F_SETPIPE_SZ, PIPE_BYTES); /* no pipe, or not allowed: as it was */
    return &n->head;
}
