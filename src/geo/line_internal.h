/*
 * line_internal.h: the parts of a prepared line; only for line.c, line_text.c and fence_spans.c.
 *
 * Along a piece t runs from 0 to 1. The place is start + t * (d + (1 - t) * b): exactly the start
 * at 0, and exactly the start of the next piece at 1. Places are picodegrees (1e-12 degrees, 0.1
 * µm). d and b are whole picodegrees below 2^53, so a double holds them exactly.
 */
#ifndef GEO_LINE_INTERNAL_H
#define GEO_LINE_INTERNAL_H

#include "geo/line.h"

#include <geodesic.h>

#define LINE_MAX_PIECES 400000u
#define LINE_PD_HALF 180000000000000 /* 180 degrees in picodegrees */

/* 64 bytes: one cache line. */
struct line_piece {
    uint64_t at_um; /* of its start, from the first vertex */
    int64_t lon_pd; /* its start */
    int64_t lat_pd;
    double per_um; /* 1 / its length; 0 for a piece without length, which line_find never returns */
    double d_lon;  /* end minus start, the short way around */
    double d_lat;
    double b_lon; /* the bend: 4 * (midpoint - middle of the chord) */
    double b_lat;
};

struct line {
    struct lonlat *vertices;
    uint64_t *at_um; /* of each vertex */
    size_t n;
    uint32_t *first;           /* the first piece of each segment; first[n - 1] = pieces_n */
    struct line_piece *pieces; /* pieces_n, and one more that starts at lap_um */
    size_t pieces_n;
    size_t pieces_cap;
    uint32_t *bucket; /* for every 2^shift µm: the piece at the bucket's start */
    unsigned shift;
    uint32_t laps;
    uint32_t length_mm;
    uint64_t lap_um;
};

/* One segment (between two vertices) while it is prepared or checked. */
struct line_segment {
    struct geod_geodesicline geodesic;
    double length_m;
    uint64_t length_um;
};

/* An end of a piece: µm from the start of its segment, and the place. */
struct line_stop {
    uint64_t um;
    int64_t lon_pd;
    int64_t lat_pd;
};

/* A line with the vertices, without repeats, and no pieces yet. NULL with an error if the vertices
 * or the laps are wrong. */
struct line *line_start(
    const struct lonlat *vertices, size_t n, uint32_t laps, struct err *e) MUST_CHECK;

/* Measures segment i. -1 with an error if the line becomes too long. */
int line_measure(const struct line *l, size_t i, struct line_segment *s, struct err *e) MUST_CHECK;

/* A vertex as the end of a piece, `um` from the start of its segment. */
struct line_stop line_stop_at_vertex(const struct line *l, size_t vertex, uint64_t um);

/* Adds a straight piece from a to b. The caller sets its bend; the pointer is valid until the next
 * piece. NULL with an error above LINE_MAX_PIECES. */
struct line_piece *line_add_piece(
    struct line *l, struct line_stop a, struct line_stop b, struct err *e) MUST_CHECK;

/* The greatest distance in metres between the piece from a to b and the geodesic. */
double line_piece_error_m(const struct line_segment *s, const struct line_piece *p,
    struct line_stop a, struct line_stop b);

/* Computes the length and the index after the last piece. -1 with an error if the line is too
 * short. */
int line_finish(struct line *l, struct err *e) MUST_CHECK;

/* The piece that holds the place `um` (less than lap_um) along a lap. */
size_t line_find(const struct line *l, uint64_t um);

#endif
