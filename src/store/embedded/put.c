#include "store/embedded/embedded.h"

#include "base/clock.h"
#include "base/mem.h"
#include "store/embedded/event_blob.h"
#include "store/embedded/snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BATCH_BYTES (256u << 10) /* of one row of events */

static void mark_changed(struct embedded *em, struct entry *en)
{
    if (!en->changed && !en->listed) {
        em->changed =
            mem_grow(em->changed, em->changed_n, &em->changed_cap, sizeof(struct entry *));
        em->changed[em->changed_n++] = en;
        en->listed = true;
    }
    en->changed = true;
}

void embedded_flush_events(struct embedded *em, struct entry *en)
{
    struct history_events ev = {
        .min_raw = en->events_min, .max_raw = en->events_max, .n = en->events_n};

    if (!en->events_n)
        return;
    ev.seq = ++en->events_seq;
    write_batch_events(&em->pending, en->next_no, ev, &en->events);
    en->events_n = 0;
}

void embedded_take_snapshot(struct embedded *em, struct entry *en)
{
    struct columns *c = en->columns;
    struct buf data = BUF_INIT;

    /* Columns that are about to be read anew, or have something to trace again, are no place to
     * start from. */
    if (!c || en->rebuild || c->dirty_n || c->max_raw <= en->snapshot_raw)
        return;
    embedded_flush_events(em, en);
    snapshot_encode(c, en->events_seq, &data);
    write_batch_snapshot(&em->pending, en->next_no, c->max_raw, &data);
    if (c->foreign) /* its record has the time of its last event, which --keep counts from */
        write_batch_race(&em->pending, en->next_no, &en->next, en->changed_ms);
    en->snapshot_raw = c->max_raw;
}

/* A new race, or one that comes again after it was deleted: with a number of its own, so without
 * the old history. */
static struct entry *start_race(struct embedded *em, struct entry *en, const char *run_id)
{
    if (!en) {
        (void)pthread_mutex_lock(&em->lock);
        en = registry_add(&em->races, run_id);
        (void)pthread_mutex_unlock(&em->lock);
    }
    columns_free(en->columns);
    en->columns = NULL;
    en->next_no = em->next_race_no++;
    en->fresh = true;
    en->deleted = en->rebuild = en->has_finish = false;
    en->snapshot_raw = -1;
    en->events_seq = 0;
    watermark_init(&en->as_of, -1);
    en->stamps = (struct hop_times){0};
    return en;
}

static void set_course(struct entry *en, struct course *c)
{
    course_unref(en->next_course);
    en->next_course_later = false;
    en->next_course = c;
}

static void rebuild(struct embedded *em, struct entry *en)
{
    embedded_flush_events(em, en);
    write_batch_drop_snapshots(&em->pending, en->next_no);
    en->snapshot_raw = -1;
    en->rebuild = true;
}

/* Would the same history make other columns with the new record? */
static bool reads_differently(const struct race_record *a, const struct race_record *b)
{
    return a->foreign != b->foreign || a->spec.competitors != b->spec.competitors ||
           strcmp(a->spec.course, b->spec.course) != 0 ||
           strcmp(a->spec.revision, b->spec.revision) != 0;
}

static bool at_rest(enum race_state s)
{
    return s == RACE_PAUSED || s == RACE_STOPPED || s == RACE_FINISHED || s == RACE_FAILED;
}

static void put_record(struct embedded *em, struct entry *en, const struct race_record *r)
{
    bool differs = en->put && reads_differently(&en->next, r);
    bool first = !en->put;

    en->next = *r;
    en->put = true;
    en->changed_ms = clock_wall_ms();
    if (first || differs) {
        set_course(en, embedded_course_of(em, r));
        if (r->foreign && en->next_course)
            memcpy(
                en->next.spec.revision, en->next_course->revision, sizeof en->next.spec.revision);
    }
    if (differs)
        rebuild(em, en);
    else if (at_rest(r->state))
        embedded_take_snapshot(em, en);
    write_batch_race(&em->pending, en->next_no, &en->next, en->changed_ms);
    mark_changed(em, en);
}

void embedded_delete_race(struct embedded *em, struct entry *en)
{
    buf_release(&en->events);
    en->events_n = 0;
    en->put = false;
    en->deleted = true;
    columns_free(en->columns);
    en->columns = NULL;
    set_course(en, NULL);
    watermark_init(&en->as_of, -1);
    write_batch_drop_race(&em->pending, en->next_no);
    mark_changed(em, en);
}

int embedded_put_race(struct store *s, const struct race_record *r, struct err *e)
{
    struct embedded *em = embedded_of(s);
    struct entry *en = registry_find(&em->races, r->spec.run_id);
    struct race_record next = *r;

    if (!race_run_id_valid(r->spec.run_id) || (!r->foreign && !r->spec.competitors) ||
        r->spec.competitors > RACE_MAX_COMPETITORS)
        return err_set(
            e, ERR_INVALID, "A race needs a runId and 1 to %u competitors.", RACE_MAX_COMPETITORS);
    if (r->state == RACE_DELETED) {
        if (!en) { /* its events may still come, also after a restart */
            en = start_race(em, en, r->spec.run_id);
            write_batch_race(&em->pending, en->next_no, r, clock_wall_ms());
        }
        if (en->put || !en->deleted)
            embedded_delete_race(em, en);
        return 0;
    }
    if (!en || en->deleted)
        en = start_race(em, en, r->spec.run_id);
    else if (r->foreign && en->put && !next.spec.revision[0] &&
             !strcmp(en->next.spec.course, next.spec.course))
        memcpy(next.spec.revision, en->next.spec.revision, sizeof next.spec.revision);
    put_record(em, en, &next);
    return 0;
}

bool embedded_deleted(struct store *s, const char *run_id)
{
    struct entry *en = registry_find(&embedded_of(s)->races, run_id);

    return en && en->deleted;
}

static int check_tick(const struct entry *en, const struct tick *t, struct err *e)
{
    if (en->next.foreign || t->n != en->next.spec.competitors || t->first_id != 1 ||
        t->id_step != 1)
        return err_set(e, ERR_INVALID,
            "A tick of race %s has to hold all of its %u competitors, from 1 on.", en->run_id,
            en->next.spec.competitors);
    if (t->raw_s < 0 || t->raw_s > HISTORY_MAX_RAW)
        return err_set(e, ERR_INVALID, "Raw second %d of race %s is outside 0 to %d.", t->raw_s,
            en->run_id, HISTORY_MAX_RAW);
    return 0;
}

/* Of ticks that are not newer than the last: those that are there already change nothing. */
static int check_old_tick(struct embedded *em, struct entry *en, int32_t raw_s, struct err *e)
{
    struct db *db;
    bool found = false;

    if (write_batch_has_tick(&em->pending, en->next_no, raw_s))
        return 0;
    db = db_pool_take(&em->pool, e);
    if (!db)
        return -1;
    if (history_has_tick(db, en->next_no, raw_s, &found, e)) {
        db_pool_give(&em->pool, db);
        return -1;
    }
    db_pool_give(&em->pool, db);
    if (found)
        return 0;
    return err_set(e, ERR_INVALID, "Raw second %d of race %s comes after raw second %d.", raw_s,
        en->run_id, en->columns->tick_raw);
}

int embedded_put_tick(struct store *s, const struct tick *t, struct err *e)
{
    struct embedded *em = embedded_of(s);
    struct entry *en = registry_find(&em->races, t->race->spec.run_id);
    int64_t now_ms;

    if (!en || !en->put)
        return err_set_id(
            e, ERR_NOT_FOUND, "race-unknown", "There is no race %s.", t->race->spec.run_id);
    if (check_tick(en, t, e) || embedded_load_columns(em, en, e))
        return -1;
    if (t->raw_s <= en->columns->tick_raw)
        return check_old_tick(em, en, t->raw_s, e);
    if (!en->has_finish)
        write_batch_finish(&em->pending, en->next_no, t->finish_raw_s, t->n);
    en->has_finish = true;
    write_batch_tick(&em->pending, en->next_no,
        &(struct history_tick){t->raw_s, t->raw_s - en->columns->tick_raw, t->dist_mm, t->n});
    em->write_batch_events += columns_tick(en->columns, t->raw_s, t->dist_mm, t->finish_raw_s);
    if (en->columns->max_raw - en->snapshot_raw >= SNAPSHOT_EVERY_S)
        embedded_take_snapshot(em, en);
    now_ms = clock_wall_ms();
    hop_times_published(&en->stamps, t->raw_s, now_ms);
    hop_times_acknowledged(&en->stamps, t->raw_s, t->raw_s, now_ms); /* nobody is asked */
    en->due_ms = race_due_ms(&t->race->anchor, t->raw_s);
    en->due_raw_s = t->raw_s;
    mark_changed(em, en);
    return 0;
}

static int add_external_race(
    struct embedded *em, struct entry **en, const struct event *ev, struct err *e)
{
    struct race_record r = {.foreign = true, .state = RACE_RUNNING, .created_ms = clock_wall_ms()};

    if (!race_run_id_valid(ev->run_id))
        return err_set(e, ERR_INVALID, "An event has no valid runId.");
    *en = start_race(em, NULL, ev->run_id);
    memcpy(r.spec.run_id, ev->run_id, sizeof r.spec.run_id);
    memcpy(r.spec.course, ev->course, sizeof r.spec.course);
    r.spec.start_s = ev->timestamp_s - ev->raw_s;
    r.spec.speed = 1;
    r.anchor = (struct race_anchor){.wall_ms = r.spec.start_s * 1000, .speed = 1};
    put_record(em, *en, &r);
    return 0;
}

static void put_event(struct embedded *em, struct entry *en, const struct event *ev, int64_t now_ms)
{
    if (!columns_event(en->columns, ev))
        return;
    if (!en->events_n || ev->raw_s < en->events_min)
        en->events_min = ev->raw_s;
    if (!en->events_n || ev->raw_s > en->events_max)
        en->events_max = ev->raw_s;
    event_blob_add(&en->events, ev, en->next.spec.course);
    en->events_n++;
    em->write_batch_events++;
    watermark_note(&en->as_of, ev->raw_s, now_ms);
    if (en->events.len >= BATCH_BYTES)
        embedded_flush_events(em, en);
}

int embedded_put_events(struct store *s, const struct event *ev, size_t n, struct err *e)
{
    struct embedded *em = embedded_of(s);
    int64_t now_ms = clock_wall_ms();
    struct entry *en = NULL;
    size_t k;

    for (k = 0; k < n; k++) {
        if (!en || strcmp(en->run_id, ev[k].run_id) != 0) {
            en = registry_find(&em->races, ev[k].run_id);
            if ((!en && add_external_race(em, &en, &ev[k], e)) ||
                /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): add_external_race has set it */
                (en->put && embedded_load_columns(em, en, e)))
                return -1;
            en->changed_ms = now_ms;
        }
        if (!en->put)
            continue; /* deleted: its last events are still on their way */
        hop_times_published(
            &en->stamps, ev[k].raw_s, ev[k].published_ms ? ev[k].published_ms : now_ms);
        put_event(em, en, &ev[k], now_ms);
        mark_changed(em, en);
    }
    return 0;
}

void embedded_feed(struct store *s, const struct feed_stats *f)
{
    embedded_of(s)->feed_away = !f->connected;
}

void embedded_acknowledged(
    struct store *s, const char *run_id, int32_t from_s, int32_t to_s, int64_t ms)
{
    struct entry *en = registry_find(&embedded_of(s)->races, run_id);

    if (en)
        hop_times_acknowledged(&en->stamps, from_s, to_s, ms);
}

int embedded_put_cursor(struct store *s, const char *text, struct err *e)
{
    (void)e;
    write_batch_cursor(&embedded_of(s)->pending, text);
    return 0;
}

static bool in_use(const struct embedded *em, const char *short_name, const char *revision)
{
    size_t k;

    for (k = 0; k < em->races.n; k++) {
        const struct entry *en = em->races.entry[k];

        if (en->put && (en->next_course || en->next_course_later) &&
            !strcmp(en->next.spec.course, short_name) && !strcmp(en->next.spec.revision, revision))
            return true;
    }
    return false;
}

/* The races that have been waiting for this course. */
static void attach_course(struct embedded *em, struct course *c)
{
    size_t k;

    for (k = 0; k < em->races.n; k++) {
        struct entry *en = em->races.entry[k];

        /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): no course is NULL here */
        if (!en->put || en->next_course || en->next_course_later ||
            strcmp(en->next.spec.course, c->short_name) != 0 ||
            (en->next.spec.revision[0] && strcmp(en->next.spec.revision, c->revision) != 0))
            continue;
        set_course(en, course_ref(c));
        memcpy(en->next.spec.revision, c->revision, sizeof en->next.spec.revision);
        rebuild(em, en);
        write_batch_race(&em->pending, en->next_no, &en->next, clock_wall_ms());
        mark_changed(em, en);
    }
}

/* The revision that was current goes where no race runs on it. */
static void retire(struct embedded *em, const char *short_name, const char *new_revision)
{
    const struct course_set_item *old = course_set_find(&em->next_courses, short_name, NULL);
    char revision[COURSE_REVISION_LEN + 1];

    if (!old)
        return;
    memcpy(revision, old->about.revision, sizeof revision);
    write_batch_retire_course(&em->pending, short_name);
    course_set_retire(&em->next_courses, short_name);
    if (in_use(em, short_name, revision) || (new_revision && !strcmp(new_revision, revision)))
        return;
    write_batch_drop_course(&em->pending, short_name, revision);
    course_set_drop(&em->next_courses, short_name, revision);
}

int embedded_put_course(struct store *s, struct course *c, struct err *e)
{
    struct embedded *em = embedded_of(s);

    (void)e;
    retire(em, c->short_name, c->revision);
    write_batch_course(&em->pending, c);
    course_set_put(&em->next_courses, c, true);
    em->courses_changed = true;
    attach_course(em, c);
    return 0;
}

int embedded_delete_course(struct store *s, const char *short_name, struct err *e)
{
    struct embedded *em = embedded_of(s);

    if (!course_set_find(&em->next_courses, short_name, NULL))
        return err_set_id(
            e, ERR_NOT_FOUND, "course-unknown", "There is no course '%s'.", short_name);
    retire(em, short_name, NULL);
    em->courses_changed = true;
    return 0;
}
