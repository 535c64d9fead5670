/* outliers.h: places that a line cannot have: 0,0 of a recorder without a fix, and single places far
 * off their neighbours. */
#ifndef COURSE_OUTLIERS_H
#define COURSE_OUTLIERS_H

#include "base/buf.h"
#include "course/diagnostics.h"
#include "course/draft.h"
#include "geo/lonlat.h"

#include <stddef.h>

/* Removes the places at 0,0 from lines whose other places are more than 200 km away from there. A
 * diagnostic names each. */
void outliers_drop_zero(struct draft *d, struct diagnostics *notes);

/* Warns of places that are far off both of their neighbours, while those are near to each other. They
 * stay, since a turning point looks alike. `n` is the number of vertices. */
void outliers_report_spikes(const struct lonlat *line, size_t n, struct diagnostics *notes);

/* Adds a sentence to the text if another sign, or longitude and latitude exchanged, brings a place
 * near the line of `n` > 0 vertices. `lost_m` is how far from it the place is. */
void outliers_suggest(
    struct lonlat p, double lost_m, const struct lonlat *line, size_t n, struct buf *text);

#endif
