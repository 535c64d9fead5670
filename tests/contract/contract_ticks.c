/* Races fed by whole ticks: what went in comes out, live, of the past, replayed and after opening
 * the store again. */
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

static const struct store_factory *factory;

/* A whole race: the live view of every second is kept, and held against the account. */
struct whole {
    struct store *store;
    struct contract_race race;
    struct account *account; /* n, at the end */
    struct view **live;      /* last_s + 1 */
    int32_t last_s;
};

static void account_tick(struct whole *w, const struct tick *t, bool exact)
{
    uint32_t i;

    for (i = 0; i < t->n; i++)
        if (t->raw_s <= t->finish_raw_s[i])
            account_event(&w->account[i], t->course, t->raw_s, t->dist_mm[i], exact);
}

static void check_counts(const struct view *v)
{
    uint32_t i, in = 0, finished = 0;

    for (i = 0; i < v->n; i++) {
        in += v->status[i] == COMPETITOR_IN_GEOFENCE;
        finished += v->status[i] == COMPETITOR_FINISHED;
    }
    assert_int_equal(v->counts.competitors, v->n);
    assert_int_equal(v->counts.in_geofence, in);
    assert_int_equal(v->counts.finished, finished);
    assert_int_equal(v->counts.on_course, v->n - finished);
}

static void run_second(struct whole *w, int32_t raw_s, bool exact)
{
    struct tick t = contract_race_tick(&w->race, raw_s);
    struct view *v;
    uint32_t i;

    account_tick(w, &t, exact);
    contract_put_tick(w->store, &t);
    contract_commit(w->store);
    v = contract_view(w->store, w->race.record.spec.run_id);
    assert_int_equal(v->as_of_raw_s, raw_s);
    assert_int_equal(v->due_ms, race_due_ms(&w->race.record.anchor, raw_s));
    for (i = 0; i < v->n; i++)
        account_check(&w->account[i], v, i);
    check_counts(v);
    if (raw_s)
        assert_true(v->version > w->live[raw_s - 1]->version);
    w->live[raw_s] = v;
}

static void whole_init(struct whole *w, uint32_t n)
{
    struct course *c = contract_course("loop", "The loop", 2, true);
    int32_t raw_s;
    uint32_t i;

    *w = (struct whole){.store = contract_open(factory)};
    contract_race_init(&w->race, c, CONTRACT_RUN, n);
    contract_put_course(w->store, c);
    contract_put_race(w->store, &w->race.record);
    course_unref(c);
    w->last_s = sim_last_raw(w->race.sim);
    w->account = mem_zalloc(n, sizeof *w->account);
    w->live = mem_zalloc((size_t)w->last_s + 1, sizeof(struct view *));
    for (i = 0; i < n; i++)
        account_init(&w->account[i]);
    for (raw_s = 0; raw_s <= w->last_s; raw_s++)
        run_second(w, raw_s, true);
}

static void whole_release(struct whole *w)
{
    int32_t raw_s;

    for (raw_s = 0; raw_s <= w->last_s; raw_s++)
        view_unref(w->live[raw_s]);
    free(w->live);
    free(w->account);
    contract_race_release(&w->race);
    factory->close(w->store);
}

struct replayed {
    const struct whole *whole;
    int32_t next_s, step_s;
};

static int on_replayed(void *arg, struct view *v)
{
    struct replayed *r = arg;

    views_check_same(v, r->whole->live[r->next_s]);
    r->next_s += r->step_s;
    return 0;
}

static void check_past(struct whole *w)
{
    struct replayed every = {w, 0, 1}, some = {w, 77, 13};
    struct err e = {0};
    int32_t raw_s;

    for (raw_s = 0; raw_s <= w->last_s; raw_s += 7) {
        struct view *v = contract_view_at(w->store, CONTRACT_RUN, raw_s);

        views_check_same(v, w->live[raw_s]);
        view_unref(v);
    }
    assert_int_equal(
        w->store->ops->replay(w->store, CONTRACT_RUN, 0, INT32_MAX, 1, on_replayed, &every, &e), 0);
    assert_int_equal(every.next_s, w->last_s + 1);
    assert_int_equal(
        w->store->ops->replay(w->store, CONTRACT_RUN, 77, 400, 13, on_replayed, &some, &e), 0);
    assert_int_equal(some.next_s, 77 + 13 * ((400 - 77) / 13 + 1));
}

static void check_board_same(struct view *a, struct view *b)
{
    struct board x, y;
    struct buf text_x = BUF_INIT, text_y = BUF_INIT;

    board_init(&x, a, 50);
    board_init(&y, b, 50);
    board_json(&x, &text_x);
    board_json(&y, &text_y);
    assert_string_equal(text_x.data, text_y.data);
    buf_release(&text_x);
    buf_release(&text_y);
    board_release(&x);
    board_release(&y);
}

static void check_ends(struct whole *w)
{
    struct view *v = contract_view_at(w->store, CONTRACT_RUN, -1);

    assert_int_equal(v->as_of_raw_s, -1);
    assert_int_equal(v->counts.finished, 0);
    assert_int_equal(v->status[0], COMPETITOR_NOT_SEEN);
    view_unref(v);
    v = contract_view_at(w->store, CONTRACT_RUN, w->last_s + 1000);
    views_check_same(v, w->live[w->last_s]);
    view_unref(v);
}

static void every_second_live_past_and_again(void **state)
{
    struct whole w;
    struct err e = {0};
    struct view *v;

    (void)state;
    whole_init(&w, 120);
    check_past(&w);
    check_ends(&w);
    if (factory->again) {
        w.store = factory->again(w.store, &e);
        assert_non_null(w.store);
        v = contract_view(w.store, CONTRACT_RUN);
        views_check_same(v, w.live[w.last_s]);
        check_board_same(v, w.live[w.last_s]);
        view_unref(v);
        check_past(&w);
    }
    whole_release(&w);
}

static int32_t split_of(const struct whole *w, uint32_t i, uint32_t km)
{
    int32_t raw_s;

    for (raw_s = 0; raw_s <= w->last_s; raw_s++)
        if (w->live[raw_s]->dist_mm[i] >= km * 1000000)
            return raw_s;
    return -1;
}

static void check_competitor(
    const struct whole *w, const struct splits_competitor *c, const struct account *a, uint32_t i)
{
    struct event_writer writer = {.start_s = CONTRACT_START, .line = w->race.course->line};
    struct event ev;
    uint32_t k;

    memcpy(writer.run_id, CONTRACT_RUN, sizeof CONTRACT_RUN);
    memcpy(writer.course, w->race.course->short_name, sizeof writer.course);
    event_make(&writer, (int64_t)i + 1, a->raw_s, a->dist_mm, &ev);
    assert_string_equal(c->latest.event_id, ev.event_id);
    assert_string_equal(c->latest.course, ev.course);
    assert_int_equal(c->latest.timestamp_s, CONTRACT_START + a->raw_s);
    assert_true(c->latest.lat_deg == ev.lat_deg && c->latest.lon_deg == ev.lon_deg);
    assert_int_equal(c->finish_s, a->finish_s);
    assert_int_equal(c->visits_n, a->visits_n);
    for (k = 0; k < c->visits_n; k++) {
        assert_int_equal(c->visit[k].entered_s, a->visit[k].entered_s);
        assert_int_equal(c->visit[k].left_s, a->visit[k].left_s);
    }
    assert_int_equal(c->splits_n, a->dist_mm / 1000000);
    assert_true(c->track_n > 0);
    assert_int_equal(c->track[c->track_n - 1].raw_s, a->raw_s);
    assert_int_equal(c->track[c->track_n - 1].dist_mm, a->dist_mm);
    for (k = 1; k < c->track_n; k++)
        assert_int_equal(c->track[k].raw_s, c->track[k - 1].raw_s + 1);
    for (k = 0; k < c->splits_n; k++)
        assert_int_equal(c->split_s[k], split_of(w, i, k + 1));
}

static void competitors_visits_splits_and_ranks(void **state)
{
    struct whole w;
    struct splits_competitor c;
    struct err e = {0};
    uint32_t *rank, i;

    (void)state;
    whole_init(&w, 40);
    rank = mem_alloc(w.race.n * sizeof *rank);
    board_ranks(w.live[w.last_s], rank);
    for (i = 0; i < w.race.n; i++) {
        assert_int_equal(w.store->ops->competitor(w.store, CONTRACT_RUN, i + 1, -1, &c, &e), 0);
        assert_int_equal(w.account[i].visits_n, 4); /* twice a lap */
        check_competitor(&w, &c, &w.account[i], i);
        assert_int_equal(c.rank, rank[i]);
        assert_int_equal(c.dwell_total_s, w.account[i].dwell_s);
        splits_competitor_release(&c);
    }
    assert_int_equal(w.store->ops->competitor(w.store, CONTRACT_RUN, 7, 300, &c, &e), 0);
    assert_int_equal(c.latest.raw_s, 300);
    assert_int_equal(c.rank, board_rank(w.live[300], 6));
    assert_int_equal(c.dwell_total_s, view_dwell_total(w.live[300], 6));
    splits_competitor_release(&c);
    assert_int_equal(w.store->ops->competitor(w.store, CONTRACT_RUN, 41, -1, &c, &e), -1);
    assert_int_equal(e.code, ERR_NOT_FOUND);
    free(rank);
    whole_release(&w);
}

struct heard {
    const struct whole *whole;
    struct event_writer writer;
    int32_t raw_s;
    uint32_t i;
    uint64_t n, limit;
};

static int on_event(void *arg, const struct event *ev)
{
    struct heard *h = arg;
    const struct whole *w = h->whole;
    struct event want;

    /* On to the next that has an event at this second. */
    while (h->i == w->race.n || h->raw_s > w->account[h->i].raw_s) {
        h->i = h->i == w->race.n ? 0 : h->i + 1;
        h->raw_s += h->i == 0;
    }
    event_make(&h->writer, (int64_t)h->i + 1, h->raw_s, w->live[h->raw_s]->dist_mm[h->i], &want);
    assert_string_equal(ev->run_id, want.run_id);
    assert_string_equal(ev->event_id, want.event_id);
    assert_int_equal(ev->competitor_id, want.competitor_id);
    assert_int_equal(ev->raw_s, want.raw_s);
    assert_int_equal(ev->timestamp_s, want.timestamp_s);
    assert_true(ev->lat_deg == want.lat_deg && ev->lon_deg == want.lon_deg);
    assert_true(ev->distance_m == want.distance_m);
    h->i++;
    return ++h->n == h->limit;
}

static void every_event_once_in_order(void **state)
{
    struct whole w;
    struct heard h, few;
    struct err e = {0};
    uint64_t all = 0;
    uint32_t i;

    (void)state;
    whole_init(&w, 25);
    h = (struct heard){
        .whole = &w, .writer = {.start_s = CONTRACT_START, .line = w.race.course->line}};
    memcpy(h.writer.run_id, CONTRACT_RUN, sizeof CONTRACT_RUN);
    memcpy(h.writer.course, w.race.course->short_name, sizeof h.writer.course);
    few = h;
    few.raw_s = 100;
    few.limit = 30;
    for (i = 0; i < w.race.n; i++)
        all += (uint64_t)w.account[i].raw_s + 1;
    assert_int_equal(
        w.store->ops->events(w.store, CONTRACT_RUN, 0, INT32_MAX, on_event, &h, &e), 0);
    assert_int_equal(h.n, all);
    assert_int_equal(w.store->ops->events(w.store, CONTRACT_RUN, 100, 200, on_event, &few, &e), 0);
    assert_int_equal(few.n, 30);
    whole_release(&w);
}

/* Ten thousand: finish and time in the geofence as the simulator itself knows them. */
static void ten_thousand_against_the_truth(void **state)
{
    struct course *c = contract_short_course("side");
    struct store *s = contract_open(factory);
    struct contract_race r;
    struct account *account;
    struct sim_truth truth;
    struct view *v;
    int32_t raw_s;
    uint32_t i;

    (void)state;
    contract_race_init_quick(&r, c, CONTRACT_RUN, 10000);
    account = mem_zalloc(r.n, sizeof *account);
    for (i = 0; i < r.n; i++)
        account_init(&account[i]);
    contract_put_course(s, c);
    contract_put_race(s, &r.record);
    for (raw_s = 0; raw_s <= sim_last_raw(r.sim); raw_s++) {
        struct tick t = contract_race_tick(&r, raw_s);

        for (i = 0; i < r.n; i++)
            if (raw_s <= t.finish_raw_s[i])
                account_event(&account[i], c, raw_s, t.dist_mm[i], false);
        contract_put_tick(s, &t);
        if (raw_s % 10 == 0)
            contract_commit(s);
    }
    contract_commit(s);
    v = contract_view(s, CONTRACT_RUN);
    assert_int_equal(v->counts.finished, r.n);
    for (i = 0; i < r.n; i++) {
        sim_truth(r.sim, i, &truth);
        assert_int_equal(v->finish_s[i], truth.finish_raw_s);
        account_check(&account[i], v, i);
        if (truth.stop_mm != UINT32_MAX)
            assert_true(view_dwell_total(v, i) >= (int32_t)truth.stop_s);
    }
    view_unref(v);
    free(account);
    contract_race_release(&r);
    factory->close(s);
    course_unref(c);
}

static void finishers_rank_by_time(void **state)
{
    struct whole w;
    struct board b;
    uint32_t k;

    (void)state;
    whole_init(&w, 60);
    board_init(&b, w.live[w.last_s], 60);
    assert_int_equal(b.leaders.n, 60);
    assert_int_equal(b.front.n, 0);
    for (k = 1; k < b.leaders.n; k++) {
        const struct account *x = &w.account[b.leaders.row[k - 1].i];
        const struct account *y = &w.account[b.leaders.row[k].i];

        assert_true(x->finish_s <= y->finish_s);
        assert_int_equal(
            b.leaders.row[k].rank, x->finish_s == y->finish_s ? b.leaders.row[k - 1].rank : k + 1);
    }
    for (k = 1; k < b.just_finished.n; k++)
        assert_true(w.account[b.just_finished.row[k - 1].i].finish_s >=
                    w.account[b.just_finished.row[k].i].finish_s);
    board_release(&b);
    whole_release(&w);
}

static void nothing_before_commit_and_no_tick_twice(void **state)
{
    struct course *c = contract_course("loop", "The loop", 1, true);
    struct store *s = contract_open(factory);
    struct contract_race r;
    struct race_record record;
    struct err e = {0};
    struct tick t;
    struct view *v, *after;

    (void)state;
    contract_race_init(&r, c, CONTRACT_RUN, 10);
    contract_put_course(s, c);
    contract_put_race(s, &r.record);
    assert_int_equal(s->ops->race(s, CONTRACT_RUN, &record, &e), -1);
    assert_int_equal(e.code, ERR_NOT_FOUND);
    contract_commit(s);
    t = contract_race_tick(&r, 0);
    contract_put_tick(s, &t);
    v = contract_view(s, CONTRACT_RUN);
    assert_int_equal(v->as_of_raw_s, -1);
    view_unref(v);
    t = contract_race_tick(&r, 1);
    contract_put_tick(s, &t);
    contract_commit(s);
    v = contract_view(s, CONTRACT_RUN);
    assert_int_equal(v->as_of_raw_s, 1);
    memset(r.dist_mm, 0xff, r.n * sizeof *r.dist_mm); /* another story about the same second */
    contract_put_tick(s, &t);
    contract_commit(s);
    after = contract_view(s, CONTRACT_RUN);
    views_check_same(v, after);
    view_unref(after);
    after = contract_view_at(s, CONTRACT_RUN, 1);
    views_check_same(v, after);
    view_unref(after);
    view_unref(v);
    contract_race_release(&r);
    factory->close(s);
    course_unref(c);
}

int contract_ticks_run(const struct store_factory *f)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_second_live_past_and_again),
        cmocka_unit_test(competitors_visits_splits_and_ranks),
        cmocka_unit_test(every_event_once_in_order),
        cmocka_unit_test(ten_thousand_against_the_truth),
        cmocka_unit_test(finishers_rank_by_time),
        cmocka_unit_test(nothing_before_commit_and_no_tick_twice),
    };

    factory = f;
    return cmocka_run_group_tests_name("ticks", tests, NULL, NULL);
}
