/* read.c: the fixes for matching, and the list of devices. */
#include "tracking/fixlog/fixlog_internal.h"

#include <math.h>

/* mm of a radius in m; 0: not known. */
static uint32_t accuracy_mm(sqlite3_stmt *st, int column)
{
    double m = sqlite3_column_double(st, column);

    return m > 0 && m < 1e6 ? (uint32_t)lround(m * 1000) : 0;
}

static int read_rows(
    sqlite3 *conn, sqlite3_stmt *st, int64_t *after, fixlog_fix_fn *fn, void *arg, struct err *e)
{
    int rc;

    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        struct fix f = {.time_ms = sqlite3_column_int64(st, 2),
            .at = {.lon_nd = sqlite3_column_int64(st, 4), .lat_nd = sqlite3_column_int64(st, 3)},
            .accuracy_mm = accuracy_mm(st, 5)};

        *after = sqlite3_column_int64(st, 0);
        if (fn(arg, sqlite3_column_int64(st, 1), &f))
            return 0;
    }
    return rc == SQLITE_DONE ? 0 : fixlog_fail(conn, e);
}

int fixlog_read(struct fixlog *l, const char *run_id, int64_t *after, fixlog_fix_fn *fn, void *arg,
    struct err *e)
{
    sqlite3_stmt *st;
    int rc = -1;

    (void)pthread_mutex_lock(&l->read.lock);
    st = fixlog_prepare(l->read.conn, e,
        "SELECT fix.id, device.competitor, fix.time_ms, fix.lat, fix.lon, fix.accuracy FROM fix "
        "CROSS JOIN device ON device.no = fix.device CROSS JOIN race ON race.no = device.race "
        "WHERE "
        "fix.id > ?1 "
        "AND race.run = ?2 AND device.competitor <> 0 ORDER BY fix.id",
        "it", *after, run_id);
    if (st)
        rc = read_rows(l->read.conn, st, after, fn, arg, e);
    (void)sqlite3_finalize(st);
    (void)pthread_mutex_unlock(&l->read.lock);
    return rc;
}

static double number_or_nan(sqlite3_stmt *st, int column)
{
    return sqlite3_column_type(st, column) == SQLITE_NULL ? (double)NAN
                                                          : sqlite3_column_double(st, column);
}

static int list_rows(
    sqlite3 *conn, sqlite3_stmt *st, fixlog_device_fn *fn, void *arg, struct err *e)
{
    int rc;

    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        struct fixlog_device d = {.device = (const char *)sqlite3_column_text(st, 0),
            .client = (const char *)sqlite3_column_text(st, 1),
            .bib = (const char *)sqlite3_column_text(st, 2),
            .competitor_id = sqlite3_column_int64(st, 3),
            .fixes = sqlite3_column_int64(st, 4),
            .time_ms = sqlite3_column_int64(st, 5),
            .received_ms = sqlite3_column_int64(st, 6),
            .lat_deg = number_or_nan(st, 7),
            .lon_deg = number_or_nan(st, 8),
            .accuracy_m = number_or_nan(st, 9),
            .battery_pct = number_or_nan(st, 10)};

        if (fn(arg, &d))
            return 0;
    }
    return rc == SQLITE_DONE ? 0 : fixlog_fail(conn, e);
}

int fixlog_devices(
    struct fixlog *l, const char *run_id, fixlog_device_fn *fn, void *arg, struct err *e)
{
    sqlite3_stmt *st;
    int64_t race;
    int rc;

    (void)pthread_mutex_lock(&l->read.lock);
    rc = fixlog_race_no(l->read.conn, run_id, &race, e);
    st = rc ? NULL
            : fixlog_prepare(l->read.conn, e,
                  "SELECT name, client, coalesce(bib, ''), device.competitor, fixes, time_ms, "
                  "received_ms, lat, lon, accuracy, battery FROM device LEFT JOIN competitor ON "
                  "competitor.race = device.race AND competitor.id = device.competitor WHERE "
                  "device.race = ? ORDER BY name",
                  "i", race);
    if (!rc)
        rc = st ? list_rows(l->read.conn, st, fn, arg, e) : -1;
    (void)sqlite3_finalize(st);
    (void)pthread_mutex_unlock(&l->read.lock);
    return rc;
}
