/*
 * read.h: the readers of course files, one per format: bytes in, a draft out.
 *
 * The content alone says which format it is. A reader copies what it finds into the draft and
 * decides nothing. It returns 0, or -1 with a sentence for the person who brought the file; the
 * draft may then hold a part of the file, and is only good to be released.
 */
#ifndef COURSE_READ_READ_H
#define COURSE_READ_READ_H

#include "base/err.h"
#include "course/draft.h"

#include <stddef.h>

/* Reads any known format. `want` is the shortName of the row to read in a CSV of several courses,
 * or NULL. */
int read_any(
    const char *file, size_t len, const char *want, struct draft *d, struct err *e) MUST_CHECK;

/* KML or GPX. */
int read_xml(const char *file, size_t len, struct draft *d, struct err *e) MUST_CHECK;
int read_kmz(const char *file, size_t len, struct draft *d, struct err *e) MUST_CHECK;
int read_geojson(const char *file, size_t len, struct draft *d, struct err *e) MUST_CHECK;
int read_csv(
    const char *file, size_t len, const char *want, struct draft *d, struct err *e) MUST_CHECK;

/* Adds "lon,lat[,alt] lon,lat[,alt] ..." to the draft's current shape. White space may be
 * anywhere. */
int read_tuples(const char *text, struct draft *d, struct err *e) MUST_CHECK;

/* Reads one decimal number (no nan, inf or hex). Returns the place after it, or NULL if there is
 * none. */
const char *read_number(const char *text, double *out);

/* Adds a WKT POINT, LINESTRING, MULTILINESTRING or POLYGON as new shapes with this role. */
int read_wkt(const char *text, enum draft_role role, struct draft *d, struct err *e) MUST_CHECK;

#endif
