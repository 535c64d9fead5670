/*
 * read.h: the readers of course files, one per kind: bytes in, a draft out. Which kind a file is is
 * seen from its content alone. They copy what they find and decide nothing; errors are sentences
 * for whoever brought the file.
 */
#ifndef COURSE_READ_READ_H
#define COURSE_READ_READ_H

#include "base/err.h"
#include "course/draft.h"

#include <stddef.h>

/* Any known kind. `want` is the shortName to look for in a CSV of several courses, or NULL. */
int read_any(
    const char *file, size_t len, const char *want, struct draft *d, struct err *e) MUST_CHECK;

int read_xml(
    const char *file, size_t len, struct draft *d, struct err *e) MUST_CHECK; /* KML or GPX */
int read_kmz(const char *file, size_t len, struct draft *d, struct err *e) MUST_CHECK;
int read_geojson(const char *file, size_t len, struct draft *d, struct err *e) MUST_CHECK;
int read_csv(
    const char *file, size_t len, const char *want, struct draft *d, struct err *e) MUST_CHECK;

/* "lon,lat[,alt] lon,lat[,alt] ..." into the draft's shape at hand; white space may stand anywhere.
 */
int read_tuples(const char *text, struct draft *d, struct err *e) MUST_CHECK;

/* One number in decimal digits (no nan, no inf, no hex). NULL where there is none, else the place
 * behind it. */
const char *read_number(const char *text, double *out);

/* WKT POINT, LINESTRING, MULTILINESTRING or POLYGON as new shapes of this role. */
int read_wkt(const char *text, enum draft_role role, struct draft *d, struct err *e) MUST_CHECK;

#endif
