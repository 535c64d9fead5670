/*
 * draft.h: what a course file says, before anybody has decided what it means: shapes with names and
 * roles, texts, a declared distance, and what our own exports add. Readers fill it, course_import
 * makes a course of it. The draft owns everything in it.
 *
 * Coordinates are checked as they come in (finite, ±180, ±90), and counted: a file may hold
 * DRAFT_MAX_POINTS places in DRAFT_MAX_SHAPES shapes.
 */
#ifndef COURSE_DRAFT_H
#define COURSE_DRAFT_H

#include "base/buf.h"
#include "base/err.h"
#include "course/course.h"
#include "course/diagnostics.h"
#include "geo/lonlat.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DRAFT_MAX_POINTS 400000u /* twice LINE_MAX_VERTICES */
#define DRAFT_MAX_SHAPES 20000u
#define COURSE_LAPS_MAX 1000u
#define DRAFT_MAX_TEXT 65536u /* bytes of description that are looked at */

enum draft_kind { DRAFT_POINT, DRAFT_LINE, DRAFT_POLYGON };

enum draft_role {
    DRAFT_PLAIN, /* the file says nothing: the name decides */
    DRAFT_ROUTE,
    DRAFT_GEOFENCE,
    DRAFT_START,
    DRAFT_FINISH,
    DRAFT_START_AND_FINISH,
};

struct draft_shape {
    enum draft_kind kind;
    enum draft_role role;
    char *name; /* never NULL */
    struct lonlat *at;
    size_t n;
    size_t cap;
    size_t *ring_len; /* of a polygon: how many of `at` are in each ring */
    size_t rings;
    size_t rings_cap;
    bool closed; /* a line that has to end where it begins */
    bool spare;  /* only for want of a better one: a planned route beside a recorded track */
};

/* What our own exports carry beside the shapes; each part may be missing. */
struct draft_own {
    char *short_name;
    char *long_name;
    char *prepared; /* the line's prepared text */
    char *revision;
    uint32_t laps; /* 0: not said */
    bool has_diagnostics;
    struct diagnostics diagnostics;
};

struct draft {
    struct draft_shape *shape;
    size_t n;
    size_t cap;
    size_t points;
    char *short_name; /* NULL, or what the file calls the course in its tables */
    char *name;       /* NULL, or the best name so far */
    int name_weight;  /* how good it is */
    struct buf description;
    double distance_m; /* declared; 0: not said */
    struct draft_own own;
};

void draft_init(struct draft *d);
void draft_release(struct draft *d);

/* A new, empty shape, which the next draft_add fills. `name` may be NULL. */
int draft_begin(struct draft *d, enum draft_kind kind, enum draft_role role, const char *name,
    struct err *e) MUST_CHECK;

/* A new ring of the polygon at hand. */
void draft_ring(struct draft *d);

/* One more place of the shape at hand. */
int draft_add(struct draft *d, double lon_deg, double lat_deg, struct err *e) MUST_CHECK;

void draft_shape_name(struct draft_shape *s, const char *name);

/* Keep the name if it is of more weight than the one before. */
void draft_name(struct draft *d, const char *name, int weight);

void draft_describe(struct draft *d, const char *text);

/* One of our own fields by its name (shortName, longName, laps, prepared, revision); others are
 * ignored. */
void draft_own_set(struct draft *d, const char *key, const char *value);

/* "route", "geofence", "start", "finish"; anything else is DRAFT_PLAIN. */
enum draft_role draft_role_parse(const char *text);

#endif
