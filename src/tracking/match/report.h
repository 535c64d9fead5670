/* report.h: results as others see them: whole mm within the course, intervals, a place on the
 * line. */
#ifndef TRACKING_MATCH_REPORT_H
#define TRACKING_MATCH_REPORT_H

#include "tracking/match/match_internal.h"

/* Sets place, speed, intervals and second best from the hypotheses. */
void report_hypotheses(const struct match_track *t, struct match_result *r);

/* The same from a smoothed state; there is no second best. */
void report_smoothed(
    const struct match_track *t, const struct kalman_smooth *k, struct match_result *r);

/* Off the course at a place of their own. */
void report_off(
    const struct match_track *t, struct lonlat own, uint32_t off_mm, struct match_result *r);

void report_finished(const struct match_track *t, struct match_result *r);

#endif
