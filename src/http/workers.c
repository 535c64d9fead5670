#include "http/workers.h"

#include "base/mem.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

struct workers {
    struct workers_limits limits;
    pthread_mutex_t lock;
    pthread_cond_t work;     /* something waits, or it is over */
    pthread_cond_t finished; /* a stream's thread has ended */
    struct exchange *first, *last;
    unsigned waiting;
    unsigned streaming[2]; /* of a moment, of the past */
    unsigned changing;     /* threads that are at something that is not a GET */
    bool over;
    unsigned started;
    pthread_t thread[16];
};

static bool changes(const struct exchange *x)
{
    return x->route->method != METHOD_GET;
}

/* What changes something may have to wait for the engine: one thread is always left for readers.
 * NULL: nothing waits that may be begun. */
static struct exchange *take_first(struct workers *w)
{
    unsigned threads = w->limits.threads;
    bool full = threads > 1 && w->changing >= threads - 1;
    struct exchange **at = &w->first, *before = NULL, *x;

    while (*at && full && changes(*at)) {
        before = *at;
        at = &(*at)->next;
    }
    x = *at;
    if (!x)
        return NULL;
    *at = x->next;
    if (w->last == x)
        w->last = before;
    x->next = NULL;
    w->waiting--;
    w->changing += changes(x);
    return x;
}

static struct exchange *next_exchange(struct workers *w)
{
    struct exchange *x = NULL;

    (void)pthread_mutex_lock(&w->lock);
    while (!w->over && !(x = take_first(w)))
        (void)pthread_cond_wait(&w->work, &w->lock);
    (void)pthread_mutex_unlock(&w->lock);
    return x;
}

static void finished(struct workers *w, const struct exchange *x)
{
    if (!changes(x))
        return;
    (void)pthread_mutex_lock(&w->lock);
    w->changing--;
    (void)pthread_cond_signal(&w->work);
    (void)pthread_mutex_unlock(&w->lock);
}

static void *work(void *arg)
{
    struct exchange *x;

    while ((x = next_exchange(arg)) != NULL) {
        exchange_run(x);
        finished(arg, x);
        exchange_unref(x);
    }
    return NULL;
}

/* Signals are the main thread's: one that landed here would be lost in a handler's work. */
static int start_thread(pthread_t *thread, void *(*run)(void *), void *arg)
{
    sigset_t all, before;
    int rc;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    rc = pthread_create(thread, NULL, run, arg);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc;
}

struct workers *workers_new(const struct workers_limits *limits, struct err *e)
{
    struct workers *w = mem_zalloc(1, sizeof *w);

    w->limits = *limits;
    (void)pthread_mutex_init(&w->lock, NULL);
    (void)pthread_cond_init(&w->work, NULL);
    (void)pthread_cond_init(&w->finished, NULL);
    while (w->started < limits->threads && w->started < sizeof w->thread / sizeof *w->thread) {
        int rc = start_thread(&w->thread[w->started], work, w);

        if (rc) {
            (void)err_set(e, ERR_INTERNAL, "Cannot start a thread: %s.", strerror(rc));
            workers_free(w);
            return NULL;
        }
        w->started++;
    }
    return w;
}

void workers_free(struct workers *w)
{
    if (!w)
        return;
    (void)pthread_mutex_lock(&w->lock);
    w->over = true;
    (void)pthread_cond_broadcast(&w->work);
    while (w->streaming[0] + w->streaming[1] > 0)
        (void)pthread_cond_wait(&w->finished, &w->lock);
    (void)pthread_mutex_unlock(&w->lock);
    for (unsigned i = 0; i < w->started; i++)
        (void)pthread_join(w->thread[i], NULL);
    while (w->first) {
        struct exchange *x = w->first;

        w->first = x->next;
        exchange_unref(x);
    }
    (void)pthread_cond_destroy(&w->finished);
    (void)pthread_cond_destroy(&w->work);
    (void)pthread_mutex_destroy(&w->lock);
    free(w);
}

static bool reads_past(const struct exchange *x)
{
    return x->route->flags & ROUTE_PAST;
}

struct stream {
    struct workers *workers;
    struct exchange *x;
};

static void *run_stream(void *arg)
{
    struct stream s = *(struct stream *)arg;
    bool past = reads_past(s.x);

    free(arg);
    exchange_run(s.x);
    exchange_unref(s.x);
    (void)pthread_mutex_lock(&s.workers->lock);
    s.workers->streaming[past]--;
    (void)pthread_cond_signal(&s.workers->finished);
    (void)pthread_mutex_unlock(&s.workers->lock);
    return NULL;
}

static bool take_stream(struct workers *w, struct exchange *x)
{
    bool past = reads_past(x), taken;
    struct stream *s;
    pthread_t thread;

    (void)pthread_mutex_lock(&w->lock);
    taken = !w->over && w->streaming[past] < (past ? w->limits.past : w->limits.streams);
    if (taken)
        w->streaming[past]++;
    (void)pthread_mutex_unlock(&w->lock);
    if (!taken)
        return false;
    s = mem_zalloc(1, sizeof *s);
    *s = (struct stream){w, exchange_ref(x)};
    if (start_thread(&thread, run_stream, s) == 0) {
        (void)pthread_detach(thread);
        return true;
    }
    exchange_unref(x);
    free(s);
    (void)pthread_mutex_lock(&w->lock);
    w->streaming[past]--;
    (void)pthread_mutex_unlock(&w->lock);
    return false;
}

bool workers_take(struct workers *w, struct exchange *x)
{
    bool taken;

    if (x->route->flags & ROUTE_LONG)
        return take_stream(w, x);
    (void)pthread_mutex_lock(&w->lock);
    taken = !w->over && w->waiting < w->limits.queue;
    if (taken) {
        x->next = NULL;
        if (w->last)
            w->last->next = exchange_ref(x);
        else
            w->first = exchange_ref(x);
        w->last = x;
        w->waiting++;
        (void)pthread_cond_signal(&w->work);
    }
    (void)pthread_mutex_unlock(&w->lock);
    return taken;
}
