/*
 * course_summary.h: the summary of a course as a row of the database, so that a start reads a few
 * hundred bytes of each course and not its line.
 */
#ifndef STORE_COURSE_SUMMARY_H
#define STORE_COURSE_SUMMARY_H

#include "base/buf.h"
#include "course/course.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a list of courses says about one of them. */
struct course_summary {
    char short_name[COURSE_NAME_MAX + 1];
    char long_name[COURSE_LONG_NAME_MAX + 1];
    char revision[COURSE_REVISION_LEN + 1];
    uint32_t length_mm, laps;
    bool has_fence;
    bool has_elevations;
    uint64_t climb_cm, descent_cm; /* 0 without elevations */
    size_t diagnostics_n;
};

/* The summary of a course that is loaded. */
struct course_summary course_summary_of(const struct course *c);

/* Appends it as JSON, without the names that are columns of their own. */
void course_summary_write(const struct course_summary *about, struct buf *out);

/* The same back; short name and revision are left as they are. -1: this is no summary. */
int course_summary_read(const char *text, struct course_summary *out) MUST_CHECK;

/*
 * The summary from the text of a stored course (course_export's GeoJSON), without reading its line:
 * a hundredth of the time of an import. -1: this is not how such a text looks; import the course.
 */
int course_summary_scan(const char *geojson, struct course_summary *out) MUST_CHECK;

#endif
