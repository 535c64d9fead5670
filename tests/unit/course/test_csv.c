/* The seeds' CSV. */
#include "course_cases.h"

#define HEADER "id,shortName,longName,distance,map,geoFence,start,end\n"
#define ROW_A                                                                                     \
    "1,alpha,\"Alpha, the first\",1000,\"LINESTRING (0 51, 0.01 51)\",,POINT (0 51),POINT (0.01 " \
    "51)\n"
#define ROW_B                                                                                   \
    "2,beta,\"The \"\"beta\"\" run\",700,\"LINESTRING (0 51, 0.01 51)\",\"POLYGON ((0.002 50, " \
    "0.004 50, 0.004 52, 0.002 52, 0.002 50))\",POINT (0.01 51),POINT (0 51)\n"

static void test_rows(void **state)
{
    static const struct {
        const char *label;
        const char *csv;
        const char *want;
        const char *short_name;
        const char *long_name;
        bool fence;
    } cases[] = {
        {"one row", HEADER ROW_A, NULL, "alpha", "Alpha, the first", false},
        {"one row by another name", HEADER ROW_A, "gamma", "gamma", "Alpha, the first", false},
        {"the second of two", HEADER ROW_A ROW_B, "beta", "beta", "The \"beta\" run", true},
        {"CR LF and a byte order mark",
            "\xef\xbb\xbfid,shortName,map\r\n\r\n1,crlf,\"LINESTRING(0 51,0.01 51)\"\r\n", NULL,
            "crlf", "crlf", false},
        {"columns in another order", "map,longName\n\"LINESTRING Z (0 51 3, 0.01 51 4)\",Other\n",
            NULL, "other", "Other", false},
        {"no newline at the end", "shortName,map\nx,\"LINESTRING (0 51, 0.01 51)\"", NULL, "x", "x",
            false},
        {"a new line in a field",
            "shortName,longName,map\nx,\"a\nb\",\"LINESTRING (0 51,\n0.01 51)\"\n", NULL, "x",
            "a b", false},
        {"an upper-case name", "shortName,map\nMy Run,\"LINESTRING (0 51, 0.01 51)\"\n", NULL,
            "my-run", "my-run", false},
        {"SRID", "shortName,map\nx,\"SRID=4326;linestring (0 51, 0.01 51)\"\n", NULL, "x", "x",
            false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct course_options o = {.short_name = cases[i].want};
        struct course *c = import_with(cases[i].csv, strlen(cases[i].csv), &o);

        print_message("%s\n", cases[i].label);
        assert_string_equal(c->short_name, cases[i].short_name);
        assert_string_equal(c->long_name, cases[i].long_name);
        assert_int_equal(c->fence != NULL, cases[i].fence);
        course_unref(c);
    }
}

/* What stands beyond the columns that are kept is no row of its own. */
static void test_many_columns(void **state)
{
    struct buf csv = BUF_INIT;
    struct course *c;

    (void)state;
    buf_adds(&csv, "lat,lon\n");
    for (int row = 0; row < 3; row++) {
        buf_addf(&csv, "%.3f,0.5", 51 + row / 1000.0);
        for (int i = 0; i < 62; i++)
            buf_adds(&csv, ",1");
        buf_adds(&csv, ",51.5,0.9\n");
    }
    c = import_text(csv.data);
    assert_at(first_of(c), 0.5, 51);
    assert_at(last_of(c), 0.5, 51.002);
    assert_true(c->length_mm > 222000 && c->length_mm < 223000);
    course_unref(c);
    buf_release(&csv);
}

static void test_stored_finish_first(void **state)
{
    struct course *c = import_text(HEADER ROW_B);

    (void)state;
    assert_at(first_of(c), 0.01, 51);
    assert_at(last_of(c), 0, 51);
    assert_said(c, "turned", "turned");
    assert_said(c, "declared-length", "declared as 700 m and measures 702");
    course_unref(c);
}

static void test_the_seeds_own_row(void **state)
{
    struct course *c = import_file("seeds.csv", NULL);

    (void)state;
    assert_string_equal(c->short_name, "crystal");
    assert_int_equal((c->length_mm + 500) / 1000, 4966);
    assert_at(first_of(c), -0.063215, 51.419232);
    assert_int_equal(c->spans.n, 4);
    assert_said(c, "turned", "7.4 m from its end");
    course_unref(c);
}

static void test_refused(void **state)
{
    static const struct {
        const char *csv;
        const char *says;
    } cases[] = {
        {HEADER, "no course below"},
        {HEADER ROW_A ROW_B, "holds 2 courses. Choose one with shortName: alpha, beta"},
        {"id,shortName\n1,x\n", "no column \"map\""},
        {HEADER "1,x,X,5,LINESTRING,,,\n", "where ( should stand"},
        {HEADER "1,x,X,5,\"LINESTRING (0 51)\",,,\n", "no line"},
        {HEADER "1,x,X,5,\"LINESTRING (0 51, 0)\",,,\n",
            "where longitude and latitude should stand"},
        {HEADER "1,x,X,5,\"LINESTRING (0 51, nan 51)\",,,\n",
            "where longitude and latitude should stand"},
        {HEADER "1,x,X,5,\"LINESTRING (0 51, 0 91)\",,,\n", "latitude 91"},
        {HEADER "1,x,X,5,\"LINESTRING (0 51, 0 52) x\",,,\n", "where the end should stand"},
        {HEADER "1,x,X,5,\"CIRCLE (0 51, 0 52)\",,,\n", "POLYGON should stand"},
        {HEADER "1,x,X,5,\"LINESTRING (0 51, 0.01 51\n", "where ) should stand"},
        {HEADER "1,x,X,5,,,,\n", "no line"},
        {HEADER "1\n", "no line"},
        {"shortName,map,trackside\nx,\"LINESTRING (0 51, 0.01 51)\",{\n",
            "trackside: The file is not whole JSON"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_refused(cases[i].csv, strlen(cases[i].csv), ERR_INVALID, cases[i].says);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_many_columns),
        cmocka_unit_test(test_stored_finish_first),
        cmocka_unit_test(test_the_seeds_own_row),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
