#include "store_contract.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void check(int rc, const struct err *e)
{
    if (rc)
        fail_msg("%s", e->text);
}

struct store *contract_open(const struct store_factory *f)
{
    struct err e = {0};
    struct store *s = f->empty(&e);

    check(!s, &e);
    return s;
}

void contract_put_course(struct store *s, struct course *c)
{
    struct err e = {0};

    check(s->ops->put_course(s, c, &e), &e);
}

void contract_put_race(struct store *s, const struct race_record *r)
{
    struct err e = {0};

    check(s->ops->put_race(s, r, &e), &e);
}

void contract_put_tick(struct store *s, const struct tick *t)
{
    struct err e = {0};

    check(s->ops->put_tick(s, t, &e), &e);
}

void contract_commit(struct store *s)
{
    struct err e = {0};

    check(s->ops->commit(s, &e), &e);
}

struct view *contract_view(struct store *s, const char *run_id)
{
    struct err e = {0};
    struct view *v = s->ops->view(s, run_id, &e);

    check(!v, &e);
    return v;
}

struct view *contract_view_at(struct store *s, const char *run_id, int32_t raw_s)
{
    struct err e = {0};
    struct view *v = s->ops->view_at(s, run_id, raw_s, &e);

    check(!v, &e);
    return v;
}

void contract_put_events(struct store *s, const struct event *ev, size_t n)
{
    struct err e = {0};

    check(s->ops->put_events(s, ev, n, &e), &e);
}

int store_contract_run(const struct store_factory *f)
{
    return contract_course_set_run(f) + contract_ticks_run(f) + contract_events_run(f) +
           contract_deleted_run(f);
}
