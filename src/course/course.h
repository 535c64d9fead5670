/*
 * course.h: a course: names, prepared line, geofence, start and finish.
 *
 * A course never changes. It is shared by an atomic reference count, from any thread. A new
 * geofence makes a new course with a new revision. The revision is a hash (32 hex digits) over
 * everything that events depend on: line, laps, geofence, start, finish and names, and over the
 * elevations and checkpoints if there are any. So the same revision means the same events and splits.
 */
#ifndef COURSE_COURSE_H
#define COURSE_COURSE_H

#include "base/buf.h"
#include "base/err.h"
#include "course/checkpoint/checkpoint.h"
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
#define COURSE_SPANS_MAX \
    10000u /* stretches in the geofence; above it the line runs along its edge */

struct course_point {
    bool given; /* false: `at` is the line's own end */
    struct lonlat at;
    char name[COURSE_LONG_NAME_MAX + 1]; /* "": the file has none */
};

enum diagnostic_level { DIAGNOSTIC_INFO, DIAGNOSTIC_WARNING };

/* Something that import noticed. */
struct diagnostic {
    enum diagnostic_level level;
    char code[32];  /* "start-off-line", "gap", "laps"; docs/course-files.md lists them */
    char text[320]; /* a sentence with figures */
    bool has_place; /* `at` is set */
    struct lonlat at;
};

struct course {
    atomic_uint refs;
    char short_name[COURSE_NAME_MAX + 1];
    char long_name[COURSE_LONG_NAME_MAX + 1];
    char revision[COURSE_REVISION_LEN + 1];
    struct line *line;        /* in the direction of the race */
    uint32_t length_mm;       /* = line_length_mm(line) */
    struct fence *fence;      /* NULL: no geofence */
    struct fence_spans spans; /* of the fence on the line */
    int32_t *elevation_cm;    /* of each vertex of a lap; NULL: the file has none */
    uint64_t climb_cm;        /* over the whole course (course/elevation.h) */
    uint64_t descent_cm;
    struct course_point start; /* where they are drawn; the line does not depend on them */
    struct course_point finish;
    struct checkpoints checkpoints;
    struct diagnostic *diagnostics; /* kept with the course, but not part of the revision */
    size_t diagnostics_n;
};

struct course_question;

/* What a request may say beside the file. Zero means "not said". Texts are borrowed. */
struct course_options {
    const char *short_name; /* NULL: made from the name or file_name */
    const char *long_name;  /* NULL: the one in the file */
    const char *file_name;  /* a hint for names; may be NULL */
    uint32_t laps;          /* 0: what the file says, else 1; at most 1000 */
    bool reverse;           /* run the line in the other direction */
    double distance_m;      /* 0: what the file declares; compared with the measured length */
    /* Which of the file's lines: the name of one or several, or numbers: "2", "1,3". Lines are
     * numbered from 1 in the file's order. NULL: import decides, or asks. */
    const char *line;
    /* If import has to ask, it fails with ERR_CONFLICT and fills this (course/question.h), which
     * the caller releases in any case. NULL: the sentence of the error is enough. */
    struct course_question *question;
};

/* Reads a course file (KML, KMZ, GPX, TCX, FIT, GeoJSON, CSV and more). The format is recognised by its content. `o`
 * may be NULL. A CSV with several rows needs o->short_name to choose one; the error lists them.
 * Returns one reference, or NULL with a sentence for the person who brought the file. */
struct course *course_import(
    const void *file, size_t len, const struct course_options *o, struct err *e) MUST_CHECK;

/* A fence from the text of a GeoJSON Polygon (or a Feature or FeatureCollection with one) or of a
 * WKT POLYGON. NULL with an error for the field "geofence". The caller frees it. */
struct fence *course_fence_parse(const char *text, size_t len, struct err *e) MUST_CHECK;

/* The same course with another geofence; NULL removes it. It takes over `fence`, also if it fails.
 * Returns one reference. NULL with an error if the line runs along the fence's edge. */
struct course *course_with_fence(
    const struct course *c, struct fence *fence, struct err *e) MUST_CHECK;

/* The same course with other checkpoints, from the text of a request: CSV or JSON
 * (checkpoint/typed.h). An empty list removes them. Returns one reference, or NULL with an error
 * that names every line that is wrong. */
struct course *course_with_checkpoints(
    const struct course *c, const char *text, size_t len, struct err *e) MUST_CHECK;

/* One more reference. Returns c. */
struct course *course_ref(struct course *c);

/* Gives a reference back; the last one frees the course. NULL is allowed. */
void course_unref(struct course *c);

/* Whether the place at dist_mm is in the geofence. */
bool course_inside(const struct course *c, uint32_t dist_mm);

enum course_format { COURSE_GEOJSON, COURSE_KML, COURSE_GPX, COURSE_CSV };

/* "geojson", "kml", "gpx" or "csv". -1 with an error for the field "format". */
int course_format_parse(const char *name, enum course_format *out, struct err *e) MUST_CHECK;

/* "application/geo+json" and so on. */
const char *course_format_mime(enum course_format f);

/*
 * Appends the course as a file. An import of any format gives the same revision. What a format has
 * no place for goes into its extension element: KML ExtendedData, GPX extensions, the GeoJSON
 * member "trackside", an extra column of the CSV.
 *
 * The GeoJSON is a FeatureCollection. properties.role of a feature is route, geofence, start or
 * finish. The member "trackside" has: shortName, longName, revision, laps, distance (m, all laps),
 * lapDistance (m), distances (m from the first vertex, one per vertex of a lap), prepared (text),
 * elevations (m, one per vertex of a lap), climb and descent (m, all laps) if the file has elevations,
 * geofenceSpans ([[from, to], ...] in m), checkpoints (if there are any) and diagnostics [{level,
 * code, text, at: [lon, lat]}].
 * Courses are stored and sent in this form.
 */
void course_export(const struct course *c, enum course_format f, struct buf *out);

/*
 * Appends GeoJSON for a first picture: at most `points` (2 or more) vertices of the route with 6
 * decimals (0.1 m) and their `distances` and `elevations`, a geofence of about a quarter as many vertices, and the
 * longest geofenceSpans, at most an eighth as many. "trackside" has `simplified`: {points, of}, but
 * neither `prepared` nor `diagnostics`. It is not meant for an import.
 */
#define COURSE_POINTS_MAX 10000u
void course_export_simplified(const struct course *c, uint32_t points, struct buf *out);

/* A CSV of many courses, which Pinot's dimension table is loaded from: a header, then rows. Its
 * `map` runs from the finish to the start, as in the articles' CSV: their dashboard takes the
 * first point of the map as the finish. A course that is exported alone runs from the start. */
void course_export_csv_header(struct buf *out);
void course_export_csv_row(const struct course *c, struct buf *out);

/* A row of that CSV for a course that is not loaded. The places are WKT; "" for no geofence. */
struct course_row {
    const char *short_name, *long_name;
    double distance_m;
    const char *route, *geofence, *start, *finish;
};
void course_export_csv_text(const struct course_row *r, struct buf *out);

/* Whether it is [a-z0-9][a-z0-9-]{0,63}. */
bool course_name_valid(const char *short_name);

#endif
