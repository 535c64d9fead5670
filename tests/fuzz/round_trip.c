#include "round_trip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const enum course_format formats[] = {COURSE_GEOJSON, COURSE_KML, COURSE_GPX, COURSE_CSV};

#define FORMATS (sizeof formats / sizeof formats[0])

static void expect(int truth, const char *what, const char *more)
{
    if (truth)
        return;
    (void)fprintf(stderr, "round_trip: %s%s\n", what, more);
    abort();
}

static void same_flag(const struct course_point *a, const struct course_point *b)
{
    expect(a->given == b->given, "a flag appeared or went", "");
    expect(a->at.lon_nd == b->at.lon_nd && a->at.lat_nd == b->at.lat_nd, "a flag moved", "");
    expect(strcmp(a->name, b->name) == 0, "a flag has another name: ", b->name);
}

static void same_fence(const struct fence *a, const struct fence *b)
{
    struct buf one = BUF_INIT, two = BUF_INIT;

    expect(!a == !b, "the geofence appeared or went", "");
    if (!a || !b)
        return;
    fence_wkt(a, &one);
    fence_wkt(b, &two);
    expect(strcmp(one.data, two.data) == 0, "the geofence is another: ", two.data);
    buf_release(&one);
    buf_release(&two);
}

static void same_course(const struct course *a, const struct course *b)
{
    expect(strcmp(a->short_name, b->short_name) == 0, "another short name: ", b->short_name);
    expect(strcmp(a->long_name, b->long_name) == 0, "another long name: ", b->long_name);
    expect(a->length_mm == b->length_mm && line_laps(a->line) == line_laps(b->line),
        "another line or number of laps", "");
    same_fence(a->fence, b->fence);
    same_flag(&a->start, &b->start);
    same_flag(&a->finish, &b->finish);
    expect(a->climb_cm == b->climb_cm && a->descent_cm == b->descent_cm, "other climbs", "");
    expect(strcmp(a->revision, b->revision) == 0, "another revision", "");
}

static void same_diagnostics(const struct course *a, const struct course *b)
{
    expect(a->diagnostics_n == b->diagnostics_n, "a diagnostic appeared or went", "");
    for (size_t i = 0; i < a->diagnostics_n; i++)
        expect(strcmp(a->diagnostics[i].text, b->diagnostics[i].text) == 0,
            "another diagnostic: ", b->diagnostics[i].text);
}

static struct course *through(const struct course *c, enum course_format f, struct buf *out)
{
    struct err e = {0};
    struct course *back;

    buf_clear(out);
    course_export(c, f, out);
    back = course_import(out->data, out->len, NULL, &e);
    expect(back != NULL, "our own export is refused: ", e.text);
    return back;
}

void round_trip(const struct course *c)
{
    struct buf first = BUF_INIT, second = BUF_INIT;

    for (size_t i = 0; i < FORMATS; i++) {
        struct course *back = through(c, formats[i], &first);
        struct course *twice = through(back, formats[i], &second);
        struct course *other = through(back, formats[(i + 1) % FORMATS], &second);

        same_course(c, back);
        same_course(c, twice);
        same_course(c, other);
        if (formats[i] == COURSE_GEOJSON)
            same_diagnostics(c, back);
        buf_clear(&second);
        course_export(back, formats[i], &second);
        expect(first.len == second.len && memcmp(first.data, second.data, first.len) == 0,
            "the second export differs from the first: ", second.data);
        course_unref(back);
        course_unref(twice);
        course_unref(other);
    }
    buf_release(&first);
    buf_release(&second);
}
