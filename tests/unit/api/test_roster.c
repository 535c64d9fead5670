/* Rosters: good and bad lines, look-up, and fields of a CSV. */
#include "api/roster.h"
#include "base/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void good(void **state)
{
    static const struct {
        const char *csv;
        size_t n;
        int64_t id;
        const char *name; /* of id */
    } cases[] = {
        {"competitorId,name", 0, 1, NULL},
        {"competitorId,name\n", 0, 1, NULL},
        {"competitorId,name\n1,Ada\n", 1, 1, "Ada"},
        {"competitorId,name\n1,Ada", 1, 1, "Ada"},
        {"competitorId,name\r\n1,Ada\r\n\r\n2,Bob\r\n", 2, 2, "Bob"},
        {"\xef\xbb\xbf"
         "competitorId,name\n1,Ada\n",
            1, 1, "Ada"},
        {"competitorId,name\n1,\"Byron, Lord\"\n", 1, 1, "Byron, Lord"},
        {"competitorId,name\n1,\"the \"\"fast\"\" one\"\n", 1, 1, "the \"fast\" one"},
        {"competitorId,name\n1,\n", 1, 1, ""},
        {"competitorId,name\n-7,x\n", 1, -7, "x"},
        {"competitorId,name\n9223372036854775807,x\n", 1, INT64_MAX, "x"},
        {"competitorId,name\n3,c\n1,a\n2,b\n", 3, 2, "b"},
        {"competitorId,name\n1,\xc5\xbdofie\n", 1, 1, "\xc5\xbdofie"},
        {"competitorId,name\n1,<b>\n", 1, 1, "<b>"},
        {"competitorId,name\n1,a\n", 1, 5, NULL},
        {"competitorId,name\n1,'=1+1\n", 1, 1, "=1+1"},
        {"competitorId,name\n1,''=1+1\n", 1, 1, "'=1+1"},
        {"competitorId,name\n1,=1+1\n", 1, 1, "=1+1"},
        {"competitorId,name\n1,'t Hooft\n", 1, 1, "'t Hooft"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct roster r;
        struct err e = {0};
        const char *name;

        if (roster_parse(&r, cases[i].csv, strlen(cases[i].csv), &e))
            fail_msg("case %zu: %s", i, e.text);
        assert_int_equal(r.n, cases[i].n);
        name = roster_name(&r, cases[i].id);
        assert_int_equal(name != NULL, cases[i].name != NULL);
        if (name)
            assert_string_equal(name, cases[i].name);
        roster_release(&r);
    }
}

static void bad(void **state)
{
    static const struct {
        const char *csv, *says;
    } cases[] = {
        {"", "first line"},
        {"name,competitorId\n", "first line"},
        {"competitorId,names\n", "first line"},
        {"competitorId,name\n1\n", "Line 2"},
        {"competitorId,name\n1,a\nx,b\n", "Line 3"},
        {"competitorId,name\n,b\n", "Line 2"},
        {"competitorId,name\n 1,b\n", "Line 2"},
        {"competitorId,name\n1.0,b\n", "Line 2"},
        {"competitorId,name\n9223372036854775808,b\n", "Line 2"},
        {"competitorId,name\n1,a,b\n", "Line 2"},
        {"competitorId,name\n1,\"a\"b\n", "Line 2"},
        {"competitorId,name\n1,\"a", "Line 2"},
        {"competitorId,name\n1,\"a\nb\"\n", "Line 2"},
        {"competitorId,name\n1,\xff\n", "UTF-8"},
        {"competitorId,name\n1,\xed\xa0\x80\n", "UTF-8"},
        {"competitorId,name\n1,a\tb\n", "Line 2"},
        {"competitorId,name\n1,a\n2,b\n1,c\n", "Competitor 1 "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct roster r;
        struct err e = {0};

        assert_int_equal(roster_parse(&r, cases[i].csv, strlen(cases[i].csv), &e), -1);
        if (!strstr(e.text, cases[i].says))
            fail_msg("case %zu: %s", i, e.text);
    }
}

static void fields(void **state)
{
    static const struct {
        const char *text, *field;
    } cases[] = {
        {"", ""},
        {"Ada", "Ada"},
        {"a,b", "\"a,b\""},
        {"a\"b", "\"a\"\"b\""},
        {"a\nb", "\"a\nb\""},
        {"\xc5\xbd", "\xc5\xbd"},
        {"=1+1", "'=1+1"},
        {"+1", "'+1"},
        {"-1", "'-1"},
        {"@A1", "'@A1"},
        {"\tx", "'\tx"},
        {"\rx", "\"'\rx\""},
        {"=HYPERLINK(\"http://evil.example\",1)", "\"'=HYPERLINK(\"\"http://evil.example\"\",1)\""},
        {"'=1", "''=1"},
        {"'", "'"},
        {"O'Neil", "O'Neil"},
        {"'t Hooft", "'t Hooft"},
        {"a=1", "a=1"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out = BUF_INIT;

        csv_add_text(&out, cases[i].text);
        assert_string_equal(out.data ? out.data : "", cases[i].field);
        buf_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good),
        cmocka_unit_test(bad),
        cmocka_unit_test(fields),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
