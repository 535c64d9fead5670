/*
 * store_contract.h: what every store has to do, as tests over struct store alone. A program for a
 * store has a factory and calls store_contract_run.
 */
#ifndef TESTS_STORE_CONTRACT_H
#define TESTS_STORE_CONTRACT_H

#include "store/store.h"

#include <stdbool.h>

struct store_factory {
    const char *name;
    /* A store with nothing in it. */
    struct store *(*empty)(struct err *e);
    /* Close it and open it again: what was committed is there. NULL: it cannot. */
    struct store *(*again)(struct store *s, struct err *e);
    void (*close)(struct store *s);
    bool late_rows;       /* a second may be shown before all of it has come */
    bool forgets_nothing; /* a deleted race's runId is never to be given again */
};

/* Groups of tests; each returns the number of those that failed. */
int store_contract_run(const struct store_factory *f);
int contract_ticks_run(
    const struct store_factory *f); /* contract_ticks.c: races fed by whole ticks */
int contract_events_run(const struct store_factory *f);  /* contract_events.c: by single events */
int contract_deleted_run(const struct store_factory *f); /* contract_deleted.c */
int contract_course_set_run(
    const struct store_factory *f); /* contract_course_set.c: courses, races, rosters */

/* For the groups. Each fails the test where the store does not do it. */
struct store *contract_open(const struct store_factory *f);
void contract_put_course(struct store *s, struct course *c);
void contract_put_race(struct store *s, const struct race_record *r);
void contract_put_tick(struct store *s, const struct tick *t);
void contract_put_events(struct store *s, const struct event *ev, size_t n);
void contract_commit(struct store *s);
struct view *contract_view(struct store *s, const char *run_id);
struct view *contract_view_at(struct store *s, const char *run_id, int32_t raw_s);

#endif
