/* The table of routes as a whole. */
#include "api/api.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* What changes something is not asked for by GET, and everything else that is not GET has its
 * Origin checked too. */
static void every_route(void **state)
{
    struct route_table t = api_routes();

    (void)state;
    for (size_t i = 0; i < t.n; i++) {
        const struct route *r = &t.route[i];

        assert_non_null(r->handler);
        assert_int_equal(r->pattern[0], '/');
        assert_int_equal(r->method != METHOD_GET, (r->flags & (ROUTE_WRITES | ROUTE_POSTED)) != 0);
        for (size_t k = 0; k < i; k++)
            assert_false(r->method == t.route[k].method && !strcmp(r->pattern, t.route[k].pattern));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_route),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
