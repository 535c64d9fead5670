/* The pool for costly requests: a client's share, the queue, and clients that have gone. */
#include "http/workers.h"

#include "base/cancel.h"
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

struct fixture {
    atomic_uint woken, begun;
    struct services services;
    struct budget budget;
    struct workers *workers;
};

static struct fixture *now;

static void wake(void *arg, struct exchange *x)
{
    (void)x;
    atomic_fetch_add(&((struct fixture *)arg)->woken, 1);
}

static void pause_1ms(void)
{
    (void)nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

/* Work without end: only its client's going ends it. */
static int endless(struct exchange *x, struct err *e)
{
    (void)x;
    atomic_fetch_add(&now->begun, 1);
    while (!cancel_due())
        pause_1ms();
    return cancel_fail(e);
}

static const struct route route = {METHOD_POST, "", endless, ROUTE_POSTED | ROUTE_COSTLY, 0};

static void start(struct fixture *f, struct workers_limits limits)
{
    struct err e = {0};

    memset(f, 0, sizeof *f);
    now = f;
    budget_init(&f->budget, BUDGET_DEFAULT_BYTES);
    limits.what = "statements";
    f->services = (struct services){.wake = wake, .wake_arg = f, .budget = &f->budget};
    f->workers = workers_new(&limits, &e);
    assert_non_null(f->workers);
}

static void end(struct fixture *f)
{
    workers_free(f->workers);
    assert_int_equal(budget_used(&f->budget), 0);
    budget_release(&f->budget);
}

static struct exchange *ask(struct fixture *f, const char *client)
{
    struct exchange *x = exchange_new(&f->services);

    x->route = &route;
    x->request.method = METHOD_POST;
    assert_true(address_parse(client, strlen(client), &x->request.client));
    return x;
}

static void wait_for(atomic_uint *what, unsigned n)
{
    for (int i = 0; i < 10000 && atomic_load(what) < n; i++)
        pause_1ms();
    assert_int_equal(atomic_load(what), n);
}

/* Takes it and keeps the client's reference in `x`. */
static enum err_code take(struct fixture *f, struct exchange *x)
{
    struct err e = {0};

    return workers_take(f->workers, x, &e) ? e.code : ERR_NONE;
}

static void share_of_a_client(void **state)
{
    struct exchange *x[4], *other, *neighbour;
    struct fixture f;

    (void)state;
    start(&f, (struct workers_limits){.threads = 4, .queue = 8, .per_client = 3});
    for (int i = 0; i < 4; i++) {
        x[i] = ask(&f, "2001:db8::1");
        assert_int_equal(take(&f, x[i]), i < 3 ? ERR_NONE : ERR_TOO_MANY);
    }
    neighbour = ask(&f, "2001:db8::2"); /* one customer has all of a /64 */
    assert_int_equal(take(&f, neighbour), ERR_TOO_MANY);
    other = ask(&f, "192.0.2.1");
    assert_int_equal(take(&f, other), ERR_NONE);
    wait_for(&f.begun, 4);
    exchange_leave(x[0]);
    assert_int_equal(take(&f, x[3]), ERR_NONE); /* who has gone does not count any more */
    wait_for(&f.begun, 5);
    for (int i = 1; i < 4; i++)
        exchange_leave(x[i]);
    exchange_leave(other);
    exchange_unref(neighbour);
    end(&f);
}

static void queue(void **state)
{
    static const char *const client[] = {"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"};
    struct exchange *x[4];
    struct fixture f;

    (void)state;
    start(&f, (struct workers_limits){.threads = 1, .queue = 2, .per_client = 1});
    for (int i = 0; i < 4; i++) {
        x[i] = ask(&f, client[i]);
        assert_int_equal(take(&f, x[i]), i < 3 ? ERR_NONE : ERR_UNAVAILABLE);
        wait_for(&f.begun, 1);
    }
    exchange_leave(x[1]); /* its place in the queue is free at once, and it never begins */
    assert_int_equal(take(&f, x[3]), ERR_NONE);
    exchange_leave(x[0]);
    wait_for(&f.begun, 2);
    assert_int_equal(atomic_load(&f.woken), 1);
    exchange_leave(x[2]);
    wait_for(&f.begun, 3);
    exchange_leave(x[3]);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(share_of_a_client),
        cmocka_unit_test(queue),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
