/*
 * datadir.h: the data directory of one process: made if it is missing, locked as long as it is open
 * (flock on the file `lock`, on the directory itself and on the database, so that a killed process
 * leaves no lock behind, and a lock file that somebody removes lets nobody else in). Without a name
 * it is a temporary one, removed at the end.
 *
 * Somebody may remove, replace or empty the directory or its files while they are open; a process
 * would not notice by itself, and write for ever into files that have no name. datadir_check
 * compares what is there with what was opened, and remembers the answer for everybody else.
 */
#ifndef STORE_EMBEDDED_DATADIR_H
#define STORE_EMBEDDED_DATADIR_H

#include "base/err.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

struct datadir {
    char *path;                 /* without a slash at the end */
    char *database;             /* path of the database in it */
    int lock_fd, dir_fd, db_fd; /* locked; -1: not open */
    ino_t log_ino;              /* of the write-ahead log, 0: not seen yet */
    bool temporary;
    atomic_bool gone; /* by the last datadir_check */
    pthread_mutex_t lock;
    struct err gone_why; /* under `lock` */
};

/* ERR_CONFLICT where another process has it; ERR_INVALID where it cannot be made or written to. */
int datadir_open(struct datadir *d, const char *path, struct err *e) MUST_CHECK;
/* Locks the database too, once it exists. Its file descriptor must stay open longer than the last
 * connection: closing it would remove SQLite's own locks (POSIX locks belong to the process). */
int datadir_watch(struct datadir *d, struct err *e) MUST_CHECK;

/* ERR_UNAVAILABLE with a sentence where the directory, the database or its log is not the one that
 * was opened, or the database was emptied. The writer's and the janitor's threads call it, one at a
 * time. */
int datadir_check(struct datadir *d, struct err *e) MUST_CHECK;

/* The answer of the last datadir_check. Any thread; it touches no file. */
int datadir_gone(struct datadir *d, struct err *e) MUST_CHECK;

/* ERR_UNAVAILABLE where the file `lock` was removed (the other two locks still hold), or the
 * directory is another one. Any thread. */
int datadir_check_lock(const struct datadir *d, struct err *e) MUST_CHECK;

void datadir_close(struct datadir *d);

#endif
