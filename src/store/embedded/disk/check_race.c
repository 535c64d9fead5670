/* The history of one race, row by row, on beyond what is damaged. */
#include "store/embedded/disk/check_internal.h"

#include "store/embedded/disk/playback.h"

#include <stdio.h>
#include <stdlib.h>

/* Where the walk through one race stands. */
struct race_check {
    struct check *check;
    const struct history_race *race;
    uint32_t reported; /* findings so far; above the limit they are only counted */
    int32_t last_s;    /* the tick being looked at, -1 */
    uint32_t chunks;   /* rows of it so far */
};

static void report(struct race_check *rc, int32_t raw_s, const char *text)
{
    if (++rc->reported < CHECK_MAX_PER_RACE)
        check_report(rc->check, "race", rc->race->run_id, raw_s, text);
    else if (rc->reported == CHECK_MAX_PER_RACE)
        check_report(rc->check, "race", rc->race->run_id, -1, "More is damaged in this race.");
}

/* A row of version 1 has no checksum. It is not damaged, but nobody can say that it is whole. */
static void count_unchecked(struct race_check *rc, sqlite3_stmt *st, int at)
{
    if (sqlite3_column_type(st, at) == SQLITE_NULL)
        rc->check->totals->unchecked++;
}

/* A tick has one row for each HISTORY_CHUNK competitors; fewer means that some were lost. */
static void end_tick(struct race_check *rc)
{
    uint32_t wanted = (rc->race->n + HISTORY_CHUNK - 1) / HISTORY_CHUNK;

    if (rc->last_s >= 0 && rc->chunks != wanted)
        report(rc, rc->last_s, "Some of its competitors' positions are missing.");
}

/* Compares with `before`, which each tick carries: seconds since the tick before it. So a gap that
 * was there when it ran is no finding, and a lost row is. */
static void begin_tick(struct race_check *rc, int32_t raw_s, int32_t before_s)
{
    char text[96];
    int32_t before = raw_s - before_s;

    end_tick(rc);
    rc->check->totals->ticks++;
    if (before_s > 0 && before > rc->last_s) {
        (void)snprintf(text, sizeof text,
            "The positions of %d second%s from here to %d are missing.", before - rc->last_s,
            before - rc->last_s == 1 ? "" : "s", before);
        report(rc, rc->last_s + 1, text);
    }
    rc->last_s = raw_s;
    rc->chunks = 0;
}

/* One row of a tick. Its place among the competitors follows from its id, so the wanted length does
 * too. */
static void check_chunk(struct race_check *rc, sqlite3_stmt *st)
{
    int64_t id = sqlite3_column_int64(st, 0);
    int32_t raw_s = history_tick_raw(id);
    uint32_t chunk = (uint32_t)(id & 255), at = chunk * HISTORY_CHUNK;
    uint32_t len = at < rc->race->n ? rc->race->n - at : 0;
    const void *data = sqlite3_column_blob(st, 1);
    size_t bytes = (size_t)sqlite3_column_bytes(st, 1);

    if (raw_s != rc->last_s)
        begin_tick(rc, raw_s, sqlite3_column_int(st, 2));
    rc->chunks++;
    count_unchecked(rc, st, 3);
    len = len < HISTORY_CHUNK ? len : HISTORY_CHUNK;
    if (bytes != (size_t)len * 4 ||
        !history_sum_ok(st, 3, history_sum(id, sqlite3_column_int(st, 2), data, bytes)))
        report(rc, raw_s, "Its positions are not those that were written.");
}

/* Every row of ticks in the order of ids, which is the order of seconds and chunks. */
static void check_ticks(struct race_check *rc)
{
    struct db *db = &rc->check->db;
    struct err e;
    sqlite3_stmt *st = db_use(db, DB_TICK_RANGE, &e);
    int step = -1;

    if (st) {
        (void)sqlite3_bind_int64(st, 1, history_tick_id(rc->race->race_no, 0, 0));
        (void)sqlite3_bind_int64(st, 2, history_end(rc->race->race_no) - 1);
        while ((step = db_step(db, st, &e)) > 0)
            check_chunk(rc, st);
        (void)sqlite3_reset(st);
    }
    if (step < 0)
        report(rc, rc->last_s, e.text);
    end_tick(rc);
}

/* Uses the scan that readers use, and goes on behind each damaged batch. */
static void check_events(struct race_check *rc)
{
    struct history_scan scan = {.race = rc->race, .to_s = INT32_MAX, .from_s = INT32_MIN};
    struct db *db = &rc->check->db;
    struct history_events batch;
    struct err e;
    int step = history_scan_begin(&scan, db, &e) ? -1 : 1;

    while (step > 0 || (step < 0 && e.code == ERR_INTERNAL && sqlite3_stmt_busy(scan.st))) {
        step = history_scan_next(&scan, db, &batch, &e);
        if (!step)
            break;
        rc->check->totals->batches++;
        if (step > 0) {
            count_unchecked(rc, scan.st, 6);
            continue;
        }
        scan.seq = batch.seq;
        report(rc, -1, e.text);
    }
    history_scan_end(&scan);
}

/* Only the checksum. Whether a snapshot fits the history is for check_as_a_whole. */
static void check_snapshots(struct race_check *rc)
{
    struct db *db = &rc->check->db;
    int64_t first = history_snapshot_id(rc->race->race_no, 0);
    struct err e;
    sqlite3_stmt *st = db_use(db, DB_SNAPSHOT_RANGE, &e);
    int step = -1;

    if (st) {
        (void)sqlite3_bind_int64(st, 1, first);
        (void)sqlite3_bind_int64(st, 2, history_end(rc->race->race_no) - 1);
        while ((step = db_step(db, st, &e)) > 0) {
            int64_t id = sqlite3_column_int64(st, 0);

            rc->check->totals->snapshots++;
            count_unchecked(rc, st, 2);
            if (!history_sum_ok(st, 2,
                    history_sum(
                        id, 0, sqlite3_column_blob(st, 1), (size_t)sqlite3_column_bytes(st, 1))))
                report(rc, (int32_t)(id - first), "The snapshot is not what was written.");
        }
        (void)sqlite3_reset(st);
    }
    if (step < 0)
        report(rc, -1, e.text);
}

/* What row by row is whole may still miss its end, or not fit together. A playback of the whole
 * race finds that. It is left out where a row is damaged, because it would report the same
 * again. */
static void check_as_a_whole(struct race_check *rc)
{
    struct playback p;
    struct err e;

    if (rc->reported)
        return;
    if (playback_open(&p, &rc->check->db, rc->race, INT32_MAX, &e))
        report(rc, -1, e.text);
    else
        playback_release(&p);
}

void check_history(struct check *c, const struct history_race *r)
{
    struct race_check rc = {.check = c, .race = r, .last_s = -1};
    int32_t *finish_raw_s = NULL;
    struct err e;

    if (!r->external && history_read_finish(&c->db, r, &finish_raw_s, &e))
        report(&rc, -1, e.text);
    free(finish_raw_s);
    if (!r->external)
        check_ticks(&rc);
    check_events(&rc);
    check_snapshots(&rc);
    check_as_a_whole(&rc);
}
