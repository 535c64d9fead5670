/* The order in which fixes arrive does not matter: any order, with doubles and late uploads, gives
 * the results of the right order, byte for byte. */
#include "runs.h"

static const double square[] = {0, 0, 300, 0, 300, 300, 0, 300, 0, 0};

static struct runs whole, arrived;

static size_t below(struct runs *r, size_t n)
{
    r->draw = r->draw * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)((r->draw >> 33) % n);
}

/* What a live race does with a fix: its own list in order, and a re-run if it came late. */
static void arrive(struct match_track *t, const struct fix *f)
{
    struct runs *r = &arrived;
    size_t at = r->n;
    int64_t from;

    while (at > 0 && fix_compare(&r->fix[at - 1], f) > 0)
        at--;
    if (at > 0 && fix_compare(&r->fix[at - 1], f) == 0)
        return;
    memmove(&r->fix[at + 1], &r->fix[at], (r->n - at) * sizeof *r->fix);
    memmove(&r->result[at + 1], &r->result[at], (r->n - at) * sizeof *r->result);
    r->fix[at] = *f;
    memset(&r->result[at], 0, sizeof r->result[at]);
    r->n++;
    from = match_track_rewind(t, f->time_ms);
    for (size_t i = 0; i < r->n; i++)
        if (r->fix[i].time_ms > from)
            match_track_add(t, &r->fix[i], runs_take, r);
}

static void swap(struct fix *a, struct fix *b)
{
    struct fix c = *a;

    *a = *b;
    *b = c;
}

/* A race with a stop, a detour, jumps and silence. */
static void record(const struct course *c)
{
    double time_s = runs_way(&whole, c, -100, 0, 0.1, 3, 8);

    time_s = runs_way(&whole, c, 5, 15, 500, 3, 8);
    time_s = runs_stand(&whole, c, time_s, 500, 90, 8);
    for (double out = 0; out < 200; out += 15, time_s += 5)
        runs_add(&whole, time_s, runs_place(300 + out, 200), -1, 8);
    time_s = runs_way(&whole, c, time_s, 500, 1500, 3, 8);
    time_s = runs_way(&whole, c, time_s + 200, 2100, 2400, 3, 8);
    runs_stand(&whole, c, time_s, 2400, 150, 8);
    for (size_t i = 20; i < whole.n; i += 45)
        whole.fix[i].at.lat_nd += (int64_t)(250 * RUNS_NORTH_ND);
}

static void assert_same_results(int kind)
{
    assert_int_equal(arrived.n, whole.n);
    for (size_t i = 0; i < whole.n; i++)
        if (memcmp(&arrived.result[i], &whole.result[i], sizeof whole.result[i]) != 0)
            fail_msg("kind %d, fix %zu of %zu: %u mm and %u mm", kind, i, whole.n,
                arrived.result[i].dist_mm, whole.result[i].dist_mm);
}

/* kind 0: all shuffled; 1: nearly in order; 2: a stretch comes last, as after a dropout. */
static size_t shuffle(struct fix *list, int kind)
{
    size_t n = whole.n;

    memcpy(list, whole.fix, n * sizeof *list);
    for (size_t i = 0; i < 20; i++)
        list[n++] = whole.fix[below(&whole, whole.n)];
    for (size_t i = n - 1; kind < 2 && i > 0; i--) {
        size_t far = kind == 0 ? i + 1 : i + 1 < 6 ? i + 1 : 6;

        swap(&list[i], &list[i - below(&whole, far)]);
    }
    if (kind == 2) {
        size_t from = below(&whole, whole.n - 60), len = 20 + below(&whole, 40);
        struct fix *cut = mem_dup(list + from, len * sizeof *cut);

        memmove(list + from, list + from + len, (n - from - len) * sizeof *list);
        memcpy(list + n - len, cut, len * sizeof *cut);
        free(cut);
    }
    return n;
}

static void any_order_gives_the_same_bytes(void **state)
{
    static struct fix list[RUNS_MAX];
    struct course *c = runs_course(square, 5, 2);
    struct match *m = runs_match(c);
    struct match_finish expected = {0}, got = {0};
    struct match_track *t;

    (void)state;
    whole.draw = 21;
    record(c);
    t = runs_match_all(&whole, m);
    assert_true(match_track_finish(t, &expected));
    match_track_free(t);
    for (int round = 0; round < 30; round++) {
        size_t n = shuffle(list, round % 3);

        memset(&arrived, 0, sizeof arrived);
        memset(&got, 0, sizeof got);
        t = match_track_new(m, RUNS_GUN_MS);
        for (size_t i = 0; i < n; i++)
            arrive(t, &list[i]);
        assert_same_results(round % 3);
        assert_true(match_track_finish(t, &got));
        assert_memory_equal(&got, &expected, sizeof got);
        match_track_free(t);
    }
    match_free(m);
    course_unref(c);
}

/* One late fix re-runs minutes, not the race. */
static void late_fix_runs_from_a_resume_point(void **state)
{
    struct course *c = runs_course(square, 5, 20);
    struct match *m = runs_match(c);
    struct match_track *t;
    int64_t last_ms, from;

    (void)state;
    memset(&whole, 0, sizeof whole);
    whole.draw = 5;
    runs_way(&whole, c, 0, 0, 20000, 3, 8);
    t = runs_match_all(&whole, m);
    last_ms = whole.fix[whole.n - 1].time_ms;
    from = match_track_rewind(t, last_ms - 5000);
    assert_in_range(last_ms - from, 60000, 300000);
    from = match_track_rewind(t, last_ms - 3600000);
    assert_in_range(last_ms - 3600000 - from, 60000, 3000000);
    match_track_free(t);
    match_free(m);
    course_unref(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order_gives_the_same_bytes),
        cmocka_unit_test(late_fix_runs_from_a_resume_point),
    };

    return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
