/* Races that are deleted, here or by another server: nothing brings them back. */
#include "contract_race.h"
#include "store_contract.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct store_factory *factory;

static void is_not_there(struct store *s)
{
    struct race_record *list;
    struct err e = {0};
    size_t n;

    assert_null(s->ops->view(s, CONTRACT_RUN, &e));
    assert_int_equal(e.code, ERR_NOT_FOUND);
    assert_int_equal(s->ops->races(s, &list, &n, &e), 0);
    assert_int_equal(n, 0);
    free(list);
}

/* Under the same name: nothing of the old one. */
static void make_again(struct store *s, struct contract_race *r)
{
    struct view *v;

    r->record.state = RACE_RUNNING;
    contract_put_race(s, &r->record);
    contract_commit(s);
    assert_false(s->ops->deleted(s, CONTRACT_RUN));
    v = contract_view(s, CONTRACT_RUN);
    assert_int_equal(v->as_of_raw_s, -1);
    view_unref(v);
    v = contract_view_at(s, CONTRACT_RUN, 100);
    assert_int_equal(v->as_of_raw_s, -1);
    view_unref(v);
}

static void a_deleted_race_stays_away(void **state)
{
    struct course *c = contract_course("loop", "The loop", 1, true);
    struct store *s = contract_open(factory);
    struct contract_race r;
    struct err e = {0};
    struct event ev = contract_event(1, 5, 15);
    struct tick t;

    (void)state;
    contract_race_init(&r, c, CONTRACT_RUN, 3);
    contract_put_course(s, c);
    contract_put_race(s, &r.record);
    t = contract_race_tick(&r, 0);
    contract_put_tick(s, &t);
    contract_commit(s);
    r.record.state = RACE_DELETED;
    contract_put_race(s, &r.record);
    contract_commit(s);
    contract_put_events(s, &ev, 1); /* its last words are still on their way */
    contract_commit(s);
    is_not_there(s);
    if (factory->again)
        s = factory->again(s, &e);
    contract_put_events(s, &ev, 1);
    contract_commit(s);
    assert_null(s->ops->view(s, CONTRACT_RUN, &e));
    assert_true(s->ops->deleted(s, CONTRACT_RUN));
    if (!factory->forgets_nothing)
        make_again(s, &r);
    contract_race_release(&r);
    course_unref(c);
    factory->close(s);
}

/* Another server's word may come before anything of the race has. */
static void a_race_that_nobody_knew_is_deleted(void **state)
{
    struct course *c = contract_course("loop", "The loop", 1, true);
    struct store *s = contract_open(factory);
    struct contract_race r;
    struct err e = {0};
    struct event ev = contract_event(1, 5, 15);

    (void)state;
    contract_race_init(&r, c, CONTRACT_RUN, 3);
    assert_false(s->ops->deleted(s, CONTRACT_RUN));
    r.record.state = RACE_DELETED;
    contract_put_race(s, &r.record);
    contract_commit(s);
    if (factory->again)
        s = factory->again(s, &e);
    contract_put_events(s, &ev, 1);
    contract_commit(s);
    is_not_there(s);
    assert_true(s->ops->deleted(s, CONTRACT_RUN));
    contract_race_release(&r);
    course_unref(c);
    factory->close(s);
}

int contract_deleted_run(const struct store_factory *f)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deleted_race_stays_away),
        cmocka_unit_test(a_race_that_nobody_knew_is_deleted),
    };

    factory = f;
    return cmocka_run_group_tests_name("deleted", tests, NULL, NULL);
}
