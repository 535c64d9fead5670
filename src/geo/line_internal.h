/*
 * line_internal.h: what a prepared line is made of; for line.c, line_text.c and fence_spans.c only.
 *
 * With t = 0...1 along a piece its place is start + t * (d + (1 - t) * b): exactly the start at 0,
 * exactly the next piece's start at 1. Places are picodegrees (1e-12 deg, 0.1 µm), d and b whole
 * picodegrees held as doubles (all are below 2^53).
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
    int64_t lon_pd;
    int64_t lat_pd;
    double per_um; /* 1 / its length; 0 for a piece of no length, which line_find never answers */
    double d_lon;  /* end minus start, the short way around */
    double d_lat;
    double b_lon; /* 4 * (midpoint - middle of the chord) */
    double b_lat;
};

struct line {
    struct lonlat *vertices;
    uint64_t *at_um; /* of each vertex */
    size_t n;
    uint32_t *first;           /* of the n - 1 segments: its first piece; first[n - 1] = pieces_n */
    struct line_piece *pieces; /* pieces_n and one more that starts at lap_um */
    size_t pieces_n;
    size_t pieces_cap;
    uint32_t *bucket; /* of every 2^shift µm: the piece that its start is in */
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

/* The line's vertices without repeats, no pieces yet. Refuses what line_new refuses of vertices
 * alone. */
struct line *line_start(
    const struct lonlat *vertices, size_t n, uint32_t laps, struct err *e) MUST_CHECK;

/* Segment i of the line; refuses once the line is too long. */
int line_measure(const struct line *l, size_t i, struct line_segment *s, struct err *e) MUST_CHECK;

struct line_stop line_stop_at_vertex(const struct line *l, size_t vertex, uint64_t um);

/* A piece from a to b without its bend, added to the line; refuses more than LINE_MAX_PIECES. */
struct line_piece *line_add_piece(
    struct line *l, struct line_stop a, struct line_stop b, struct err *e) MUST_CHECK;

/* The greatest distance in metres between the piece from a to b and the geodesic. */
double line_piece_error_m(const struct line_segment *s, const struct line_piece *p,
    struct line_stop a, struct line_stop b);

/* All pieces are there: lengths and the index. */
int line_finish(struct line *l, struct err *e) MUST_CHECK;

/* a - b around the globe, -180...180 degrees. */
int64_t line_lon_between(int64_t a_pd, int64_t b_pd);

/* The piece that holds the place `um` (less than lap_um) along a lap. */
size_t line_find(const struct line *l, uint64_t um);

#endif
