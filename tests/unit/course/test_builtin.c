/* The built-in courses: what they are, and that they are the same everywhere. */
#include "course_cases.h"

static struct course *import_builtin(const char *file)
{
    char path[512];
    size_t len;
    char *data;
    struct course *c;

    (void)snprintf(path, sizeof path, COURSES_DIR "/%s", file);
    data = load_file(path, &len);
    c = import_with(data, len, NULL);
    free(data);
    return c;
}

/* The revisions hold because the files carry their prepared lines: no libm is asked. */
static const struct {
    const char *file;
    const char *short_name;
    uint32_t length_mm;
    uint32_t laps;
    size_t vertices;
    size_t spans;
    const char *revision;
} builtins[] = {
    {"crystal.kml", "crystal", 4966445, 1, 91, 4, "4f5380f4d6797cc2d2da657e27d07e02"},
    {"loop.kml", "loop", 4958010, 2, 121, 2, "9660699dc2e11b6461fffa39bd5d40d2"},
    {"street.kml", "street", 5025086, 1, 101, 2, "2e30ae7cde101fd786165745a90ffd3e"},
    {"half.gpx", "half", 21108916, 1, 14066, 0, "f80d93776c416ae4790279e23f439f41"},
};

#define N_BUILTINS (sizeof builtins / sizeof builtins[0])

static void test_what_they_are(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_BUILTINS; i++) {
        struct course *c = import_builtin(builtins[i].file);

        print_message("%s\n", builtins[i].file);
        assert_string_equal(c->short_name, builtins[i].short_name);
        assert_int_equal(c->length_mm, builtins[i].length_mm);
        assert_int_equal(line_laps(c->line), builtins[i].laps);
        assert_int_equal(vertices_of(c), builtins[i].vertices);
        assert_int_equal(c->spans.n, builtins[i].spans);
        assert_null(said(c, "prepared-anew"));
        assert_true(c->start.given && c->finish.given);
        assert_string_equal(c->revision, builtins[i].revision);
        course_unref(c);
    }
}

static void test_they_come_back_from_every_format(void **state)
{
    static const enum course_format formats[] = {
        COURSE_GEOJSON, COURSE_KML, COURSE_GPX, COURSE_CSV};

    (void)state;
    for (size_t i = 0; i < N_BUILTINS; i++) {
        struct course *c = import_builtin(builtins[i].file);

        for (size_t f = 0; f < sizeof formats / sizeof formats[0]; f++) {
            struct buf out = BUF_INIT;
            struct course *back;

            course_export(c, formats[f], &out);
            back = import_with(out.data, out.len, NULL);
            assert_string_equal(back->revision, c->revision);
            course_unref(back);
            buf_release(&out);
        }
        course_unref(c);
    }
}

static void test_crystal_runs_from_start_to_finish(void **state)
{
    struct course *c = import_builtin("crystal.kml");

    (void)state;
    assert_at(first_of(c), -0.063215, 51.419232); /* the last place in the file */
    assert_at(last_of(c), -0.064245, 51.419386);
    assert_at(c->start.at, -0.063253, 51.41917);
    assert_at(c->finish.at, -0.064283, 51.419324);
    assert_said(c, "turned", "turned");
    assert_said(c, "start-off-line", "7.4 m");
    assert_said(c, "finish-off-line", "7.4 m");
    course_unref(c);
}

/* The crossings of the line with the fence's edges, reckoned apart from this program (straight
 * edges in lon/lat, lengths with the ellipsoid's two radii), in cm. */
static void test_crystal_enters_its_geofence_four_times(void **state)
{
    static const uint32_t spans_cm[4][2] = {
        {389767, 394338}, {414540, 416072}, {419012, 458249}, {461704, 476758}};
    struct course *c = import_builtin("crystal.kml");

    (void)state;
    assert_int_equal(c->spans.n, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_in_range(
            c->spans.span[i].from_mm, spans_cm[i][0] * 10 - 10, spans_cm[i][0] * 10 + 10);
        assert_in_range(c->spans.span[i].to_mm, spans_cm[i][1] * 10 - 10, spans_cm[i][1] * 10 + 10);
    }
    course_unref(c);
}

static void test_loop_is_run_twice_because_it_says_so(void **state)
{
    struct course *c = import_builtin("loop.kml");

    (void)state;
    assert_said(c, "laps", "\"two laps\"");
    assert_int_equal(first_of(c).lon_nd, last_of(c).lon_nd);
    assert_int_equal(first_of(c).lat_nd, last_of(c).lat_nd);
    assert_int_equal(c->start.at.lon_nd, c->finish.at.lon_nd);
    course_unref(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_they_are),
        cmocka_unit_test(test_they_come_back_from_every_format),
        cmocka_unit_test(test_crystal_runs_from_start_to_finish),
        cmocka_unit_test(test_crystal_enters_its_geofence_four_times),
        cmocka_unit_test(test_loop_is_run_twice_because_it_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
