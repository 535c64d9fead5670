/* Course files as people have them, one row each: what is right for the file, and where import is
 * not there yet, why. A row with a reason that becomes right fails too, so that its reason goes. */
#include "course_cases.h"

#include <math.h>
#include <stdbool.h>

struct row {
    const char *file;
    double m;         /* the length with all laps; 0: any */
    uint32_t laps;    /* 0: any */
    const char *part; /* of a diagnostic; of the error if `refused`; NULL: none is needed */
    bool refused;
    const char *reason; /* why it is not right yet; NULL: it is */
};

#include "cases_table.h"

static bool says(const struct course *c, const char *part)
{
    for (size_t i = 0; i < c->diagnostics_n; i++)
        if (strstr(c->diagnostics[i].text, part))
            return true;
    return false;
}

static bool is_right(const struct row *row, const struct course *c, const char *error)
{
    if (row->refused)
        return !c && strstr(error, row->part);
    if (!c)
        return false;
    if (row->m > 0 && fabs((double)c->length_mm / 1000 - row->m) > row->m * 0.002)
        return false;
    if (row->laps && line_laps(c->line) != row->laps)
        return false;
    return !row->part || says(c, row->part);
}

/* Prints what import made of the file. */
static void print_result(const struct row *row, const struct course *c, const char *error)
{
    print_message("%s: ", row->file);
    if (!c) {
        print_message("refused: %s\n", error);
        return;
    }
    print_message("%.1f m, %u laps, \"%s\" (%s)\n", (double)c->length_mm / 1000, line_laps(c->line),
        c->long_name, c->short_name);
    for (size_t i = 0; i < c->diagnostics_n; i++)
        print_message("    %s: %s\n", c->diagnostics[i].code, c->diagnostics[i].text);
}

static void test_files_as_they_come(void **state)
{
    size_t right = 0;
    size_t wrong = 0;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        struct course_options o = {.file_name = row->file};
        struct err e = {0};
        char path[512];
        char *data;
        size_t len;
        struct course *c;
        bool ok;

        (void)snprintf(path, sizeof path, TESTS_DIR "/data/courses/cases/%s", row->file);
        data = load_file(path, &len);
        c = course_import(data, len, &o, &e);
        ok = is_right(row, c, e.text);
        right += ok;
        if (ok != !row->reason) {
            wrong++;
            print_error(
                "%s: %s\n", ok ? "right by now, take its reason away" : "not right", row->file);
            print_result(row, c, e.text);
        } else if (!ok) {
            print_message("not right yet (%s): ", row->reason);
            print_result(row, c, e.text);
        }
        free(data);
        course_unref(c);
    }
    print_message("%zu of %zu files are right\n", right, sizeof rows / sizeof rows[0]);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_files_as_they_come)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
