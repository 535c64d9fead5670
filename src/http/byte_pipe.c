/* byte_pipe.c: a ring of bytes between a worker and the server's thread. The worker waits where it
 * is full, so an answer of any size needs no more memory than the ring. The server never waits: it
 * is woken when there is something. */
#include "http/byte_pipe.h"

#include "base/mem.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct byte_pipe {
    pthread_mutex_t lock;
    pthread_cond_t room;
    char *ring;
    size_t cap, start, used;
    bool hungry; /* the reader found it empty: wake it at the next byte */
    bool ended, failed, abandoned;
};

struct byte_pipe *byte_pipe_new(size_t cap)
{
    struct byte_pipe *p = mem_zalloc(1, sizeof *p);

    p->ring = mem_alloc(cap);
    p->cap = cap;
    p->hungry = true;
    (void)pthread_mutex_init(&p->lock, NULL);
    (void)pthread_cond_init(&p->room, NULL);
    return p;
}

void byte_pipe_free(struct byte_pipe *p)
{
    if (!p)
        return;
    (void)pthread_cond_destroy(&p->room);
    (void)pthread_mutex_destroy(&p->lock);
    free(p->ring);
    free(p);
}

/* As much as there is room for, lock held. */
static size_t put(struct byte_pipe *p, const char *bytes, size_t len)
{
    size_t end = (p->start + p->used) % p->cap;
    size_t n = p->cap - p->used < len ? p->cap - p->used : len;
    size_t first = p->cap - end < n ? p->cap - end : n;

    memcpy(p->ring + end, bytes, first);
    memcpy(p->ring, bytes + first, n - first);
    p->used += n;
    return n;
}

/* The wake-up is called without the lock, because it takes locks of the server. */
int byte_pipe_write(
    struct byte_pipe *p, const void *bytes, size_t len, void (*wake)(void *arg), void *arg)
{
    const char *from = bytes;
    bool gone;

    (void)pthread_mutex_lock(&p->lock);
    while (len > 0 && !p->abandoned) {
        size_t n = put(p, from, len);

        from += n;
        len -= n;
        if (n > 0 && p->hungry) {
            p->hungry = false;
            (void)pthread_mutex_unlock(&p->lock);
            wake(arg);
            (void)pthread_mutex_lock(&p->lock);
        }
        while (len > 0 && p->used == p->cap && !p->abandoned)
            (void)pthread_cond_wait(&p->room, &p->lock);
    }
    gone = p->abandoned;
    (void)pthread_mutex_unlock(&p->lock);
    return gone ? -1 : 0;
}

/* What is in the ring is still read. */
void byte_pipe_end(struct byte_pipe *p)
{
    (void)pthread_mutex_lock(&p->lock);
    p->ended = true;
    (void)pthread_mutex_unlock(&p->lock);
}

void byte_pipe_fail(struct byte_pipe *p)
{
    (void)pthread_mutex_lock(&p->lock);
    p->failed = true;
    (void)pthread_mutex_unlock(&p->lock);
}

/* An end or a failure is reported when the ring is empty. */
enum pipe_state byte_pipe_read(struct byte_pipe *p, void *out, size_t cap, size_t *len)
{
    enum pipe_state state = PIPE_DATA;
    size_t n, first;

    (void)pthread_mutex_lock(&p->lock);
    n = p->used < cap ? p->used : cap;
    first = p->cap - p->start < n ? p->cap - p->start : n;
    memcpy(out, p->ring + p->start, first);
    memcpy((char *)out + first, p->ring, n - first);
    p->start = (p->start + n) % p->cap;
    p->used -= n;
    if (n > 0)
        (void)pthread_cond_signal(&p->room);
    else if (p->failed)
        state = PIPE_FAILED;
    else
        state = p->ended ? PIPE_ENDED : PIPE_EMPTY;
    p->hungry = state == PIPE_EMPTY;
    (void)pthread_mutex_unlock(&p->lock);
    *len = n;
    return state;
}

/* The reader has gone: the writer is released. */
void byte_pipe_abandon(struct byte_pipe *p)
{
    (void)pthread_mutex_lock(&p->lock);
    p->abandoned = true;
    (void)pthread_cond_signal(&p->room);
    (void)pthread_mutex_unlock(&p->lock);
}
