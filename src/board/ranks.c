#include "board/ranks.h"

#include "base/mem.h"
#include "board/board.h"

#include <pthread.h>
#include <stdlib.h>

/* What is in use now: a handful. `making` is taken before `lock`. */
static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct ranks *in_use;

static struct ranks *find(const struct view *v)
{
    struct ranks *r;

    (void)pthread_mutex_lock(&lock);
    for (r = in_use; r && r->view != v; r = r->next)
        ;
    if (r)
        r->refs++;
    (void)pthread_mutex_unlock(&lock);
    return r;
}

static void keep(struct ranks *r)
{
    (void)pthread_mutex_lock(&lock);
    r->next = in_use;
    in_use = r;
    (void)pthread_mutex_unlock(&lock);
}

/* A rank is 1 + how many are ahead, so it says where its own begin: counting sort. */
static void put_in_order(struct ranks *r, uint32_t n)
{
    uint32_t *next = mem_zalloc((size_t)n + 2, sizeof *next);

    for (uint32_t i = 0; i < n; i++)
        next[r->rank[i] + 1]++;
    for (uint32_t k = 1; k < n + 2; k++)
        next[k] += next[k - 1];
    for (uint32_t i = 0; i < n; i++)
        r->order[next[r->rank[i]]++] = i;
    free(next);
}

static struct ranks *make(struct view *v)
{
    struct ranks *r = mem_zalloc(1, sizeof *r);

    r->refs = 1;
    r->view = view_ref(v);
    r->rank = mem_zalloc((size_t)v->n + 1, sizeof *r->rank);
    r->order = mem_zalloc((size_t)v->n + 1, sizeof *r->order);
    board_ranks(v, r->rank);
    put_in_order(r, v->n);
    return r;
}

struct ranks *ranks_of(struct view *v)
{
    struct ranks *r;

    while (v->lender)
        v = v->lender;
    r = find(v);
    if (r)
        return r;
    (void)pthread_mutex_lock(&making);
    r = find(v);
    if (!r) {
        r = make(v);
        keep(r);
    }
    (void)pthread_mutex_unlock(&making);
    return r;
}

void ranks_unref(struct ranks *r)
{
    struct ranks **at = &in_use;
    bool last;

    if (!r)
        return;
    (void)pthread_mutex_lock(&lock);
    last = --r->refs == 0;
    while (last && *at != r)
        at = &(*at)->next;
    if (last)
        *at = r->next;
    (void)pthread_mutex_unlock(&lock);
    if (!last)
        return;
    view_unref(r->view);
    free(r->rank);
    free(r->order);
    free(r);
}
