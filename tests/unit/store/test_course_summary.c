/* The summary of a course: from the course, as a row of the database, and from its stored text. */
#include "store/course_summary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void assert_same(const struct course_summary *a, const struct course_summary *b)
{
    assert_string_equal(a->long_name, b->long_name);
    assert_int_equal(a->length_mm, b->length_mm);
    assert_int_equal(a->laps, b->laps);
    assert_int_equal(a->has_fence, b->has_fence);
    assert_int_equal(a->has_elevations, b->has_elevations);
    assert_int_equal(a->climb_cm, b->climb_cm);
    assert_int_equal(a->descent_cm, b->descent_cm);
    assert_int_equal(a->diagnostics_n, b->diagnostics_n);
}

static void check_file(const char *file, bool elevations, uint64_t climb_cm)
{
    struct err e = {0};
    struct course *c = course_import(file, strlen(file), NULL, &e);
    struct course_summary about, row = {0}, scanned = {0};
    struct buf text = BUF_INIT;

    assert_non_null(c);
    about = course_summary_of(c);
    assert_int_equal(about.has_elevations, elevations);
    assert_int_equal(about.climb_cm, climb_cm);
    course_summary_write(&about, &text);
    assert_int_equal(course_summary_read(text.data, &row), 0);
    assert_same(&row, &about);
    buf_clear(&text);
    course_export(c, COURSE_GEOJSON, &text);
    memcpy(scanned.short_name, about.short_name, sizeof scanned.short_name);
    memcpy(scanned.revision, about.revision, sizeof scanned.revision);
    assert_int_equal(course_summary_scan(text.data, &scanned), 0);
    assert_same(&scanned, &about);
    buf_release(&text);
    course_unref(c);
}

static void test_summaries(void **state)
{
    (void)state;
    check_file("LINESTRING (0 51, 0.01 51)", false, 0);
    check_file("LINESTRING Z (0 51 4, 0.01 51 4.01)", true, 0);
    check_file("LINESTRING Z (0 51 4, 0.01 51 1234.56)", true, 123056);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_summaries)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
