#include "base/strmap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static void finds_what_was_added(void **state)
{
    static char name[1000][8];
    struct strmap m;

    (void)state;
    strmap_init(&m);
    assert_null(strmap_find(&m, "0"));
    for (size_t k = 0; k < 1000; k++) {
        (void)snprintf(name[k], sizeof name[k], "%zu", k);
        strmap_add(&m, name[k], name[k]);
    }
    assert_int_equal(m.n, 1000);
    for (size_t k = 0; k < 1000; k++) {
        assert_ptr_equal(strmap_find(&m, name[k]), name[k]);
        assert_ptr_equal(m.item[k].value, name[k]); /* in the order of arrival */
    }
    assert_null(strmap_find(&m, "1000"));
    assert_null(strmap_find(&m, ""));
    strmap_release(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(finds_what_was_added)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
