/* Courses, races and rosters; what a race without a single event looks like; readers beside the
 * writer. */
#include "base/mem.h"
#include "board/board.h"
#include "contract_race.h"
#include "store_contract.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct store_factory *factory;

static struct store *open_again(struct store *s)
{
    struct err e = {0};
    struct store *next = factory->again ? factory->again(s, &e) : s;

    if (!next)
        fail_msg("%s", e.text);
    return next;
}

static void check_course(struct store *s, const char *name, const struct course *want)
{
    struct err e = {0};
    struct course *c = s->ops->course(s, name, &e);

    assert_int_equal(c == NULL, want == NULL);
    if (!want) {
        assert_int_equal(e.code, ERR_NOT_FOUND);
        return;
    }
    assert_string_equal(c->revision, want->revision);
    assert_string_equal(c->long_name, want->long_name);
    assert_int_equal(c->length_mm, want->length_mm);
    course_unref(c);
}

static void check_revision(struct store *s, const struct course *want, bool there)
{
    struct err e = {0};
    struct course *c = s->ops->course_revision(s, want->short_name, want->revision, &e);

    assert_int_equal(c != NULL, there);
    if (c)
        assert_string_equal(c->long_name, want->long_name);
    course_unref(c);
}

static void courses_and_their_revisions(void **state)
{
    struct store *s = contract_open(factory);
    struct course *old = contract_course("loop", "The old loop", 1, true);
    struct course *new = contract_course("loop", "The new loop", 2, false);
    struct course *other = contract_course("a-loop", "Another", 1, false);
    struct course **list;
    struct contract_race r;
    struct err e = {0};
    size_t n, k;

    (void)state;
    contract_race_init(&r, old, CONTRACT_RUN, 3);
    contract_put_course(s, old);
    contract_put_course(s, other);
    check_course(s, "loop", NULL); /* not committed */
    contract_put_race(s, &r.record);
    contract_commit(s);
    check_course(s, "loop", old);
    contract_put_course(s, new);
    contract_commit(s);
    for (k = 0; k < 2; k++) {
        check_course(s, "loop", new);
        check_revision(s, old, true); /* a race runs on it */
        check_revision(s, new, true);
        assert_int_equal(s->ops->courses(s, &list, &n, &e), 0);
        assert_int_equal(n, 2);
        assert_string_equal(list[0]->short_name, "a-loop");
        assert_string_equal(list[1]->revision, new->revision);
        course_unref(list[0]);
        course_unref(list[1]);
        free(list);
        s = open_again(s);
    }
    assert_int_equal(s->ops->delete_course(s, "loop", &e), 0);
    assert_int_equal(s->ops->delete_course(s, "nowhere", &e), -1);
    assert_int_equal(e.code, ERR_NOT_FOUND);
    contract_commit(s);
    s = open_again(s);
    check_course(s, "loop", NULL);
    check_revision(s, old, true);
    check_revision(s, new, false);
    contract_race_release(&r);
    course_unref(old);
    course_unref(new);
    course_unref(other);
    factory->close(s);
}

static void a_race_keeps_its_revision(void **state)
{
    struct store *s = contract_open(factory);
    struct course *old = contract_course("loop", "The old loop", 1, true);
    struct course *new = contract_course("loop", "The new loop", 2, false);
    struct contract_race r;
    struct tick t;
    struct view *v;

    (void)state;
    contract_race_init(&r, old, CONTRACT_RUN, 3);
    contract_put_course(s, old);
    contract_put_race(s, &r.record);
    t = contract_race_tick(&r, 0);
    contract_put_tick(s, &t);
    contract_commit(s);
    contract_put_course(s, new);
    t = contract_race_tick(&r, 1);
    contract_put_tick(s, &t);
    contract_commit(s);
    s = open_again(s);
    v = contract_view(s, CONTRACT_RUN);
    assert_int_equal(v->as_of_raw_s, 1);
    assert_string_equal(v->course->revision, old->revision);
    view_unref(v);
    contract_race_release(&r);
    course_unref(old);
    course_unref(new);
    factory->close(s);
}

/* What a server has published comes back to it from a shared feed: nothing is another than before. */
static void a_course_that_comes_back(void **state)
{
    struct store *s = contract_open(factory);
    struct course *c = contract_course("loop", "The loop", 1, true);
    struct contract_race r;
    struct course **list;
    struct err e = {0};
    struct view *v;
    uint64_t version;
    struct tick t;
    size_t n;

    (void)state;
    contract_race_init(&r, c, CONTRACT_RUN, 3);
    contract_put_course(s, c);
    contract_put_race(s, &r.record);
    t = contract_race_tick(&r, 0);
    contract_put_tick(s, &t);
    contract_commit(s);
    v = contract_view(s, CONTRACT_RUN);
    version = v->version;
    view_unref(v);
    contract_put_course(s, c);
    contract_commit(s);
    v = contract_view(s, CONTRACT_RUN);
    assert_int_equal(v->version, version);
    view_unref(v);
    assert_int_equal(s->ops->courses(s, &list, &n, &e), 0);
    assert_int_equal(n, 1);
    assert_string_equal(list[0]->revision, c->revision);
    course_unref(list[0]);
    free(list);
    contract_race_release(&r);
    course_unref(c);
    factory->close(s);
}

/* An external race may be heard of before its course. It takes the first revision that comes, and keeps it. */
static void a_course_that_comes_late(void **state)
{
    struct store *s = contract_open(factory);
    struct course *first = contract_course("loop", "The loop", 1, true);
    struct course *second = contract_course("loop", "The longer loop", 2, true);
    struct event ev[] = {contract_event(1, 5, 15), contract_event(1, 6, 18)};
    struct race_record record;
    struct err e = {0};

    (void)state;
    contract_put_events(s, &ev[0], 1);
    contract_commit(s);
    contract_put_course(s, first);
    contract_commit(s);
    contract_put_course(s, second);
    contract_put_events(s, &ev[1], 1);
    contract_commit(s);
    assert_int_equal(s->ops->race(s, CONTRACT_RUN, &record, &e), 0);
    assert_string_equal(record.spec.revision, first->revision);
    check_course(s, "loop", second);
    check_revision(s, first, true);
    course_unref(first);
    course_unref(second);
    factory->close(s);
}

static void check_record(const struct race_record *a, const struct race_record *b)
{
    assert_string_equal(a->spec.run_id, b->spec.run_id);
    assert_string_equal(a->spec.course, b->spec.course);
    assert_string_equal(a->spec.revision, b->spec.revision);
    assert_int_equal(a->spec.competitors, b->spec.competitors);
    assert_int_equal(a->spec.seed, b->spec.seed);
    assert_int_equal(a->spec.start_s, b->spec.start_s);
    assert_int_equal(a->state, b->state);
    assert_string_equal(a->reason, b->reason);
    assert_int_equal(a->anchor.wall_ms, b->anchor.wall_ms);
    assert_int_equal(a->anchor.raw_s, b->anchor.raw_s);
    assert_true(a->anchor.speed == b->anchor.speed);
    assert_int_equal(a->created_ms, b->created_ms);
}

static void races_newest_first(void **state)
{
    static const int64_t created[] = {300, 100, 500, 200, 400};
    static const char *const order[] = {"race-2", "race-4", "race-0", "race-3", "race-1"};
    struct store *s = contract_open(factory);
    struct course *c = contract_course("loop", "The loop", 1, true);
    struct contract_race r;
    struct race_record *list, one;
    struct err e = {0};
    size_t n, k;

    (void)state;
    contract_put_course(s, c);
    contract_race_init(&r, c, CONTRACT_RUN, 3);
    for (k = 0; k < 5; k++) {
        (void)snprintf(r.record.spec.run_id, sizeof r.record.spec.run_id, "race-%zu", k);
        r.record.created_ms = created[k];
        contract_put_race(s, &r.record);
    }
    contract_commit(s);
    r.record.state = RACE_PAUSED; /* the last one, changed */
    (void)snprintf(r.record.reason, sizeof r.record.reason, "by hand");
    r.record.anchor = (struct race_anchor){.wall_ms = 123456, .raw_s = 17, .speed = 2.5};
    contract_put_race(s, &r.record);
    contract_commit(s);
    s = open_again(s);
    assert_int_equal(s->ops->races(s, &list, &n, &e), 0);
    assert_int_equal(n, 5);
    for (k = 0; k < 5; k++)
        assert_string_equal(list[k].spec.run_id, order[k]);
    check_record(&list[1], &r.record);
    assert_int_equal(s->ops->race(s, "race-4", &one, &e), 0);
    check_record(&one, &r.record);
    assert_int_equal(s->ops->race(s, "race-5", &one, &e), -1);
    assert_int_equal(e.code, ERR_NOT_FOUND);
    free(list);
    contract_race_release(&r);
    course_unref(c);
    factory->close(s);
}

static void a_race_without_events(void **state)
{
    struct store *s = contract_open(factory);
    struct course *c = contract_course("loop", "The loop", 1, true);
    struct contract_race r;
    struct splits_competitor one;
    struct err e = {0};
    struct buf json = BUF_INIT;
    struct board b;
    struct view *v;
    size_t k;

    (void)state;
    contract_race_init(&r, c, CONTRACT_RUN, 4);
    contract_put_course(s, c);
    contract_put_race(s, &r.record);
    contract_commit(s);
    for (k = 0; k < 2; k++) {
        v = contract_view(s, CONTRACT_RUN);
        assert_int_equal(v->n, 4);
        assert_int_equal(v->as_of_raw_s, -1);
        board_init(&b, v, 10);
        buf_clear(&json);
        board_json(&b, &json);
        assert_string_equal(json.data,
            "{\"runId\":\"" CONTRACT_RUN "\",\"asOf\":{\"rawTime\":-1,\"timestamp\":"
            "\"2026-01-01T09:00:00Z\"},\"state\":\"running\",\"counts\":{\"competitors\":4,"
            "\"onCourse\":4,\"inGeofence\":0,\"finished\":0},\"leaders\":[],\"front\":[],"
            "\"back\":[],\"geofence\":[],\"justFinished\":[]}");
        board_release(&b);
        view_unref(v);
        s = open_again(s);
    }
    assert_int_equal(s->ops->competitor(s, CONTRACT_RUN, 1, -1, &one, &e), -1);
    assert_int_equal(e.code, ERR_NOT_FOUND);
    assert_int_equal(s->ops->replay(s, CONTRACT_RUN, 0, 100, 1, NULL, NULL, &e), 0);
    assert_int_equal(s->ops->events(s, CONTRACT_RUN, 0, 100, NULL, NULL, &e), 0);
    buf_release(&json);
    contract_race_release(&r);
    course_unref(c);
    factory->close(s);
}

static void rosters(void **state)
{
    static const char csv[] = "competitorId,name\n1,<b>Ann</b>\n2,\"Bo, jr.\"\n";
    struct store *s = contract_open(factory);
    struct course *c = contract_course("loop", "The loop", 1, true);
    struct contract_race r;
    struct buf out = BUF_INIT;
    struct err e = {0};

    (void)state;
    contract_race_init(&r, c, CONTRACT_RUN, 4);
    contract_put_race(s, &r.record);
    contract_commit(s);
    assert_int_equal(s->ops->roster(s, CONTRACT_RUN, &out, &e), 0);
    assert_int_equal(out.len, 0);
    assert_int_equal(s->ops->put_roster(s, CONTRACT_RUN, csv, sizeof csv - 1, &e), 0);
    s = open_again(s);
    assert_int_equal(s->ops->roster(s, CONTRACT_RUN, &out, &e), 0);
    assert_string_equal(out.data, csv);
    assert_int_equal(s->ops->put_roster(s, "nobody", csv, sizeof csv - 1, &e), -1);
    assert_int_equal(e.code, ERR_NOT_FOUND);
    buf_release(&out);
    contract_race_release(&r);
    course_unref(c);
    factory->close(s);
}

/* Readers ask for everything while the writer goes on: what they see is one whole second, or, where
 * a store may show a second before all of it has come, nothing that is behind what was committed.
 */
struct reader {
    struct store *store;
    const char *run_id;
    atomic_bool *stop;
    atomic_int *committed_s; /* the last second */
    atomic_int *wrong;
    atomic_ullong views;
};

static bool is_right(const struct view *v, int32_t committed_s)
{
    bool exact = !factory->late_rows || v->as_of_raw_s <= committed_s;
    int32_t least_s = exact ? v->as_of_raw_s : committed_s;
    uint32_t i;

    for (i = 0; i < v->n; i++) {
        bool done = v->status[i] == COMPETITOR_FINISHED;

        if (v->raw_s[i] < least_s && !done)
            return false;
        if (v->raw_s[i] > v->as_of_raw_s && !factory->late_rows)
            return false;
        if ((v->entered_s[i] >= 0) != (v->status[i] == COMPETITOR_IN_GEOFENCE))
            return false;
    }
    return v->counts.competitors == v->n;
}

static int count_event(void *arg, const struct event *ev)
{
    (void)ev;
    return ++*(int *)arg >= 50;
}

struct replayed {
    int32_t committed_s;
    int views, wrong;
};

static int on_replayed(void *arg, struct view *v)
{
    struct replayed *p = arg;

    p->wrong += !is_right(v, p->committed_s);
    return ++p->views >= 5;
}

/* One competitor, events and a replay. */
static bool is_history_right(const struct reader *r, bool has_begun, int32_t committed_s)
{
    const struct store_ops *ops = r->store->ops;
    struct replayed p = {.committed_s = committed_s};
    struct splits_competitor one;
    struct err e = {0};
    int events = 0;

    if (ops->events(r->store, r->run_id, 3, 30, count_event, &events, &e) ||
        ops->replay(r->store, r->run_id, 2, 50, 3, on_replayed, &p, &e) || p.wrong)
        return false;
    if (!has_begun)
        return true;
    if (ops->competitor(r->store, r->run_id, 2, -1, &one, &e))
        return false;
    splits_competitor_release(&one);
    return true;
}

static void *read_all_the_time(void *arg)
{
    struct reader *r = arg;
    const struct store_ops *ops = r->store->ops;
    struct err e = {0};
    uint64_t version = 0;

    while (!atomic_load(r->stop)) {
        int32_t committed_s = atomic_load(r->committed_s);
        struct view *v = ops->view(r->store, r->run_id, &e);
        struct view *past = ops->view_at(r->store, r->run_id, 40, &e);

        if (!v || !past || !is_right(v, committed_s) || v->as_of_raw_s < committed_s ||
            v->version < version || !is_right(past, committed_s) || past->as_of_raw_s > 40 ||
            !is_history_right(r, v->as_of_raw_s >= 0, committed_s))
            atomic_fetch_add(r->wrong, 1);
        version = v ? v->version : 0;
        view_unref(v);
        view_unref(past);
        atomic_fetch_add(&r->views, 1);
    }
    return NULL;
}

static void readers_beside_the_writer(void **state)
{
    struct store *s = contract_open(factory);
    struct course *c = contract_course("loop", "The loop", 2, true);
    struct contract_race r;
    atomic_bool stop = false;
    atomic_int wrong = 0, committed_s = -1;
    struct reader reader[3];
    pthread_t thread[3];
    int32_t raw_s;
    size_t k;

    (void)state;
    contract_race_init(&r, c, CONTRACT_RUN, 50);
    contract_put_course(s, c);
    contract_put_race(s, &r.record);
    contract_commit(s);
    for (k = 0; k < 3; k++) {
        reader[k].store = s;
        reader[k].run_id = CONTRACT_RUN;
        reader[k].stop = &stop;
        reader[k].committed_s = &committed_s;
        reader[k].wrong = &wrong;
        atomic_init(&reader[k].views, 0);
        assert_int_equal(pthread_create(&thread[k], NULL, read_all_the_time, &reader[k]), 0);
    }
    for (k = 0; k < 3; k++) /* on a busy machine the writer is else done before they begin */
        while (atomic_load(&reader[k].views) == 0)
            (void)sched_yield();
    for (raw_s = 0; raw_s <= 200; raw_s++) {
        struct tick t = contract_race_tick(&r, raw_s);

        contract_put_tick(s, &t);
        if (raw_s % 3 == 0) /* somebody imports courses meanwhile */
            contract_put_course(s, c);
        contract_commit(s);
        atomic_store(&committed_s, raw_s);
    }
    atomic_store(&stop, true);
    for (k = 0; k < 3; k++) {
        assert_int_equal(pthread_join(thread[k], NULL), 0);
        assert_true(atomic_load(&reader[k].views) > 0);
    }
    assert_int_equal(atomic_load(&wrong), 0);
    contract_race_release(&r);
    course_unref(c);
    factory->close(s);
}

int contract_course_set_run(const struct store_factory *f)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(courses_and_their_revisions),
        cmocka_unit_test(a_race_keeps_its_revision),
        cmocka_unit_test(a_course_that_comes_back),
        cmocka_unit_test(a_course_that_comes_late),
        cmocka_unit_test(races_newest_first),
        cmocka_unit_test(a_race_without_events),
        cmocka_unit_test(rosters),
        cmocka_unit_test(readers_beside_the_writer),
    };

    factory = f;
    return cmocka_run_group_tests_name("course_set", tests, NULL, NULL);
}
