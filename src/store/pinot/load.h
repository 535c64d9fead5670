/*
 * load.h: the columns of a race as of a raw second, from what Pinot has of it.
 *
 * Of a race of our own, whose distances never fall and whose seconds have no holes, a few grouped
 * statements say it all: latest position, first and last second in each stretch of the geofence,
 * finish. Whoever's count and sum of seconds say otherwise is traced from the single events, as
 * everybody is in external races.
 */
#ifndef STORE_PINOT_LOAD_H
#define STORE_PINOT_LOAD_H

#include "board/columns.h"
#include "store/pinot/statements.h"

/* What the statements are sent with: the quick one for what is asked for all the time. */
struct pinot_pair {
    struct pinot *quick, *patient;
};

/* `to_s` INT32_MAX: all that is there now. The caller's columns; NULL with an error. Whether Pinot
 * answers at all shows quickly; the whole history is then waited for. */
struct columns *pinot_load(const struct pinot_pair *p, const struct pinot_subject *s, int32_t to_s,
    struct err *e) MUST_CHECK;

/* Events up to `to_s` of the columns' dirty competitors again, into their visits and finishes;
 * empties the list. */
int pinot_load_retrace(struct pinot *p, const struct pinot_subject *s, struct columns *c,
    int32_t to_s, struct err *e) MUST_CHECK;

#endif
