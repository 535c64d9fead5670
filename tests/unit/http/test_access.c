/* Who may do what: Host, Origin, token. */
#include "http/access.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void hosts(void **state)
{
    static const struct {
        const char *listen, *host;
        int rc;
    } cases[] = {
        {"127.0.0.1", "127.0.0.1:8080", 0},
        {"127.0.0.1", "localhost", 0},
        {"127.0.0.1", "[::1]:9", 0},
        {"127.0.0.1", NULL, 0},
        {"127.0.0.1", "evil.example", -1},
        {"127.0.0.1", "evil.example:8080", -1},
        {"127.0.0.1", "", -1},
        {"127.0.0.1", "[::1", -1},
        {"::1", "evil.example", -1},
        {"0.0.0.0", "anything.example", 0},
        {"192.168.1.5", "tracker", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct access g = {.token = NULL};
        struct err e = {0};

        strcpy(g.listen.host, cases[i].listen);
        assert_int_equal(access_host(&g, cases[i].host, &e), cases[i].rc);
        assert_int_equal(e.code, cases[i].rc ? ERR_FORBIDDEN : ERR_NONE);
    }
}

static void origins(void **state)
{
    static const struct {
        const char *origin, *host;
        int rc;
    } cases[] = {
        {NULL, "localhost:8080", 0},
        {"http://localhost:8080", "localhost:8080", 0},
        {"http://LOCALHOST:8080", "localhost:8080", 0},
        {"http://tracker.example", "tracker.example", 0},
        {"http://tracker.example", "tracker.example:80", 0},
        {"https://tracker.example", "tracker.example", 0},
        {"http://[::1]:5", "[::1]:5", 0},
        {"http://localhost:8081", "localhost:8080", -1},
        {"http://127.0.0.1:8080", "localhost:8080", -1},
        {"http://evil.example", "localhost:8080", -1},
        {"http://localhost:8080.evil.example", "localhost:8080", -1},
        {"null", "localhost:8080", -1},
        {"", "localhost:8080", -1},
        {"http://localhost:8080", NULL, -1},
        {"file://", "localhost", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err e = {0};

        if (access_origin(cases[i].origin, cases[i].host, &e) != cases[i].rc)
            fail_msg("%s at %s", cases[i].origin, cases[i].host);
    }
}

static void tokens(void **state)
{
    static const struct {
        const char *listen, *token, *authorization;
        enum err_code code;
    } cases[] = {
        {"127.0.0.1", NULL, NULL, ERR_NONE},
        {"127.0.0.1", "secret", NULL, ERR_NONE},
        {"0.0.0.0", NULL, NULL, ERR_FORBIDDEN},
        {"0.0.0.0", NULL, "Bearer ", ERR_FORBIDDEN},
        {"0.0.0.0", "secret", NULL, ERR_UNAUTHORIZED},
        {"0.0.0.0", "secret", "Bearer secret", ERR_NONE},
        {"0.0.0.0", "secret", "bearer secret", ERR_NONE},
        {"0.0.0.0", "secret", "Bearer secre", ERR_UNAUTHORIZED},
        {"0.0.0.0", "secret", "Bearer secrets", ERR_UNAUTHORIZED},
        {"0.0.0.0", "secret", "Bearer secretsecret", ERR_UNAUTHORIZED},
        {"0.0.0.0", "secret", "Bearer ", ERR_UNAUTHORIZED},
        {"0.0.0.0", "secret", "secret", ERR_UNAUTHORIZED},
        {"0.0.0.0", "secret", "Basic secret", ERR_UNAUTHORIZED},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct access g = {.token = cases[i].token};
        struct address nobody = {{0}};
        struct err e = {0};

        strcpy(g.listen.host, cases[i].listen);
        assert_int_equal(
            access_write(&g, &nobody, cases[i].authorization, &e), cases[i].code ? -1 : 0);
        assert_int_equal(e.code, cases[i].code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts),
        cmocka_unit_test(origins),
        cmocka_unit_test(tokens),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
