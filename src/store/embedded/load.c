#include "store/embedded/embedded.h"

#include "base/clock.h"
#include "base/mem.h"
#include "store/course_summary.h"

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

/* 1: *c is that revision, 0: there is none. */
static int fetch_course(struct embedded *em, struct db *db, const struct course_summary *about,
    struct course **c, struct err *e)
{
    sqlite3_stmt *st = db_use(db, DB_COURSE_GET, e);
    int rc;

    *c = NULL;
    if (!st)
        return -1;
    (void)sqlite3_bind_text(st, 1, about->short_name, -1, SQLITE_STATIC);
    (void)sqlite3_bind_text(st, 2, about->revision, -1, SQLITE_STATIC);
    rc = db_step(db, st, e);
    if (rc > 0) {
        *c = read_course(em, st, e);
        rc = *c ? 1 : -1;
    }
    (void)sqlite3_reset(st);
    (void)sqlite3_clear_bindings(st);
    return rc;
}

/* From the stored text, or, where that looks unlike what this program writes, from the course. */
static int read_summary(struct embedded *em, struct course_summary *about, struct err *e)
{
    sqlite3_stmt *st = db_use(&em->db, DB_COURSE_GET, e);
    const char *text = NULL;
    struct course *c = NULL;
    int rc;

    if (!st)
        return -1;
    (void)sqlite3_bind_text(st, 1, about->short_name, -1, SQLITE_STATIC);
    (void)sqlite3_bind_text(st, 2, about->revision, -1, SQLITE_STATIC);
    rc = db_step(&em->db, st, e);
    if (rc > 0)
        text = (const char *)sqlite3_column_text(st, 0);
    if (rc > 0 && (!text || course_summary_scan(text, about))) {
        c = read_course(em, st, e);
        rc = c ? 1 : -1;
    }
    if (c)
        *about = course_summary_of(c);
    course_unref(c);
    (void)sqlite3_reset(st);
    (void)sqlite3_clear_bindings(st);
    return rc;
}

/* Version 1 kept no summaries: they are made once. */
static int make_summary(struct embedded *em, struct course_summary *about, struct err *e)
{
    struct buf text = BUF_INIT;
    sqlite3_stmt *st;
    int rc = read_summary(em, about, e);

    if (rc <= 0)
        return rc;
    course_summary_write(about, &text);
    st = db_use(&em->db, DB_SUMMARY_PUT, e);
    if (st) {
        (void)sqlite3_bind_text(st, 1, about->short_name, -1, SQLITE_STATIC);
        (void)sqlite3_bind_text(st, 2, about->revision, -1, SQLITE_STATIC);
        (void)sqlite3_bind_text(st, 3, text.data, -1, SQLITE_STATIC);
    }
    rc = st ? db_run(&em->db, st, e) : -1;
    buf_release(&text);
    return rc;
}

static void take_name(char *out, size_t size, const unsigned char *text)
{
    (void)snprintf(out, size, "%s", text ? (const char *)text : "");
}

static int list_courses(struct embedded *em, struct course_summary **out, size_t *n, struct err *e)
{
    sqlite3_stmt *st = db_use(&em->db, DB_COURSES, e);
    size_t cap = 0;
    int rc = -1;

    while (st && (rc = db_step(&em->db, st, e)) > 0) {
        struct course_summary about = {0};

        take_name(about.short_name, sizeof about.short_name, sqlite3_column_text(st, 0));
        take_name(about.revision, sizeof about.revision, sqlite3_column_text(st, 1));
        if (course_summary_read((const char *)sqlite3_column_text(st, 2), &about))
            about.laps = 0;
        *out = mem_grow(*out, *n, &cap, sizeof **out);
        (*out)[(*n)++] = about;
    }
    if (st)
        (void)sqlite3_reset(st);
    return rc;
}

static int load_courses(struct embedded *em, struct err *e)
{
    struct course_summary *about = NULL;
    size_t n = 0;
    int rc = list_courses(em, &about, &n, e);

    for (size_t k = 0; k < n && !rc; k++) {
        if (!about[k].laps && make_summary(em, &about[k], e)) {
            rc = -1;
            break;
        }
        course_set_put_summary(&em->courses, &about[k], true);
        course_set_put_summary(&em->next_courses, &about[k], true);
    }
    free(about);
    return rc;
}

/* A new reference; NULL: not in memory. */
static struct course *loaded(struct embedded *em, const char *short_name, const char *revision)
{
    struct course_set_item *it;
    struct course *c = NULL;

    (void)pthread_mutex_lock(&em->lock);
    it = course_set_find(&em->courses, short_name, revision);
    if (it && it->course) {
        c = course_ref(it->course);
        it->used_ms = clock_wall_ms();
    }
    (void)pthread_mutex_unlock(&em->lock);
    return c;
}

static struct course *load_course(
    struct embedded *em, const struct course_summary *about, struct err *e)
{
    struct db *db = db_pool_take(&em->pool, e);
    struct course *c = NULL;
    int rc = db ? fetch_course(em, db, about, &c, e) : -1;

    db_pool_give(&em->pool, db);
    if (!rc)
        (void)err_set_id(e, ERR_NOT_FOUND, "course-unknown",
            "There is no course '%s' of revision %s.", about->short_name, about->revision);
    if (!c)
        return NULL;
    (void)pthread_mutex_lock(&em->lock);
    course_set_put(&em->courses, c, false);
    (void)pthread_mutex_unlock(&em->lock);
    return c;
}

struct course *embedded_course_revision(
    struct embedded *em, const char *short_name, const char *revision, struct err *e)
{
    struct course_summary about = {0};
    struct course *c = loaded(em, short_name, revision);

    if (c)
        return c;
    take_name(about.short_name, sizeof about.short_name, (const unsigned char *)short_name);
    take_name(about.revision, sizeof about.revision, (const unsigned char *)revision);
    (void)pthread_mutex_lock(&em->load_lock);
    c = loaded(em, short_name, revision); /* whoever had the lock before may have wanted it too */
    if (!c)
        c = load_course(em, &about, e);
    (void)pthread_mutex_unlock(&em->load_lock);
    return c;
}

struct course *embedded_current_course(struct embedded *em, const char *short_name, struct err *e)
{
    char revision[COURSE_REVISION_LEN + 1] = "";
    struct course_set_item *it;

    (void)pthread_mutex_lock(&em->lock);
    it = course_set_find(&em->courses, short_name, NULL);
    if (it)
        memcpy(revision, it->about.revision, sizeof revision);
    (void)pthread_mutex_unlock(&em->lock);
    if (*revision)
        return embedded_course_revision(em, short_name, revision, e);
    (void)err_set_id(e, ERR_NOT_FOUND, "course-unknown", "There is no course '%.*s'.",
        COURSE_NAME_MAX, short_name);
    return NULL;
}

struct course *embedded_course_of(struct embedded *em, const struct race_record *r)
{
    const char *revision = r->spec.revision[0] ? r->spec.revision : NULL;
    const struct course_set_item *it = course_set_find(&em->next_courses, r->spec.course, revision);
    struct err ignored;

    if (it && it->course)
        return course_ref(it->course);
    if (it)
        revision = it->about.revision;
    return revision ? embedded_course_revision(em, r->spec.course, revision, &ignored) : NULL;
}

struct course *embedded_next_course(struct embedded *em, struct entry *en)
{
    if (en->next_course_later) {
        en->next_course_later = false;
        en->next_course = embedded_course_of(em, &en->next);
    }
    return en->next_course;
}

/* A course that is known is loaded by who needs it first. */
static bool course_is_known(const struct embedded *em, const struct race_record *r)
{
    return r->spec.revision[0] || course_set_find(&em->next_courses, r->spec.course, NULL);
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
    en->next_course_later = en->course_later = course_is_known(em, &en->next);
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

struct history_race embedded_history_race(struct embedded *em, struct entry *en)
{
    return (struct history_race){.race_no = en->next_no,
        .run_id = en->next.spec.run_id,
        .course_name = en->next.spec.course,
        .start_s = en->next.spec.start_s,
        .foreign = en->next.foreign,
        .n = en->next.spec.competitors,
        .finished = en->next.state == RACE_FINISHED,
        .course = embedded_next_course(em, en)};
}

int embedded_load_columns(struct embedded *em, struct entry *en, struct err *e)
{
    struct history_race r = embedded_history_race(em, en);
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
    watermark_init(&en->as_of, !p.events_seq ? -1
                               : r.foreign   ? en->columns->max_raw
                                             : columns_complete_raw(en->columns));
    if (p.events_seq)
        watermark_note(&en->as_of, en->columns->max_raw, clock_wall_ms());
    playback_release(&p);
    return 0;
}
