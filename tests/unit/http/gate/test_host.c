/* "host:port" as a text: where to listen, and which names are this machine's. */
#include "http/gate/host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void listen_addresses(void **state)
{
    static const struct {
        const char *text, *host;
        int port; /* -1: refused */
    } cases[] = {
        {"127.0.0.1:8080", "127.0.0.1", 8080},
        {"localhost:0", "localhost", 0},
        {"[::1]:65535", "::1", 65535},
        {"0.0.0.0:80", "0.0.0.0", 80},
        {"127.0.0.1", NULL, -1},
        {"127.0.0.1:", NULL, -1},
        {":8080", NULL, -1},
        {"127.0.0.1:65536", NULL, -1},
        {"127.0.0.1:-1", NULL, -1},
        {"127.0.0.1:+1", NULL, -1},
        {"127.0.0.1:80x", NULL, -1},
        {"[::1:80", NULL, -1},
        {"[::1]80", NULL, -1},
        {"", NULL, -1},
        {"a-name-that-is-much-too-long-to-be-one-of-a-host-in-any-network-at-all:1", NULL, -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct host_port a;
        struct err e = {0};
        int rc = host_parse_listen(cases[i].text, &a, &e);

        assert_int_equal(rc, cases[i].port < 0 ? -1 : 0);
        if (rc == 0) {
            assert_string_equal(a.host, cases[i].host);
            assert_int_equal(a.port, cases[i].port);
        } else {
            assert_string_equal(e.field, "listen");
        }
    }
}

static void loopback(void **state)
{
    static const struct {
        const char *host;
        bool is;
    } cases[] = {
        {"127.0.0.1", true},
        {"127.255.255.254", true},
        {"localhost", true},
        {"LocalHost", true},
        {"::1", true},
        {"127.0.0.1.evil.example", false},
        {"128.0.0.1", false},
        {"0.0.0.0", false},
        {"::", false},
        {"localhost.example", false},
        {"127.", true},
        {"127.00000000000000000000.1", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(host_is_loopback(cases[i].host), cases[i].is);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listen_addresses),
        cmocka_unit_test(loopback),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
