/* check_internal.h: what check.c and check_race.c share. */
#ifndef STORE_EMBEDDED_CHECK_INTERNAL_H
#define STORE_EMBEDDED_CHECK_INTERNAL_H

#include "store/embedded/disk/check.h"
#include "store/embedded/disk/history.h"

#define CHECK_MAX_PER_RACE 100u /* findings that are told of one race */

struct check {
    struct db db;
    struct check_totals *totals;
    void (*found)(void *arg, const struct check_finding *f);
    void *arg;
};

void check_tell(
    struct check *c, const char *kind, const char *name, int32_t raw_s, const char *text);

/* The history of one race, in the caller's transaction. */
void check_history(struct check *c, const struct history_race *r);

#endif
