/* Races on the courses that come with the program: what is published starts at the first vertex,
 * ends at the last, and who stops does so inside the geofence, as GEOS sees it. */
#include "base/buf.h"
#include "race/event.h"
#include "sim/sim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RUNNERS 200

static const char *const files[] = {"crystal.kml", "loop.kml", "street.kml", "half.gpx"};

static struct course *load(const char *file)
{
    struct course_options o = {.file_name = file};
    struct buf bytes = BUF_INIT;
    struct err e = {0};
    struct course *c;
    char path[512];
    size_t got;
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%s", COURSES_DIR, file);
    f = fopen(path, "rbe");
    assert_non_null(f);
    while ((got = fread(buf_reserve(&bytes, 65536), 1, 65536, f)) > 0)
        bytes.len += got;
    (void)fclose(f);
    c = course_import(bytes.data, bytes.len, &o, &e);
    if (!c)
        fail_msg("%s: %s", file, e.text);
    buf_release(&bytes);
    return c;
}

static struct sim *start(struct course *c, struct race_spec *spec)
{
    struct err e = {0};
    struct sim *s;

    *spec = (struct race_spec){.run_id = "r",
        .competitors = RUNNERS,
        .fastest = 144,
        .slowest = 500,
        .stop_ratio = c->spans.n ? 1 : 0,
        .min_pause = 10,
        .max_pause = 60,
        .seed = 11,
        .speed = 1};
    (void)snprintf(spec->course, sizeof spec->course, "%s", c->short_name);
    if (race_spec_check(spec, c, &e))
        fail_msg("%s", e.text);
    s = sim_new(spec, c, (struct sim_shard){1, 1}, &e);
    if (!s)
        fail_msg("%s", e.text);
    return s;
}

static bool same_place(const struct event *ev, struct lonlat p)
{
    return ev->lon_deg == lonlat_deg(p.lon_nd) && ev->lat_deg == lonlat_deg(p.lat_nd);
}

static void from_start_to_finish(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof files / sizeof files[0]; k++) {
        struct course *c = load(files[k]);
        struct race_spec spec;
        struct sim *s = start(c, &spec);
        struct event_writer w = {.run_id = "r", .line = c->line};
        const struct lonlat *v;
        const uint64_t *at_um;
        size_t n = line_vertices(c->line, &v, &at_um);
        uint32_t d[RUNNERS];

        for (uint32_t i = 0; i < RUNNERS; i += 20) {
            int32_t finish = sim_finish_raw(s)[i];
            struct event ev;

            sim_tick(s, 0, d);
            event_make(&w, (int64_t)sim_id(s, i), 0, d[i], &ev);
            assert_true(same_place(&ev, v[0]));
            sim_tick(s, finish, d);
            event_make(&w, (int64_t)sim_id(s, i), finish, d[i], &ev);
            assert_true(same_place(&ev, v[n - 1]));
            assert_true(ev.distance_m == (double)c->length_mm / 1000.0);
            sim_tick(s, finish - 1, d);
            assert_true(d[i] < c->length_mm);
        }
        sim_free(s);
        course_unref(c);
    }
}

static void stops_are_in_the_geofence(void **state)
{
    size_t fenced = 0;

    (void)state;
    for (size_t k = 0; k < sizeof files / sizeof files[0]; k++) {
        struct course *c = load(files[k]);
        struct race_spec spec;
        struct sim *s = start(c, &spec);

        fenced += c->spans.n > 0;
        for (uint32_t i = 0; i < RUNNERS; i++) {
            struct sim_truth t;

            sim_truth(s, i, &t);
            assert_int_equal(t.stop_mm != UINT32_MAX, c->spans.n > 0);
            if (t.stop_mm != UINT32_MAX && !fence_contains(c->fence, line_at(c->line, t.stop_mm)))
                fail_msg("%s: competitor %u stops outside at %u mm", files[k], i + 1, t.stop_mm);
        }
        sim_free(s);
        course_unref(c);
    }
    assert_true(fenced > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_start_to_finish),
        cmocka_unit_test(stops_are_in_the_geofence),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
