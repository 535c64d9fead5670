#include "base/trim.h"

#include "base/mem.h"

#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define EVERY_S 3
#define SLACK_BYTES ((size_t)32 << 20) /* so much may lie about */

struct trim {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t end;
    bool over;
    size_t left; /* bytes that lay about after the last time: to give back none of them is vain */
};

/* Bytes of memory that the process has from the system; 0: it cannot be read. */
static size_t resident(void)
{
    unsigned long pages = 0;
    FILE *f = fopen("/proc/self/statm", "re");

    if (!f)
        return 0;
    if (fscanf(f, "%*u %lu", &pages) != 1)
        pages = 0;
    (void)fclose(f);
    return (size_t)pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* What the process has more than its allocations need. */
static size_t lying_about(void)
{
    struct mallinfo2 m = mallinfo2();
    size_t needed = m.uordblks + m.hblkhd, have = resident();

    return have > needed ? have - needed : 0;
}

static void look(struct trim *t)
{
    size_t now = lying_about();

    if (now < t->left)
        t->left = now;
    if (now < t->left + SLACK_BYTES)
        return;
    (void)malloc_trim(0);
    t->left = lying_about();
}

static void *run(void *arg)
{
    struct trim *t = arg;
    struct timespec until;

    (void)pthread_mutex_lock(&t->lock);
    while (!t->over) {
        (void)clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += EVERY_S;
        (void)pthread_cond_timedwait(&t->end, &t->lock, &until);
        if (!t->over)
            look(t);
    }
    (void)pthread_mutex_unlock(&t->lock);
    return NULL;
}

struct trim *trim_new(void)
{
    struct trim *t = mem_zalloc(1, sizeof *t);
    sigset_t all, before;
    int rc;

    (void)pthread_mutex_init(&t->lock, NULL);
    (void)pthread_cond_init(&t->end, NULL);
    (void)sigfillset(&all); /* signals are the main thread's */
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    rc = pthread_create(&t->thread, NULL, run, t);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (rc == 0)
        return t;
    free(t);
    return NULL;
}

void trim_free(struct trim *t)
{
    if (!t)
        return;
    (void)pthread_mutex_lock(&t->lock);
    t->over = true;
    (void)pthread_cond_signal(&t->end);
    (void)pthread_mutex_unlock(&t->lock);
    (void)pthread_join(t->thread, NULL);
    (void)pthread_cond_destroy(&t->end);
    (void)pthread_mutex_destroy(&t->lock);
    free(t);
}
