/*
 * course.h: a course as everybody else sees it: names, prepared line, geofence, start and finish.
 *
 * Immutable and shared by reference count (atomic): course_ref / course_unref from any thread. A
 * new geofence makes a new course with a new revision. The revision is a hash (32 hex digits) over
 * the prepared line, laps, geofence, start, finish and names: the same revision means the same
 * events.
 */
#ifndef COURSE_COURSE_H
#define COURSE_COURSE_H

#include "base/buf.h"
#include "base/err.h"
#include "geo/fence.h"
#include "geo/line.h"
#include "geo/lonlat.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COURSE_NAME_MAX 64          /* shortName: [a-z0-9][a-z0-9-]{0,63} */
#define COURSE_LONG_NAME_MAX 200    /* bytes of UTF-8 */
#define COURSE_FILE_MAX (32u << 20) /* bytes of a course file, also unzipped */
#define COURSE_REVISION_LEN 32
#define COURSE_SPANS_MAX 10000u /* stretches in the geofence; more: the line lies on its edge */

struct course_point {
    bool given; /* false: the line's own end */
    struct lonlat at;
    char name[COURSE_LONG_NAME_MAX + 1]; /* "" where the file has none */
};

enum diagnostic_level { DIAGNOSTIC_INFO, DIAGNOSTIC_WARNING };

struct diagnostic {
    enum diagnostic_level level;
    char code[32];  /* "start-off-line", "gap", "zero-length", "declared-length", "laps", "turned",
                       ... */
    char text[320]; /* a sentence with figures */
    bool has_place; /* where on the map, if anywhere */
    struct lonlat at;
};

struct course {
    atomic_uint refs;
    char short_name[COURSE_NAME_MAX + 1];
    char long_name[COURSE_LONG_NAME_MAX + 1];
    char revision[COURSE_REVISION_LEN + 1];
    struct line *line;         /* after turning, joined for laps */
    uint32_t length_mm;        /* = line_length_mm(line) */
    struct fence *fence;       /* NULL: no geofence */
    struct fence_spans spans;  /* of fence on line; empty without */
    struct course_point start; /* where the flags are drawn */
    struct course_point finish;
    struct diagnostic
        *diagnostics; /* what import noticed; not part of the revision; kept with the course */
    size_t diagnostics_n;
};

/* What may be said beside the file at import. Zero means "not said". */
struct course_options {
    const char *short_name; /* NULL: made from the name or file_name */
    const char *long_name;  /* NULL: the file's */
    const char *file_name;  /* a hint for names, NULL where there is none */
    uint32_t laps;          /* 0: the file's hint, else 1; at most 1000 */
    bool reverse;           /* run the line the other way */
    double distance_m;      /* 0: what the file declares; compared with the measured length */
};

/* Read a course file of any known kind (KML, KMZ, GPX, GeoJSON, the seeds' CSV, our own exports);
 * the kind is recognised by its content. `len` is checked against COURSE_FILE_MAX first. A CSV with
 * several rows needs options.short_name to choose one (the error lists them). */
struct course *course_import(
    const void *file, size_t len, const struct course_options *o, struct err *e) MUST_CHECK;

/* The same course with another geofence (NULL takes it away: copies `fence` ownership). */
struct course *course_with_fence(
    const struct course *c, struct fence *fence, struct err *e) MUST_CHECK;

struct course *course_ref(struct course *c);
void course_unref(struct course *c); /* NULL is fine */

bool course_inside(const struct course *c, uint32_t dist_mm); /* in the geofence */

enum course_format { COURSE_GEOJSON, COURSE_KML, COURSE_GPX, COURSE_CSV };

int course_format_parse(const char *name, enum course_format *out, struct err *e) MUST_CHECK;
const char *course_format_mime(enum course_format f); /* "application/geo+json", ... */

/*
 * Write it. Every format round-trips: import gives the same revision (prepared line and what else
 * the format lacks go into its extension element: KML ExtendedData, GPX extensions, GeoJSON member
 * "trackside", CSV extra column). The GeoJSON is a FeatureCollection whose features have
 * properties.role = route | geofence | start | finish, and a member "trackside": {shortName,
 * longName, revision, laps, distance (m, laps included), lapDistance (m), distances (m from the
 * first vertex, one per vertex of the route, one lap), prepared (text), geofenceSpans ([[from, to],
 * ...] in m), diagnostics [{level, code, text, at: [lon, lat]}]}. It is also how a course is stored
 * and travels.
 */
void course_export(const struct course *c, enum course_format f, struct buf *out);

/*
 * The GeoJSON for a first picture: at most `points` (2 or more) vertices of the route with 6
 * decimals (0.1 m), `distances` of those, a geofence of about a quarter as many, and at most an
 * eighth as many geofenceSpans, the longest. "trackside" has `simplified`: {points, of}, and
 * neither `prepared` nor `diagnostics`. It cannot be imported as the same course.
 */
#define COURSE_POINTS_MAX 10000u
void course_export_simplified(const struct course *c, uint32_t points, struct buf *out);

/* One CSV with the seeds' header over many courses: the dimension table's load. Its `map` runs from
 * the finish to the start, as the seeds' CSV has it: their dashboard takes the first point of the
 * map as the finish. A course that is exported alone runs from the start. */
void course_export_csv_header(struct buf *out);
void course_export_csv_row(const struct course *c, struct buf *out);

/* A row of the same table whose course is not here: its places as WKT, "" for no geofence. */
struct course_row {
    const char *short_name, *long_name;
    double distance_m;
    const char *route, *geofence, *start, *finish;
};
void course_export_csv_text(const struct course_row *r, struct buf *out);

bool course_name_valid(const char *short_name);

#endif
