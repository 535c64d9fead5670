/* Answers that are shared, and the budget that they are counted in. */
#include "http/answers.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
/* clang-format off */
#include <cmocka.h>
/* clang-format on */

struct maker {
    atomic_int calls;
    size_t len;
    bool fails;
};

static int make(void *arg, struct buf *out, struct err *e)
{
    struct maker *m = arg;
    struct timespec slow = {0, 20000000};

    atomic_fetch_add(&m->calls, 1);
    (void)nanosleep(&slow, NULL);
    if (m->fails)
        return err_set(e, ERR_NOT_FOUND, "none");
    for (size_t i = 0; i < m->len; i++)
        buf_addc(out, 'a');
    return 0;
}

static struct answer *get(struct answers *a, const char *key, struct maker *m)
{
    struct err e = {0};

    return answers_get(a, key, false, make, m, &e);
}

struct asker {
    struct answers *answers;
    struct maker *maker;
    struct answer *got;
};

static void *ask(void *arg)
{
    struct asker *k = arg;

    k->got = get(k->answers, "one", k->maker);
    return NULL;
}

static void test_it_is_made_once(void **state)
{
    enum { N = 20 };
    struct maker m = {.len = 1000};
    struct asker asker[N];
    pthread_t thread[N];
    struct budget b;
    struct answers *a;

    (void)state;
    budget_init(&b, 1 << 20);
    a = answers_new(&b, 1 << 20);
    for (int i = 0; i < N; i++) {
        asker[i] = (struct asker){a, &m, NULL};
        assert_int_equal(pthread_create(&thread[i], NULL, ask, &asker[i]), 0);
    }
    for (int i = 0; i < N; i++) {
        assert_int_equal(pthread_join(thread[i], NULL), 0);
        assert_ptr_equal(asker[i].got, asker[0].got);
    }
    assert_int_equal(atomic_load(&m.calls), 1);
    assert_int_equal(budget_used(&b), 1000);
    for (int i = 0; i < N; i++)
        answer_unref(asker[i].got);
    answers_free(a);
    assert_int_equal(budget_used(&b), 0);
}

static void test_a_failure_is_not_kept(void **state)
{
    struct maker m = {.len = 10, .fails = true};
    struct answers *a;
    struct budget b;

    (void)state;
    budget_init(&b, 1 << 20);
    a = answers_new(&b, 1 << 20);
    assert_null(get(a, "x", &m));
    m.fails = false;
    answer_unref(get(a, "x", &m));
    assert_int_equal(atomic_load(&m.calls), 2);
    answers_free(a);
}

/* The oldest goes, and its bytes are counted until its reader has gone too. */
static void test_room_is_made(void **state)
{
    struct maker m = {.len = 400};
    struct answer *first;
    struct answers *a;
    struct budget b;

    (void)state;
    budget_init(&b, 4000);
    a = answers_new(&b, 1000);
    first = get(a, "1", &m);
    answer_unref(get(a, "2", &m));
    answer_unref(get(a, "3", &m));
    assert_int_equal(budget_used(&b), 1200);
    answer_unref(first);
    assert_int_equal(budget_used(&b), 800);
    answer_unref(get(a, "3", &m));
    assert_int_equal(atomic_load(&m.calls), 3);
    answers_free(a);
    assert_int_equal(budget_used(&b), 0);
}

static void test_a_full_budget_is_unavailable(void **state)
{
    struct maker m = {.len = 400};
    struct err e = {0};
    struct answers *a;
    struct budget b;

    (void)state;
    budget_init(&b, 399);
    a = answers_new(&b, 1000);
    assert_null(answers_get(a, "1", false, make, &m, &e));
    assert_int_equal(e.code, ERR_UNAVAILABLE);
    assert_int_equal(budget_used(&b), 0);
    answers_free(a);
}

static void test_compressed_and_plain_are_two(void **state)
{
    struct maker m = {.len = 100000};
    struct answer *plain, *small;
    struct err e = {0};
    struct answers *a;
    struct budget b;

    (void)state;
    budget_init(&b, 1 << 20);
    a = answers_new(&b, 1 << 20);
    plain = answers_get(a, "1", false, make, &m, &e);
    small = answers_get(a, "1", true, make, &m, &e);
    assert_int_equal(answer_bytes(plain)->len, 100000);
    assert_in_range(answer_bytes(small)->len, 20, 1000);
    assert_memory_equal(answer_bytes(small)->data, "\x1f\x8b", 2);
    answer_unref(plain);
    answer_unref(small);
    answers_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_is_made_once),
        cmocka_unit_test(test_a_failure_is_not_kept),
        cmocka_unit_test(test_room_is_made),
        cmocka_unit_test(test_a_full_budget_is_unavailable),
        cmocka_unit_test(test_compressed_and_plain_are_two),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
