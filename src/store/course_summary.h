/*
 * course_summary.h: the summary of a course as a row of the database, so that a start reads a few
 * hundred bytes of each course and not its line.
 */
#ifndef STORE_COURSE_SUMMARY_H
#define STORE_COURSE_SUMMARY_H

#include "base/buf.h"
#include "store/course_set.h"

void course_summary_write(const struct course_summary *about, struct buf *out);

/* The names are the row's. -1: this is no summary. */
int course_summary_read(const char *text, struct course_summary *out) MUST_CHECK;

/*
 * The summary from the text of a stored course (course_export's GeoJSON), without reading its line:
 * a hundredth of the time of an import. -1: this is not how such a text looks; import the course.
 */
int course_summary_scan(const char *geojson, struct course_summary *out) MUST_CHECK;

#endif
