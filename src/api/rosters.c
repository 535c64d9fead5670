#include "api/rosters.h"

#include "base/mem.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define ROSTERS_MAX 32u               /* kept at once */
#define KEEP_BYTES ((size_t)64 << 20) /* of all that are kept; one that is larger is kept alone */

struct shared_roster {
    atomic_uint refs; /* the set's own is one of them */
    struct budget *budget;
    size_t bytes; /* counted in the budget */
    struct roster names;
};

struct slot {
    char run_id[RUN_ID_MAX + 1]; /* "" where the slot is free */
    int64_t created_ms;          /* a race that was deleted and made again is another */
    uint64_t version;            /* store.rosters_changed when it was read */
    uint64_t used;               /* when it was asked for last */
    struct shared_roster *roster;
};

struct rosters {
    struct store *store;
    struct budget *budget;
    pthread_mutex_t making; /* one is parsed at a time; taken before `lock` */
    pthread_mutex_t lock;   /* for everything below */
    struct slot slot[ROSTERS_MAX];
    uint64_t clock;
};

struct rosters *rosters_new(struct store *store, struct budget *budget)
{
    struct rosters *r = mem_zalloc(1, sizeof *r);

    r->store = store;
    r->budget = budget;
    (void)pthread_mutex_init(&r->making, NULL);
    (void)pthread_mutex_init(&r->lock, NULL);
    return r;
}

const struct roster *rosters_names(const struct shared_roster *s)
{
    return &s->names;
}

static struct shared_roster *ref(struct shared_roster *s)
{
    atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
    return s;
}

void rosters_unref(struct shared_roster *s)
{
    if (!s || atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) != 1)
        return;
    budget_give(s->budget, s->bytes);
    roster_release(&s->names);
    free(s);
}

void rosters_free(struct rosters *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < ROSTERS_MAX; i++)
        rosters_unref(r->slot[i].roster);
    (void)pthread_mutex_destroy(&r->lock);
    (void)pthread_mutex_destroy(&r->making);
    free(r);
}

/* What a slot has to say to be the answer. */
struct wanted {
    const char *run_id;
    int64_t created_ms;
    uint64_t version;
};

static struct shared_roster *find(struct rosters *r, const struct wanted *w)
{
    struct shared_roster *found = NULL;

    (void)pthread_mutex_lock(&r->lock);
    for (size_t i = 0; i < ROSTERS_MAX && !found; i++) {
        struct slot *s = &r->slot[i];

        if (s->roster && strcmp(s->run_id, w->run_id) == 0 && s->created_ms == w->created_ms &&
            s->version == w->version) {
            s->used = ++r->clock;
            found = ref(s->roster);
        }
    }
    (void)pthread_mutex_unlock(&r->lock);
    return found;
}

static void empty(struct slot *s)
{
    rosters_unref(s->roster);
    *s = (struct slot){0};
}

/* A free slot: an older state of the same race goes, and the one that was not asked for the longest
 * where there is no room for `bytes` more. Lock held. */
static struct slot *make_room(struct rosters *r, const char *run_id, size_t bytes)
{
    for (;;) {
        struct slot *free_slot = NULL, *oldest = NULL;
        size_t kept = 0;

        for (size_t i = 0; i < ROSTERS_MAX; i++) {
            struct slot *s = &r->slot[i];

            if (s->roster && strcmp(s->run_id, run_id) == 0)
                empty(s);
            if (!s->roster) {
                free_slot = s;
                continue;
            }
            kept += s->roster->bytes;
            if (!oldest || s->used < oldest->used)
                oldest = s;
        }
        if (free_slot && (!oldest || kept + bytes <= KEEP_BYTES))
            return free_slot;
        empty(oldest);
    }
}

static void keep(struct rosters *r, const struct wanted *w, struct shared_roster *made)
{
    struct slot *s;

    (void)pthread_mutex_lock(&r->lock);
    s = make_room(r, w->run_id, made->bytes);
    (void)snprintf(s->run_id, sizeof s->run_id, "%s", w->run_id);
    s->created_ms = w->created_ms;
    s->version = w->version;
    s->used = ++r->clock;
    s->roster = ref(made);
    (void)pthread_mutex_unlock(&r->lock);
}

static struct shared_roster *make(struct rosters *r, const char *run_id, struct err *e)
{
    struct shared_roster *made = mem_zalloc(1, sizeof *made);

    atomic_init(&made->refs, 1);
    made->budget = r->budget;
    if (roster_load(&made->names, r->store, run_id, e) == 0) {
        size_t bytes = made->names.n * sizeof *made->names.entry + made->names.text.cap;

        if (budget_take(r->budget, BUDGET_LARGE, bytes, e) == 0) {
            made->bytes = bytes;
            return made;
        }
    }
    rosters_unref(made);
    return NULL;
}

struct shared_roster *rosters_get(struct rosters *r, const char *run_id, struct err *e)
{
    struct wanted w = {.run_id = run_id, .version = atomic_load(&r->store->rosters_changed)};
    struct shared_roster *found;
    struct race_record race;

    if (r->store->ops->race(r->store, run_id, &race, e))
        return NULL;
    w.created_ms = race.created_ms;
    found = find(r, &w);
    if (found)
        return found;
    (void)pthread_mutex_lock(&r->making);
    found = find(r, &w);
    if (!found && (found = make(r, run_id, e)) != NULL)
        keep(r, &w, found);
    (void)pthread_mutex_unlock(&r->making);
    return found;
}
