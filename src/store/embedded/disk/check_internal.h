/* check_internal.h: what check.c and check_race.c share. */
#ifndef STORE_EMBEDDED_CHECK_INTERNAL_H
#define STORE_EMBEDDED_CHECK_INTERNAL_H

#include "store/embedded/disk/check.h"
#include "store/embedded/disk/history.h"

/* Findings that are reported of one race. A lost page damages thousands of rows, and a list of all
 * helps nobody. */
#define CHECK_MAX_PER_RACE 100u

/* One run over a data directory. */
struct check {
    struct db db;
    struct check_totals *totals;
    void (*found)(void *arg, const struct check_finding *f);
    void *arg;
};

/* Counts a finding and hands it to the caller of store_check. */
static inline void check_report(
    struct check *c, const char *kind, const char *name, int32_t raw_s, const char *text)
{
    struct check_finding f = {kind, name, raw_s, text};

    c->totals->findings++;
    c->found(c->arg, &f);
}

/* The history of one race, in the caller's transaction. */
void check_history(struct check *c, const struct history_race *r);

#endif
