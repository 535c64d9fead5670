/* schedule.c: a binary heap of pointers. Each driver knows its place in it, so a driver whose time
 * has changed is moved in O(log n) without a search. */
#include "live/schedule.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

void schedule_init(struct schedule *s)
{
    *s = (struct schedule){NULL, 0, 0};
}

void schedule_release(struct schedule *s)
{
    for (size_t i = 0; i < s->n; i++)
        driver_free(s->at[i]);
    free(s->at);
    schedule_init(s);
}

/* By due time; equal ones by name, so that the order does not depend on who came first. */
static bool before(const struct driver *a, const struct driver *b)
{
    if (a->due_ms != b->due_ms)
        return a->due_ms < b->due_ms;
    return strcmp(a->race.spec.run_id, b->race.spec.run_id) < 0;
}

/* The one place that writes the heap, so that at[i]->place == i always holds. */
static void put(struct schedule *s, size_t i, struct driver *d)
{
    s->at[i] = d;
    d->place = i;
}

/* Moves a driver towards the front as far as its time allows. */
static void rise(struct schedule *s, struct driver *d)
{
    size_t i = d->place;

    while (i > 0 && before(d, s->at[(i - 1) / 2])) {
        put(s, i, s->at[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
    put(s, i, d);
}

/* Moves a driver towards the back as far as its time demands. */
static void sink(struct schedule *s, struct driver *d)
{
    size_t i = d->place, child;

    while ((child = 2 * i + 1) < s->n) {
        if (child + 1 < s->n && before(s->at[child + 1], s->at[child]))
            child++;
        if (!before(s->at[child], d))
            break;
        put(s, i, s->at[child]);
        i = child;
    }
    put(s, i, d);
}

void schedule_moved(struct schedule *s, struct driver *d)
{
    rise(s, d);
    sink(s, d);
}

void schedule_add(struct schedule *s, struct driver *d)
{
    s->at = mem_grow(s->at, s->n, &s->cap, sizeof(struct driver *));
    put(s, s->n++, d);
    rise(s, d);
}

/* The last one takes the free place, and may belong before or behind it. */
void schedule_remove(struct schedule *s, struct driver *d)
{
    size_t i = d->place;
    struct driver *last = s->at[--s->n];

    if (last == d)
        return;
    put(s, i, last);
    schedule_moved(s, last);
}

/* All at once in O(n), where one by one would be O(n log n). */
void schedule_rebuild(struct schedule *s)
{
    for (size_t i = s->n / 2; i-- > 0;)
        sink(s, s->at[i]);
}

void schedule_sweep(struct schedule *s)
{
    size_t kept = 0;

    for (size_t i = 0; i < s->n; i++) {
        struct driver *d = s->at[i];

        if (driver_is_over(d))
            driver_free(d);
        else
            put(s, kept++, d);
    }
    s->n = kept;
    schedule_rebuild(s);
}

struct driver *schedule_first(const struct schedule *s)
{
    return s->n ? s->at[0] : NULL;
}

/* A search through all: at most 2,000 races, and asked only when somebody does something to one. */
struct driver *schedule_find(const struct schedule *s, const char *run_id)
{
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->at[i]->race.spec.run_id, run_id) == 0)
            return s->at[i];
    return NULL;
}
