#include "http/answers.h"

#include "base/gzip.h"
#include "base/mem.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANSWERS_MAX 64u /* in the set at once */

struct answer {
    atomic_uint refs; /* the set's own is one of them */
    struct budget *budget;
    struct buf bytes; /* `counted` of them are in the budget */
    size_t counted;
};

struct slot {
    char key[ANSWERS_KEY_MAX + 2]; /* "" where the slot is free */
    struct answer *answer;         /* NULL: it is being made */
    uint64_t used;                 /* when it was asked for last */
};

struct answers {
    struct budget *budget;
    size_t keep_max;
    pthread_mutex_t lock; /* for everything below */
    pthread_cond_t made;
    struct slot slot[ANSWERS_MAX];
    size_t kept; /* bytes of the answers in the set */
    uint64_t clock;
};

struct answers *answers_new(struct budget *budget, size_t keep_max)
{
    struct answers *a = mem_zalloc(1, sizeof *a);

    a->budget = budget;
    a->keep_max = keep_max;
    (void)pthread_mutex_init(&a->lock, NULL);
    (void)pthread_cond_init(&a->made, NULL);
    return a;
}

const struct buf *answer_bytes(const struct answer *a)
{
    return &a->bytes;
}

static struct answer *answer_ref(struct answer *a)
{
    atomic_fetch_add_explicit(&a->refs, 1, memory_order_relaxed);
    return a;
}

void answer_unref(struct answer *a)
{
    if (!a || atomic_fetch_sub_explicit(&a->refs, 1, memory_order_acq_rel) != 1)
        return;
    budget_give(a->budget, a->counted);
    buf_release(&a->bytes);
    free(a);
}

static void empty_slot(struct answers *a, struct slot *s)
{
    if (s->answer)
        a->kept -= s->answer->counted;
    answer_unref(s->answer);
    *s = (struct slot){0};
}

void answers_free(struct answers *a)
{
    if (!a)
        return;
    for (size_t i = 0; i < ANSWERS_MAX; i++)
        empty_slot(a, &a->slot[i]);
    (void)pthread_cond_destroy(&a->made);
    (void)pthread_mutex_destroy(&a->lock);
    free(a);
}

static struct slot *find(struct answers *a, const char *key)
{
    for (size_t i = 0; i < ANSWERS_MAX; i++)
        if (strcmp(a->slot[i].key, key) == 0)
            return &a->slot[i];
    return NULL;
}

/* The slot that was used least recently. NULL: all are being made. */
static struct slot *oldest(struct answers *a)
{
    struct slot *found = NULL;

    for (size_t i = 0; i < ANSWERS_MAX; i++)
        if (a->slot[i].answer && (!found || a->slot[i].used < found->used))
            found = &a->slot[i];
    return found;
}

/* A slot for a new answer; NULL where every slot is being made. Lock held. */
static struct slot *claim(struct answers *a, const char *key)
{
    struct slot *s = find(a, "");

    if (!s && (s = oldest(a)) != NULL)
        empty_slot(a, s);
    if (s)
        memcpy(s->key, key, strlen(key) + 1);
    return s;
}

static struct answer *make_answer(
    struct answers *a, bool gzip, answer_maker *make, void *arg, struct err *e)
{
    struct answer *made = mem_zalloc(1, sizeof *made);

    atomic_init(&made->refs, 1);
    made->budget = a->budget;
    if (make(arg, &made->bytes, e) || (gzip && gzip_buf(&made->bytes, e))) {
        answer_unref(made);
        return NULL;
    }
    buf_trim(&made->bytes);
    if (budget_take(a->budget, BUDGET_LARGE, made->bytes.len, e)) {
        answer_unref(made);
        return NULL;
    }
    made->counted = made->bytes.len;
    return made;
}

/* Keeps the answer that was just made, and empties the slots that were used least recently until
 * there is room. One that is larger than the whole set is not kept. Lock held. */
static void keep(struct answers *a, struct slot *s, struct answer *made)
{
    s->answer = made ? answer_ref(made) : NULL;
    s->used = ++a->clock;
    if (!made) {
        *s = (struct slot){0};
        return;
    }
    a->kept += made->counted;
    while (a->kept > a->keep_max && (s = oldest(a)) != NULL)
        empty_slot(a, s);
}

/* Waits while another thread makes it. NULL: there is none, and the caller fills `*s`, which is
 * NULL where every slot is being made. Lock held. */
static struct answer *wait_for(struct answers *a, const char *key, struct slot **s)
{
    for (;;) {
        *s = find(a, key);
        if (!*s) {
            *s = claim(a, key);
            return NULL;
        }
        if ((*s)->answer) {
            (*s)->used = ++a->clock;
            return answer_ref((*s)->answer);
        }
        (void)pthread_cond_wait(&a->made, &a->lock);
    }
}

struct answer *answers_get(
    struct answers *a, const char *key, bool gzip, answer_maker *make, void *arg, struct err *e)
{
    char full[ANSWERS_KEY_MAX + 2];
    struct answer *found;
    struct slot *s;

    (void)snprintf(full, sizeof full, "%c%.*s", gzip ? 'g' : 'p', (int)ANSWERS_KEY_MAX, key);
    (void)pthread_mutex_lock(&a->lock);
    found = wait_for(a, full, &s);
    (void)pthread_mutex_unlock(&a->lock);
    if (found)
        return found;
    found = make_answer(a, gzip, make, arg, e);
    if (!s)
        return found;
    (void)pthread_mutex_lock(&a->lock);
    keep(a, s, found);
    (void)pthread_cond_broadcast(&a->made);
    (void)pthread_mutex_unlock(&a->lock);
    return found;
}
