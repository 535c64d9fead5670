/* Races fed by single events: other producers', in any order, and our own that come back through a
 * stream. */
#include "base/mem.h"
#include "board/board.h"
#include "contract_race.h"
#include "store_contract.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LAST_S 2000 /* after every finish */

static const struct store_factory *factory;

struct upsert_case {
    const char *what;
    struct {
        int32_t raw_s;
        double distance_m;
    } in[4];
    size_t n;
    int32_t raw_s; /* what is left */
    double distance_m;
};

static void latest_of_a_competitor(void **state)
{
    static const struct upsert_case cases[] = {
        {"in order", {{0, 0}, {1, 3}, {2, 6}}, 3, 2, 6},
        {"an older one does not replace a newer one", {{5, 15}, {3, 9}}, 2, 5, 15},
        {"equal: the later arrival wins", {{4, 12}, {4, 12.5}}, 2, 4, 12.5},
        {"even with a smaller distance", {{4, 12}, {4, 11}}, 2, 4, 11},
        {"a newer one may be further back", {{4, 12}, {6, 10}}, 2, 6, 10},
        {"the same one twice", {{7, 20}, {7, 20}}, 2, 7, 20},
    };
    size_t k, i;

    (void)state;
    for (k = 0; k < sizeof cases / sizeof *cases; k++) {
        const struct upsert_case *c = &cases[k];
        struct store *s = contract_open(factory);
        struct view *v;

        for (i = 0; i < c->n; i++) {
            struct event ev = contract_event(-9, c->in[i].raw_s, c->in[i].distance_m);

            contract_put_events(s, &ev, 1);
            if (i % 2)
                contract_commit(s);
        }
        contract_commit(s);
        v = contract_view(s, CONTRACT_RUN);
        if (v->n != 1 || v->raw_s[0] != c->raw_s || v->distance_m[0] != c->distance_m)
            fail_msg("%s: %d s, %f m", c->what, v->raw_s[0], v->distance_m[0]);
        assert_true(v->external);
        assert_int_equal(v->race.spec.start_s, CONTRACT_START);
        assert_int_equal(v->counts.competitors, 1);
        view_unref(v);
        factory->close(s);
    }
}

static void ids_may_be_any(void **state)
{
    static const int64_t ids[] = {INT64_MIN, -1, 0, 1, 4294967296, INT64_MAX};
    struct store *s = contract_open(factory);
    struct event ev[6];
    struct view *v;
    size_t k;

    (void)state;
    for (k = 0; k < 6; k++)
        ev[k] = contract_event(ids[k], 10, 30 + (double)k);
    contract_put_events(s, ev, 6);
    contract_commit(s);
    v = contract_view(s, CONTRACT_RUN);
    assert_int_equal(v->n, 6);
    for (k = 0; k < 6; k++) {
        uint32_t i = view_find(v, ids[k]);

        assert_true(i < 6);
        assert_int_equal(view_id(v, i), ids[k]);
        assert_true(v->distance_m[i] == 30 + (double)k);
    }
    assert_int_equal(view_find(v, 2), UINT32_MAX);
    view_unref(v);
    factory->close(s);
}

static void ranks_of_equals(void **state)
{
    /* distance falling, raw time rising, id rising; who is equal in the first two shares a rank */
    static const struct {
        int64_t id;
        int32_t raw_s;
        double distance_m;
        uint32_t rank;
    } rows[] = {
        {7, 60, 200, 1}, {3, 60, 180, 2}, {5, 60, 180, 2}, {1, 61, 180, 4}, {2, 60, 170.001, 5}};
    struct store *s = contract_open(factory);
    struct course *c = contract_course("loop", "The loop", 1, true);
    struct board b;
    struct view *v;
    uint32_t all[5], k;

    (void)state;
    contract_put_course(s, c);
    course_unref(c);
    for (k = 5; k; k--) {
        struct event ev = contract_event(rows[k - 1].id, rows[k - 1].raw_s, rows[k - 1].distance_m);

        contract_put_events(s, &ev, 1);
    }
    contract_commit(s);
    v = contract_view(s, CONTRACT_RUN);
    board_init(&b, v, 10);
    board_ranks(v, all);
    assert_int_equal(b.leaders.n, 5);
    for (k = 0; k < 5; k++) {
        uint32_t i = b.leaders.row[k].i;

        assert_int_equal(view_id(v, i), rows[k].id);
        assert_int_equal(b.leaders.row[k].rank, rows[k].rank);
        assert_int_equal(all[i], rows[k].rank);
        assert_int_equal(board_rank(v, i), rows[k].rank);
        assert_int_equal(b.front.row[k].i, i);
        assert_int_equal(b.back.row[4 - k].i, i);
        assert_int_equal(b.back.row[4 - k].rank, rows[k].rank);
    }
    board_release(&b);
    view_unref(v);
    factory->close(s);
}

/* A stream as bad as streams get: events late, some twice, some told anew. */
struct stream {
    struct event *ev;
    size_t n;
    uint64_t random;
};

static uint32_t draw(struct stream *st, uint32_t below)
{
    st->random = st->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(st->random >> 33) % below;
}

static void stream_init(struct stream *st, struct contract_race *r, int64_t first_id)
{
    struct event_writer w = {.start_s = CONTRACT_START, .line = r->course->line};
    int32_t raw_s, last_s = sim_last_raw(r->sim);
    size_t cap = (size_t)r->n * ((size_t)last_s + 1) * 2, k;
    uint32_t i;

    *st = (struct stream){.ev = mem_alloc(cap * sizeof *st->ev), .random = 7};
    memcpy(w.run_id, CONTRACT_RUN, sizeof CONTRACT_RUN);
    memcpy(w.course, "loop", 5);
    for (raw_s = 0; raw_s <= last_s; raw_s++) {
        struct tick t = contract_race_tick(r, raw_s);

        for (i = 0; i < r->n; i++) {
            struct event *ev = &st->ev[st->n];

            if (raw_s > t.finish_raw_s[i])
                continue;
            event_make(&w, first_id + 1000 * (int64_t)i, raw_s, t.dist_mm[i], ev);
            st->n++;
            if (!draw(st, 20)) {
                st->ev[st->n] = *ev; /* again, from somewhere else */
                if (draw(st, 2))
                    event_make(&w, ev->competitor_id, raw_s, draw(st, r->course->length_mm),
                        &st->ev[st->n]);
                st->n++;
            }
        }
    }
    for (k = 0; k + 1 < st->n; k++) {
        size_t other = k + draw(st, 3 * r->n);
        struct event ev = st->ev[k];

        if (draw(st, 4) || other >= st->n)
            continue;
        st->ev[k] = st->ev[other];
        st->ev[other] = ev;
    }
}

/* Of each second the last arrival, by competitor, oldest first: what a board is made of. */
static const struct event *last_arrival(const struct stream *st, int64_t id, int32_t raw_s)
{
    const struct event *found = NULL;
    size_t k;

    for (k = 0; k < st->n; k++)
        if (st->ev[k].competitor_id == id && st->ev[k].raw_s == raw_s)
            found = &st->ev[k];
    return found;
}

static struct lonlat place_of(const struct event *ev)
{
    struct lonlat at = {0, 0};

    assert_true(lonlat_from_deg(ev->lon_deg, ev->lat_deg, &at));
    return at;
}

static void account_external(struct account *a, const struct course *c, const struct event *ev)
{
    struct lonlat at = place_of(ev), end = line_at(c->line, c->length_mm);
    bool finish = a->finish_s < 0 && ev->distance_m >= 0.99 * c->length_mm / 1000 &&
                  lonlat_distance_m(at, end) <= 30;
    bool inside = a->finish_s < 0 && !finish && fence_contains(c->fence, at);

    if (finish)
        a->finish_s = ev->raw_s;
    if (inside && a->entered_s < 0) {
        a->entered_s = a->raw_s + 1;
    } else if (!inside && a->entered_s >= 0) {
        a->dwell_s += ev->raw_s - a->entered_s;
        a->entered_s = -1;
    }
    a->raw_s = ev->raw_s;
    a->dist_mm = (uint32_t)(ev->distance_m * 1000 + 0.5);
}

static void check_stream(
    const struct stream *st, const struct course *c, const struct view *v, int32_t to_s)
{
    uint32_t i;

    for (i = 0; i < v->n; i++) {
        struct account a;
        int32_t raw_s;

        account_init(&a);
        for (raw_s = 0; raw_s <= to_s; raw_s++) {
            const struct event *ev = last_arrival(st, view_id(v, i), raw_s);

            if (ev)
                account_external(&a, c, ev);
        }
        account_check(&a, v, i);
    }
}

/* `when`: before which event the course comes. */
static struct store *put_stream(const struct stream *st, struct course *c, size_t when)
{
    struct store *s = contract_open(factory);
    size_t k, step = 97;

    for (k = 0; k < st->n; k += step) {
        if (k <= when && when < k + step)
            contract_put_course(s, c);
        contract_put_events(s, st->ev + k, st->n - k < step ? st->n - k : step);
        if (k / step % 3)
            contract_commit(s);
    }
    contract_commit(s);
    return s;
}

static void late_double_and_told_anew(void **state)
{
    struct course *c = contract_course("loop", "The loop", 1, true);
    struct contract_race r;
    struct stream st;
    size_t when[3];
    size_t k;

    (void)state;
    contract_race_init(&r, c, CONTRACT_RUN, 5);
    stream_init(&st, &r, -2000);
    when[0] = 0;
    when[1] = st.n / 2;
    when[2] = st.n - 1;
    for (k = 0; k < 3; k++) {
        struct store *s = put_stream(&st, c, when[k]);
        struct err e = {0};
        struct view *v = contract_view(s, CONTRACT_RUN), *past;
        int32_t at_s;

        assert_int_equal(v->n, 5);
        assert_non_null(v->course);
        check_stream(&st, c, v, LAST_S);
        for (at_s = 0; at_s < 500; at_s += 61) {
            past = contract_view_at(s, CONTRACT_RUN, at_s);
            check_stream(&st, c, past, at_s);
            view_unref(past);
        }
        if (factory->again) {
            s = factory->again(s, &e);
            past = contract_view(s, CONTRACT_RUN);
            check_stream(&st, c, past, LAST_S);
            assert_memory_equal(v->id, past->id, v->n * sizeof *v->id);
            view_unref(past);
        }
        view_unref(v);
        factory->close(s);
    }
    free(st.ev);
    contract_race_release(&r);
    course_unref(c);
}

struct heard {
    const struct stream *stream;
    struct event last;
    size_t n;
};

static int on_event(void *arg, const struct event *ev)
{
    struct heard *h = arg;
    const struct event *want = last_arrival(h->stream, ev->competitor_id, ev->raw_s);

    assert_non_null(want);
    assert_string_equal(ev->run_id, want->run_id);
    assert_string_equal(ev->event_id, want->event_id);
    assert_int_equal(ev->timestamp_s, want->timestamp_s);
    assert_true(ev->lat_deg == want->lat_deg && ev->lon_deg == want->lon_deg);
    assert_true(ev->distance_m == want->distance_m);
    assert_string_equal(ev->course, want->course);
    if (h->n)
        assert_true(h->last.raw_s < ev->raw_s ||
                    (h->last.raw_s == ev->raw_s && h->last.competitor_id < ev->competitor_id));
    h->last = *ev;
    h->n++;
    return 0;
}

static void all_nine_fields_come_back(void **state)
{
    struct course *c = contract_course("loop", "The loop", 1, true);
    struct contract_race r;
    struct stream st;
    struct store *s;
    struct heard h = {0};
    struct err e = {0};
    size_t all = 0;
    uint32_t i;

    (void)state;
    contract_race_init(&r, c, CONTRACT_RUN, 4);
    stream_init(&st, &r, INT64_C(9000000000));
    for (i = 0; i < st.n; i += 5) { /* ids and courses of all kinds */
        (void)snprintf(st.ev[i].event_id, sizeof st.ev[i].event_id, "other-%u", i);
        (void)snprintf(st.ev[i].course, sizeof st.ev[i].course, "course-%u", i % 3);
    }
    memcpy(st.ev[0].course, "loop", 5);
    for (i = 0; i < r.n; i++)
        all += (size_t)sim_finish_raw(r.sim)[i] + 1;
    s = put_stream(&st, c, 0);
    h.stream = &st;
    assert_int_equal(s->ops->events(s, CONTRACT_RUN, 0, INT32_MAX, on_event, &h, &e), 0);
    assert_int_equal(h.n, all);
    factory->close(s);
    free(st.ev);
    contract_race_release(&r);
    course_unref(c);
}

/* Our own race through a stream is the same race. */
static void own_race_as_events_is_the_same(void **state)
{
    struct course *c = contract_course("loop", "The loop", 2, true);
    struct store *s = contract_open(factory);
    struct contract_race r;
    struct event_writer w = {.start_s = CONTRACT_START};
    struct event ev[20];
    struct view *a, *b;
    int32_t raw_s;
    uint32_t i;
    size_t n;

    (void)state;
    contract_race_init(&r, c, CONTRACT_RUN, 20);
    w.line = c->line;
    memcpy(w.run_id, CONTRACT_RUN, sizeof CONTRACT_RUN);
    memcpy(w.course, "loop", 5);
    contract_put_course(s, c);
    contract_put_race(s, &r.record);
    memcpy(r.record.spec.run_id, "by-events", 10);
    contract_put_race(s, &r.record);
    memcpy(w.run_id, "by-events", 10);
    for (raw_s = 0; raw_s <= sim_last_raw(r.sim); raw_s++) {
        struct race_record by_ticks = r.record;
        struct tick t = contract_race_tick(&r, raw_s);

        memcpy(by_ticks.spec.run_id, CONTRACT_RUN, sizeof CONTRACT_RUN);
        t.race = &by_ticks;
        contract_put_tick(s, &t);
        for (i = 0, n = 0; i < r.n; i++)
            if (raw_s <= t.finish_raw_s[i])
                event_make(&w, (int64_t)i + 1, raw_s, t.dist_mm[i], &ev[n++]);
        contract_put_events(s, ev, n);
        contract_commit(s);
        a = contract_view(s, CONTRACT_RUN);
        b = contract_view(s, "by-events");
        views_check_same(a, b);
        view_unref(a);
        view_unref(b);
    }
    for (raw_s = 0; raw_s <= sim_last_raw(r.sim); raw_s += 101) {
        a = contract_view_at(s, CONTRACT_RUN, raw_s);
        b = contract_view_at(s, "by-events", raw_s);
        views_check_same(a, b);
        view_unref(a);
        view_unref(b);
    }
    contract_race_release(&r);
    course_unref(c);
    factory->close(s);
}

static int count_event(void *arg, const struct event *ev)
{
    struct heard *h = arg;

    if (h->n)
        assert_true(h->last.raw_s < ev->raw_s ||
                    (h->last.raw_s == ev->raw_s && h->last.competitor_id < ev->competitor_id));
    h->last = *ev;
    h->n++;
    return 0;
}

static void put_by_turns(struct store *s, struct contract_race *r, int32_t raw_s)
{
    struct event_writer w = {.start_s = CONTRACT_START, .line = r->course->line};
    struct tick t = contract_race_tick(r, raw_s);
    struct event ev[20];
    uint32_t i;
    size_t n = 0;

    memcpy(w.run_id, r->record.spec.run_id, sizeof w.run_id);
    memcpy(w.course, "loop", 5);
    if (raw_s / 150 % 2) {
        for (i = 0; i < r->n; i++)
            if (raw_s <= t.finish_raw_s[i])
                event_make(&w, (int64_t)i + 1, raw_s, t.dist_mm[i], &ev[n++]);
        contract_put_events(s, ev, n);
    } else {
        contract_put_tick(s, &t);
    }
    contract_commit(s);
}

/* A set-up may change between two starts: the race is one all the same. */
static void by_ticks_and_by_events_in_turn(void **state)
{
    struct course *c = contract_course("loop", "The loop", 2, true);
    struct store *s = contract_open(factory);
    struct contract_race r;
    struct heard heard = {0};
    struct err e = {0};
    struct view *v;
    int32_t raw_s, last_s;
    size_t all = 0;
    uint32_t i;

    (void)state;
    contract_race_init(&r, c, CONTRACT_RUN, 20);
    last_s = sim_last_raw(r.sim);
    contract_put_course(s, c);
    contract_put_race(s, &r.record);
    for (raw_s = 0; raw_s <= last_s; raw_s++) {
        put_by_turns(s, &r, raw_s);
        if (factory->again && raw_s % 400 == 222)
            s = factory->again(s, &e);
    }
    for (i = 0; i < r.n; i++)
        all += (size_t)sim_finish_raw(r.sim)[i] + 1;
    assert_int_equal(s->ops->events(s, CONTRACT_RUN, 0, INT32_MAX, count_event, &heard, &e), 0);
    assert_int_equal(heard.n, all);
    for (raw_s = 0; raw_s <= last_s; raw_s += 37) {
        struct tick t = contract_race_tick(&r, raw_s);

        v = contract_view_at(s, CONTRACT_RUN, raw_s);
        assert_int_equal(v->as_of_raw_s, raw_s);
        assert_memory_equal(v->dist_mm, t.dist_mm, r.n * sizeof *t.dist_mm);
        view_unref(v);
    }
    v = contract_view(s, CONTRACT_RUN);
    for (i = 0; i < r.n; i++) {
        struct account a;

        account_init(&a);
        for (raw_s = 0; raw_s <= sim_finish_raw(r.sim)[i]; raw_s++) {
            sim_tick(r.sim, raw_s, r.dist_mm);
            account_event(&a, c, raw_s, r.dist_mm[i], true);
        }
        account_check(&a, v, i);
    }
    view_unref(v);
    contract_race_release(&r);
    course_unref(c);
    factory->close(s);
}

static void strangers_on_an_unknown_course(void **state)
{
    struct store *s = contract_open(factory);
    struct event ev = contract_event(1, 500, 1700);
    struct buf json = BUF_INIT;
    struct course *c;
    struct board b;
    struct view *v;

    (void)state;
    contract_put_events(s, &ev, 1);
    contract_commit(s);
    v = contract_view(s, CONTRACT_RUN);
    assert_null(v->course);
    assert_int_equal(v->status[0], COMPETITOR_ON_COURSE);
    board_init(&b, v, 10);
    board_json(&b, &json);
    assert_non_null(strstr(json.data, "\"distance\":1700.000,\"toGo\":null,\"pacePerKm\":294.1,"));
    board_release(&b);
    buf_release(&json);
    view_unref(v);
    c = contract_course("loop", "The loop", 1, true);
    ev = contract_event(2, 400, 150); /* in the band: 0.00216 degrees east */
    contract_put_events(s, &ev, 1);
    contract_put_course(s, c);
    contract_commit(s);
    v = contract_view(s, CONTRACT_RUN);
    assert_non_null(v->course);
    assert_string_equal(v->race.spec.revision, c->revision);
    assert_int_equal(v->counts.in_geofence, 1);
    assert_int_equal(v->status[view_find(v, 2)], COMPETITOR_IN_GEOFENCE);
    view_unref(v);
    course_unref(c);
    factory->close(s);
}

int contract_events_run(const struct store_factory *f)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(latest_of_a_competitor),
        cmocka_unit_test(ids_may_be_any),
        cmocka_unit_test(ranks_of_equals),
        cmocka_unit_test(late_double_and_told_anew),
        cmocka_unit_test(all_nine_fields_come_back),
        cmocka_unit_test(own_race_as_events_is_the_same),
        cmocka_unit_test(by_ticks_and_by_events_in_turn),
        cmocka_unit_test(strangers_on_an_unknown_course),
    };

    factory = f;
    return cmocka_run_group_tests_name("events", tests, NULL, NULL);
}
