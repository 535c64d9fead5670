/*
 * datadir.h: the data directory of one process: made if it is missing, locked as long as it is open
 * (flock on the file `lock`, so a killed process leaves no lock behind). Without a name it is a
 * temporary one, removed at the end.
 */
#ifndef STORE_DATADIR_H
#define STORE_DATADIR_H

#include "base/err.h"

#include <stdbool.h>

struct datadir {
    char *path;     /* without a slash at the end */
    char *database; /* path of the database in it */
    int lock_fd;
    bool temporary;
};

/* ERR_CONFLICT where another process has it; ERR_INVALID where it cannot be made or written to. */
int datadir_open(struct datadir *d, const char *path, struct err *e) MUST_CHECK;
void datadir_close(struct datadir *d);

#endif
