#include "base/mem.h"
#include "feed/feed.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WRITE_BYTES ((size_t)256 << 10)
#define PIPE_BYTES (1 << 20) /* a larger pipe means fewer switches between writer and reader */

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

/* The descriptor may be non-blocking: another process can set that on a shared pipe. */
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

        /* The next try goes on behind what is written, so that no byte is there twice. */
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

static int flush(struct feed *f, struct err *e)
{
    return drain(ndjson(f), e);
}

static void ndjson_free(struct feed *f)
{
    free(f);
}

static const struct feed_ops ndjson_ops = {
    .name = "ndjson",
    .publish_tick = publish_tick,
    .flush = flush,
    .free = ndjson_free,
};

struct feed *feed_ndjson_new(int fd)
{
    struct ndjson *n = mem_alloc(sizeof *n);

    n->head.ops = &ndjson_ops;
    n->fd = fd;
    n->len = 0;
    (void)fcntl(fd, F_SETPIPE_SZ, PIPE_BYTES); /* fails where fd is no pipe, which does no harm */
    return &n->head;
}
