/* The log: doubles, assignment, ids of bibs, keys, many requests at once, and what a new start
 * finds. */
#include "tracking/fixlog/fixlog.h"
#include "unit/tracking/fixlog/log_dir.h"

#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct fixlog *open_log(void)
{
    struct err e;
    struct fixlog *l = fixlog_new(log_dir, &e);

    if (!l)
        fail_msg("%s", e.text);
    return l;
}

static void begin(struct fixlog *l, const char *run_id)
{
    struct err e;

    assert_int_equal(fixlog_drop(l, run_id, &e), 0);
    assert_int_equal(fixlog_begin(l, run_id, &e), 0);
}

/* One fix at second `t`, of a device or of a bib. */
static struct fixlog_batch append_of(
    struct fixlog *l, const char *run_id, const char *name, bool bib, int t)
{
    struct decoded_fix f = {.bib = bib,
        .time_ms = 1777626000000 + t * INT64_C(1000),
        .lat_deg = 51,
        .lon_deg = 7,
        .accuracy_m = 5,
        .speed_mps = NAN,
        .heading_deg = NAN,
        .altitude_m = NAN,
        .battery_pct = 50};
    struct decoded d = {.fix = &f, .n = 1};
    struct fixlog_batch b = {
        .run_id = run_id, .fixes = &d, .client = "test", .received_ms = f.time_ms + 100};
    struct err e;

    (void)snprintf(f.device, sizeof f.device, "%s", name);
    assert_int_equal(fixlog_append(l, &b, &e), 0);
    return b;
}

static struct fixlog_batch append(struct fixlog *l, const char *run_id, const char *device, int t)
{
    return append_of(l, run_id, device, false, t);
}

static int count_fix(void *arg, int64_t competitor_id, const struct fix *f)
{
    int64_t *n = arg;

    n[0]++;
    n[1] = competitor_id;
    assert_int_equal(f->accuracy_mm, 5000);
    assert_true(f->at.lat_nd == 51000000000);
    return 0;
}

/* How many fixes there are of people; out[1]: of whom the last one. */
static void count(struct fixlog *l, const char *run_id, int64_t out[2])
{
    int64_t after = 0;
    struct err e;

    out[0] = out[1] = 0;
    assert_int_equal(fixlog_read(l, run_id, &after, count_fix, out, &e), 0);
}

static void doubles_count_once(void **state)
{
    struct fixlog *l = open_log();

    (void)state;
    begin(l, "a");
    assert_int_equal(append(l, "a", "d", 1).taken, 1);
    assert_int_equal(append(l, "a", "d", 1).doubles, 1);
    assert_int_equal(append(l, "a", "d", 2).taken, 1);
    assert_int_equal(append(l, "a", "e", 1).taken, 1);
    fixlog_free(l);
}

static void what_came_before_the_assignment_counts(void **state)
{
    struct fixlog_entrant people[] = {{"12", "", 0}, {"E7", "phone", 0}};
    struct fixlog *l = open_log();
    int64_t n[2];
    struct err e;
    uint64_t assignments;

    (void)state;
    begin(l, "b");
    (void)append(l, "b", "12", 1);
    (void)append(l, "b", "stranger", 1);
    count(l, "b", n);
    assert_int_equal(n[0], 0);
    assignments = fixlog_assignments(l);
    assert_int_equal(fixlog_put_people(l, "b", people, 2, &e), 0);
    assert_int_not_equal(fixlog_assignments(l), assignments);
    count(l, "b", n);
    assert_int_equal(n[0], 1);
    assert_int_equal(n[1], 12);
    (void)append(l, "b", "phone", 1);
    count(l, "b", n);
    assert_int_equal(n[0], 2);
    assert_int_equal(n[1], 1000000001);
    assert_int_equal(fixlog_assign(l, "b", "stranger", 12, &e), 0);
    count(l, "b", n);
    assert_int_equal(n[0], 3);
    assert_int_equal(fixlog_assign(l, "b", "stranger", 99, &e), -1);
    assert_int_equal(e.code, ERR_NOT_FOUND);
    assert_int_equal(fixlog_assign(l, "b", "nobody's", 12, &e), -1);
    fixlog_free(l);
}

/* A fix that names a bib is that person's, whoever carries the device of that name. */
static void a_bib_is_no_device(void **state)
{
    struct fixlog_entrant people[] = {{"7", "", 0}, {"8", "", 0}};
    struct fixlog *l = open_log();
    int64_t n[2];
    struct err e;

    (void)state;
    begin(l, "f");
    assert_int_equal(append_of(l, "f", "7", true, 1).unknown_bibs, 1);
    assert_int_equal(fixlog_put_people(l, "f", people, 2, &e), 0);
    assert_int_equal(append_of(l, "f", "7", true, 1).taken, 1);
    count(l, "f", n);
    assert_int_equal(n[1], 7);
    assert_int_equal(fixlog_assign(l, "f", "7", 8, &e), 0);
    for (int t = 2; t < 4; t++) {
        assert_int_equal(append_of(l, "f", "7", true, t).taken, 1);
        assert_int_equal(append_of(l, "f", "7", true, t).doubles, 1);
        count(l, "f", n);
        assert_int_equal(n[0], t);
        assert_int_equal(n[1], 7);
    }
    assert_int_equal(fixlog_assign(l, "f", "7 (2)", 8, &e), 0);
    (void)append(l, "f", "7", 4);
    count(l, "f", n);
    assert_int_equal(n[1], 8);
    fixlog_free(l);
}

/* Bibs that are numbers are their ids; others keep the one that they got, and it is never given
 * again. */
static void ids_of_bibs(void **state)
{
    struct fixlog_entrant first[] = {{"E1", "", 0}, {"7", "", 0}, {"007", "", 0}};
    struct fixlog_entrant second[] = {{"E2", "", 0}, {"007", "", 0}, {"X", "", 5}};
    struct fixlog *l = open_log();
    struct err e;

    (void)state;
    begin(l, "c");
    assert_int_equal(fixlog_put_people(l, "c", first, 3, &e), 0);
    assert_int_equal(first[0].competitor_id, 1000000001);
    assert_int_equal(first[1].competitor_id, 7);
    assert_int_equal(first[2].competitor_id, 1000000002);
    assert_int_equal(fixlog_put_people(l, "c", second, 3, &e), 0);
    assert_int_equal(second[0].competitor_id, 1000000003);
    assert_int_equal(second[1].competitor_id, 1000000002);
    assert_int_equal(second[2].competitor_id, 5);
    fixlog_free(l);
}

/* Whatever the order of the lines: an id that the list says, or that a bib has had, is nobody
 * else's. */
static void no_two_people_of_one_id(void **state)
{
    struct fixlog_entrant first[] = {{"E1", "", 0}, {"E2", "", 1000000001}, {"5", "", 7}};
    struct fixlog_entrant second[] = {{"7", "", 0}, {"5", "", 0}, {"1000000001", "", 0}};
    struct fixlog *l = open_log();
    struct err e;

    (void)state;
    begin(l, "f");
    assert_int_equal(fixlog_put_people(l, "f", first, 3, &e), 0);
    assert_int_equal(first[0].competitor_id, 1000000002);
    assert_int_equal(first[1].competitor_id, 1000000001);
    assert_int_equal(fixlog_put_people(l, "f", second, 3, &e), 0);
    assert_int_equal(second[0].competitor_id, 1000000003);
    assert_int_equal(second[1].competitor_id, 7);
    assert_int_equal(second[2].competitor_id, 1000000004);
    fixlog_free(l);
}

/* Somebody carries a device that is named like another's bib. */
static void a_device_that_the_list_names_is_that_lines(void **state)
{
    struct fixlog_entrant people[] = {{"1", "2", 0}, {"2", "", 0}};
    struct fixlog *l = open_log();
    int64_t n[2];
    struct err e;

    (void)state;
    begin(l, "g");
    (void)append(l, "g", "2", 1);
    assert_int_equal(fixlog_put_people(l, "g", people, 2, &e), 0);
    count(l, "g", n);
    assert_int_equal(n[0], 1);
    assert_int_equal(n[1], 1);
    fixlog_free(l);
}

/* A request brings many devices, and the race has so many at most. New ones are counted once in a
 * request: this test would not end in time otherwise. */
static void devices_are_bounded(void **state)
{
    const uint32_t n = FIXLOG_DEVICES_MAX + 5;
    struct decoded d = {.fix = calloc(n, sizeof *d.fix), .n = n};
    struct fixlog_batch b = {.run_id = "h", .fixes = &d, .client = "test"};
    struct fixlog *l = open_log();
    struct err e;

    (void)state;
    begin(l, "h");
    for (uint32_t i = 0; i < n; i++) {
        d.fix[i].lat_deg = 51;
        (void)snprintf(d.fix[i].device, sizeof d.fix[i].device, "x%u", i);
    }
    assert_int_equal(fixlog_append(l, &b, &e), 0);
    assert_int_equal(b.taken, FIXLOG_DEVICES_MAX);
    assert_int_equal(b.too_many_devices, 5);
    assert_int_equal(fixlog_append(l, &b, &e), 0);
    assert_int_equal(b.doubles, FIXLOG_DEVICES_MAX);
    assert_int_equal(b.too_many_devices, 5);
    free(d.fix);
    fixlog_free(l);
}

static bool good(struct fixlog *l, const char *key, int64_t now_ms)
{
    struct buf run_id = BUF_INIT;
    struct err e;
    bool is = fixlog_race_of_key(l, key, now_ms, &run_id, &e) == 0;

    assert_true(is || e.code == ERR_FORBIDDEN);
    assert_true(!is || strcmp(run_id.data, "d") == 0);
    buf_release(&run_id);
    return is;
}

static void keys(void **state)
{
    char old[FIXLOG_KEY_LEN + 1], new[FIXLOG_KEY_LEN + 1], last[FIXLOG_KEY_LEN + 1];
    struct fixlog *l = open_log();
    struct err e;

    (void)state;
    begin(l, "d");
    assert_int_equal(fixlog_key(l, "d", old, &e), 0);
    assert_int_equal(fixlog_renew_key(l, "d", false, 1000, &e), 0);
    assert_int_equal(fixlog_key(l, "d", new, &e), 0);
    assert_string_not_equal(old, new);
    assert_true(good(l, new, 2000));
    assert_true(good(l, old, 1000 + FIXLOG_GRACE_MS - 1));
    assert_false(good(l, old, 1000 + FIXLOG_GRACE_MS));
    assert_int_equal(fixlog_renew_key(l, "d", true, 1000, &e), 0);
    assert_int_equal(fixlog_key(l, "d", last, &e), 0);
    assert_false(good(l, new, 1001));
    assert_false(good(l, "", 1001));
    assert_true(good(l, last, 1001));
    assert_int_equal(fixlog_drop(l, "d", &e), 0);
    assert_false(good(l, last, 1001));
    fixlog_free(l);
}

struct sender {
    struct fixlog *log;
    char device[8];
};

static void *send_many(void *arg)
{
    struct sender *s = arg;

    for (int t = 0; t < 50; t++)
        (void)append(s->log, "e", s->device, t);
    return NULL;
}

/* Requests that wait together share commits, and none is lost: a new start finds all of them. */
static void many_at_once(void **state)
{
    struct fixlog_entrant people[8];
    struct sender sender[8];
    pthread_t thread[8];
    struct fixlog *l = open_log();
    int64_t n[2];
    struct err e;

    (void)state;
    begin(l, "e");
    for (int i = 0; i < 8; i++) {
        sender[i].log = l;
        (void)snprintf(sender[i].device, sizeof sender[i].device, "%d", i + 1);
        people[i] = (struct fixlog_entrant){sender[i].device, "", 0};
    }
    assert_int_equal(fixlog_put_people(l, "e", people, 8, &e), 0);
    for (int i = 0; i < 8; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, send_many, &sender[i]), 0);
    for (int i = 0; i < 8; i++)
        (void)pthread_join(thread[i], NULL);
    fixlog_free(l);
    l = open_log();
    count(l, "e", n);
    assert_int_equal(n[0], 400);
    fixlog_free(l);
}

static void a_damaged_file_says_what_to_do(void **state)
{
    char other[] = "/tmp/trackside-damaged-XXXXXX", path[sizeof other + 10];
    struct err e;
    FILE *f;

    (void)state;
    assert_non_null(mkdtemp(other));
    (void)snprintf(path, sizeof path, "%s/fixes.db", other);
    f = fopen(path, "w");
    assert_non_null(f);
    for (int i = 0; i < 1000; i++)
        (void)fputs("no database ", f);
    (void)fclose(f);
    assert_null(fixlog_new(other, &e));
    assert_non_null(strstr(e.text, "restore it from a copy"));
    assert_non_null(strstr(e.text, "take no more."));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(other), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doubles_count_once),
        cmocka_unit_test(what_came_before_the_assignment_counts),
        cmocka_unit_test(a_bib_is_no_device),
        cmocka_unit_test(ids_of_bibs),
        cmocka_unit_test(no_two_people_of_one_id),
        cmocka_unit_test(a_device_that_the_list_names_is_that_lines),
        cmocka_unit_test(devices_are_bounded),
        cmocka_unit_test(keys),
        cmocka_unit_test(many_at_once),
        cmocka_unit_test(a_damaged_file_says_what_to_do),
    };

    return cmocka_run_group_tests(tests, log_dir_make, log_dir_remove);
}
