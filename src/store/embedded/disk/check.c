/* check.c: `trackside check`. It goes on behind each thing that is wrong, so that one run lists
 * everything. It shares the readers' code for the checks themselves (history.c), so that it cannot
 * be stricter or milder than the server. */
#include "store/embedded/disk/check.h"

#include "base/buf.h"
#include "base/mem.h"
#include "course/course.h"
#include "race/race.h"
#include "store/embedded/disk/check_internal.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* SQLite's own account of its pages and indices. */
static void check_structure(struct check *c)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(c->db.conn, "PRAGMA integrity_check(100)", -1, &st, NULL);

    while (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(st, 0);

        rc = SQLITE_OK;
        if (text && strcmp(text, "ok") != 0)
            /* A row is "ok" alone, or one sentence for each thing that is wrong. */
            check_report(c, "database", "", -1, text);
    }
    if (rc != SQLITE_DONE) {
        struct err e;

        (void)db_fail(&c->db, &e);
        check_report(c, "database", "", -1, e.text);
    }
    (void)sqlite3_finalize(st);
}

/* A revision in the current format: the stored text must give the revision under which it is
 * stored. */
static struct course *read_course(sqlite3_stmt *st, struct err *e)
{
    struct course_options o = {0};

    return course_import(sqlite3_column_text(st, 2), (size_t)sqlite3_column_bytes(st, 2), &o, e);
}

/* The revision is a hash of all that decides what a race on the course looks like. */
static void check_courses(struct check *c)
{
    struct err e;
    sqlite3_stmt *st = db_use(&c->db, DB_COURSES_ALL, &e);
    int step = -1;

    while (st && (step = db_step(&c->db, st, &e)) > 0) {
        const char *name = (const char *)sqlite3_column_text(st, 0);
        const char *revision = (const char *)sqlite3_column_text(st, 1);
        struct course *k = read_course(st, &e);

        c->totals->courses++;
        if (!k)
            check_report(c, "course", name, -1, e.text);
        else if (strcmp(k->revision, revision) != 0 || strcmp(k->short_name, name) != 0)
            check_report(c, "course", name, -1, "It is not the revision that was written.");
        course_unref(k);
    }
    if (step < 0)
        check_report(c, "course", "", -1, e.text);
    if (st)
        (void)sqlite3_reset(st);
}

/* A race to look at. The rows are listed first: a statement that stays open would hold the read
 * transaction over all races. */
struct race_row {
    int64_t race_no;
    char run_id[RUN_ID_MAX + 1];
};

static struct race_row *list_races(struct check *c, size_t *n)
{
    struct err e;
    sqlite3_stmt *st = db_use(&c->db, DB_RACES, &e);
    struct race_row *row = NULL;
    size_t cap = 0;
    int step = -1;

    *n = 0;
    while (st && (step = db_step(&c->db, st, &e)) > 0) {
        const char *run_id = (const char *)sqlite3_column_text(st, 1);

        row = mem_grow(row, *n, &cap, sizeof *row);
        row[*n] = (struct race_row){.race_no = sqlite3_column_int64(st, 0)};
        (void)snprintf(row[*n].run_id, sizeof row->run_id, "%s", run_id ? run_id : "");
        ++*n;
    }
    if (step < 0)
        check_report(c, "database", "", -1, e.text);
    if (st)
        (void)sqlite3_reset(st);
    return row;
}

/* 1: *out is the record, 0: the race is deleted, -1: the record is damaged. */
static int read_record(
    struct check *c, const struct race_row *row, struct race_record *out, struct err *e)
{
    sqlite3_stmt *st = db_use(&c->db, DB_RACE_GET, e);
    const char *text = NULL;
    json_t *j = NULL;
    int rc = -1;

    if (!st)
        return -1;
    (void)sqlite3_bind_int64(st, 1, row->race_no);
    rc = db_step(&c->db, st, e);
    if (rc > 0)
        text = (const char *)sqlite3_column_text(st, 0);
    if (rc > 0 && !text)
        rc = 0;
    if (text && !history_sum_ok(st, 1, history_sum(row->race_no, 0, text, strlen(text))))
        rc = err_set(e, ERR_INTERNAL, "Its record is not what was written.");
    else if (text && !(j = json_loads(text, 0, NULL)))
        rc = err_set(e, ERR_INTERNAL, "Its record is no JSON.");
    else if (text && race_record_parse(j, out, e))
        rc = -1;
    c->totals->unchecked += text && sqlite3_column_type(st, 1) == SQLITE_NULL;
    json_decref(j);
    (void)sqlite3_reset(st);
    return rc;
}

/* NULL where the race's course is not in the database. Its error is of no use here: check_courses
 * has reported a course that cannot be read. */
static struct course *course_of(struct check *c, const struct race_record *r)
{
    struct err ignored;
    sqlite3_stmt *st = db_use(&c->db, DB_COURSE_GET, &ignored);
    struct course_options o = {0};
    struct course *k = NULL;

    if (!st)
        return NULL;
    (void)sqlite3_bind_text(st, 1, r->spec.course, -1, SQLITE_STATIC);
    (void)sqlite3_bind_text(st, 2, r->spec.revision, -1, SQLITE_STATIC);
    if (db_step(&c->db, st, &ignored) > 0)
        k = course_import(
            sqlite3_column_text(st, 0), (size_t)sqlite3_column_bytes(st, 0), &o, &ignored);
    (void)sqlite3_reset(st);
    (void)sqlite3_clear_bindings(st);
    return k;
}

/* A text with its checksum in the columns 0 and 1. */
static void check_text(
    struct check *c, enum db_statement which, int64_t race_no, const char *kind, const char *name)
{
    struct err e;
    sqlite3_stmt *st = db_use(&c->db, which, &e);

    if (!st)
        return;
    if (race_no)
        (void)sqlite3_bind_int64(st, 1, race_no);
    if (db_step(&c->db, st, &e) > 0) {
        const void *text = sqlite3_column_blob(st, 0);

        c->totals->rosters += race_no != 0;
        if (!history_sum_ok(
                st, 1, history_sum(race_no, 0, text, (size_t)sqlite3_column_bytes(st, 0))))
            check_report(c, kind, name, -1, "It is not what was written.");
    }
    (void)sqlite3_reset(st);
}

static void check_race(struct check *c, const struct race_row *row)
{
    struct race_record record = {0};
    struct err e;
    int rc = read_record(c, row, &record, &e);

    if (rc < 0)
        check_report(c, "race", row->run_id, -1, e.text);
    if (rc <= 0)
        return;
    c->totals->races++;
    {
        struct course *k = course_of(c, &record);
        struct history_race r = history_race_of(&record, row->race_no, k);

        if (!k && record.spec.revision[0])
            check_report(c, "race", row->run_id, -1, "The course that it runs on is missing.");
        check_history(c, &r);
        course_unref(k);
    }
    check_text(c, DB_ROSTER_GET, row->race_no, "roster", row->run_id);
}

/* One race in one read transaction, so that its rows are of one moment while a server writes. Not
 * all races in one: the server could not empty its log meanwhile. */
static void in_transaction(struct check *c, const struct race_row *row)
{
    struct err e;
    sqlite3_stmt *st = db_use(&c->db, DB_BEGIN_READ, &e);

    if (!st || db_run(&c->db, st, &e)) {
        check_report(c, "race", row->run_id, -1, e.text);
        return;
    }
    check_race(c, row);
    st = db_use(&c->db, DB_COMMIT, &e);
    if (st && db_run(&c->db, st, &e))
        (void)sqlite3_exec(c->db.conn, "ROLLBACK", NULL, NULL, NULL);
}

/* A missing file is checked by hand, because SQLite says only "unable to open database file" for a
 * wrong folder. */
static int open_there(struct check *c, const char *dir, struct err *e)
{
    struct buf path = BUF_INIT;
    int rc;

    buf_addf(&path, "%s/trackside.db", dir);
    if (access(path.data, F_OK))
        rc = err_set(e, ERR_NOT_FOUND,
            "There is no database %s: DIR is the data directory of a server, as given to --data.",
            path.data);
    else
        rc = db_open_reader(&c->db, path.data, e) ||
                     db_version(&c->db, path.data, &c->totals->version, e)
                 ? -1
                 : 0;
    buf_release(&path);
    return rc;
}

int store_check(const char *dir, void (*found)(void *arg, const struct check_finding *f), void *arg,
    struct check_totals *totals, struct err *e)
{
    struct check c = {.totals = totals, .found = found, .arg = arg};
    struct race_row *row;
    size_t n;

    *totals = (struct check_totals){0};
    if (open_there(&c, dir, e)) {
        db_close(&c.db);
        /* A database that is damaged at its very head is a finding. One that is not there or newer
         * is the caller's mistake. */
        if (e->code != ERR_INTERNAL && e->code != ERR_IO)
            return -1;
        check_report(&c, "database", "", -1, e->text);
        return 0;
    }
    check_structure(&c);
    /* An older version lacks the columns with checksums. Only the server brings it to this version;
     * a check does not write. */
    if (totals->version == DB_VERSION) {
        check_courses(&c);
        row = list_races(&c, &n);
        for (size_t k = 0; k < n; k++)
            in_transaction(&c, &row[k]);
        free(row);
        check_text(&c, DB_CURSOR_GET, 0, "cursor", "");
    }
    db_close(&c.db);
    return 0;
}
