/* Ranks that answers of one view share. */
#include "board/ranks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../push/views.h"

static void ranks_and_order(void **state)
{
    static const uint32_t dist_mm[] = {500, 900, 0, 500, 700};
    static const uint32_t rank[] = {3, 1, 0, 3, 2}, order[] = {2, 1, 4, 0, 3};
    struct test_view t;
    struct ranks *r;

    (void)state;
    test_view_init(&t, 5);
    for (int i = 0; i < 5; i++)
        t.dist_mm[i] = dist_mm[i];
    t.status[2] = COMPETITOR_NOT_SEEN;
    r = ranks_of(&t.v);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(r->rank[i], rank[i]);
        assert_int_equal(r->order[i], order[i]);
    }
    ranks_unref(r);
    test_view_release(&t);
}

/* Two readers of a view have the same; also one whose columns are borrowed. The last one ends it.
 */
static void shared(void **state)
{
    struct test_view a, b;
    struct view borrower;
    struct ranks *first, *second, *other;

    (void)state;
    test_view_init(&a, 3);
    test_view_init(&b, 3);
    borrower = (struct view){.n = 3, .lender = &a.v};
    first = ranks_of(&a.v);
    second = ranks_of(&borrower);
    other = ranks_of(&b.v);
    assert_ptr_equal(first, second);
    assert_ptr_not_equal(first, other);
    assert_int_equal(atomic_load(&a.v.refs), 2);
    ranks_unref(first);
    assert_int_equal(atomic_load(&a.v.refs), 2);
    ranks_unref(second);
    assert_int_equal(atomic_load(&a.v.refs), 1);
    ranks_unref(other);
    ranks_unref(NULL);
    test_view_release(&a);
    test_view_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_and_order),
        cmocka_unit_test(shared),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
