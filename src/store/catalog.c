/* The writing side of the catalogue. */
#include "store/catalog.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void catalog_init(struct catalog *c, const struct store_ops *ops, const struct catalog_hooks *hooks)
{
    c->head.ops = ops;
    c->hooks = hooks;
    (void)pthread_mutex_init(&c->lock, NULL);
    (void)pthread_mutex_init(&c->load_lock, NULL);
    strmap_init(&c->races);
}

void catalog_release(struct catalog *c)
{
    for (size_t k = 0; k < c->races.n; k++) {
        struct catalog_race *r = catalog_at(c, k);

        if (c->hooks->race_release)
            c->hooks->race_release(r);
        course_unref(r->course);
        course_unref(r->next_course);
        free(r);
    }
    strmap_release(&c->races);
    course_set_release(&c->courses);
    course_set_release(&c->next_courses);
    free(c->changed);
    (void)pthread_mutex_destroy(&c->lock);
    (void)pthread_mutex_destroy(&c->load_lock);
}

void catalog_mark(struct catalog *c, struct catalog_race *r)
{
    if (!r->listed) {
        c->changed = mem_grow(c->changed, c->changed_n, &c->changed_cap, sizeof *c->changed);
        c->changed[c->changed_n++] = r;
        r->listed = true;
    }
    r->changed = true;
}

static struct catalog_race *add_race(struct catalog *c, const char *run_id)
{
    struct catalog_race *r = mem_zalloc(1, c->hooks->race_bytes);

    (void)snprintf(r->run_id, sizeof r->run_id, "%s", run_id);
    if (c->hooks->race_init)
        c->hooks->race_init(r);
    (void)pthread_mutex_lock(&c->lock);
    strmap_add(&c->races, r->run_id, r);
    (void)pthread_mutex_unlock(&c->lock);
    return r;
}

static struct catalog_race *begin_race(
    struct catalog *c, struct catalog_race *r, const char *run_id)
{
    if (!r)
        r = add_race(c, run_id);
    r->deleted = false;
    if (c->hooks->race_begins)
        c->hooks->race_begins(c, r);
    return r;
}

static void set_course(struct catalog_race *r, struct course *course)
{
    course_unref(r->next_course);
    r->next_course_deferred = false;
    r->next_course = course;
}

/* The course that a record means, as it will be after the commit; a new reference, or NULL:
 * unknown. */
static struct course *course_of(struct catalog *c, const struct race_record *r)
{
    const char *revision = r->spec.revision[0] ? r->spec.revision : NULL;
    const struct course_set_item *it = course_set_find(&c->next_courses, r->spec.course, revision);
    struct err ignored;

    if (it && it->course)
        return course_ref(it->course);
    if (it)
        revision = it->about.revision;
    return revision ? catalog_course_revision(&c->head, r->spec.course, revision, &ignored) : NULL;
}

struct course *catalog_next_course(struct catalog *c, struct catalog_race *r)
{
    if (r->next_course_deferred)
        set_course(r, course_of(c, &r->next));
    return r->next_course;
}

/* Would the same events make other columns with the new record? */
static bool reads_differently(const struct race_record *a, const struct race_record *b)
{
    return a->external != b->external || a->spec.competitors != b->spec.competitors ||
           strcmp(a->spec.course, b->spec.course) != 0 ||
           strcmp(a->spec.revision, b->spec.revision) != 0;
}

static void put_record(struct catalog *c, struct catalog_race *r, const struct race_record *next)
{
    enum catalog_change change = !r->put                             ? CATALOG_NEW
                                 : reads_differently(&r->next, next) ? CATALOG_REREAD
                                                                     : CATALOG_SAME;

    r->next = *next;
    r->put = true;
    if (change != CATALOG_SAME) {
        set_course(r, course_of(c, next));
        /* Nobody has said which revision an external race runs on: it keeps the first one. */
        if (next->external && r->next_course)
            memcpy(r->next.spec.revision, r->next_course->revision, sizeof next->spec.revision);
    }
    if (c->hooks->race_put)
        c->hooks->race_put(c, r, change);
    catalog_mark(c, r);
}

void catalog_delete_race(
    struct catalog *c, struct catalog_race *r, const struct race_record *record)
{
    if (r->deleted)
        return;
    if (c->hooks->race_deleted)
        c->hooks->race_deleted(c, r, record);
    r->put = false;
    r->deleted = true;
    set_course(r, NULL);
    catalog_mark(c, r);
}

int catalog_put_race(struct store *s, const struct race_record *record, struct err *e)
{
    struct catalog *c = catalog_of(s);
    const char *run_id = record->spec.run_id;
    struct catalog_race *r = catalog_find(c, run_id);
    struct race_record next = *record;

    if (!race_run_id_valid(run_id) || (!record->external && !record->spec.competitors) ||
        record->spec.competitors > RACE_MAX_COMPETITORS)
        return err_set(
            e, ERR_INVALID, "A race needs a runId and 1 to %u competitors.", RACE_MAX_COMPETITORS);
    if (record->state == RACE_DELETED) {
        /* An unknown race is added too: its events may still come. */
        catalog_delete_race(c, r ? r : begin_race(c, NULL, run_id), record);
        return 0;
    }
    if (!r || r->deleted)
        r = begin_race(c, r, run_id);
    else if (record->external && r->put && !next.spec.revision[0] &&
             !strcmp(r->next.spec.course, next.spec.course))
        memcpy(next.spec.revision, r->next.spec.revision, sizeof next.spec.revision);
    put_record(c, r, &next);
    return 0;
}

struct catalog_race *catalog_race_of(struct catalog *c, const struct event *ev, struct err *e)
{
    struct catalog_race *r = catalog_find(c, ev->run_id);
    struct race_record record = {
        .external = true, .state = RACE_RUNNING, .created_ms = clock_wall_ms()};

    if (r)
        return r;
    if (!race_run_id_valid(ev->run_id)) {
        (void)err_set(e, ERR_INVALID, "An event has no valid runId.");
        return NULL;
    }
    memcpy(record.spec.run_id, ev->run_id, sizeof record.spec.run_id);
    memcpy(record.spec.course, ev->course, sizeof record.spec.course);
    record.spec.start_s = ev->timestamp_s - ev->raw_s;
    record.spec.speed = 1;
    record.anchor = (struct race_anchor){.wall_ms = record.spec.start_s * 1000, .speed = 1};
    r = begin_race(c, NULL, ev->run_id);
    put_record(c, r, &record);
    return r;
}

bool catalog_deleted(struct store *s, const char *run_id)
{
    struct catalog_race *r = catalog_find(catalog_of(s), run_id);

    return r && r->deleted;
}

static bool is_in_use(const struct catalog *c, const char *short_name, const char *revision)
{
    for (size_t k = 0; k < c->races.n; k++) {
        const struct catalog_race *r = catalog_at(c, k);
        const char *used = r->next_course ? r->next_course->revision : r->next.spec.revision;

        if (r->put && (r->next_course || r->next_course_deferred) &&
            !strcmp(r->next.spec.course, short_name) && !strcmp(used, revision))
            return true;
    }
    return false;
}

/* Attaches a new course to the races that have been waiting for it. */
static void attach_course(struct catalog *c, struct course *course)
{
    for (size_t k = 0; k < c->races.n; k++) {
        struct catalog_race *r = catalog_at(c, k);

        if (!r->put || r->next_course || r->next_course_deferred ||
            /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): an array in the course */
            strcmp(r->next.spec.course, course->short_name) != 0 ||
            (r->next.spec.revision[0] && strcmp(r->next.spec.revision, course->revision) != 0))
            continue;
        set_course(r, course_ref(course));
        memcpy(r->next.spec.revision, course->revision, sizeof r->next.spec.revision);
        if (c->hooks->race_put)
            c->hooks->race_put(c, r, CATALOG_REREAD);
        catalog_mark(c, r);
    }
}

/* The current revision becomes an older one, and is dropped where no race runs on it and it is not
 * the one that is about to be put. */
static void retire(struct catalog *c, const char *short_name, const char *new_revision)
{
    const struct course_set_item *old = course_set_find(&c->next_courses, short_name, NULL);
    char revision[COURSE_REVISION_LEN + 1];
    bool drop;

    if (!old)
        return;
    memcpy(revision, old->about.revision, sizeof revision);
    drop = !is_in_use(c, short_name, revision) &&
           (!new_revision || strcmp(new_revision, revision) != 0);
    course_set_retire(&c->next_courses, short_name);
    if (drop)
        course_set_drop(&c->next_courses, short_name, revision);
    if (c->hooks->course_retired)
        c->hooks->course_retired(c, short_name, drop ? revision : NULL);
}

/* The revision covers all that a course is but its diagnostics. */
static bool is_current(const struct catalog *c, const struct course *course)
{
    const struct course_set_item *it = course_set_find(&c->next_courses, course->short_name, NULL);

    return it && !strcmp(it->about.revision, course->revision) &&
           it->about.diagnostics_n == course->diagnostics_n;
}

int catalog_put_course(struct store *s, struct course *course, struct err *e)
{
    struct catalog *c = catalog_of(s);

    (void)e;
    if (is_current(c, course))
        return 0; /* what this server has published comes back from the shared feed */
    retire(c, course->short_name, course->revision);
    if (c->hooks->course_put)
        c->hooks->course_put(c, course);
    course_set_put(&c->next_courses, course, true);
    c->courses_changed = true;
    attach_course(c, course);
    return 0;
}

int catalog_delete_course(struct store *s, const char *short_name, struct err *e)
{
    struct catalog *c = catalog_of(s);

    if (!course_set_find(&c->next_courses, short_name, NULL))
        return catalog_no_course(short_name, NULL, e);
    retire(c, short_name, NULL);
    c->courses_changed = true;
    return 0;
}

struct catalog_race *catalog_restore(
    struct catalog *c, const char *run_id, const struct race_record *record)
{
    struct catalog_race *r = add_race(c, run_id);

    if (!record) {
        r->deleted = true;
        return r;
    }
    r->next = r->record = *record;
    r->put = r->known = true;
    r->course_deferred = r->next_course_deferred =
        record->spec.revision[0] || course_set_find(&c->next_courses, record->spec.course, NULL);
    return r;
}

void catalog_publish_race(struct catalog_race *r)
{
    struct course *old = r->course;

    r->known = r->put;
    r->record = r->next;
    r->course = r->next_course ? course_ref(r->next_course) : NULL;
    r->course_deferred = false;
    course_unref(old);
}

bool catalog_publish_courses(struct catalog *c)
{
    struct course_set now = {0}, old;

    if (!c->courses_changed)
        return false;
    course_set_copy(&now, &c->next_courses);
    (void)pthread_mutex_lock(&c->lock);
    course_set_take_loaded(&now, &c->courses);
    old = c->courses;
    c->courses = now;
    (void)pthread_mutex_unlock(&c->lock);
    course_set_release(&old);
    c->courses_changed = false;
    return true;
}
