/* Paths to routes. */
#include "http/route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void patterns(void **state)
{
    static const struct {
        const char *pattern, *path;
        bool fits;
        const char *first, *second;
    } cases[] = {
        {"/", "/", true, "", ""},
        {"/", "", false, "", ""},
        {"/a/{x}", "/a/b", true, "b", ""},
        {"/a/{x}", "/a/", false, "", ""},
        {"/a/{x}", "/a", false, "", ""},
        {"/a/{x}", "/a/b/", false, "", ""},
        {"/a/{x}", "/a/b/c", false, "", ""},
        {"/a/{x}/c", "/a/b/c", true, "b", ""},
        {"/a/{x}/c", "/a/b/d", false, "", ""},
        {"/a/{x}/c/{y}", "/a/b b/c/7", true, "b b", "7"},
        {"/a/{x}", "/A/b", false, "", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct route_params p = {0};

        assert_int_equal(route_matches(cases[i].pattern, cases[i].path, &p), cases[i].fits);
        if (!cases[i].fits)
            continue;
        assert_string_equal(p.value[0], cases[i].first);
        assert_string_equal(p.value[1], cases[i].second);
    }
}

static void long_values(void **state)
{
    char path[ROUTE_PARAM_MAX + 10] = "/a/";
    struct route_params p;

    (void)state;
    memset(path + 3, 'x', ROUTE_PARAM_MAX);
    path[3 + ROUTE_PARAM_MAX] = '\0';
    assert_true(route_matches("/a/{x}", path, &p));
    assert_int_equal(strlen(p.value[0]), ROUTE_PARAM_MAX);
    strcat(path, "x");
    assert_false(route_matches("/a/{x}", path, &p));
}

static const struct route some[] = {
    {METHOD_GET, "/", NULL, 0, 0},
    {METHOD_POST, "/", NULL, 0, 0},
    {METHOD_GET, "/healthz", NULL, 0, 0},
    {METHOD_GET, "/api/races", NULL, 0, 0},
    {METHOD_POST, "/api/races", NULL, 0, 0},
    {METHOD_GET, "/api/races/{runId}", NULL, 0, 0},
    {METHOD_DELETE, "/api/races/{runId}", NULL, 0, 0},
    {METHOD_POST, "/api/races/{runId}/pause", NULL, 0, 0},
    {METHOD_GET, "/api/races/{runId}/results.csv", NULL, 0, 0},
    {METHOD_GET, "/api/races/{runId}/competitors/{competitorId}", NULL, 0, 0},
    {METHOD_GET, "/api/races/{runId}/roster", NULL, 0, 0},
    {METHOD_PUT, "/api/races/{runId}/roster", NULL, 0, 0},
};

static const struct route_table table = {some, sizeof some / sizeof *some};

static void finding(void **state)
{
    static const struct {
        enum method method;
        const char *path, *pattern, *allow; /* pattern NULL: no route */
    } cases[] = {
        {METHOD_GET, "/", "/", ""},
        {METHOD_POST, "/", "/", ""},
        {METHOD_PUT, "/", NULL, "GET, HEAD, POST"},
        {METHOD_HEAD, "/api/races", "/api/races", ""},
        {METHOD_DELETE, "/api/races", NULL, "GET, HEAD, POST"},
        {METHOD_DELETE, "/api/races/x", "/api/races/{runId}", ""},
        {METHOD_GET, "/api/races/x/results.csv", "/api/races/{runId}/results.csv", ""},
        {METHOD_GET, "/api/races/x/competitors/5", "/api/races/{runId}/competitors/{competitorId}",
            ""},
        {METHOD_GET, "/api/races/x/pause", NULL, "POST"},
        {METHOD_OPTIONS, "/api/races/x/roster", NULL, "GET, HEAD, PUT"},
        {METHOD_OTHER, "/healthz", NULL, "GET, HEAD"},
        {METHOD_GET, "/nowhere", NULL, ""},
        {METHOD_GET, "/api/races/x/y", NULL, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct route_params p = {0};
        char allow[ROUTE_ALLOW_MAX];
        const struct route *r = route_find(&table, cases[i].method, cases[i].path, &p, allow);

        assert_int_equal(r != NULL, cases[i].pattern != NULL);
        if (r)
            assert_string_equal(r->pattern, cases[i].pattern);
        else
            assert_string_equal(allow, cases[i].allow);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns),
        cmocka_unit_test(long_values),
        cmocka_unit_test(finding),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
