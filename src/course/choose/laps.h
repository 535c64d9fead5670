/*
 * laps.h: how many times a line is run, and the declared length. The request decides, else
 * Trackside's own export, else the texts of the file. A hint in a text is ignored if the line is
 * already drawn with all its laps.
 */
#ifndef COURSE_CHOOSE_LAPS_H
#define COURSE_CHOOSE_LAPS_H

#include "course/course.h"
#include "course/diagnostics.h"
#include "course/draft.h"
#include "course/choose/route.h"

#include <stdint.h>

/* The declared length in metres; 0 if there is none. */
double laps_declared_m(const struct draft *d, const struct course_options *o);

/* The number of laps, 1 to COURSE_LAPS_MAX. Diagnostics say which hint was used. */
uint32_t laps_choose(const struct draft *d, const struct course_options *o, const struct route *r,
    struct diagnostics *notes);

/* Compares the declared length with the measured one. The diagnostic may ask whether there are
 * several laps. */
void laps_compare(double declared_m, double measured_m, uint32_t laps, struct diagnostics *notes);

#endif
