/* budget.c: one sum for all memory that clients make the server hold. A use may fill only its part,
 * so that large answers cannot keep small ones out. */
#include "base/budget.h"

void budget_init(struct budget *b, size_t max)
{
    b->max = max;
    b->used = 0;
    (void)pthread_mutex_init(&b->lock, NULL);
}

void budget_release(struct budget *b)
{
    (void)pthread_mutex_destroy(&b->lock);
}

/* Bodies up to half, large answers up to three quarters, small ones all. */
static size_t limit_of(const struct budget *b, enum budget_use use)
{
    switch (use) {
    case BUDGET_BODY:
        return b->max / 2;
    case BUDGET_LARGE:
        return b->max / 4 * 3;
    default:
        return b->max;
    }
}

/* Lock held. */
static int count_in(struct budget *b, enum budget_use use, size_t bytes, struct err *e)
{
    size_t limit = limit_of(b, use);

    if (bytes <= limit && b->used <= limit - bytes) {
        b->used += bytes;
        return 0;
    }
    return err_set(e, ERR_UNAVAILABLE,
        "The server holds as many bytes for its clients as it may (%zu MiB, --client-memory): try "
        "again in a few seconds.",
        b->max >> 20);
}

int budget_take(struct budget *b, enum budget_use use, size_t bytes, struct err *e)
{
    int rc;

    (void)pthread_mutex_lock(&b->lock);
    rc = count_in(b, use, bytes, e);
    (void)pthread_mutex_unlock(&b->lock);
    return rc;
}

void budget_give(struct budget *b, size_t bytes)
{
    (void)pthread_mutex_lock(&b->lock);
    b->used -= bytes;
    (void)pthread_mutex_unlock(&b->lock);
}

/* The first holder pays for all: they share the bytes. */
int budget_hold(struct budget *b, unsigned *holders, size_t bytes, struct err *e)
{
    int rc = 0;

    (void)pthread_mutex_lock(&b->lock);
    if (*holders == 0)
        rc = count_in(b, BUDGET_LARGE, bytes, e);
    if (rc == 0)
        ++*holders;
    (void)pthread_mutex_unlock(&b->lock);
    return rc;
}

void budget_drop(struct budget *b, unsigned *holders, size_t bytes)
{
    (void)pthread_mutex_lock(&b->lock);
    if (--*holders == 0)
        b->used -= bytes;
    (void)pthread_mutex_unlock(&b->lock);
}

size_t budget_used(struct budget *b)
{
    size_t used;

    (void)pthread_mutex_lock(&b->lock);
    used = b->used;
    (void)pthread_mutex_unlock(&b->lock);
    return used;
}
