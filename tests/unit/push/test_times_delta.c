/* Whose times have to be told because the frames do not: as a viewer takes them, frame by frame. */
#include "push/frame.h"
#include "push/times_delta.h"

#include "views.h"

#include <endian.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define N 4u

struct state {
    uint8_t status;
    int32_t entered_s, dwell_s, finish_s;
};

static void set(struct test_view *t, int32_t at_s, uint32_t i, struct state s)
{
    t->v.as_of_raw_s = at_s;
    t->status[i] = s.status;
    t->entered_s[i] = s.entered_s;
    t->dwell_s[i] = s.dwell_s;
    t->finish_s[i] = s.finish_s;
}

static uint32_t u32_at(const struct buf *b, size_t at)
{
    uint32_t le;

    memcpy(&le, b->data + at, sizeof le);
    return le32toh(le);
}

struct step {
    const char *what;
    struct state before, now;
    int32_t at_s;
    uint32_t told;
};

static void one_step(void **state)
{
    enum { ON = COMPETITOR_ON_COURSE, IN = COMPETITOR_IN_GEOFENCE, END = COMPETITOR_FINISHED };
    static const struct step steps[] = {
        {"nothing changed", {ON, -1, 5, -1}, {ON, -1, 5, -1}, 100, 0},
        {"entered in this tick", {ON, -1, 0, -1}, {IN, 100, 0, -1}, 100, 0},
        {"entered in a tick that was not shown", {ON, -1, 0, -1}, {IN, 97, 0, -1}, 100, 1},
        {"left in this tick", {IN, 90, 5, -1}, {ON, -1, 15, -1}, 100, 0},
        {"left in a tick that was not shown", {IN, 90, 5, -1}, {ON, -1, 12, -1}, 100, 1},
        {"in and out between two frames", {ON, -1, 0, -1}, {ON, -1, 3, -1}, 100, 1},
        {"finished in this tick", {ON, -1, 0, -1}, {END, -1, 0, 100}, 100, 0},
        {"finished earlier", {ON, -1, 0, -1}, {END, -1, 0, 60}, 100, 1},
        {"a late event gives another finish", {END, -1, 0, 80}, {END, -1, 0, 70}, 100, 1},
        {"a late event takes a visit away", {ON, -1, 9, -1}, {ON, -1, 4, -1}, 100, 1},
        {"a finish out of the geofence", {IN, 95, 0, -1}, {END, -1, 5, 100}, 100, 0},
    };

    (void)state;
    for (size_t k = 0; k < sizeof steps / sizeof *steps; k++) {
        const struct step *s = &steps[k];
        struct test_view before, now;
        struct times_delta u = {0};
        struct buf out = BUF_INIT;
        uint32_t told;

        test_view_init(&before, N);
        test_view_init(&now, N);
        set(&before, s->at_s - 5, 2, s->before);
        set(&now, s->at_s, 2, s->now);
        times_delta_note(&u, &before.v, &now.v);
        told = times_delta_encode(&u, &now.v, &out);
        if (told != s->told)
            fail_msg("%s: %u are told", s->what, told);
        assert_int_equal(out.len, told ? FRAME_HEADER_LEN + 4 + 16 : 0);
        if (told) {
            assert_int_equal(out.data[0], 4);
            assert_int_equal(u32_at(&out, FRAME_HEADER_LEN), 1);
            assert_int_equal(u32_at(&out, FRAME_HEADER_LEN + 4), 2);
            assert_int_equal((int32_t)u32_at(&out, FRAME_HEADER_LEN + 8), s->now.entered_s);
            assert_int_equal((int32_t)u32_at(&out, FRAME_HEADER_LEN + 12), s->now.dwell_s);
            assert_int_equal((int32_t)u32_at(&out, FRAME_HEADER_LEN + 16), s->now.finish_s);
        }
        times_delta_release(&u);
        buf_release(&out);
        test_view_release(&before);
        test_view_release(&now);
    }
}

/* What waits is not forgotten by the frames in between, is told as it is then, and is told once. */
static void kept_until_told(void **state)
{
    struct test_view a, b, c;
    struct times_delta u = {0};
    struct buf out = BUF_INIT;

    (void)state;
    test_view_init(&a, N);
    test_view_init(&b, N);
    test_view_init(&c, N);
    set(&b, 10, 1, (struct state){COMPETITOR_FINISHED, -1, 0, 7});
    set(&c, 11, 1, (struct state){COMPETITOR_FINISHED, -1, 0, 7});
    times_delta_note(&u, &a.v, &b.v);
    times_delta_note(&u, &b.v, &c.v);
    assert_int_equal(times_delta_encode(&u, &c.v, &out), 1);
    assert_int_equal((int32_t)u32_at(&out, FRAME_HEADER_LEN + 16), 7);
    assert_int_equal(times_delta_encode(&u, &c.v, &out), 0);
    times_delta_release(&u);
    buf_release(&out);
    test_view_release(&a);
    test_view_release(&b);
    test_view_release(&c);
}

/* A viewer that gets another number of competitors begins anew, and is told all that there is. */
static void one_more_competitor(void **state)
{
    struct test_view a, b;
    struct times_delta u = {0};
    struct buf out = BUF_INIT;

    (void)state;
    test_view_init(&a, N);
    test_view_init(&b, N + 1);
    set(&a, 10, 0, (struct state){COMPETITOR_FINISHED, -1, 0, 7});
    set(&b, 11, 0, (struct state){COMPETITOR_FINISHED, -1, 0, 7});
    times_delta_note(&u, &a.v, &b.v);
    assert_int_equal(times_delta_encode(&u, &b.v, &out), 1);
    assert_int_equal(u32_at(&out, FRAME_HEADER_LEN + 4), 0);
    times_delta_release(&u);
    buf_release(&out);
    test_view_release(&a);
    test_view_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_step),
        cmocka_unit_test(kept_until_told),
        cmocka_unit_test(one_more_competitor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
