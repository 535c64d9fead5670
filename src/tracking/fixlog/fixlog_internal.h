/* fixlog_internal.h: the inside of the log, for the files of this folder. */
#ifndef TRACKING_FIXLOG_FIXLOG_INTERNAL_H
#define TRACKING_FIXLOG_FIXLOG_INTERNAL_H

#include "tracking/fixlog/fixlog.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

/* A connection and its lock. Statements are prepared for each use: the calls that are frequent
 * share one (append.c). */
struct fixlog_db {
    sqlite3 *conn;
    pthread_mutex_t lock;
};

/* A request that waits for its commit. It is on the caller's stack. */
struct fixlog_waiter {
    struct fixlog_batch *batch;
    int rc;
    struct err err;
    bool done;
    struct fixlog_waiter *next;
};

struct fixlog {
    struct fixlog_db write, read;
    atomic_uint_fast64_t version, assignments;

    pthread_mutex_t queue_lock; /* of the rest */
    pthread_cond_t committed;
    struct fixlog_waiter *first, *last;
    bool leading; /* one of the waiters commits for all */
};

/* The sentence for the connection's last error. Returns -1. */
int fixlog_fail(sqlite3 *conn, struct err *e);

/* A statement with its parameters, by `types`: i int64_t, d double (NaN: NULL), t text. NULL with
 * an error. */
sqlite3_stmt *fixlog_prepare(
    sqlite3 *conn, struct err *e, const char *sql, const char *types, ...) MUST_CHECK;

/* Runs it to its end, and finishes it. */
int fixlog_run(sqlite3 *conn, struct err *e, const char *sql, const char *types, ...) MUST_CHECK;

/* The whole number that a statement answers. 0: there is no row, *out stays; 1; -1. */
int fixlog_get(
    sqlite3 *conn, int64_t *out, struct err *e, const char *sql, const char *types, ...) MUST_CHECK;

/* The number of a race. ERR_NOT_FOUND. */
int fixlog_race_no(sqlite3 *conn, const char *run_id, int64_t *race, struct err *e) MUST_CHECK;

/* A transaction on the writing connection, whose lock it holds. end: commits if rc is 0, else rolls
 * back; returns the outcome. */
int fixlog_begin_write(struct fixlog *l, struct err *e) MUST_CHECK;
int fixlog_end_write(struct fixlog *l, int rc, struct err *e) MUST_CHECK;

/* The same for one race, whose number it finds. -1: nothing has begun. */
int fixlog_begin_race(
    struct fixlog *l, const char *run_id, int64_t *race, struct err *e) MUST_CHECK;

/* Something changed that matching has to know. */
void fixlog_changed(struct fixlog *l, bool assignments);

#endif
