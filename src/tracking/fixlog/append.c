/* append.c: fixes come in. The first request that waits becomes the leader: it writes everything
 * that waits in one transaction, again until its own is written. The others sleep meanwhile, and
 * what comes during a commit waits for the next one. */
#include "tracking/fixlog/fixlog_internal.h"

#include "geo/lonlat.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The statements of one transaction: prepared once for all requests in it. */
struct appender {
    sqlite3 *conn;
    sqlite3_stmt *find, *fix, *last;
    int64_t counted, devices; /* the race whose devices are counted, and how many it has */
    struct err *e;
};

/* The newest fix of a device is the one with the greatest time, not the one that came last. */
static const char LAST[] =
    "UPDATE device SET fixes = fixes + 1, client = ?2, received_ms = max(received_ms, ?3), "
    "lat = iif(?4 >= time_ms, ?5, lat), lon = iif(?4 >= time_ms, ?6, lon), "
    "accuracy = iif(?4 >= time_ms, ?7, accuracy), battery = coalesce(iif(?4 >= time_ms, ?8, NULL), "
    "battery), time_ms = max(time_ms, ?4) WHERE no = ?1";

static int prepare_all(struct appender *a)
{
    a->find = fixlog_prepare(
        a->conn, a->e, "SELECT no, competitor FROM device WHERE race = ? AND name = ?", "");
    a->fix = a->find ? fixlog_prepare(a->conn, a->e,
                           "INSERT OR IGNORE INTO fix (device, time_ms, lat, lon, received_ms, "
                           "accuracy, speed, heading, altitude, battery) VALUES (?, ?, ?, ?, ?, ?, "
                           "?, ?, ?, ?)",
                           "")
                     : NULL;
    a->last = a->fix ? fixlog_prepare(a->conn, a->e, LAST, "") : NULL;
    return a->last ? 0 : -1;
}

static void finish_all(struct appender *a)
{
    (void)sqlite3_finalize(a->find);
    (void)sqlite3_finalize(a->fix);
    (void)sqlite3_finalize(a->last);
}

static int bind_number(sqlite3_stmt *st, int at, double v)
{
    return isnan(v) ? sqlite3_bind_null(st, at) : sqlite3_bind_double(st, at, v);
}

/* Who has that bib. 0: nobody, *id stays; 1; -1. */
static int id_of_bib(struct appender *a, int64_t race, const char *bib, int64_t *id)
{
    return fixlog_get(a->conn, id, a->e,
        "SELECT id FROM competitor WHERE race = ? AND bib = ? AND listed", "it", race, bib);
}

/* Counts the devices of a race, once in a row of new ones: a batch can bring many. */
static int count_devices(struct appender *a, int64_t race)
{
    int rc;

    if (a->counted == race)
        return 0;
    rc = fixlog_get(
        a->conn, &a->devices, a->e, "SELECT count(*) FROM device WHERE race = ?", "i", race);
    if (rc < 0)
        return -1;
    a->counted = race;
    return 0;
}

/* *no 0: there are too many. */
static int add_device(
    struct appender *a, int64_t race, const char *name, int64_t competitor, int64_t *no)
{
    if (count_devices(a, race))
        return -1;
    *no = 0;
    if (a->devices >= FIXLOG_DEVICES_MAX)
        return 0;
    if (fixlog_run(a->conn, a->e, "INSERT INTO device (race, name, competitor) VALUES (?, ?, ?)",
            "iti", race, name, competitor))
        return -1;
    *no = sqlite3_last_insert_rowid(a->conn);
    a->devices++;
    return 0;
}

/* 1: found; 0; -1. */
static int find_device(
    struct appender *a, int64_t race, const char *name, int64_t *no, int64_t *competitor)
{
    int rc;

    (void)sqlite3_bind_int64(a->find, 1, race);
    (void)sqlite3_bind_text(a->find, 2, name, -1, SQLITE_STATIC);
    rc = sqlite3_step(a->find);
    if (rc == SQLITE_ROW) {
        *no = sqlite3_column_int64(a->find, 0);
        *competitor = sqlite3_column_int64(a->find, 1);
    }
    (void)sqlite3_reset(a->find);
    return rc == SQLITE_ROW ? 1 : rc == SQLITE_DONE ? 0 : fixlog_fail(a->conn, a->e);
}

/* Whoever has a bib like its name carries a device that has not sent before. */
static int device_no(struct appender *a, int64_t race, const char *name, int64_t *no)
{
    int64_t competitor = 0;
    int rc = find_device(a, race, name, no, &competitor);

    if (rc)
        return rc < 0 ? -1 : 0;
    return id_of_bib(a, race, name, &competitor) < 0 ? -1
                                                     : add_device(a, race, name, competitor, no);
}

/* Fixes of a bib are kept under a device of that name, or "7 (2)" where somebody else carries the
 * device "7". *known false: nobody has the bib. */
static int bib_device_no(
    struct appender *a, int64_t race, const char *bib, int64_t *no, bool *known)
{
    char name[DECODE_DEVICE_MAX + 16];
    int64_t id, competitor = 0;
    int rc = id_of_bib(a, race, bib, &id);

    *known = rc > 0;
    if (rc <= 0)
        return rc;
    (void)snprintf(name, sizeof name, "%s", bib);
    for (int n = 2; (rc = find_device(a, race, name, no, &competitor)) > 0 && competitor != id; n++)
        (void)snprintf(name, sizeof name, "%s (%d)", bib, n);
    if (rc)
        return rc < 0 ? -1 : 0;
    return add_device(a, race, name, id, no);
}

static int run_reset(struct appender *a, sqlite3_stmt *st)
{
    int rc = sqlite3_step(st);

    (void)sqlite3_reset(st);
    return rc == SQLITE_DONE ? 0 : fixlog_fail(a->conn, a->e);
}

static int note_last(
    struct appender *a, int64_t no, const struct fixlog_batch *b, const struct decoded_fix *f)
{
    (void)sqlite3_bind_int64(a->last, 1, no);
    (void)sqlite3_bind_text(a->last, 2, b->client, -1, SQLITE_STATIC);
    (void)sqlite3_bind_int64(a->last, 3, b->received_ms);
    (void)sqlite3_bind_int64(a->last, 4, f->time_ms);
    (void)sqlite3_bind_double(a->last, 5, f->lat_deg);
    (void)sqlite3_bind_double(a->last, 6, f->lon_deg);
    (void)bind_number(a->last, 7, f->accuracy_m);
    (void)bind_number(a->last, 8, f->battery_pct);
    return run_reset(a, a->last);
}

static int add_fix(
    struct appender *a, int64_t no, struct fixlog_batch *b, const struct decoded_fix *f)
{
    const double rest[] = {
        f->accuracy_m, f->speed_mps, f->heading_deg, f->altitude_m, f->battery_pct};
    struct lonlat at = {0};

    (void)lonlat_from_deg(f->lon_deg, f->lat_deg, &at);
    (void)sqlite3_bind_int64(a->fix, 1, no);
    (void)sqlite3_bind_int64(a->fix, 2, f->time_ms);
    (void)sqlite3_bind_int64(a->fix, 3, at.lat_nd);
    (void)sqlite3_bind_int64(a->fix, 4, at.lon_nd);
    (void)sqlite3_bind_int64(a->fix, 5, b->received_ms);
    for (int i = 0; i < 5; i++)
        (void)bind_number(a->fix, 6 + i, rest[i]);
    if (run_reset(a, a->fix))
        return -1;
    if (!sqlite3_changes(a->conn)) {
        b->doubles++;
        return 0;
    }
    b->taken++;
    return note_last(a, no, b, f);
}

static int add_batch(struct appender *a, struct fixlog_batch *b)
{
    int64_t race, no = 0;

    b->taken = b->doubles = b->too_many_devices = b->unknown_bibs = 0;
    if (fixlog_race_no(a->conn, b->run_id, &race, a->e))
        return -1;
    for (size_t i = 0; i < b->fixes->n; i++) {
        const struct decoded_fix *f = &b->fixes->fix[i];
        bool known = true;

        if (f->bib ? bib_device_no(a, race, f->device, &no, &known)
                   : device_no(a, race, f->device, &no))
            return -1;
        if (!known)
            b->unknown_bibs++;
        else if (!no)
            b->too_many_devices++;
        else if (add_fix(a, no, b, f))
            return -1;
    }
    return 0;
}

/* One transaction for all of them. A batch whose race is gone fails alone; anything else fails
 * all. */
static int write_all(struct fixlog *l, struct fixlog_waiter *all, struct err *e)
{
    struct appender a = {.e = e};
    int rc;

    if (fixlog_begin_write(l, e))
        return -1;
    a.conn = l->write.conn;
    rc = prepare_all(&a);
    for (struct fixlog_waiter *w = all; w && !rc; w = w->next) {
        a.e = &w->err;
        w->rc = add_batch(&a, w->batch);
        if (w->rc && w->err.code != ERR_NOT_FOUND) {
            *e = w->err;
            rc = -1;
        }
    }
    finish_all(&a);
    return fixlog_end_write(l, rc, e);
}

/* Writes what waits. With queue_lock held, which it gives up meanwhile. */
static void lead(struct fixlog *l)
{
    struct fixlog_waiter *all = l->first, *next;
    struct err e = {0};
    int rc;

    l->first = l->last = NULL;
    (void)pthread_mutex_unlock(&l->queue_lock);
    rc = write_all(l, all, &e);
    if (!rc)
        fixlog_changed(l, false);
    (void)pthread_mutex_lock(&l->queue_lock);
    for (struct fixlog_waiter *w = all; w; w = next) {
        next = w->next; /* it is on its caller's stack, which may be gone once `done` is set */
        if (rc) {
            w->rc = -1;
            w->err = e;
        }
        w->done = true;
    }
    (void)pthread_cond_broadcast(&l->committed);
}

int fixlog_append(struct fixlog *l, struct fixlog_batch *b, struct err *e)
{
    struct fixlog_waiter w = {.batch = b};

    (void)pthread_mutex_lock(&l->queue_lock);
    if (l->last)
        l->last->next = &w;
    else
        l->first = &w;
    l->last = &w;
    while (!w.done) {
        if (l->leading) {
            (void)pthread_cond_wait(&l->committed, &l->queue_lock);
            continue;
        }
        l->leading = true;
        lead(l);
        l->leading = false;
        (void)pthread_cond_broadcast(&l->committed);
    }
    (void)pthread_mutex_unlock(&l->queue_lock);
    if (w.rc)
        *e = w.err;
    return w.rc;
}
