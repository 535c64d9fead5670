/* Workers and the pipe between them and a reader: nothing is lost, nobody waits for who has gone.
 */
#include "http/workers.h"

#include "base/mem.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

/* Where woken exchanges are counted. */
struct woken {
    pthread_mutex_t lock;
    pthread_cond_t more;
    unsigned n;
};

static void wake(void *arg, struct exchange *x)
{
    struct woken *w = arg;

    (void)x;
    (void)pthread_mutex_lock(&w->lock);
    w->n++;
    (void)pthread_cond_signal(&w->more);
    (void)pthread_mutex_unlock(&w->lock);
}

static void wait_for(struct woken *w, unsigned n)
{
    (void)pthread_mutex_lock(&w->lock);
    while (w->n < n)
        (void)pthread_cond_wait(&w->more, &w->lock);
    (void)pthread_mutex_unlock(&w->lock);
}

static int short_work(struct exchange *x, struct err *e)
{
    (void)e;
    return exchange_write(x, "done", 4);
}

static int failing(struct exchange *x, struct err *e)
{
    (void)exchange_write(x, "half of an ans", 14);
    return err_set_field(e, "limit", "It \"failed\".");
}

#define LONG_BYTES (3u << 20)

static int long_work(struct exchange *x, struct err *e)
{
    (void)e;
    for (uint32_t i = 0; i < LONG_BYTES / sizeof i; i++)
        if (exchange_write(x, &i, sizeof i))
            return 0;
    return 0;
}

static int long_failing(struct exchange *x, struct err *e)
{
    (void)long_work(x, e);
    return err_set(e, ERR_INTERNAL, "The end is missing.");
}

static const struct route short_route = {METHOD_GET, "", short_work, 0, 0};
static const struct route failing_route = {METHOD_GET, "", failing, 0, 0};
static const struct route long_route = {METHOD_GET, "", long_work, ROUTE_LONG, 0};
static const struct route long_failing_route = {METHOD_GET, "", long_failing, ROUTE_LONG, 0};

struct fixture {
    struct woken woken;
    struct services services;
    struct budget budget;
    struct workers *workers;
};

static void start(struct fixture *f, const struct workers_limits *limits)
{
    struct err e = {0};

    memset(f, 0, sizeof *f);
    (void)pthread_mutex_init(&f->woken.lock, NULL);
    (void)pthread_cond_init(&f->woken.more, NULL);
    budget_init(&f->budget, BUDGET_DEFAULT_BYTES);
    f->services.budget = &f->budget;
    f->services.wake = wake;
    f->services.wake_arg = &f->woken;
    f->workers = workers_new(limits, &e);
    assert_non_null(f->workers);
}

static void end(struct fixture *f)
{
    workers_free(f->workers);
    assert_int_equal(budget_used(&f->budget), 0);
    budget_release(&f->budget);
    (void)pthread_cond_destroy(&f->woken.more);
    (void)pthread_mutex_destroy(&f->woken.lock);
}

static struct exchange *make(struct fixture *f, const struct route *route)
{
    struct exchange *x = exchange_new(&f->services);

    x->route = route;
    return x;
}

static bool take(struct fixture *f, struct exchange *x)
{
    struct err e = {0};

    return workers_take(f->workers, x, &e) == 0;
}

static void answers(void **state)
{
    enum { N = 200 };
    struct exchange *x[N];
    struct fixture f;

    (void)state;
    start(&f, &(struct workers_limits){
                  .threads = 4, .queue = N, .streams = 1, .longest = 1, .what = "requests"});
    for (int i = 0; i < N; i++) {
        x[i] = make(&f, i % 2 ? &short_route : &failing_route);
        assert_true(take(&f, x[i]));
    }
    wait_for(&f.woken, N);
    for (int i = 0; i < N; i++) {
        assert_true(atomic_load(&x[i]->ready));
        assert_int_equal(x[i]->response.status, i % 2 ? 200 : 400);
        assert_string_equal(
            x[i]->response.body.data, i % 2 ? "done"
                                            : "{\"error\": \"It \\\"failed\\\".\", \"code\": "
                                              "\"field-invalid\", \"field\": \"limit\"}\n");
        exchange_unref(x[i]);
    }
    end(&f);
}

static void *let_in(void *arg)
{
    (void)pthread_mutex_lock(arg);
    (void)pthread_mutex_unlock(arg);
    return NULL;
}

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static int gated(struct exchange *x, struct err *e)
{
    (void)x;
    (void)e;
    (void)let_in(&gate);
    return 0;
}

static const struct route gated_route = {METHOD_GET, "", gated, 0, 0};
static const struct route gated_long_route = {METHOD_GET, "", gated, ROUTE_LONG, 0};

/* More than may wait are refused, and taken again when there is room. */
static void bounds(void **state)
{
    struct exchange *x[4];
    struct fixture f;
    unsigned taken = 0;

    (void)state;
    start(&f, &(struct workers_limits){
                  .threads = 1, .queue = 2, .streams = 1, .longest = 1, .what = "requests"});
    (void)pthread_mutex_lock(&gate);
    for (int i = 0; i < 4; i++) {
        x[i] = make(&f, &gated_route);
        taken += take(&f, x[i]);
    }
    assert_in_range(taken, 2, 3); /* one may be under way already */
    assert_true(take(&f, x[0]) == false || taken == 2);
    (void)pthread_mutex_unlock(&gate);
    wait_for(&f.woken, taken);
    for (int i = 0; i < 4; i++)
        exchange_unref(x[i]);
    end(&f);
}

/* However much that changes something waits, who only reads is answered. */
static void readers_go_past(void **state)
{
    enum { N = 6 };
    static const struct route changing = {METHOD_POST, "", gated, 0, 0};
    struct exchange *x[N], *reader;
    struct fixture f;

    (void)state;
    start(&f, &(struct workers_limits){
                  .threads = 2, .queue = N + 1, .streams = 1, .longest = 1, .what = "requests"});
    (void)pthread_mutex_lock(&gate);
    for (int i = 0; i < N; i++) {
        x[i] = make(&f, &changing);
        assert_true(take(&f, x[i]));
    }
    reader = make(&f, &short_route);
    assert_true(take(&f, reader));
    wait_for(&f.woken, 1);
    assert_true(atomic_load(&reader->ready));
    (void)pthread_mutex_unlock(&gate);
    wait_for(&f.woken, N + 1);
    for (int i = 0; i < N; i++)
        exchange_unref(x[i]);
    exchange_unref(reader);
    end(&f);
}

static void stream_bounds(void **state)
{
    struct exchange *first, *second;
    struct fixture f;

    (void)state;
    start(&f, &(struct workers_limits){
                  .threads = 1, .queue = 2, .streams = 1, .longest = 1, .what = "requests"});
    first = make(&f, &gated_long_route);
    second = make(&f, &gated_long_route);
    (void)pthread_mutex_lock(&gate);
    assert_true(take(&f, first));
    assert_false(take(&f, second));
    (void)pthread_mutex_unlock(&gate);
    wait_for(&f.woken, 1);
    exchange_unref(first);
    exchange_unref(second);
    end(&f);
}

/* Answers that go on for hours and that nobody reads leave the other long ones answered. */
static void the_longest_have_threads_of_their_own(void **state)
{
    static const struct route longest_route = {
        METHOD_GET, "", gated, ROUTE_LONG | ROUTE_LONGEST, 0};
    struct exchange *longest, *more, *moment;
    struct fixture f;

    (void)state;
    start(&f, &(struct workers_limits){
                  .threads = 1, .queue = 2, .streams = 1, .longest = 1, .what = "requests"});
    longest = make(&f, &longest_route);
    more = make(&f, &longest_route);
    moment = make(&f, &long_route);
    (void)pthread_mutex_lock(&gate);
    assert_true(take(&f, longest));
    assert_false(take(&f, more));
    assert_true(take(&f, moment));
    wait_for(&f.woken, 1);
    exchange_leave(moment);
    (void)pthread_mutex_unlock(&gate);
    wait_for(&f.woken, 2);
    exchange_unref(longest);
    exchange_unref(more);
    end(&f);
}

/* Read a stream to its end; how it ended, and whether its bytes are those that were written. */
static enum pipe_state drain(struct fixture *f, struct exchange *x, size_t *total)
{
    static char piece[10000];
    struct buf all = BUF_INIT;
    enum pipe_state how;
    size_t len;

    wait_for(&f->woken, 1);
    assert_true(x->response.streamed);
    buf_add(&all, x->response.body.data, x->response.body.len);
    while ((how = byte_pipe_read(x->pipe, piece, sizeof piece, &len)) == PIPE_DATA ||
           how == PIPE_EMPTY) {
        buf_add(&all, piece, len);
        if (how == PIPE_EMPTY)
            (void)nanosleep(&(struct timespec){0, 100000}, NULL);
    }
    *total = all.len;
    for (uint32_t i = 0; i < all.len / sizeof i; i++)
        assert_memory_equal(all.data + i * sizeof i, &i, sizeof i);
    buf_release(&all);
    return how;
}

static void streams(void **state)
{
    static const struct {
        const struct route *route;
        enum pipe_state how;
    } cases[] = {{&long_route, PIPE_ENDED}, {&long_failing_route, PIPE_FAILED}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct exchange *x;
        struct fixture f;
        size_t total;

        start(&f, &(struct workers_limits){
                      .threads = 1, .queue = 1, .streams = 2, .longest = 1, .what = "requests"});
        x = make(&f, cases[i].route);
        assert_true(take(&f, x));
        assert_int_equal(drain(&f, x, &total), cases[i].how);
        assert_int_equal(total, LONG_BYTES);
        exchange_unref(x);
        end(&f);
    }
}

/* A reader who goes away ends the work: workers_free waits for it, so this would hang. */
static void reader_goes(void **state)
{
    struct exchange *x;
    struct fixture f;

    (void)state;
    start(&f, &(struct workers_limits){
                  .threads = 1, .queue = 1, .streams = 2, .longest = 1, .what = "requests"});
    x = make(&f, &long_route);
    assert_true(take(&f, x));
    wait_for(&f.woken, 1);
    byte_pipe_abandon(x->pipe);
    exchange_unref(x);
    end(&f);
}

/* The client goes before there is a pipe: the work ends all the same. */
static void reader_goes_early(void **state)
{
    struct exchange *x;
    struct fixture f;

    (void)state;
    start(&f, &(struct workers_limits){
                  .threads = 1, .queue = 1, .streams = 2, .longest = 1, .what = "requests"});
    for (int i = 0; i < 50; i++) {
        x = make(&f, &long_route);
        while (!take(&f, x))
            (void)nanosleep(&(struct timespec){0, 100000}, NULL);
        if (i % 2)
            (void)nanosleep(&(struct timespec){0, i * 2000}, NULL);
        exchange_leave(x);
    }
    end(&f);
}

/* HEAD of something long: the head alone, and no more work than for that. */
static void head_only(void **state)
{
    struct exchange *x;
    struct fixture f;

    (void)state;
    start(&f, &(struct workers_limits){
                  .threads = 1, .queue = 1, .streams = 2, .longest = 1, .what = "requests"});
    x = make(&f, &long_route);
    x->request.method = METHOD_HEAD;
    assert_true(take(&f, x));
    wait_for(&f.woken, 1);
    assert_null(x->pipe);
    assert_true(x->cut);
    exchange_unref(x);
    end(&f);
}

static void bodies(void **state)
{
    static const struct {
        const char *body, *says; /* NULL: good */
    } cases[] = {
        {"{}", NULL},
        {" {\"a\": 1} ", NULL},
        {"", "no body"},
        {"[]", "JSON object"},
        {"5", "JSON"},
        {"{", "not JSON"},
        {"{} x", "not JSON"},
        {"{\"a\": 1, \"a\": 2}", "not JSON"},
        {"{\"a\": \"\xff\"}", "not JSON"},
        {"{\"a\": 1e999}", "not JSON"},
    };
    struct budget budget;
    struct services none = {.budget = &budget};

    (void)state;
    budget_init(&budget, BUDGET_DEFAULT_BYTES);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct exchange *x = exchange_new(&none);
        struct err e = {0};
        json_t *j;

        buf_adds(&x->request.body, cases[i].body);
        j = exchange_body_json(x, &e);
        assert_int_equal(j == NULL, cases[i].says != NULL);
        if (cases[i].says && !strstr(e.text, cases[i].says))
            fail_msg("%s: %s", cases[i].body, e.text);
        json_decref(j);
        exchange_unref(x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(bounds),
        cmocka_unit_test(readers_go_past),
        cmocka_unit_test(stream_bounds),
        cmocka_unit_test(the_longest_have_threads_of_their_own),
        cmocka_unit_test(streams),
        cmocka_unit_test(reader_goes),
        cmocka_unit_test(reader_goes_early),
        cmocka_unit_test(head_only),
        cmocka_unit_test(bodies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
