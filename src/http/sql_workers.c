#include "http/sql_workers.h"

#include "base/mem.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define THREADS_MAX 16u
#define NICER 5 /* than the other threads */

struct sql_workers {
    struct sql_workers_limits limits;
    pthread_mutex_t lock;
    pthread_cond_t work; /* something waits, or it is over */
    struct exchange *first, *last;
    struct exchange *running[THREADS_MAX]; /* by thread; NULL: idle */
    bool over;
    unsigned started;
    pthread_t thread[THREADS_MAX];
};

static bool is_gone(const struct exchange *x)
{
    return atomic_load(&x->gone);
}

static bool same_client(const struct exchange *a, const struct exchange *b)
{
    struct address one = address_group(&a->request.client);
    struct address other = address_group(&b->request.client);

    return address_equal(&one, &other);
}

/* With the lock held. */
static struct exchange *take_first(struct sql_workers *w)
{
    struct exchange *x = w->first;

    w->first = x->next;
    if (!w->first)
        w->last = NULL;
    x->next = NULL;
    return x;
}

/* With the lock held. The queue without those whose clients have gone; how many are left. */
static unsigned drop_gone(struct sql_workers *w)
{
    struct exchange **at = &w->first;
    unsigned n = 0;

    w->last = NULL;
    while (*at) {
        struct exchange *x = *at;

        if (!is_gone(x)) {
            w->last = x;
            at = &x->next;
            n++;
            continue;
        }
        *at = x->next;
        x->next = NULL;
        exchange_unref(x);
    }
    return n;
}

static unsigned under_way(const struct sql_workers *w, const struct exchange *of)
{
    unsigned n = 0;

    for (const struct exchange *x = w->first; x; x = x->next)
        n += same_client(x, of);
    for (unsigned i = 0; i < w->started; i++)
        n += w->running[i] && !is_gone(w->running[i]) && same_client(w->running[i], of);
    return n;
}

static struct exchange *next_exchange(struct sql_workers *w, unsigned thread)
{
    struct exchange *x = NULL;

    (void)pthread_mutex_lock(&w->lock);
    w->running[thread] = NULL;
    while (!w->over && !w->first)
        (void)pthread_cond_wait(&w->work, &w->lock);
    if (!w->over)
        w->running[thread] = x = take_first(w);
    (void)pthread_mutex_unlock(&w->lock);
    return x;
}

struct start {
    struct sql_workers *workers;
    unsigned thread;
};

static void *work(void *arg)
{
    struct start s = *(struct start *)arg;
    struct exchange *x;

    free(arg);
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICER); /* of this thread alone, on Linux */
    while ((x = next_exchange(s.workers, s.thread)) != NULL) {
        if (!is_gone(x))
            exchange_run(x);
        (void)pthread_mutex_lock(&s.workers->lock);
        s.workers->running[s.thread] = NULL; /* under_way() may look at it until here */
        (void)pthread_mutex_unlock(&s.workers->lock);
        exchange_unref(x);
    }
    return NULL;
}

/* Signals are the main thread's. */
static int start_thread(struct sql_workers *w, unsigned thread)
{
    struct start *s = mem_alloc(sizeof *s);
    sigset_t all, before;
    int rc;

    *s = (struct start){w, thread};
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    rc = pthread_create(&w->thread[thread], NULL, work, s);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (rc)
        free(s);
    return rc;
}

struct sql_workers *sql_workers_new(const struct sql_workers_limits *limits, struct err *e)
{
    struct sql_workers *w = mem_zalloc(1, sizeof *w);

    w->limits = *limits;
    (void)pthread_mutex_init(&w->lock, NULL);
    (void)pthread_cond_init(&w->work, NULL);
    for (unsigned i = 0; i < limits->threads && i < THREADS_MAX; i++) {
        int rc = start_thread(w, i);

        if (rc) {
            (void)err_set(e, ERR_INTERNAL, "Cannot start a thread: %s.", strerror(rc));
            sql_workers_free(w);
            return NULL;
        }
        (void)pthread_mutex_lock(&w->lock);
        w->started++;
        (void)pthread_mutex_unlock(&w->lock);
    }
    return w;
}

void sql_workers_free(struct sql_workers *w)
{
    if (!w)
        return;
    (void)pthread_mutex_lock(&w->lock);
    w->over = true;
    (void)pthread_cond_broadcast(&w->work);
    (void)pthread_mutex_unlock(&w->lock);
    for (unsigned i = 0; i < w->started; i++)
        (void)pthread_join(w->thread[i], NULL);
    while (w->first)
        exchange_unref(take_first(w));
    (void)pthread_cond_destroy(&w->work);
    (void)pthread_mutex_destroy(&w->lock);
    free(w);
}

/* With the lock held. */
static int check_room(struct sql_workers *w, const struct exchange *x, struct err *e)
{
    unsigned waiting = drop_gone(w);

    if (under_way(w, x) >= w->limits.per_client)
        return err_set(e, ERR_TOO_MANY,
            "You have %u statements under way here, and more are not taken from one address: wait "
            "for the answer to one of them.",
            w->limits.per_client);
    if (w->over || waiting >= w->limits.queue)
        return err_set(e, ERR_UNAVAILABLE,
            "The server has too many statements under way: try again in a moment.");
    return 0;
}

int sql_workers_take(struct sql_workers *w, struct exchange *x, struct err *e)
{
    int rc;

    (void)pthread_mutex_lock(&w->lock);
    rc = check_room(w, x, e);
    if (!rc) {
        x->next = NULL;
        if (w->last)
            w->last->next = exchange_ref(x);
        else
            w->first = exchange_ref(x);
        w->last = x;
        (void)pthread_cond_signal(&w->work);
    }
    (void)pthread_mutex_unlock(&w->lock);
    return rc;
}
