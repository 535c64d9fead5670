/* load.c: what is on disk when the program starts. Only names and summaries are read then. A course
 * or a race's columns are loaded when somebody needs them first, so that a server with thousands of
 * races starts at once. */
#include "store/embedded/embedded.h"

#include "base/clock.h"
#include "base/mem.h"
#include "store/course_summary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The stored form is this program's own GeoJSON, read by the same import as any upload. So an old
 * database and a downloaded course need no reader of their own. */
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

/* Reads the summary from the start of the stored text, which takes no time. If that text does not
 * look like this program's, the whole course is imported instead. */
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

/* Databases of version 1 have no summaries. They are made once and kept. */
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

/* The current courses with their summaries. laps 0 marks one that has no readable summary: a real
 * one has at least 1. A list is made first, because load_courses writes while it goes through
 * them. */
static int list_courses(struct embedded *em, struct course_summary **out, size_t *n, struct err *e)
{
    sqlite3_stmt *st = db_use(&em->db, DB_COURSES, e);
    size_t cap = 0;
    int rc = -1;

    while (st && (rc = db_step(&em->db, st, e)) > 0) {
        struct course_summary about = {0};

        take_name(about.short_name, sizeof about.short_name, sqlite3_column_text(st, 0));
        take_name(about.revision, sizeof about.revision, sqlite3_column_text(st, 1));
        /* No summary, or one that cannot be read: it is made anew. */
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
        /* Into both sets: what is stored is committed, so readers and writer know the same. */
        course_set_put_summary(&em->catalog.courses, &about[k], true);
        course_set_put_summary(&em->catalog.next_courses, &about[k], true);
    }
    free(about);
    return rc;
}

struct course *embedded_load_course(
    struct catalog *c, const char *short_name, const char *revision, struct err *e)
{
    struct embedded *em = embedded_of(&c->head);
    struct course_summary about = {0};
    struct db *db = db_pool_take(&em->pool, e);
    struct course *course = NULL;
    int rc = -1;

    take_name(about.short_name, sizeof about.short_name, (const unsigned char *)short_name);
    take_name(about.revision, sizeof about.revision, (const unsigned char *)revision);
    if (db)
        rc = fetch_course(em, db, &about, &course, e);
    db_pool_give(&em->pool, db);
    if (!rc)
        (void)catalog_no_course(short_name, revision, e);
    return course;
}

/* A race whose record is damaged stops the start with a sentence. To leave the race out would hide
 * its data without a word. */
static int read_record(
    sqlite3_stmt *st, int64_t race_no, const char *text, struct race_record *out, struct err *e)
{
    json_t *j;
    int rc;

    if (!history_sum_ok(st, 4, history_sum(race_no, 0, text, strlen(text))))
        return err_set(e, ERR_INTERNAL, "its record is damaged; restore the directory from a copy");
    j = json_loads(text, 0, NULL);
    rc = j ? race_record_parse(j, out, e) : err_set(e, ERR_INTERNAL, "its record is no JSON");
    json_decref(j);
    return rc;
}

/* text NULL: a deleted race, whose row stays so that its late events do not bring it back. */
static int load_race(struct embedded *em, sqlite3_stmt *st, struct err *e)
{
    const char *run_id = (const char *)sqlite3_column_text(st, 1);
    const char *text = (const char *)sqlite3_column_text(st, 3);
    int64_t race_no = sqlite3_column_int64(st, 0);
    struct race_record record;
    struct entry *en;

    run_id = run_id ? run_id : "";
    if (text && read_record(st, race_no, text, &record, e))
        return err_prefix(e, "Race %s in %s cannot be read", run_id, em->dir.database);
    en = entry_of(catalog_restore(&em->catalog, run_id, text ? &record : NULL));
    /* The same number for readers and writer: nothing waits to be committed. */
    en->race.race_no = en->next_no = race_no;
    en->race.epoch = em->version;
    en->changed_ms = sqlite3_column_int64(st, 2);
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
    /* The greatest number of any race, deleted ones that the janitor has not swept included. The
     * next race must not get the number of rows that still exist. */
    st = db_use(&em->db, DB_RACE_LAST_NO, e);
    if (!st)
        return -1;
    rc = db_step(&em->db, st, e);
    if (rc > 0)
        em->next_race_no = sqlite3_column_int64(st, 0) + 1;
    (void)sqlite3_reset(st);
    return rc < 0 ? -1 : 0;
}

/* A read transaction: everything that is read in it is of one moment, though the writer commits
 * meanwhile. */
static int begin(struct db *db, struct err *e)
{
    sqlite3_stmt *st = db_use(db, DB_BEGIN_READ, e);

    return st ? db_run(db, st, e) : -1;
}

/* Ends the read transaction. If the commit fails, it is rolled back: a connection in the pool must
 * not keep an old state of the database alive. */
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
    return history_race_of(
        &en->race.next, en->next_no, catalog_next_course(&em->catalog, &en->race));
}

int embedded_load_columns(struct embedded *em, struct entry *en, struct err *e)
{
    struct history_race r = embedded_history_race(em, en);
    struct playback p;

    if (en->columns)
        return 0;
    if (en->fresh) {
        en->columns = columns_new(r.external, r.external ? 0 : r.n, r.course);
        en->columns->live = r.live;
        return 0;
    }
    if (embedded_playback(em, &r, INT32_MAX, &p, e))
        return -1;
    en->snapshot_raw = p.snapshot_raw;
    en->events_seq = p.events_seq;
    en->has_finish = p.finish_raw_s != NULL;
    en->columns = playback_detach(&p);
    /* Of a race with single events everything in the history was shown before, so the mark begins
     * there. A simulated one begins with the last second that everybody has, an external one with
     * the newest, because nobody knows who is still to come. */
    watermark_init(&en->watermark, !p.events_seq ? -1
                                   : r.external  ? en->columns->max_raw
                                                 : columns_complete_raw(en->columns));
    if (p.events_seq)
        watermark_note(&en->watermark, en->columns->max_raw, clock_wall_ms());
    playback_release(&p);
    return 0;
}
