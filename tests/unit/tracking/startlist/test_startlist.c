/* Start lists as timing software and spreadsheets write them. */
#include "tracking/startlist/startlist.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct list_case {
    const char *label, *csv;
    size_t n;
    const char *bib, *name, *club; /* of the first row */
    size_t problems, line;
    const char *column; /* of the first problem */
} cases[] = {
    {"commas", "bib,name,club\n7,Ann,Hill\n", 1, "7", "Ann", "Hill", 0, 0, ""},
    {"semicolons, any order and case, CR LF", "CLUB;Name;Bib\r\nHill;Ann;7\r\n", 1, "7", "Ann",
        "Hill", 0, 0, ""},
    {"tabs", "Bib\tName\tClub\n7\tAnn\tHill", 1, "7", "Ann", "Hill", 0, 0, ""},
    {"a byte order mark",
        "\xef\xbb\xbf"
        "bib,name\n7,\xc3\x84nne\n",
        1, "7", "\xc3\x84nne", "", 0, 0, ""},
    {"windows-1252", "bib,name\n7,\xc4nne\n", 1, "7", "\xc3\x84nne", "", 0, 0, ""},
    {"Shift_JIS", "bib,name\n7,\x8d\xb2\x93\xa1\n", 1, "7", "\xe4\xbd\x90\xe8\x97\xa4", "", 0, 0,
        ""},
    {"quotes and separators inside", "bib,name\n7,\"Ann, \"\"A\"\" Hill\"\n", 1, "7",
        "Ann, \"A\" Hill", "", 0, 0, ""},
    {"a formula is text", "bib,name\n7,=1+1\n", 1, "7", "=1+1", "", 0, 0, ""},
    {"competitorId alone", "competitorId,name\n7,Ann\n", 1, "7", "Ann", "", 0, 0, ""},
    {"blank lines", "bib,name\n\n7,Ann\n\n", 1, "7", "Ann", "", 0, 0, ""},
    {"a bib twice", "bib,name\n7,Ann\n7,Bob\n", 1, "7", "Ann", "", 1, 3, "bib"},
    {"no bib", "bib,name\n7,Ann\n,Bob\n", 1, "7", "Ann", "", 1, 3, "bib"},
    {"a long bib", "bib,name\n7,Ann\n12345678901234567,Bob\n", 1, "7", "Ann", "", 1, 3, "bib"},
    {"a device twice", "bib,device,name\n7,d,Ann\n8,d,Bob\n", 1, "7", "Ann", "", 1, 3, "device"},
    {"an id that is none", "bib,competitorId,name\n7,,Ann\n8,x,Bob\n", 1, "7", "Ann", "", 1, 3,
        "competitorId"},
    {"more cells than columns", "bib,name\n7,Ann\n8,Bob,x\n", 1, "7", "Ann", "", 1, 3, ""},
};

static void lists(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct list_case *c = &cases[i];
        struct startlist s;
        struct err e;

        if (startlist_parse(&s, c->csv, strlen(c->csv), &e))
            fail_msg("%s: %s", c->label, e.text);
        if (s.n != c->n || s.problems != c->problems)
            fail_msg("%s: %zu rows, %zu problems", c->label, s.n, s.problems);
        assert_string_equal(startlist_cell(&s, 0, STARTLIST_BIB), c->bib);
        assert_string_equal(startlist_cell(&s, 0, STARTLIST_NAME), c->name);
        assert_string_equal(startlist_cell(&s, 0, STARTLIST_CLUB), c->club);
        if (s.encoding) /* the label says which one is meant */
            assert_string_equal(s.encoding, c->label);
        else
            assert_null(strstr("windows-1252 Shift_JIS", c->label));
        if (s.problems) {
            assert_int_equal(s.problem[0].line, c->line);
            assert_string_equal(s.problem[0].column, c->column);
        }
        startlist_release(&s);
    }
}

/* A competitorId that is somebody else's bib: two people cannot have it. */
static void an_id_that_is_anothers_bib_is_left_out(void **state)
{
    static const char csv[] = "competitorId,bib,name\n7,E1,Ann\n,7,Zoe\n8,8,Eva\n";
    struct startlist s;
    struct err e;

    (void)state;
    assert_int_equal(startlist_parse(&s, csv, sizeof csv - 1, &e), 0);
    assert_int_equal(s.problems, 1);
    assert_int_equal(s.problem[0].line, 2);
    assert_int_equal(s.n, 2);
    assert_string_equal(startlist_cell(&s, 0, STARTLIST_NAME), "Zoe");
    assert_string_equal(startlist_cell(&s, 1, STARTLIST_NAME), "Eva");
    startlist_release(&s);
}

static void headers_that_will_not_do(void **state)
{
    static const char *const csv[] = {"", "name,club\nAnn,Hill\n", "bib,name,BIB\n7,Ann,7\n"};

    (void)state;
    for (size_t i = 0; i < sizeof csv / sizeof *csv; i++) {
        struct startlist s;
        struct err e;

        assert_int_equal(startlist_parse(&s, csv[i], strlen(csv[i]), &e), -1);
        assert_int_equal(e.code, ERR_INVALID);
    }
}

/* What is written is read again as it was, with the ids; unknown columns too. */
static void there_and_back(void **state)
{
    static const char csv[] = "name;T-shirt;bib\n=cmd();\"L; wide\";E7\n'x;M;8\n";
    static const int64_t id[] = {1000000001, 8};
    struct buf first = BUF_INIT, again = BUF_INIT;
    struct startlist s, t;
    struct err e;

    (void)state;
    assert_int_equal(startlist_parse(&s, csv, sizeof csv - 1, &e), 0);
    startlist_write(&s, id, &first);
    assert_int_equal(startlist_parse(&t, first.data, first.len, &e), 0);
    assert_int_equal(t.n, 2);
    assert_int_equal(t.problems, 0);
    assert_int_equal(t.row[0].competitor_id, 1000000001);
    assert_string_equal(startlist_cell(&t, 0, STARTLIST_NAME), "=cmd()");
    assert_string_equal(startlist_cell(&t, 1, STARTLIST_NAME), "'x");
    startlist_write(&t, id, &again);
    assert_string_equal(first.data, again.data);
    assert_non_null(strstr(first.data, "T-shirt"));
    assert_non_null(strstr(first.data, "L; wide"));
    buf_release(&first);
    buf_release(&again);
    startlist_release(&s);
    startlist_release(&t);
}

/* The most that is taken; one more line is too many. */
static void a_hundred_thousand_lines(void **state)
{
    struct buf csv = BUF_INIT;
    struct startlist s;
    struct err e;

    (void)state;
    buf_adds(&csv, "bib,name,device\n");
    for (unsigned i = 1; i <= STARTLIST_ROWS_MAX; i++)
        buf_addf(&csv, "%u,Name %u,phone-%u\n", i, i, i);
    assert_int_equal(startlist_parse(&s, csv.data, csv.len, &e), 0);
    assert_int_equal(s.n, STARTLIST_ROWS_MAX);
    startlist_release(&s);
    buf_adds(&csv, "x,y,z\n");
    assert_int_equal(startlist_parse(&s, csv.data, csv.len, &e), -1);
    assert_int_equal(e.code, ERR_TOO_LARGE);
    buf_release(&csv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists),
        cmocka_unit_test(an_id_that_is_anothers_bib_is_left_out),
        cmocka_unit_test(headers_that_will_not_do),
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(a_hundred_thousand_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
