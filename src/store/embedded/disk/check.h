/*
 * check.h: reads everything in a data directory once and reports what is wrong: the database's own
 * structure, courses, records of races, every second and batch of their histories, rosters. It only
 * reads, and may run beside a server that uses the directory. Each race is read in a transaction of
 * its own, because the server's log cannot be emptied behind an open transaction.
 */
#ifndef STORE_EMBEDDED_CHECK_H
#define STORE_EMBEDDED_CHECK_H

#include "base/err.h"

#include <stdint.h>

/* One thing that is wrong. Borrowed by the callback. */
struct check_finding {
    const char *kind; /* "database", "course", "race", "roster", "cursor" */
    const char *name; /* of the course or race, "" otherwise */
    int32_t raw_s;    /* -1: nowhere in particular */
    const char *text; /* a sentence */
};

struct check_totals {
    int version; /* of the database */
    uint64_t courses, races, ticks, batches, snapshots, rosters;
    uint64_t unchecked; /* rows of a version that kept no checksums */
    uint64_t findings;
};

/* Calls `found` for each finding. 0: the directory was read, and totals->findings says whether it
 * is whole; -1: there is no database there, it is newer, or it cannot be opened. */
int store_check(const char *dir, void (*found)(void *arg, const struct check_finding *f), void *arg,
    struct check_totals *totals, struct err *e) MUST_CHECK;

#endif
