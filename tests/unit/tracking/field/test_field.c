/* Fixes to events: the same set of fixes makes the same board, however it came. */
#include "tracking/field/field.h"

#include "../match/runs.h"

#include <stdio.h>

#define START_S (RUNS_GUN_MS / 1000)
#define SECONDS 400
#define PEOPLE 3

/* The last event of each competitor and second, as a store keeps it. */
struct kept {
    struct event last[PEOPLE + 1][SECONDS * 2];
    uint64_t events;
};

static int keep(void *arg, const struct event *events, size_t n, struct err *e)
{
    struct kept *k = arg;

    (void)e;
    for (size_t i = 0; i < n; i++)
        k->last[events[i].competitor_id][events[i].raw_s] = events[i];
    k->events += n;
    return 0;
}

static struct course *straight(void)
{
    static const double m[] = {0, 0, 1000, 0};

    return runs_course(m, 2, 1);
}

/* Person `id` runs `id` + 2 m/s along the course, 3 m beside it. */
static struct fix fix_at(int id, int t)
{
    double m = (id + 2) * t;

    return (struct fix){.time_ms = RUNS_GUN_MS + t * INT64_C(1000) + id,
        .at = runs_place(m < 1000 ? m : 1000, 3),
        .accuracy_mm = 5000};
}

static struct field *new_field(struct course *c)
{
    struct err e = {0};
    struct field *f = field_new("run", c, START_S, &e);

    if (!f)
        fail_msg("%s", e.text);
    return f;
}

static void publish(struct field *f, int32_t last_s, bool exactly, struct kept *k)
{
    struct err e = {0};
    uint64_t n;

    assert_int_equal(field_publish(f, last_s, exactly, keep, k, &n, &e), 0);
}

/* In order, with a look at every fix. */
static void send_live(struct field *f, struct kept *k)
{
    for (int t = 0; t < SECONDS; t += 5)
        for (int id = 1; id <= PEOPLE; id++) {
            struct fix fix = fix_at(id, t);

            field_add(f, id, &fix);
            publish(f, t + 1, false, k);
        }
}

/* Two thirds are late: they come after the others, from the end to the beginning, twice. */
static void send_late(struct field *f, struct kept *k)
{
    for (int third = 0; third < 3; third++)
        for (int t = third ? (SECONDS - 1) / 5 * 5 : 0; t >= 0 && t < SECONDS; t += third ? -5 : 5)
            for (int id = PEOPLE; id >= 1; id--) {
                struct fix fix = fix_at(id, t);

                if (t / 5 % 3 != third)
                    continue;
                field_add(f, id, &fix);
                field_add(f, id, &fix);
                publish(f, SECONDS, false, k);
            }
}

static void order_does_not_matter(void **state)
{
    struct kept *live = mem_zalloc(1, sizeof *live), *late = mem_zalloc(1, sizeof *late);
    struct course *c = straight();
    struct field *f = new_field(c), *g = new_field(c);

    (void)state;
    send_live(f, live);
    publish(f, SECONDS, true, live);
    send_late(g, late);
    publish(g, SECONDS, true, late);
    for (int id = 1; id <= PEOPLE; id++)
        for (int s = 0; s < SECONDS; s++) {
            const struct event *a = &live->last[id][s], *b = &late->last[id][s];

            /* A second of a finish that was corrected may be left over in one of them. */
            if (!a->run_id[0] || !b->run_id[0])
                continue;
            /* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison): padding is 0 */
            if (memcmp(a, b, sizeof *a) != 0)
                fail_msg(
                    "competitor %d at %d: %.3f m and %.3f m", id, s, a->distance_m, b->distance_m);
        }
    field_free(f);
    field_free(g);
    course_unref(c);
    free(live);
    free(late);
}

/* A phone that was offline sends all at once and backwards, each fix twice. */
static void all_at_once_and_backwards(void **state)
{
    struct kept *k = mem_zalloc(1, sizeof *k), *l = mem_zalloc(1, sizeof *l);
    struct course *c = straight();
    struct field *f = new_field(c), *g = new_field(c);

    (void)state;
    for (int t = 0; t < SECONDS; t++) {
        struct fix on = fix_at(1, t), back = fix_at(1, SECONDS - 1 - t);

        field_add(f, 1, &on);
        field_add(g, 1, &back);
        field_add(g, 1, &back);
    }
    publish(f, SECONDS, false, k);
    publish(g, SECONDS, false, l);
    assert_true(k->events > 300);
    assert_int_equal(l->events, k->events);
    assert_memory_equal(k->last[1], l->last[1], sizeof k->last[1]);
    for (int t = 0; t < SECONDS; t++) {
        struct fix again = fix_at(1, t);

        field_add(g, 1, &again);
    }
    publish(g, SECONDS, false, l);
    assert_int_equal(l->events, k->events);
    field_free(f);
    field_free(g);
    course_unref(c);
    free(k);
    free(l);
}

/* Who runs 5 m/s has run 1000 m in 200 s; nothing comes after the finish. */
static void the_finish_is_the_end(void **state)
{
    struct kept *k = mem_zalloc(1, sizeof *k);
    struct course *c = straight();
    struct field *f = new_field(c);
    int finish = -1;

    (void)state;
    send_live(f, k);
    publish(f, SECONDS, true, k);
    for (int s = 0; s < SECONDS && finish < 0; s++)
        if (k->last[3][s].run_id[0] && k->last[3][s].distance_m * 1000 >= c->length_mm)
            finish = s;
    assert_in_range(finish, 190, 215);
    for (int s = finish + 1; s < SECONDS; s++)
        if (k->last[3][s].run_id[0])
            assert_true(k->last[3][s].distance_m * 1000 >= c->length_mm);
    field_free(f);
    course_unref(c);
    free(k);
}

static int refuse(void *arg, const struct event *events, size_t n, struct err *e)
{
    (void)arg, (void)events, (void)n;
    return err_set(e, ERR_DISK_FULL, "The disk is full.");
}

/* What could not be published is published by the next try, the finish too. */
static void a_refusal_changes_nothing(void **state)
{
    struct kept *k = mem_zalloc(1, sizeof *k), *l = mem_zalloc(1, sizeof *l);
    struct course *c = straight();
    struct field *f = new_field(c), *g = new_field(c);
    struct err e;
    uint64_t n, refusals = 0;

    (void)state;
    for (int t = 0; t < SECONDS; t += 5) {
        struct fix fix = fix_at(1, t);

        fix.at = runs_place(t * 3, 3); /* on behind the line */
        field_add(f, 1, &fix);
        publish(f, t + 1, false, k);
        field_add(g, 1, &fix);
        refusals += field_publish(g, t + 1, false, refuse, NULL, &n, &e) != 0;
        publish(g, t + 1, false, l);
        assert_int_equal(l->events, k->events);
    }
    assert_true(refusals > 30);
    assert_memory_equal(l->last, k->last, sizeof k->last);
    field_free(f);
    field_free(g);
    course_unref(c);
    free(k);
    free(l);
}

/* A clock that is ahead: its place is published when its time has come. */
static void the_future_waits(void **state)
{
    struct kept *k = mem_zalloc(1, sizeof *k);
    struct course *c = straight();
    struct field *f = new_field(c);
    struct fix first = fix_at(1, 0), ahead = fix_at(1, 60);

    (void)state;
    field_add(f, 1, &first);
    field_add(f, 1, &ahead);
    publish(f, 30, false, k);
    assert_string_equal(k->last[1][60].run_id, "");
    publish(f, 60, false, k);
    assert_string_equal(k->last[1][60].run_id, "run");
    field_free(f);
    course_unref(c);
    free(k);
}

/* After a restart only what differs goes out again. */
static void what_was_published_is_not_published_again(void **state)
{
    struct kept *k = mem_zalloc(1, sizeof *k), *again = mem_zalloc(1, sizeof *again);
    struct course *c = straight();
    struct field *f = new_field(c), *g = new_field(c);

    (void)state;
    send_live(f, k);
    publish(f, SECONDS, true, k);
    for (int id = 1; id <= PEOPLE; id++)
        for (int s = 0; s < SECONDS; s++)
            if (k->last[id][s].run_id[0])
                field_published(g, &k->last[id][s]);
    for (int t = 0; t < SECONDS; t += 5)
        for (int id = 1; id <= PEOPLE; id++) {
            struct fix fix = fix_at(id, t);

            field_add(g, id, &fix);
        }
    publish(g, SECONDS, true, again);
    assert_int_equal(again->events, 0);
    assert_true(k->events > 0);
    field_free(f);
    field_free(g);
    course_unref(c);
    free(k);
    free(again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(all_at_once_and_backwards),
        cmocka_unit_test(the_finish_is_the_end),
        cmocka_unit_test(a_refusal_changes_nothing),
        cmocka_unit_test(the_future_waits),
        cmocka_unit_test(what_was_published_is_not_published_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
