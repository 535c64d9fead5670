/*
 * laps.h: how many times a line is run, and how long it is said to be: what the caller says,
 * else what our own export says, else what the file's texts say, unless the line is already drawn
 * with all its laps.
 */
#ifndef COURSE_LAPS_H
#define COURSE_LAPS_H

#include "course/course.h"
#include "course/diagnostics.h"
#include "course/draft.h"
#include "course/route.h"

#include <stdint.h>

/* In metres; 0 where nobody says. */
double laps_declared_m(const struct draft *d, const struct course_options *o);

uint32_t laps_choose(const struct draft *d, const struct course_options *o, const struct route *r,
    struct diagnostics *notes);

/* Compare what is declared with what is measured; may suggest laps. */
void laps_compare(double declared_m, double measured_m, uint32_t laps, struct diagnostics *notes);

#endif
