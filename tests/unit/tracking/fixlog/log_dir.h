/*
 * log_dir.h: a folder for fixes.db, made before the tests of a file and removed after them.
 */
#ifndef UNIT_TRACKING_FIXLOG_LOG_DIR_H
#define UNIT_TRACKING_FIXLOG_LOG_DIR_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char log_dir[] = "/tmp/trackside-fixlog-XXXXXX";

/* The path of one of its files. */
static inline const char *log_dir_path(const char *file)
{
    static char path[sizeof log_dir + 20];

    (void)snprintf(path, sizeof path, "%s/%s", log_dir, file);
    return path;
}

static inline int log_dir_make(void **state)
{
    (void)state;
    return mkdtemp(log_dir) ? 0 : -1;
}

static inline int log_dir_remove(void **state)
{
    static const char *const files[] = {"fixes.db", "fixes.db-wal", "fixes.db-shm"};

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        (void)unlink(log_dir_path(files[i]));
    return rmdir(log_dir);
}

#endif
