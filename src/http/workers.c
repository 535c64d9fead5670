/*
 * workers.c: one lock per pool guards its queue and what its threads run. A request that changes
 * something is skipped while all threads but one are at such requests; readers behind it go first.
 */
#include "http/workers.h"

#include "base/mem.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

struct worker {
    struct workers *pool;
    pthread_t thread;
    struct exchange *running; /* NULL: idle; under the pool's lock */
};

struct workers {
    struct workers_limits limits;
    pthread_mutex_t lock;
    pthread_cond_t work;     /* something waits, or it is over */
    pthread_cond_t finished; /* a stream's thread has ended */
    struct exchange *first, *last;
    unsigned waiting;
    unsigned streaming[2]; /* threads of ROUTE_LONG, of ROUTE_LONGEST */
    bool over;
    unsigned started;
    struct worker worker[WORKERS_THREADS_MAX];
};

static bool is_gone(const struct exchange *x)
{
    return atomic_load(&x->gone);
}

/* Whether nobody misses the exchange if it is not run. */
static bool is_needless(const struct exchange *x)
{
    return is_gone(x) && exchange_reads(x);
}

static bool same_client(const struct exchange *a, const struct exchange *b)
{
    struct address one = address_group(&a->request.client);
    struct address other = address_group(&b->request.client);

    return address_equal(&one, &other);
}

/* Lock held. */
static void append(struct workers *w, struct exchange *x)
{
    x->next = NULL;
    if (w->last)
        w->last->next = x;
    else
        w->first = x;
    w->last = x;
    w->waiting++;
}

/* Takes `x` out of the queue; `before` is the one in front of it, or NULL. Lock held. */
static struct exchange *take_out(struct workers *w, struct exchange *before, struct exchange *x)
{
    *(before ? &before->next : &w->first) = x->next;
    if (w->last == x)
        w->last = before;
    x->next = NULL;
    w->waiting--;
    return x;
}

/* Lock held. */
static void drop_needless(struct workers *w)
{
    struct exchange *before = NULL, *x = w->first;

    while (x) {
        struct exchange *next = x->next;

        if (is_needless(x))
            exchange_unref(take_out(w, before, x));
        else
            before = x;
        x = next;
    }
}

/* Whether another request that changes something may begin: one thread is always left for readers.
 * Lock held. */
static bool may_change(const struct workers *w)
{
    unsigned changing = 0;

    for (unsigned i = 0; i < w->limits.threads; i++)
        changing += w->worker[i].running && !exchange_reads(w->worker[i].running);
    return w->limits.threads == 1 || changing < w->limits.threads - 1;
}

/* NULL: nothing waits that may begin. Lock held. */
static struct exchange *take_first(struct workers *w)
{
    struct exchange *before = NULL, *x = w->first;
    bool may = !x || may_change(w);

    while (x && !may && !exchange_reads(x)) {
        before = x;
        x = x->next;
    }
    return x ? take_out(w, before, x) : NULL;
}

static struct exchange *next_exchange(struct worker *me)
{
    struct workers *w = me->pool;
    struct exchange *x = NULL;

    (void)pthread_mutex_lock(&w->lock);
    while (!w->over && !(x = take_first(w)))
        (void)pthread_cond_wait(&w->work, &w->lock);
    me->running = x;
    (void)pthread_mutex_unlock(&w->lock);
    return x;
}

/* The other threads read me->running until it is cleared, so the reference goes after that. */
static void finish(struct worker *me, struct exchange *x)
{
    (void)pthread_mutex_lock(&me->pool->lock);
    me->running = NULL;
    (void)pthread_mutex_unlock(&me->pool->lock);
    exchange_unref(x);
}

static void *work(void *arg)
{
    struct worker *me = arg;
    struct exchange *x;

    if (me->pool->limits.nicer) /* on Linux this sets the priority of this thread alone */
        (void)setpriority(PRIO_PROCESS, (id_t)gettid(), me->pool->limits.nicer);
    while ((x = next_exchange(me)) != NULL) {
        if (!is_needless(x))
            exchange_run(x);
        finish(me, x);
    }
    return NULL;
}

/* Signals are the main thread's: one that arrived here would interrupt a handler's work. */
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
    for (; w->started < limits->threads && w->started < WORKERS_THREADS_MAX; w->started++) {
        struct worker *one = &w->worker[w->started];
        int rc;

        one->pool = w;
        rc = start_thread(&one->thread, work, one);
        if (rc) {
            (void)err_set(e, ERR_INTERNAL, "Cannot start a thread: %s.", strerror(rc));
            workers_free(w);
            return NULL;
        }
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
        (void)pthread_join(w->worker[i].thread, NULL);
    while (w->first)
        exchange_unref(take_out(w, NULL, w->first));
    (void)pthread_cond_destroy(&w->finished);
    (void)pthread_cond_destroy(&w->work);
    (void)pthread_mutex_destroy(&w->lock);
    free(w);
}

struct stream {
    struct workers *workers;
    struct exchange *x;
    bool longest; /* ROUTE_LONGEST */
};

static void stream_ended(struct workers *w, bool longest)
{
    (void)pthread_mutex_lock(&w->lock);
    w->streaming[longest]--;
    (void)pthread_cond_signal(&w->finished);
    (void)pthread_mutex_unlock(&w->lock);
}

static void *run_stream(void *arg)
{
    struct stream s = *(struct stream *)arg;

    free(arg);
    exchange_run(s.x);
    exchange_unref(s.x);
    stream_ended(s.workers, s.longest);
    return NULL;
}

static bool start_stream(struct workers *w, struct exchange *x, bool longest)
{
    struct stream *s = mem_alloc(sizeof *s);
    pthread_t thread;

    *s = (struct stream){w, exchange_ref(x), longest};
    if (start_thread(&thread, run_stream, s) == 0) {
        (void)pthread_detach(thread);
        return true;
    }
    exchange_unref(x);
    free(s);
    stream_ended(w, longest);
    return false;
}

static int fail_busy(const struct workers *w, struct err *e)
{
    return err_set(e, ERR_UNAVAILABLE,
        "The server has too many %s under way: try again in a moment.", w->limits.what);
}

static int take_stream(struct workers *w, struct exchange *x, struct err *e)
{
    bool longest = x->route->flags & ROUTE_LONGEST, room;

    (void)pthread_mutex_lock(&w->lock);
    room = !w->over && w->streaming[longest] < (longest ? w->limits.longest : w->limits.streams);
    w->streaming[longest] += room;
    (void)pthread_mutex_unlock(&w->lock);
    return room && start_stream(w, x, longest) ? 0 : fail_busy(w, e);
}

/* How many exchanges of the same client run and wait. Lock held. */
static unsigned under_way(const struct workers *w, const struct exchange *of)
{
    unsigned n = 0;

    for (const struct exchange *x = w->first; x; x = x->next)
        n += same_client(x, of);
    for (unsigned i = 0; i < w->limits.threads; i++) {
        const struct exchange *x = w->worker[i].running;

        n += x && !is_gone(x) && same_client(x, of);
    }
    return n;
}

/* Lock held. */
static int check_room(struct workers *w, const struct exchange *x, struct err *e)
{
    if (w->limits.per_client || w->waiting >= w->limits.queue)
        drop_needless(w);
    if (w->limits.per_client && under_way(w, x) >= w->limits.per_client)
        return err_set(e, ERR_TOO_MANY,
            "You have %u %s under way here, and more are not taken from one address: wait for the "
            "answer to one of them.",
            w->limits.per_client, w->limits.what);
    return w->over || w->waiting >= w->limits.queue ? fail_busy(w, e) : 0;
}

int workers_take(struct workers *w, struct exchange *x, struct err *e)
{
    int rc;

    if (x->route->flags & ROUTE_LONG)
        return take_stream(w, x, e);
    (void)pthread_mutex_lock(&w->lock);
    rc = check_room(w, x, e);
    if (rc == 0) {
        append(w, exchange_ref(x));
        (void)pthread_cond_signal(&w->work);
    }
    (void)pthread_mutex_unlock(&w->lock);
    return rc;
}
