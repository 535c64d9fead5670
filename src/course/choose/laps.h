/*
 * laps.h: how many times a line is run, and the declared length. The request decides, else
 * Trackside's own export, else the texts of the file. A hint in a text is ignored if the line is
 * already drawn with all its laps.
 */
#ifndef COURSE_CHOOSE_LAPS_H
#define COURSE_CHOOSE_LAPS_H

#include "course/choose/route.h"
#include "course/course.h"
#include "course/diagnostics.h"
#include "course/draft.h"

#include <stdint.h>

/* The declared length in metres; 0 if there is none. */
double laps_declared_m(const struct draft *d, const struct course_options *o);

/* The same without what descriptions say: they may be of one line of several. */
double laps_titled_m(const struct draft *d, const struct course_options *o);

#define LAPS_SAID_MAX 80 /* bytes of the words that say how many laps there are */

/* The number of laps, 1 to COURSE_LAPS_MAX. Diagnostics say which hint was used. 0 if the file says
 * laps that are not whole: `said` has its words ("2½ laps"), and somebody has to be asked. */
uint32_t laps_choose(const struct draft *d, const struct course_options *o, const struct route *r,
    char said[LAPS_SAID_MAX], struct diagnostics *notes);

/* How many laps of `lap_m` are within 3 % of the declared length, if that is two or more. Else 0. */
uint32_t laps_suggested(double declared_m, double lap_m);

/* Compares the declared length with the measured one. */
void laps_compare(double declared_m, double measured_m, struct diagnostics *notes);

#endif
