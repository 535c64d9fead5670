/* Which other sites may show the page: words, origins, and what is refused. */
#include "http/embed_policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void words_and_origins(void **state)
{
    static const struct {
        const char *text, *policy;
    } cases[] = {
        {"self", "'self'"},
        {"'self'", "'self'"},
        {"none", "'none'"},
        {" 'none' ", "'none'"},
        {"*", "*"},
        {"https://news.example", "https://news.example"},
        {"http://127.0.0.1:9000", "http://127.0.0.1:9000"},
        {"http://[::1]:8080", "http://[::1]:8080"},
        {"https://*.club.example:8443", "https://*.club.example:8443"},
        {"self  https://a-1.example\thttp://localhost:1",
            "'self' https://a-1.example http://localhost:1"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[EMBED_POLICY_MAX] = "";
        struct err e = {0};

        assert_int_equal(embed_policy_parse(cases[i].text, out, &e), 0);
        assert_string_equal(out, cases[i].policy);
    }
}

static void refused_with_a_sentence(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"", "is empty"},
        {"  ", "is empty"},
        {"news.example", "not \"news.example\""},
        {"https://", "not \"https://\""},
        {"https://news.example/", "not \"https://news.example/\""},
        {"https://news.example/races", "takes self, none, *"},
        {"https://news.example;", "takes self, none, *"},
        {"https://a.example,https://b.example", "takes self, none, *"},
        {"https://user@news.example", "takes self, none, *"},
        {"https://news.example:", "takes self, none, *"},
        {"https://news.example:0", "takes self, none, *"},
        {"https://news.example:65536", "takes self, none, *"},
        {"https://news.example:8x", "takes self, none, *"},
        {"https://.example", "takes self, none, *"},
        {"https://news..example", "takes self, none, *"},
        {"https://news.*.example", "takes self, none, *"},
        {"https://*", "takes self, none, *"},
        {"http://[::1", "takes self, none, *"},
        {"http://[::1]8080", "takes self, none, *"},
        {"http://[example]", "takes self, none, *"},
        {"ftp://news.example", "takes self, none, *"},
        {"https:", "takes self, none, *"},
        {"'SELF'", "takes self, none, *"},
        {"self 'unsafe-inline'", "not \"'unsafe-inline'\""},
        {"none https://news.example", "stands alone"},
        {"self none", "stands alone"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[EMBED_POLICY_MAX] = "";
        struct err e = {0};

        assert_int_equal(embed_policy_parse(cases[i].text, out, &e), -1);
        assert_int_equal(e.code, ERR_INVALID);
        if (!strstr(e.text, cases[i].says))
            fail_msg("\"%s\": %s", cases[i].text, e.text);
    }
}

static void a_list_without_end(void **state)
{
    char text[4 * EMBED_POLICY_MAX] = "", out[EMBED_POLICY_MAX] = "";
    struct err e = {0};

    (void)state;
    while (strlen(text) + 32 < sizeof text)
        strcat(text, "https://news.example ");
    assert_int_equal(embed_policy_parse(text, out, &e), -1);
    assert_non_null(strstr(e.text, "too long"));
    memset(text, 'a', sizeof text - 1);
    memcpy(text, "https://", 8);
    assert_int_equal(embed_policy_parse(text, out, &e), -1);
    assert_non_null(strstr(e.text, "takes self, none, *"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_origins),
        cmocka_unit_test(refused_with_a_sentence),
        cmocka_unit_test(a_list_without_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
