/* The same fixes give the same bytes, whatever the compiler, its options and the machine; and no
 * fixes, however wrong, lead out of the course. */
#include "base/hash.h"
#include "runs.h"

#include <stdio.h>

static struct runs r;

static struct course *builtin(const char *name)
{
    static char file[1 << 20];
    char path[512];
    struct course_options o = {.short_name = name};
    struct err e = {0};
    struct course *c;
    size_t len;
    FILE *f;

    (void)snprintf(path, sizeof path, COURSES_DIR "/%s.kml", name);
    f = fopen(path, "rb");
    assert_non_null(f);
    len = fread(file, 1, sizeof file, f);
    (void)fclose(f);
    c = course_import(file, len, &o, &e);
    if (!c)
        fail_msg("%s", e.text);
    return c;
}

/* A race with a stop, silence, a jump, a while far away, and a stand at the finish. */
static void record(const struct course *c)
{
    double length = c->length_mm / 1000.0;
    double time_s = runs_stand(&r, c, -30, 0, 60, 10);

    time_s = runs_way(&r, c, time_s, 0, length * 0.3, 3.2, 10);
    time_s = runs_stand(&r, c, time_s, length * 0.3, 75, 10);
    time_s = runs_way(&r, c, time_s, length * 0.3, length * 0.6, 2.9, 10);
    for (int i = 0; i < 20; i++, time_s += 5)
        runs_add(&r, time_s, runs_place(9000, 9000 + 10 * i), -1, 10);
    time_s = runs_way(&r, c, time_s, length * 0.6, length * 0.7, 3.1, 10);
    time_s = runs_way(&r, c, time_s + 150, length * 0.7 + 450, length, 3, 10);
    runs_stand(&r, c, time_s, length, 150, 10);
    r.fix[r.n / 4].at.lon_nd += (int64_t)(400 * RUNS_EAST_ND);
}

static void same_bytes(void **state)
{
    static const struct {
        const char *course;
        uint64_t hash;
    } cases[] = {{"loop", UINT64_C(0x437aca4fbc37f711)}, {"street", UINT64_C(0x797ffe3feaea1bd6)},
        {"crystal", UINT64_C(0x08f71f5e611bb67c)}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct course *c = builtin(cases[i].course);
        struct match *m = runs_match(c);
        struct match_track *t;
        uint64_t hash;

        memset(&r, 0, sizeof r);
        r.draw = 99;
        record(c);
        t = runs_match_all(&r, m);
        assert_true(runs_count(&r, MATCH_OFF_COURSE) > 5);
        assert_true(runs_count(&r, MATCH_FINISHED) > 5);
        hash = hash64((struct hash_key){1, 2}, r.result, r.n * sizeof r.result[0]) ^
               hash64((struct hash_key){3, 4}, r.first, r.n * sizeof r.first[0]);
        if (hash != cases[i].hash)
            fail_msg("%s: 0x%016llx", cases[i].course, (unsigned long long)hash);
        match_track_free(t);
        match_free(m);
        course_unref(c);
    }
}

static uint64_t next(void)
{
    r.draw = r.draw * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return r.draw >> 24;
}

/* Anything that a device may send: near, far, other continents, years away, without accuracy, or
 * with one of a kilometre. */
static struct fix anything(const struct course *c, int64_t time_ms)
{
    struct lonlat at = line_at(c->line, (uint32_t)(next() % (c->length_mm + 1)));
    uint32_t kind = (uint32_t)(next() % 64);

    if (kind < 2)
        at = (struct lonlat){(int64_t)(next() % 360) * 1000000000 - 180000000000,
            (int64_t)(next() % 180) * 1000000000 - 90000000000};
    if (kind == 2)
        at = (struct lonlat){0, INT64_MAX};
    if (kind == 3)
        time_ms += INT64_C(400000000000);
    if (kind == 4)
        time_ms = 0;
    if (kind == 6)
        time_ms += INT64_C(20000000000);
    return (struct fix){time_ms, at, kind == 5 ? UINT32_MAX : (uint32_t)(next() % 3 * 9000)};
}

static void check(void *context, const struct match_result *result)
{
    const struct course *c = context;

    assert_true(result->dist_mm <= c->length_mm);
    assert_true(result->p95_mm[0] <= result->p68_mm[0] && result->p68_mm[0] <= result->p68_mm[1]);
    assert_true(result->p68_mm[1] <= result->p95_mm[1] && result->p95_mm[1] <= c->length_mm);
    assert_true(result->second_ppm <= 1000000 && result->second_mm <= c->length_mm);
    assert_true(result->status <= MATCH_FINISHED);
}

static void nothing_leads_out_of_the_course(void **state)
{
    static const char *const names[] = {"loop", "street", "crystal"};

    (void)state;
    for (int round = 0; round < 60; round++) {
        struct course *c = builtin(names[round % 3]);
        struct match *m = runs_match(c);
        struct match_track *t = match_track_new(m, RUNS_GUN_MS);
        struct match_forecast f;

        r.draw = (uint64_t)round;
        for (int i = 0; i < 300; i++) {
            struct fix x = anything(c, RUNS_GUN_MS + i * (1000 + round % 5 * 14000));

            match_track_add(t, &x, check, c);
            if (match_track_forecast(t, x.time_ms + 60000, &f))
                assert_true(f.p95_mm[0] <= f.p68_mm[0] && f.p95_mm[1] <= c->length_mm);
        }
        match_track_free(t);
        match_free(m);
        course_unref(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_bytes),
        cmocka_unit_test(nothing_leads_out_of_the_course),
    };

    return cmocka_run_group_tests_name("golden", tests, NULL, NULL);
}
