/* fixture_course.h: courses for tests below the import: a straight line of known length, and spans
 * where somebody can stop, given in mm. */
#ifndef TESTS_FIXTURE_COURSE_H
#define TESTS_FIXTURE_COURSE_H

#include "base/mem.h"
#include "course/course.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* `n` points on a meridian from 51.4° N, each `step_nd` nanodegrees further north; spans are
 * copied. */
static inline struct course *fixture_course(
    size_t n, int64_t step_nd, const struct fence_span *spans, size_t spans_n)
{
    struct lonlat *v = mem_zalloc(n, sizeof *v);
    struct course *c = mem_zalloc(1, sizeof *c);
    struct err e = {0};

    for (size_t i = 0; i < n; i++)
        v[i] = (struct lonlat){-64245000, 51400000000 + (int64_t)i * step_nd};
    atomic_init(&c->refs, 1);
    (void)snprintf(c->short_name, sizeof c->short_name, "meridian");
    (void)snprintf(c->revision, sizeof c->revision, "0123456789abcdef0123456789abcdef");
    c->line = line_new(v, n, 1, &e);
    if (!c->line) {
        (void)fprintf(stderr, "fixture_course: %s\n", e.text);
        abort();
    }
    c->length_mm = line_length_mm(c->line);
    if (spans_n) {
        c->spans.span = mem_dup(spans, spans_n * sizeof *spans);
        c->spans.n = spans_n;
    }
    for (size_t i = 0; i < spans_n; i++)
        c->spans.total_mm += spans[i].to_mm - spans[i].from_mm;
    free(v);
    return c;
}

/* The last reference: course_unref frees what the import made, and this was not imported. */
static inline void fixture_course_free(struct course *c)
{
    line_free(c->line);
    free(c->spans.span);
    free(c);
}

#endif
