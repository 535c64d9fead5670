#include "store/embedded.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct course *read_course(struct embedded *em, sqlite3_stmt *st, struct err *e)
{
    struct course_options o = {0};
    struct course *c =
        course_import(sqlite3_column_text(st, 0), (size_t)sqlite3_column_bytes(st, 0), &o, e);

    if (!c)
        (void)err_prefix(e, "A course in %s cannot be read", em->dir.database);
    return c;
}

static int load_courses(struct embedded *em, struct err *e)
{
    sqlite3_stmt *st = db_use(&em->db, DB_COURSES, e);
    int rc;

    if (!st)
        return -1;
    while ((rc = db_step(&em->db, st, e)) > 0) {
        struct course *c = read_course(em, st, e);

        if (!c) {
            rc = -1;
            break;
        }
        shelf_put(&em->courses, c, true);
        shelf_put(&em->next_courses, c, true);
        course_unref(c);
    }
    (void)sqlite3_reset(st);
    return rc;
}

struct course *embedded_course_revision(
    struct embedded *em, const char *short_name, const char *revision, struct err *e)
{
    struct course *c;
    struct db *db;
    sqlite3_stmt *st;

    (void)pthread_mutex_lock(&em->lock);
    c = shelf_revision(&em->courses, short_name, revision);
    if (c)
        (void)course_ref(c);
    (void)pthread_mutex_unlock(&em->lock);
    if (c)
        return c;
    db = db_pool_take(&em->pool, e);
    st = db ? db_use(db, DB_COURSE_GET, e) : NULL;
    if (st) {
        int rc;

        (void)sqlite3_bind_text(st, 1, short_name, -1, SQLITE_STATIC);
        (void)sqlite3_bind_text(st, 2, revision, -1, SQLITE_STATIC);
        rc = db_step(db, st, e);
        if (rc > 0)
            c = read_course(em, st, e);
        else if (!rc)
            (void)err_set(
                e, ERR_NOT_FOUND, "There is no course '%s' of revision %s.", short_name, revision);
        (void)sqlite3_reset(st);
        (void)sqlite3_clear_bindings(st);
    }
    db_pool_give(&em->pool, db);
    if (c) {
        (void)pthread_mutex_lock(&em->lock);
        shelf_put(&em->courses, c, false);
        (void)pthread_mutex_unlock(&em->lock);
    }
    return c;
}

struct course *embedded_course_of(struct embedded *em, const struct race_record *r)
{
    struct err ignored;
    struct course *c;

    if (!r->spec.revision[0])
        c = shelf_current(&em->next_courses, r->spec.course);
    else
        c = shelf_revision(&em->next_courses, r->spec.course, r->spec.revision);
    if (c)
        return course_ref(c);
    return r->spec.revision[0]
               ? embedded_course_revision(em, r->spec.course, r->spec.revision, &ignored)
               : NULL;
}

static int load_race(struct embedded *em, sqlite3_stmt *st, struct err *e)
{
    const char *run_id = (const char *)sqlite3_column_text(st, 1);
    const char *text = (const char *)sqlite3_column_text(st, 3);
    struct entry *en = registry_add(&em->races, run_id ? run_id : "");
    json_t *j;
    int rc;

    en->race_no = en->next_no = sqlite3_column_int64(st, 0);
    en->changed_ms = sqlite3_column_int64(st, 2);
    if (!text) {
        en->deleted = true;
        return 0;
    }
    if (!history_sum_ok(st, 4, history_sum(en->next_no, 0, text, strlen(text)))) {
        j = NULL;
        rc = err_set(e, ERR_INTERNAL, "its record is damaged; restore the directory from a copy");
    } else {
        j = json_loads(text, 0, NULL);
        rc = j ? race_record_parse(j, &en->next, e)
               : err_set(e, ERR_INTERNAL, "its record is no JSON");
    }
    json_decref(j);
    if (rc)
        return err_prefix(e, "Race %s in %s cannot be read", en->run_id, em->dir.database);
    en->put = en->known = true;
    en->record = en->next;
    en->next_course = embedded_course_of(em, &en->next);
    en->course = en->next_course ? course_ref(en->next_course) : NULL;
    en->epoch = em->version;
    return 0;
}

static int load_races(struct embedded *em, struct err *e)
{
    sqlite3_stmt *st = db_use(&em->db, DB_RACES, e);
    int rc;

    if (!st)
        return -1;
    while ((rc = db_step(&em->db, st, e)) > 0)
        if (load_race(em, st, e)) {
            rc = -1;
            break;
        }
    (void)sqlite3_reset(st);
    return rc;
}

int embedded_load(struct embedded *em, struct err *e)
{
    sqlite3_stmt *st;
    int rc;

    if (load_courses(em, e) || load_races(em, e))
        return -1;
    st = db_use(&em->db, DB_RACE_LAST_NO, e);
    if (!st)
        return -1;
    rc = db_step(&em->db, st, e);
    if (rc > 0)
        em->next_race_no = sqlite3_column_int64(st, 0) + 1;
    (void)sqlite3_reset(st);
    return rc < 0 ? -1 : 0;
}

static int begin(struct db *db, struct err *e)
{
    sqlite3_stmt *st = db_use(db, DB_BEGIN_READ, e);

    return st ? db_run(db, st, e) : -1;
}

static void end(struct db *db)
{
    struct err ignored;
    sqlite3_stmt *st = db_use(db, DB_COMMIT, &ignored);

    if (st && db_run(db, st, &ignored))
        (void)sqlite3_exec(db->conn, "ROLLBACK", NULL, NULL, NULL);
}

int embedded_playback(struct embedded *em, const struct history_race *r, int32_t to_s,
    struct playback *p, struct err *e)
{
    struct db *db = db_pool_take(&em->pool, e);
    int rc = -1;

    if (!db)
        return -1;
    if (!begin(db, e)) {
        rc = playback_open(p, db, r, to_s, e);
        end(db);
    }
    db_pool_give(&em->pool, db);
    return rc;
}

struct history_race embedded_history_race(const struct entry *en)
{
    return (struct history_race){.race_no = en->next_no,
        .run_id = en->next.spec.run_id,
        .course_name = en->next.spec.course,
        .start_s = en->next.spec.start_s,
        .foreign = en->next.foreign,
        .n = en->next.spec.competitors,
        .finished = en->next.state == RACE_FINISHED,
        .course = en->next_course};
}

int embedded_reside(struct embedded *em, struct entry *en, struct err *e)
{
    struct history_race r = embedded_history_race(en);
    struct playback p;

    if (en->columns)
        return 0;
    if (en->fresh) {
        en->columns = columns_new(r.foreign, r.foreign ? 0 : r.n, r.course);
        return 0;
    }
    if (embedded_playback(em, &r, INT32_MAX, &p, e))
        return -1;
    en->snapshot_raw = p.snapshot_raw;
    en->events_seq = p.events_seq;
    en->has_finish = p.finish_raw_s != NULL;
    en->columns = playback_detach(&p);
    as_of_init(&en->as_of, !p.events_seq ? -1
                           : r.foreign   ? en->columns->max_raw
                                         : columns_complete_raw(en->columns));
    if (p.events_seq)
        as_of_note(&en->as_of, en->columns->max_raw, clock_wall_ms());
    playback_release(&p);
    return 0;
}
