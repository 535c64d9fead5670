/* Who asks: addresses as text, networks, and the client behind proxies. */
#include "http/gate/address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct address parsed(const char *text)
{
    struct address a = {{0}};

    assert_true(address_parse(text, strlen(text), &a));
    return a;
}

static void addresses(void **state)
{
    static const struct {
        const char *text, *is, *group; /* NULL: no address */
    } cases[] = {
        {"192.0.2.1", "192.0.2.1", "192.0.2.1"},
        {"192.0.2.1:8080", "192.0.2.1", "192.0.2.1"},
        {"::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1"},
        {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
        {"[2001:db8::1]:443", "2001:db8::1", "2001:db8::/64"},
        {"[2001:db8::1]", "2001:db8::1", "2001:db8::/64"},
        {"::1", "::1", "::1"},
        {"127.0.0.1", "127.0.0.1", "127.0.0.1"},
        {"unknown", NULL, NULL},
        {"", NULL, NULL},
        {"192.0.2", NULL, NULL},
        {"192.0.2.256", NULL, NULL},
        {"[2001:db8::1", NULL, NULL},
        {"2001:db8::1::2", NULL, NULL},
        {"192.0.2.1.192.0.2.1.192.0.2.1.192.0.2.1.192.0.2.1.192.0.2.1", NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct address a;
        char text[ADDRESS_TEXT_MAX];

        assert_int_equal(
            address_parse(cases[i].text, strlen(cases[i].text), &a), cases[i].is != NULL);
        if (!cases[i].is)
            continue;
        address_text(&a, text);
        assert_string_equal(text, cases[i].is);
        address_group_text(&a, text);
        assert_string_equal(text, cases[i].group);
    }
}

static void networks(void **state)
{
    static const struct {
        const char *cidr, *text;
        int in; /* -1: the network is refused */
    } cases[] = {
        {"10.0.0.0/8", "10.255.1.2", 1},
        {"10.0.0.0/8", "11.0.0.1", 0},
        {"10.0.0.0/9", "10.127.0.1", 1},
        {"10.0.0.0/9", "10.128.0.1", 0},
        {"192.0.2.7", "192.0.2.7", 1},
        {"192.0.2.7", "192.0.2.8", 0},
        {"192.0.2.7/32", "192.0.2.6", 0},
        {"0.0.0.0/0", "198.51.100.1", 1},
        {"0.0.0.0/0", "2001:db8::1", 0},
        {"2001:db8::/32", "2001:db8:ffff::1", 1},
        {"2001:db8::/32", "2001:db9::1", 0},
        {"2001:db8::/33", "2001:db8:8000::1", 0},
        {"::/0", "192.0.2.1", 1},
        {"10.0.0.0/33", NULL, -1},
        {"10.0.0.0/", NULL, -1},
        {"10.0.0.0/-1", NULL, -1},
        {"10.0.0.0/8x", NULL, -1},
        {"proxy.example", NULL, -1},
        {"", NULL, -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct address_trust t = {.n = 0};
        struct address a;
        struct err e = {0};

        assert_int_equal(address_trust_add(&t, cases[i].cidr, &e), cases[i].in < 0 ? -1 : 0);
        if (cases[i].in < 0) {
            assert_non_null(strstr(e.text, "--trusted-proxy"));
            continue;
        }
        a = parsed(cases[i].text);
        assert_int_equal(address_is_trusted(&t, &a), cases[i].in);
    }
}

static void behind_proxies(void **state)
{
    static const struct {
        const char *peer, *forwarded, *client;
    } cases[] = {
        {"198.51.100.9", NULL, "198.51.100.9"},
        {"198.51.100.9", "192.0.2.1", "198.51.100.9"}, /* no proxy of ours says that */
        {"10.0.0.1", "192.0.2.1", "192.0.2.1"},
        {"10.0.0.1", "203.0.113.5, 192.0.2.1", "192.0.2.1"}, /* the first may be invented */
        {"10.0.0.1", "192.0.2.1, 10.0.0.2", "192.0.2.1"},
        {"10.0.0.1", "192.0.2.1,10.0.0.2 10.0.0.3", "192.0.2.1"},
        {"127.0.0.1", "  192.0.2.1 ,\t", "192.0.2.1"},
        {"::1", "[2001:db8::5]:4711", "2001:db8::5"},
        {"10.0.0.1", NULL, "10.0.0.1"},
        {"10.0.0.1", "", "10.0.0.1"},
        {"10.0.0.1", " , ", "10.0.0.1"},
        {"10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"},
        {"10.0.0.1", "192.0.2.1, unknown", "10.0.0.1"},
        {"10.0.0.1", "unknown, 192.0.2.1", "192.0.2.1"},
        {"10.0.0.1", "unknown, 10.0.0.2", "10.0.0.2"},
    };
    struct address_trust t = {.n = 0};
    struct err e = {0};

    (void)state;
    assert_int_equal(address_trust_add(&t, "10.0.0.0/8", &e), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct address peer = parsed(cases[i].peer), found;
        char text[ADDRESS_TEXT_MAX];

        found = address_behind(&t, &peer, cases[i].forwarded);
        address_text(&found, text);
        assert_string_equal(text, cases[i].client);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses),
        cmocka_unit_test(networks),
        cmocka_unit_test(behind_proxies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
