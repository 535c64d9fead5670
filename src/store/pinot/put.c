#include "store/pinot/pinot_internal.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdio.h>
#include <string.h>

static void mark_changed(struct pinot_store *ps, struct pinot_race *r)
{
    if (r->changed)
        return;
    ps->changed = mem_grow(ps->changed, ps->changed_n, &ps->changed_cap, sizeof *ps->changed);
    ps->changed[ps->changed_n++] = r;
    r->changed = true;
}

static void set_course(struct pinot_race *r, struct course *c)
{
    course_unref(r->next_course);
    r->next_course = c;
}

/* The course that a record means; a new reference, or NULL: unknown. */
static struct course *course_of(struct pinot_store *ps, const struct race_record *r)
{
    struct course *c = r->spec.revision[0] ? course_set_revision(&ps->next_courses, r->spec.course,
                                                 r->spec.revision)
                                           : course_set_current(&ps->next_courses, r->spec.course);

    return c ? course_ref(c) : NULL;
}

/* Would the same events make other columns with the new record? */
static bool reads_differently(const struct race_record *a, const struct race_record *b)
{
    return a->foreign != b->foreign || a->spec.competitors != b->spec.competitors ||
           strcmp(a->spec.course, b->spec.course) != 0 ||
           strcmp(a->spec.revision, b->spec.revision) != 0;
}

static void put_record(struct pinot_store *ps, struct pinot_race *r, const struct race_record *next)
{
    bool first = !r->put, differs = r->put && reads_differently(&r->next, next);

    r->next = *next;
    r->put = true;
    r->deleted = false;
    if (first || differs) {
        set_course(r, course_of(ps, next));
        if (next->foreign && r->next_course)
            memcpy(r->next.spec.revision, r->next_course->revision, sizeof next->spec.revision);
        r->next_epoch++;
    }
    mark_changed(ps, r);
}

static struct pinot_race *add_race(struct pinot_store *ps, const char *run_id)
{
    struct pinot_race *r;

    (void)pthread_mutex_lock(&ps->lock);
    r = pinot_races_add(&ps->races, run_id);
    (void)pthread_mutex_unlock(&ps->lock);
    return r;
}

static void delete_race(struct pinot_store *ps, struct pinot_race *r)
{
    r->put = false;
    r->deleted = true;
    set_course(r, NULL);
    r->next_epoch++;
    mark_changed(ps, r);
}

int pinot_put_race(struct store *s, const struct race_record *record, struct err *e)
{
    struct pinot_store *ps = pinot_store_of(s);
    struct pinot_race *r = pinot_races_find(&ps->races, record->spec.run_id);
    struct race_record next = *record;

    if (!race_run_id_valid(record->spec.run_id) ||
        (!record->foreign && !record->spec.competitors) ||
        record->spec.competitors > RACE_MAX_COMPETITORS)
        return err_set(
            e, ERR_INVALID, "A race needs a runId and 1 to %u competitors.", RACE_MAX_COMPETITORS);
    if (!r)
        r = add_race(ps, record->spec.run_id);
    if (record->state == RACE_DELETED) {
        delete_race(ps, r);
        return 0;
    }
    if (record->foreign && r->put && !next.spec.revision[0] &&
        strcmp(r->next.spec.course, next.spec.course) == 0)
        memcpy(next.spec.revision, r->next.spec.revision, sizeof next.spec.revision);
    put_record(ps, r, &next);
    return 0;
}

bool pinot_deleted(struct store *s, const char *run_id)
{
    struct pinot_race *r = pinot_races_find(&pinot_store_of(s)->races, run_id);

    return r && r->deleted;
}

int pinot_put_tick(struct store *s, const struct tick *t, struct err *e)
{
    struct pinot_store *ps = pinot_store_of(s);
    struct pinot_race *r = pinot_races_find(&ps->races, t->race->spec.run_id);

    if (!r || !r->put)
        return err_set_id(
            e, ERR_NOT_FOUND, "race-unknown", "There is no race %s.", t->race->spec.run_id);
    for (uint32_t i = 0; i < t->n; i++)
        ps->heard += t->raw_s <= t->finish_raw_s[i];
    mark_changed(ps, r);
    return 0;
}

/* Events of a race that nobody has announced make one. */
static struct pinot_race *add_external_race(
    struct pinot_store *ps, const struct event *ev, struct err *e)
{
    struct race_record record = {
        .foreign = true, .state = RACE_RUNNING, .created_ms = clock_wall_ms()};
    struct pinot_race *r;

    if (!race_run_id_valid(ev->run_id)) {
        (void)err_set(e, ERR_INVALID, "An event has no valid runId.");
        return NULL;
    }
    memcpy(record.spec.run_id, ev->run_id, sizeof record.spec.run_id);
    memcpy(record.spec.course, ev->course, sizeof record.spec.course);
    record.spec.start_s = ev->timestamp_s - ev->raw_s;
    record.spec.speed = 1;
    record.anchor = (struct race_anchor){.wall_ms = record.spec.start_s * 1000, .speed = 1};
    r = add_race(ps, ev->run_id);
    put_record(ps, r, &record);
    return r;
}

static void note_late(struct pinot_store *ps, struct pinot_race *r, const struct event *ev)
{
    (void)pthread_mutex_lock(&ps->lock);
    if (r->late_n < PINOT_LATE_MAX) {
        r->late = mem_grow(r->late, r->late_n, &r->late_cap, sizeof *r->late);
        r->late[r->late_n++] = (struct pinot_late){ev->competitor_id, ev->raw_s, clock_wall_ms()};
    } else {
        r->next_epoch++; /* too many to look at one by one: read the race anew */
        r->late_n = 0;
        mark_changed(ps, r);
    }
    (void)pthread_mutex_unlock(&ps->lock);
}

/* Of other producers' events an older one may come after a newer one, which the latest positions
 * cannot tell. */
static void follow(struct pinot_store *ps, struct pinot_race *r, const struct event *ev)
{
    uint32_t i = id_map_find(&r->numbers, ev->competitor_id);

    if (i == UINT32_MAX) {
        if (r->last_n >= RACE_MAX_COMPETITORS)
            return;
        i = (uint32_t)r->last_n;
        r->last_s = mem_grow(r->last_s, r->last_n, &r->last_cap, sizeof *r->last_s);
        r->last_s[r->last_n++] = ev->raw_s;
        id_map_add(&r->numbers, ev->competitor_id, i);
    } else if (ev->raw_s < r->last_s[i]) {
        note_late(ps, r, ev);
    } else {
        r->last_s[i] = ev->raw_s;
    }
}

/* When the events of one raw second were published: they come many in a row. */
struct heard {
    struct pinot_race *race; /* NULL: nothing yet */
    int32_t raw_s;
    int64_t ms;
};

static void note_heard(struct pinot_store *ps, const struct heard *h)
{
    if (!h->race)
        return;
    (void)pthread_mutex_lock(&ps->lock);
    hop_times_published(&h->race->stamps, h->raw_s, h->ms);
    (void)pthread_mutex_unlock(&ps->lock);
}

static void hear(
    struct pinot_store *ps, struct heard *h, struct pinot_race *r, const struct event *ev)
{
    if (h->race != r || h->raw_s != ev->raw_s) {
        note_heard(ps, h);
        *h = (struct heard){.race = r, .raw_s = ev->raw_s};
    }
    if (ev->published_ms > h->ms)
        h->ms = ev->published_ms;
}

void pinot_acknowledged(
    struct store *s, const char *run_id, int32_t from_s, int32_t to_s, int64_t ms)
{
    struct pinot_store *ps = pinot_store_of(s);
    struct pinot_race *r;

    (void)pthread_mutex_lock(&ps->lock);
    r = pinot_races_find(&ps->races, run_id);
    if (r)
        hop_times_acknowledged(&r->stamps, from_s, to_s, ms);
    (void)pthread_mutex_unlock(&ps->lock);
}

int pinot_put_events(struct store *s, const struct event *ev, size_t n, struct err *e)
{
    struct pinot_store *ps = pinot_store_of(s);
    struct pinot_race *r = NULL;
    struct heard h = {0};
    int rc = 0;

    ps->heard += n;
    for (size_t k = 0; k < n; k++) {
        if (!r || strcmp(r->run_id, ev[k].run_id) != 0) {
            r = pinot_races_find(&ps->races, ev[k].run_id);
            if (!r && !(r = add_external_race(ps, &ev[k], e))) {
                rc = -1;
                break;
            }
            mark_changed(ps, r);
        }
        if (!r->put)
            continue; /* deleted: its last events are still on their way */
        hear(ps, &h, r, &ev[k]);
        if (r->next.foreign)
            follow(ps, r, &ev[k]);
    }
    note_heard(ps, &h);
    return rc;
}

/* The races that have been waiting for this course. */
static void attach_course(struct pinot_store *ps, struct course *c)
{
    for (size_t k = 0; k < ps->races.n; k++) {
        struct pinot_race *r = ps->races.at[k];

        if (!r->put || r->next_course || strcmp(r->next.spec.course, c->short_name) != 0 ||
            (r->next.spec.revision[0] && strcmp(r->next.spec.revision, c->revision) != 0))
            continue;
        set_course(r, course_ref(c));
        memcpy(r->next.spec.revision, c->revision, sizeof r->next.spec.revision);
        r->next_epoch++;
        mark_changed(ps, r);
    }
}

static bool in_use(const struct pinot_store *ps, const struct course *c)
{
    for (size_t k = 0; k < ps->races.n; k++) {
        const struct pinot_race *r = ps->races.at[k];

        if (r->put && r->next_course && strcmp(r->next_course->short_name, c->short_name) == 0 &&
            strcmp(r->next_course->revision, c->revision) == 0)
            return true;
    }
    return false;
}

/* The revision that was current goes where no race runs on it. */
static void retire(struct pinot_store *ps, struct course *old)
{
    char name[COURSE_NAME_MAX + 1], revision[COURSE_REVISION_LEN + 1];
    bool used = in_use(ps, old);

    memcpy(name, old->short_name, sizeof name);
    memcpy(revision, old->revision, sizeof revision);
    course_set_retire(&ps->next_courses, name);
    if (!used)
        course_set_drop(&ps->next_courses, name, revision);
}

/* So that a load of the table does not carry it along as somebody else's. */
static void note_gone(struct pinot_store *ps, const char *short_name, bool gone)
{
    size_t k = 0;

    (void)pthread_mutex_lock(&ps->lock);
    while (k < ps->gone_course_n && strcmp(ps->gone_course[k], short_name) != 0)
        k++;
    if (!gone && k < ps->gone_course_n) {
        memcpy(ps->gone_course[k], ps->gone_course[--ps->gone_course_n], sizeof *ps->gone_course);
    } else if (gone && k == ps->gone_course_n) {
        ps->gone_course = mem_grow(
            ps->gone_course, ps->gone_course_n, &ps->gone_course_cap, sizeof *ps->gone_course);
        (void)snprintf(
            ps->gone_course[ps->gone_course_n++], sizeof *ps->gone_course, "%s", short_name);
    }
    (void)pthread_mutex_unlock(&ps->lock);
}

int pinot_put_course(struct store *s, struct course *c, struct err *e)
{
    struct pinot_store *ps = pinot_store_of(s);
    struct course *had = course_set_current(&ps->next_courses, c->short_name);

    (void)e;
    if (had && strcmp(had->revision, c->revision) == 0)
        return 0; /* it comes back from the stream */
    if (had)
        retire(ps, had);
    course_set_put(&ps->next_courses, c, true);
    note_gone(ps, c->short_name, false);
    ps->courses_changed = true;
    attach_course(ps, c);
    return 0;
}

int pinot_delete_course(struct store *s, const char *short_name, struct err *e)
{
    struct pinot_store *ps = pinot_store_of(s);
    struct course *had = course_set_current(&ps->next_courses, short_name);

    note_gone(ps, short_name, true);
    ps->courses_changed = true;
    if (!had)
        return err_set_id(
            e, ERR_NOT_FOUND, "course-unknown", "There is no course '%s'.", short_name);
    retire(ps, had);
    return 0;
}

static void publish_courses(struct pinot_store *ps)
{
    course_set_release(&ps->courses);
    for (size_t k = 0; k < ps->next_courses.n; k++)
        course_set_put(
            &ps->courses, ps->next_courses.item[k].course, ps->next_courses.item[k].current);
    ps->courses_changed = false;
    ps->courses_ms = clock_wall_ms();
    (void)pthread_cond_signal(&ps->load);
}

/* What a deleted race was, for the listener. */
static void bury(struct pinot_store *ps, struct pinot_race *r)
{
    struct race_record record = r->record;

    if (r->view) {
        record.state = RACE_DELETED;
        ps->gone = mem_grow(ps->gone, ps->gone_n, &ps->gone_cap, sizeof(struct view *));
        ps->gone[ps->gone_n++] = pinot_poller_record(r->view, &record);
    }
    view_unref(r->view);
    r->view = NULL;
    r->late_n = 0;
    r->stamps = (struct hop_times){0};
    buf_clear(&r->roster);
}

/* With the lock held. */
static void publish(struct pinot_store *ps, struct pinot_race *r)
{
    bool same = r->known && r->epoch == r->next_epoch;

    r->changed = false;
    if (r->known && !r->put)
        bury(ps, r);
    r->known = r->put;
    if (!r->put)
        return;
    /* Padding may differ: then the race is shown once more, which does no harm.
     * NOLINTNEXTLINE(bugprone-suspicious-memory-comparison) */
    if (same && memcmp(&r->record, &r->next, sizeof r->next) == 0) {
        r->next_ms = pinot_poll_timer_heard(&r->pace, &r->record, r->next_ms, clock_wall_ms());
        return;
    }
    r->next_ms = 0;
    r->record = r->next;
    r->epoch = r->next_epoch;
    course_unref(r->course);
    r->course = r->next_course ? course_ref(r->next_course) : NULL;
    r->unchanged = 0;
    if (same && r->view) {
        struct view *old = r->view;

        r->view = pinot_poller_record(old, &r->record);
        r->view->version = ++ps->version;
        r->announce = true;
        view_unref(old);
    }
}

int pinot_commit(struct store *s, struct err *e)
{
    struct pinot_store *ps = pinot_store_of(s);

    (void)e;
    (void)pthread_mutex_lock(&ps->lock);
    if (ps->courses_changed)
        publish_courses(ps);
    for (size_t k = 0; k < ps->changed_n; k++)
        publish(ps, ps->changed[k]);
    ps->figures.heard_events += ps->heard;
    if (ps->changed_n)
        (void)pthread_cond_signal(&ps->wake);
    (void)pthread_mutex_unlock(&ps->lock);
    ps->changed_n = 0;
    ps->heard = 0;
    return 0;
}
