/*
 * contract_race.h: what the contract's tests put into a store: a course with a geofence that is
 * entered twice a lap, a simulated race on it, and the plainest possible account of what must come
 * out (event by event, inside by the exact polygon test), which shares no code with any store.
 */
#ifndef TESTS_CONTRACT_RACE_H
#define TESTS_CONTRACT_RACE_H

#include "sim/sim.h"
#include "store/store.h"

#define CONTRACT_RUN "11111111-2222-4333-8444-555555555555"
#define CONTRACT_START 1767258000 /* 2026-01-01T09:00:00Z */

/* A loop of some 1.7 km run `laps` times; `long_name` makes the revisions differ. With or without
 * its geofence. */
struct course *contract_course(
    const char *short_name, const char *long_name, uint32_t laps, bool fence);

struct contract_race {
    struct course *course;
    struct race_record record;
    struct sim *sim;
    uint32_t n;
    uint32_t *dist_mm; /* of the last contract_race_tick */
};

void contract_race_init(struct contract_race *r, struct course *c, const char *run_id, uint32_t n);
/* For very many: 0.4 km straight through the geofence, and a race on it that is over soon. A shared
 * stream keeps every event, and every reader of it reads them all. */
struct course *contract_short_course(const char *short_name);
void contract_race_init_quick(
    struct contract_race *r, struct course *c, const char *run_id, uint32_t n);
void contract_race_release(struct contract_race *r);

/* The tick of one raw second; borrows from r until the next call. */
struct tick contract_race_tick(struct contract_race *r, int32_t raw_s);

/* What must be known of one competitor after its events up to now. */
struct account {
    int32_t raw_s;
    uint32_t dist_mm;
    int32_t entered_s; /* -1 outside */
    int32_t dwell_s;   /* closed visits */
    int32_t finish_s;
    uint32_t visits_n;
    struct splits_visit visit[16];
};

void account_init(struct account *a);
/* `exact`: by the polygon; else by the course's stretches (quicker). */
void account_event(
    struct account *a, const struct course *c, int32_t raw_s, uint32_t dist_mm, bool exact);

/* Fails the test where competitor i of the view is not as the account says. */
void account_check(const struct account *a, const struct view *v, uint32_t i);

/* Fails the test where two views differ in anything but version and wall times. */
void views_check_same(const struct view *a, const struct view *b);

/* An event of CONTRACT_RUN on the southern side of the loop. */
struct event contract_event(int64_t id, int32_t raw_s, double distance_m);

#endif
