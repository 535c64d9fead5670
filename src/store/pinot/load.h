/*
 * load.h: the columns of a race as of a raw second, from what Pinot has of it.
 *
 * In a simulated race distances never fall and no second is missing. A few grouped statements then
 * say everything: the latest position, the first and last second in each stretch of the geofence,
 * the first at or beyond each checkpoint, the finish. The count and the sum of a competitor's
 * seconds show whether that is so; where it is not, the competitor is read event by event, as all
 * are in external races. One grouped statement reads a hundred times fewer rows than the events.
 */
#ifndef STORE_PINOT_LOAD_H
#define STORE_PINOT_LOAD_H

#include "board/columns.h"
#include "store/pinot/statements.h"

/* The same Pinot with two time limits: a board that is late is useless, but a race's history may
 * take its time. */
struct pinot_pair {
    struct pinot *interactive, *batch;
};

/* Reads the columns as of raw second `to_s`; INT32_MAX: as of now. The caller frees them; NULL with
 * an error. The first statement goes through `interactive`, so that a Pinot that does not answer
 * shows soon. */
struct columns *pinot_load(const struct pinot_pair *p, const struct pinot_subject *s, int32_t to_s,
    struct err *e) MUST_CHECK;

/* Reads the events up to `to_s` of the columns' dirty competitors again and works out their visits
 * and finishes from them. Empties the list. */
int pinot_load_retrace(struct pinot *p, const struct pinot_subject *s, struct columns *c,
    int32_t to_s, struct err *e) MUST_CHECK;

#endif
