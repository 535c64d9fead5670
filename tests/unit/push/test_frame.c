/* The frame encoder against a decoder of its own, and against the vectors that the page's decoder
 * reads. */
#include "push/frame.h"

#include "views.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { N = 40 };

/* What a viewer knows: distances in units and statuses. */
struct seen {
    uint8_t kind, flags;
    uint16_t seq;
    uint32_t n, roster;
    double race_ms;
    float unit_m;
    uint32_t unit[4096];
    uint8_t status[4096];
};

static uint32_t u16_at(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t u32_at(const uint8_t *p)
{
    return u16_at(p) | u16_at(p + 2) << 16;
}

static double f64_at(const uint8_t *p)
{
    double v;

    memcpy(&v, p, sizeof v);
    return v;
}

static void decode_header(const uint8_t *p, struct seen *s)
{
    s->kind = p[0];
    s->flags = p[1];
    s->seq = (uint16_t)u16_at(p + 2);
    s->n = u32_at(p + 4);
    s->race_ms = f64_at(p + 16);
    memcpy(&s->unit_m, p + 24, sizeof s->unit_m);
    s->roster = u32_at(p + 28);
    assert_true(s->n <= 4096);
}

static void decode(const struct buf *b, struct seen *s)
{
    const uint8_t *p = (const uint8_t *)b->data;
    const uint8_t *body = p + FRAME_HEADER_LEN;
    const uint8_t *tail;

    decode_header(p, s);
    if (s->kind == 1) {
        assert_int_equal(b->len, FRAME_HEADER_LEN + 3 * (size_t)s->n);
        for (uint32_t i = 0; i < s->n; i++)
            s->unit[i] = u16_at(body + 2 * i);
        memcpy(s->status, body + 2 * s->n, s->n);
        return;
    }
    assert_int_equal(s->kind, 2);
    tail = body + s->n;
    for (uint32_t i = 0; i < s->n; i++) {
        if (body[i] <= 253) {
            s->unit[i] += body[i];
            continue;
        }
        s->unit[i] = u16_at(tail);
        tail += 2;
        if (body[i] == 255)
            s->status[i] = *tail++;
    }
    assert_int_equal(tail - p, b->len);
}

static void check_state(const struct test_view *t, const struct seen *s)
{
    assert_int_equal(s->n, t->v.n);
    for (uint32_t i = 0; i < s->n; i++) {
        double error_m = s->unit[i] * (double)s->unit_m - t->dist_mm[i] / 1000.0;

        assert_true(
            error_m <= (double)s->unit_m * 0.5001 && error_m >= (double)s->unit_m * -0.5001);
        assert_int_equal(s->status[i], t->status[i]);
    }
}

/* Runners of 2 to 7 m/s; who has done 4 km has finished. */
static void advance(struct test_view *t, int32_t seconds)
{
    t->v.as_of_raw_s += seconds;
    for (uint32_t i = 0; i < t->v.n; i++) {
        uint32_t mm = t->dist_mm[i] + (uint32_t)seconds * (2000 + i * 5000 / t->v.n);

        t->dist_mm[i] = mm < 4000000 ? mm : 4000000;
        t->status[i] = t->dist_mm[i] == 4000000 ? COMPETITOR_FINISHED : COMPETITOR_ON_COURSE;
        if (t->dist_mm[i] > 1000000 && t->dist_mm[i] < 1200000)
            t->status[i] = COMPETITOR_IN_GEOFENCE;
        t->raw_s[i] = t->v.as_of_raw_s;
    }
}

/* A whole race: what was decoded is what is, at every frame, and a key frame comes every 60. */
static void sums_are_exact(void **state)
{
    struct seen *s = mem_zalloc(1, sizeof *s);
    struct frame_encoder f;
    struct test_view t;
    struct buf out = BUF_INIT;
    size_t bytes = 0;
    int frames = 0;

    (void)state;
    test_view_init(&t, 1000);
    frame_encoder_init(&f);
    for (; frames < 2100; frames++) {
        int kind;

        buf_clear(&out);
        kind = frame_encode(&f, &t.v, false, &out);
        assert_int_equal(kind, frames % FRAME_KEY_EVERY == 0 ? 1 : 2);
        decode(&out, s);
        assert_int_equal(s->seq, frames + 1);
        assert_true(s->race_ms == frames * 1000.0);
        check_state(&t, s);
        bytes += out.len;
        advance(&t, 1);
    }
    assert_int_equal(s->status[0], COMPETITOR_FINISHED);
    assert_true((double)bytes / (frames * 1000.0) <= 1.1);
    buf_release(&out);
    frame_encoder_release(&f);
    test_view_release(&t);
    free(s);
}

/* Speeds and steps: a frame is never longer than a key frame, and quick races stay small too. */
static void any_step(void **state)
{
    static const struct {
        double speed;
        uint32_t step_s;
        int32_t seconds;
        double bytes_per_runner;
    } cases[] = {
        {1, 0, 1, 1.1}, {10, 0, 1, 1.1},
        {1000, 0, 100, 2.5}, /* 20 frames in all: a status changes in every other one */
        {1, 10, 10, 1.15}, {1, 0, 300, 3.1}, /* a stall: all escapes, so key frames */
    };
    struct seen *s = mem_zalloc(1, sizeof *s);

    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct buf out = BUF_INIT;
        struct frame_encoder f;
        struct test_view t;
        size_t bytes = 0;
        int frames = 0;

        test_view_init(&t, 1000);
        t.v.race.anchor.speed = cases[c].speed;
        frame_encoder_init(&f);
        f.step_s = cases[c].step_s;
        for (; frames * cases[c].seconds < 2000; frames++) {
            buf_clear(&out);
            (void)frame_encode(&f, &t.v, false, &out);
            assert_true(out.len <= FRAME_HEADER_LEN + 3 * 1000);
            decode(&out, s);
            check_state(&t, s);
            bytes += out.len;
            advance(&t, cases[c].seconds);
        }
        if ((double)bytes / (frames * 1000.0) > cases[c].bytes_per_runner)
            fail_msg("case %zu: %.3f bytes per runner", c, (double)bytes / (frames * 1000.0));
        buf_release(&out);
        frame_encoder_release(&f);
        test_view_release(&t);
    }
    free(s);
}

/* One who joins gets a key frame with the last frame's seq, and goes on with everybody's next. */
static void joining(void **state)
{
    struct seen *s = mem_zalloc(1, sizeof *s);
    struct buf out = BUF_INIT;
    struct frame_encoder f;
    struct test_view t;

    (void)state;
    test_view_init(&t, N);
    frame_encoder_init(&f);
    for (int i = 0; i < 5; i++) {
        buf_clear(&out);
        (void)frame_encode(&f, &t.v, false, &out);
        if (i < 4)
            advance(&t, 1);
    }
    buf_clear(&out);
    frame_encode_key(&f, &t.v, true, &out);
    decode(&out, s);
    assert_int_equal(s->kind, 1);
    assert_int_equal(s->flags, 1);
    assert_int_equal(s->seq, 5);
    check_state(&t, s);
    advance(&t, 1);
    buf_clear(&out);
    assert_int_equal(frame_encode(&f, &t.v, false, &out), 2);
    decode(&out, s);
    assert_int_equal(s->seq, 6);
    check_state(&t, s);
    buf_release(&out);
    frame_encoder_release(&f);
    test_view_release(&t);
    free(s);
}

/* Who is not heard of for ten seconds is marked, until the next event; a finisher never is. */
static void silent(void **state)
{
    struct seen *s = mem_zalloc(1, sizeof *s);
    struct buf out = BUF_INIT;
    struct frame_encoder f;
    struct test_view t;

    (void)state;
    test_view_init(&t, 100);
    frame_encoder_init(&f);
    for (int at = 0; at < 40; at++) {
        bool quiet = at >= 5 && at < 30;

        advance(&t, 1);
        if (quiet) {
            t.raw_s[7] = 5;
            t.raw_s[8] = 5;
            t.status[7] = COMPETITOR_IN_GEOFENCE;
            t.status[8] = COMPETITOR_FINISHED;
        }
        buf_clear(&out);
        (void)frame_encode(&f, &t.v, false, &out);
        decode(&out, s);
        assert_int_equal(s->status[7] & ~FRAME_STALE, t.status[7]);
        assert_int_equal(
            s->status[7] & FRAME_STALE, quiet && at + 1 >= 5 + FRAME_STALE_S ? FRAME_STALE : 0);
        assert_int_equal(s->status[8], t.status[8]);
        assert_int_equal(s->status[9], t.status[9]);
    }
    buf_release(&out);
    frame_encoder_release(&f);
    test_view_release(&t);
    free(s);
}

/* An external race: competitors come, distances fall, and none is bound to a length. */
static void external(void **state)
{
    struct seen *s = mem_zalloc(1, sizeof *s);
    struct buf out = BUF_INIT;
    struct frame_encoder f;
    struct test_view t;

    (void)state;
    test_view_init(&t, 3);
    test_view_external(&t);
    t.dist_mm[0] = 500000;
    t.dist_mm[1] = 700000;
    t.status[2] = COMPETITOR_NOT_SEEN;
    t.v.n = 2;
    frame_encoder_init(&f);
    assert_int_equal(frame_encode(&f, &t.v, false, &out), 1);
    decode(&out, s);
    assert_int_equal(s->roster, 2);

    t.dist_mm[0] = 499000; /* back by a metre */
    buf_clear(&out);
    assert_int_equal(frame_encode(&f, &t.v, false, &out), 2);
    decode(&out, s);
    check_state(&t, s);

    t.v.n = 3;
    buf_clear(&out);
    assert_int_equal(frame_encode(&f, &t.v, false, &out), 1);
    decode(&out, s);
    assert_int_equal(s->roster, 3);
    check_state(&t, s);

    t.dist_mm[1] = 900000000; /* far beyond what 16 bits of the old unit hold */
    buf_clear(&out);
    assert_int_equal(frame_encode(&f, &t.v, false, &out), 1);
    decode(&out, s);
    check_state(&t, s);
    buf_release(&out);
    frame_encoder_release(&f);
    test_view_release(&t);
    free(s);
}

static void nobody(void **state)
{
    struct seen *s = mem_zalloc(1, sizeof *s);
    struct buf out = BUF_INIT;
    struct frame_encoder f;
    struct test_view t;

    (void)state;
    test_view_init(&t, 0);
    t.v.as_of_raw_s = -1;
    frame_encoder_init(&f);
    for (int i = 0; i < 3; i++) {
        buf_clear(&out);
        (void)frame_encode(&f, &t.v, false, &out);
        assert_int_equal(out.len, FRAME_HEADER_LEN);
        decode(&out, s);
        assert_true(s->race_ms == -1000.0);
    }
    buf_release(&out);
    frame_encoder_release(&f);
    test_view_release(&t);
    free(s);
}

static void times(void **state)
{
    struct buf out = BUF_INIT;
    struct test_view t;
    const uint8_t *p;

    (void)state;
    test_view_init(&t, 5);
    t.entered_s[1] = 0;
    t.dwell_s[3] = 17;
    t.finish_s[4] = 1234;
    assert_int_equal(frame_encode_times(&t.v, false, &out), 3);
    assert_int_equal(out.len, FRAME_HEADER_LEN + 4 + 3 * 16);
    p = (const uint8_t *)out.data;
    assert_int_equal(p[0], 4);
    assert_int_equal(u32_at(p + 32), 3);
    assert_int_equal(u32_at(p + 36), 1);
    assert_int_equal((int32_t)u32_at(p + 40), 0);
    assert_int_equal((int32_t)u32_at(p + 48), -1);
    assert_int_equal(u32_at(p + 52), 3);
    assert_int_equal((int32_t)u32_at(p + 56), -1);
    assert_int_equal((int32_t)u32_at(p + 60), 17);
    assert_int_equal(u32_at(p + 68), 4);
    assert_int_equal((int32_t)u32_at(p + 80), 1234);
    buf_release(&out);
    test_view_release(&t);
}

/* With a course: only who is further than 10 m from where the distance is. Without: all who were
 * seen. */
static void places(void **state)
{
    struct lonlat vertices[2] = {{0, 0}, {10000000, 0}}; /* 1.1 km along the equator */
    struct err e = {0};
    struct line *line = line_new(vertices, 2, 1, &e);
    struct course course = {.line = line};
    struct buf out = BUF_INIT;
    struct test_view t;
    const uint8_t *p;

    (void)state;
    assert_non_null(line);
    course.length_mm = line_length_mm(line);
    test_view_init(&t, 4);
    test_view_external(&t);
    t.dist_mm[1] = 556597; /* half of it, 0.005 degrees */
    t.lon_deg[1] = 0.005;
    t.lat_deg[1] = 0.00008; /* 8.9 m north */
    t.dist_mm[2] = 556597;
    t.lon_deg[2] = 0.005;
    t.lat_deg[2] = -0.0001; /* 11.1 m south */
    t.status[3] = COMPETITOR_NOT_SEEN;
    t.v.course = &course;
    assert_int_equal(frame_encode_off_course(&t.v, false, &out), 1);
    p = (const uint8_t *)out.data;
    assert_int_equal(p[0], 3);
    assert_int_equal(out.len, FRAME_HEADER_LEN + 4 + 20);
    assert_int_equal(u32_at(p + 36), 2);
    assert_true(f64_at(p + 40) == 0.005);
    assert_true(f64_at(p + 48) == -0.0001);

    t.v.course = NULL;
    buf_clear(&out);
    assert_int_equal(frame_encode_off_course(&t.v, false, &out), 3);
    buf_release(&out);
    test_view_release(&t);
    line_free(line);
}

static void write_file(const char *name, const char *end, const void *data, size_t len)
{
    char path[512];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/data/frames/%s.%s", TESTS_DIR, name, end);
    file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void same_file(const char *name, const char *end, const struct buf *b)
{
    static char read[65536];
    char path[512];
    FILE *file;

    if (getenv("WRITE_VECTORS"))
        write_file(name, end, b->data, b->len);
    (void)snprintf(path, sizeof path, "%s/data/frames/%s.%s", TESTS_DIR, name, end);
    file = fopen(path, "rb");
    if (!file)
        fail_msg("%s is missing", path);
    assert_int_equal(fread(read, 1, sizeof read, file), b->len);
    assert_memory_equal(read, b->data, b->len);
    assert_int_equal(fclose(file), 0);
}

/* What a decoder has to know after this frame. */
static void expected_json(const struct seen *s, struct buf *out)
{
    buf_addf(out,
        "{\"kind\": %u, \"flags\": %u, \"seq\": %u, \"n\": %u, \"serverMs\": 1767258000123.0, ",
        s->kind, s->flags, s->seq, s->n);
    buf_addf(out, "\"raceMs\": %.1f, \"metresPerUnit\": %.4f, \"rosterVersion\": %u,\n", s->race_ms,
        (double)s->unit_m, s->roster);
    buf_adds(out, " \"units\": [");
    for (uint32_t i = 0; i < s->n; i++)
        buf_addf(out, "%s%u", i ? ", " : "", s->unit[i]);
    buf_adds(out, "],\n \"status\": [");
    for (uint32_t i = 0; i < s->n; i++)
        buf_addf(out, "%s%u", i ? ", " : "", s->status[i]);
    buf_adds(out, "]}\n");
}

static void check_vector(const char *name, struct buf *frame, struct seen *s)
{
    static const double server_ms = 1767258000123.0;
    struct buf json = BUF_INIT;

    memcpy(frame->data + 8, &server_ms, sizeof server_ms);
    decode(frame, s);
    expected_json(s, &json);
    same_file(name, "bin", frame);
    same_file(name, "json", &json);
    buf_clear(frame);
    buf_release(&json);
}

/* tests/data/frames: to be decoded in the order of their names. WRITE_VECTORS=1 writes them anew.
 */
static void vectors(void **state)
{
    struct seen *s = mem_zalloc(1, sizeof *s);
    struct buf out = BUF_INIT;
    struct frame_encoder f;
    struct test_view t;

    (void)state;
    test_view_init(&t, N);
    frame_encoder_init(&f);
    f.seq = 65533;
    (void)frame_encode(&f, &t.v, false, &out);
    check_vector("01-key", &out, s);
    advance(&t, 1);
    (void)frame_encode(&f, &t.v, false, &out);
    check_vector("02-moved", &out, s);
    advance(&t, 1);
    t.dist_mm[7] += 100000;               /* an escape */
    t.status[9] = COMPETITOR_IN_GEOFENCE; /* a status */
    t.dist_mm[11] -= 1000;                /* back */
    t.status[11] = COMPETITOR_NOT_SEEN;
    (void)frame_encode(&f, &t.v, false, &out);
    check_vector("03-escapes", &out, s); /* seq has wrapped to 0 */
    frame_encode_key(&f, &t.v, true, &out);
    check_vector("04-replay-key", &out, s);
    advance(&t, 600);
    (void)frame_encode(&f, &t.v, false, &out);
    check_vector("05-stall", &out, s);
    buf_release(&out);
    frame_encoder_release(&f);
    test_view_release(&t);
    free(s);
}

/* Kinds 3 and 4 as files: 06-places, 07-times. */
static void vectors_of_lists(void **state)
{
    static const double server_ms = 1767258000123.0;
    struct buf out = BUF_INIT;
    struct test_view t;

    (void)state;
    test_view_init(&t, 3);
    test_view_external(&t);
    t.v.as_of_raw_s = 75;
    t.lon_deg[0] = -0.064245;
    t.lat_deg[0] = 51.419386;
    t.lon_deg[2] = 179.999999999;
    t.lat_deg[2] = -89.5;
    t.status[1] = COMPETITOR_NOT_SEEN;
    (void)frame_encode_off_course(&t.v, false, &out);
    memcpy(out.data + 8, &server_ms, sizeof server_ms);
    same_file("06-places", "bin", &out);
    buf_clear(&out);
    t.entered_s[0] = 60;
    t.dwell_s[2] = 31;
    t.finish_s[2] = 70;
    (void)frame_encode_times(&t.v, false, &out);
    memcpy(out.data + 8, &server_ms, sizeof server_ms);
    same_file("07-times", "bin", &out);
    buf_release(&out);
    test_view_release(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_exact),
        cmocka_unit_test(any_step),
        cmocka_unit_test(joining),
        cmocka_unit_test(silent),
        cmocka_unit_test(external),
        cmocka_unit_test(nobody),
        cmocka_unit_test(times),
        cmocka_unit_test(places),
        cmocka_unit_test(vectors),
        cmocka_unit_test(vectors_of_lists),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
