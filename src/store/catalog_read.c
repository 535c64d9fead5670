/* The reading side of the catalogue: what was published by the last commit. */
#include "base/clock.h"
#include "base/mem.h"
#include "store/catalog.h"

#include <stdlib.h>
#include <string.h>

int catalog_no_race(const char *run_id, struct err *e)
{
    return err_set_id(
        e, ERR_NOT_FOUND, "race-unknown", "There is no race '%.*s'.", RUN_ID_MAX, run_id);
}

int catalog_no_course(const char *short_name, const char *revision, struct err *e)
{
    if (!revision)
        return err_set_id(e, ERR_NOT_FOUND, "course-unknown", "There is no course '%.*s'.",
            COURSE_NAME_MAX, short_name);
    return err_set_id(e, ERR_NOT_FOUND, "course-unknown",
        "There is no course '%.*s' of revision %.*s.", COURSE_NAME_MAX, short_name,
        COURSE_REVISION_LEN, revision);
}

bool catalog_shows(const struct catalog *c, const struct catalog_race *r)
{
    return r->known && (!c->hooks->shows || c->hooks->shows(c, r));
}

static int check(struct catalog *c, struct err *e)
{
    return c->hooks->readable ? c->hooks->readable(c, e) : 0;
}

struct catalog_race *catalog_find(const struct catalog *c, const char *run_id)
{
    return strmap_find(&c->races, run_id);
}

struct catalog_race *catalog_visible(const struct catalog *c, const char *run_id)
{
    struct catalog_race *r = catalog_find(c, run_id);

    return r && catalog_shows(c, r) ? r : NULL;
}

static int compare_races(const void *a, const void *b)
{
    const struct race_record *x = a, *y = b;

    if (x->created_ms != y->created_ms)
        return x->created_ms > y->created_ms ? -1 : 1;
    return strcmp(x->spec.run_id, y->spec.run_id);
}

int catalog_races(struct store *s, struct race_record **out, size_t *n, struct err *e)
{
    struct catalog *c = catalog_of(s);
    struct race_record *list;
    size_t len = 0;

    if (check(c, e))
        return -1;
    (void)pthread_mutex_lock(&c->lock);
    list = mem_alloc((c->races.n + 1) * sizeof *list);
    for (size_t k = 0; k < c->races.n; k++)
        if (catalog_shows(c, catalog_at(c, k)))
            list[len++] = catalog_at(c, k)->record;
    (void)pthread_mutex_unlock(&c->lock);
    qsort(list, len, sizeof *list, compare_races);
    *out = list;
    *n = len;
    return 0;
}

int catalog_race(struct store *s, const char *run_id, struct race_record *out, struct err *e)
{
    struct catalog *c = catalog_of(s);
    struct catalog_race *r;

    if (check(c, e))
        return -1;
    (void)pthread_mutex_lock(&c->lock);
    r = catalog_visible(c, run_id);
    if (r)
        *out = r->record;
    (void)pthread_mutex_unlock(&c->lock);
    return r ? 0 : catalog_no_race(run_id, e);
}

/* A new reference; NULL: it is not in memory. */
static struct course *loaded(struct catalog *c, const char *short_name, const char *revision)
{
    struct course_set_item *it;
    struct course *course = NULL;

    (void)pthread_mutex_lock(&c->lock);
    it = course_set_find(&c->courses, short_name, revision);
    if (it && it->course) {
        course = course_ref(it->course);
        it->used_ms = clock_wall_ms();
    }
    (void)pthread_mutex_unlock(&c->lock);
    return course;
}

/* With load_lock held. */
static struct course *load(
    struct catalog *c, const char *short_name, const char *revision, struct err *e)
{
    struct course *course;

    if (!c->hooks->load_course) {
        (void)catalog_no_course(short_name, revision, e);
        return NULL;
    }
    course = c->hooks->load_course(c, short_name, revision, e);
    if (!course)
        return NULL;
    (void)pthread_mutex_lock(&c->lock);
    course_set_put(&c->courses, course, false);
    (void)pthread_mutex_unlock(&c->lock);
    return course;
}

struct course *catalog_course_revision(
    struct store *s, const char *short_name, const char *revision, struct err *e)
{
    struct catalog *c = catalog_of(s);
    struct course *course = loaded(c, short_name, revision);

    if (course)
        return course;
    (void)pthread_mutex_lock(&c->load_lock);
    /* Whoever had the lock before may have loaded the same one. */
    course = loaded(c, short_name, revision);
    if (!course)
        course = load(c, short_name, revision, e);
    (void)pthread_mutex_unlock(&c->load_lock);
    return course;
}

struct course *catalog_course(struct store *s, const char *short_name, struct err *e)
{
    struct catalog *c = catalog_of(s);
    char revision[COURSE_REVISION_LEN + 1] = "";
    struct course_set_item *it;

    if (check(c, e))
        return NULL;
    (void)pthread_mutex_lock(&c->lock);
    it = course_set_find(&c->courses, short_name, NULL);
    if (it)
        memcpy(revision, it->about.revision, sizeof revision);
    (void)pthread_mutex_unlock(&c->lock);
    if (*revision)
        return catalog_course_revision(s, short_name, revision, e);
    (void)catalog_no_course(short_name, NULL, e);
    return NULL;
}

int catalog_course_list(struct store *s, struct course_summary **out, size_t *n, struct err *e)
{
    struct catalog *c = catalog_of(s);

    if (check(c, e))
        return -1;
    (void)pthread_mutex_lock(&c->lock);
    *out = course_set_summaries(&c->courses, n);
    (void)pthread_mutex_unlock(&c->lock);
    return 0;
}

int catalog_courses(struct store *s, struct course ***out, size_t *n, struct err *e)
{
    struct course_summary *about;
    struct course **list;
    size_t k, all;

    if (catalog_course_list(s, &about, &all, e))
        return -1;
    list = mem_alloc((all + 1) * sizeof(struct course *));
    for (k = 0, *n = 0; k < all; k++) {
        list[*n] = catalog_course_revision(s, about[k].short_name, about[k].revision, e);
        if (list[*n])
            ++*n;
        else if (e->code != ERR_NOT_FOUND) /* deleted meanwhile */
            break;
    }
    free(about);
    if (k < all) {
        while (*n)
            course_unref(list[--*n]);
        free(list);
        return -1;
    }
    *out = list;
    return 0;
}

/* Loads the course that was deferred, and keeps it for the next reader unless the race has another
 * one by now. */
static void load_deferred(struct catalog *c, const char *run_id, struct catalog_reading *r)
{
    const struct race_spec *spec = &r->record.spec;
    struct catalog_race *race;
    struct err ignored;

    r->course = spec->revision[0]
                    ? catalog_course_revision(&c->head, spec->course, spec->revision, &ignored)
                    : catalog_course(&c->head, spec->course, &ignored);
    (void)pthread_mutex_lock(&c->lock);
    race = catalog_visible(c, run_id);
    if (race && race->course_deferred && race->epoch == r->epoch) {
        race->course = r->course ? course_ref(r->course) : NULL;
        race->course_deferred = false;
    }
    (void)pthread_mutex_unlock(&c->lock);
}

int catalog_read(struct catalog *c, const char *run_id, struct catalog_reading *r, struct err *e)
{
    struct catalog_race *race;
    bool deferred;

    if (check(c, e))
        return -1;
    (void)pthread_mutex_lock(&c->lock);
    race = catalog_visible(c, run_id);
    if (race)
        *r = (struct catalog_reading){.record = race->record,
            .course = race->course ? course_ref(race->course) : NULL,
            .race_no = race->race_no,
            .epoch = race->epoch};
    deferred = race && race->course_deferred;
    (void)pthread_mutex_unlock(&c->lock);
    if (deferred)
        load_deferred(c, run_id, r);
    return race ? 0 : catalog_no_race(run_id, e);
}

void catalog_reading_release(struct catalog_reading *r)
{
    course_unref(r->course);
    r->course = NULL;
}
