/*
 * draft.h: what a course file says, before anything is decided: shapes with names and roles,
 * texts, a declared distance, and the fields of Trackside's own exports. Readers fill the draft,
 * and course_import makes a course of it. The draft owns everything in it; texts are copied.
 *
 * Coordinates are checked when they are added (finite, ±180, ±90), and counted: a file may hold
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
#define DRAFT_TIME_LEN 19u
#define DRAFT_MAX_TEXT 65536u /* bytes of description that are kept */

enum draft_kind { DRAFT_POINT, DRAFT_LINE, DRAFT_POLYGON };

enum draft_role {
    DRAFT_PLAIN, /* the file says nothing; the name decides */
    DRAFT_ROUTE,
    DRAFT_GEOFENCE,
    DRAFT_START,
    DRAFT_FINISH,
    DRAFT_START_AND_FINISH,
    DRAFT_CHECKPOINT,
};

struct draft_shape {
    enum draft_kind kind;
    enum draft_role role;
    char *name; /* never NULL */
    char *type; /* NULL, or what the file says that a point is: its symbol or type */
    struct lonlat *at;
    size_t n;
    size_t cap;
    int32_t *elevation_cm; /* NULL: none; else draft_elevation reads it */
    size_t elevation_cap;
    size_t *ring_len; /* of a polygon: how many of `at` are in each ring */
    size_t rings;
    size_t rings_cap;
    bool closed;  /* a line that must end where it begins */
    bool spare;   /* used only if there is no better one: a planned route beside a recorded track */
    bool hidden;  /* the file does not show it */
    size_t group; /* the parts of one element of the file (a track's segments) share a number; 0:
                     * it has no other part */
    char *folder; /* the names of the folders it is in; NULL: it is in none */
    uint64_t style; /* lines that are drawn alike have the same; 0: the file does not say */
    char time[DRAFT_TIME_LEN + 1]; /* of its first place: "2026-01-01T09:00:00"; "": unknown */
};

/* The fields of Trackside's own exports beside the shapes. Each may be missing. */
struct draft_extension {
    char *short_name;
    char *long_name;
    char *prepared; /* the prepared line as text */
    char *revision;
    char *checkpoints; /* the list as CSV or JSON */
    uint32_t laps;     /* 0: not said */
    bool has_diagnostics;
    struct diagnostics diagnostics;
};

struct draft {
    struct draft_shape *shape;
    size_t n;
    size_t cap;
    size_t points;    /* in all shapes */
    char *short_name; /* NULL, or what the file calls the course in its tables */
    char *name;       /* NULL, or the best name so far */
    int name_weight;  /* how good that is */
    char *line_name;  /* NULL, or the first name of a line */
    bool line_names_differ;
    struct buf description;
    double distance_m;        /* declared; 0: not said */
    struct diagnostics notes; /* what a reader left out or guessed */
    struct draft_extension extension;
};

/* An empty draft. */
void draft_init(struct draft *d);
void draft_release(struct draft *d);

/* Begins a shape, the current one from now on. `name` may be NULL. -1 with an error above
 * DRAFT_MAX_SHAPES. */
int draft_begin(struct draft *d, enum draft_kind kind, enum draft_role role, const char *name,
    struct err *e) MUST_CHECK;

/* Begins a ring of the current shape, a polygon. */
void draft_ring(struct draft *d);

/* Adds a place to the current shape. -1 with an error if it is not on the earth, or above
 * DRAFT_MAX_POINTS. */
int draft_add(struct draft *d, double lon_deg, double lat_deg, struct err *e) MUST_CHECK;

/* Gives the place that was added last an elevation in metres above the sea. One that no place on the
 * earth has is ignored: programs write -9999 or NaN if they know none. */
#define DRAFT_NO_ELEVATION INT32_MIN
void draft_elevate(struct draft *d, double elevation_m);

/* The elevation of place `i` in cm, DRAFT_NO_ELEVATION if it has none. */
int32_t draft_elevation(const struct draft_shape *s, size_t i);

/* Forgets the elevations of a shape: they are no heights above the sea. */
void draft_drop_elevations(struct draft_shape *s);

/* Moves place `from` with its elevation to place `to`. */
void draft_move_place(struct draft_shape *s, size_t from, size_t to);

/* Takes back all shapes but the first `n`: those of a part of the file that could not be read. */
void draft_truncate(struct draft *d, size_t n);

/* Gives the shape another name. */
void draft_shape_name(struct draft_shape *s, const char *name);

/* Makes the shapes from `first` on the parts of one line, if there are several. */
void draft_group(struct draft *d, size_t first);

/* The time of a place of the current shape, ISO 8601. Only the first that is valid is kept. */
void draft_time(struct draft *d, const char *text);

/* Adds a text to what says how the shape is drawn: a colour, a style's name. */
void draft_shape_style(struct draft_shape *s, const char *text);

/* Sets the folder of the shape; the text is copied. */
void draft_shape_folder(struct draft_shape *s, const char *folder);

/* Adds to what the file says that the shape is, such as the symbol of a waypoint. */
void draft_shape_type(struct draft_shape *s, const char *type);

/* The weight of the name of a line. A title of the file has more, a folder's name less. */
#define DRAFT_LINE_NAME 20
#define DRAFT_FOLDER_NAME 10

/* Keeps the name if its weight is greater than that of the name before. A name that any course
 * could have ("Track") counts little. */
void draft_name(struct draft *d, const char *name, int weight);

/* Takes the name of the file's lines as the course's, if the file has no title and they all have the
 * same. A folder's name is no title if there are lines in others. The name of one leg of several is never the course's. Call it when all is read. */
void draft_settle_name(struct draft *d);

/* Adds text to the description. */
void draft_describe(struct draft *d, const char *text);

/* Sets a field of the extension by its name: shortName, longName, laps, prepared, revision or
 * checkpoints. Others are ignored. */
void draft_extension_set(struct draft *d, const char *key, const char *value);

/* The role called "route", "geofence", "start", "finish" or "checkpoint"; DRAFT_PLAIN for any other text. */
enum draft_role draft_role_parse(const char *text);

#endif
