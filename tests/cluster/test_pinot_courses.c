/* Pinot's table `courses`, which every server can only replace as a whole, with servers that know
 * different courses (TRACKSIDE_TEST_PINOT=http://host:9000): nobody takes another one's away,
 * nobody loads what is there, and what was deleted stays away. */
#include "store/pinot/course_table.h"
#include "store/pinot/pinot.h"
#include "world.h"

#include <stdbool.h>

#define PATIENCE_MS 120000

static const char FENCE[] =
    ",{\"type\":\"Feature\",\"properties\":{\"role\":\"geofence\"},\"geometry\":{\"type\":"
    "\"Polygon\",\"coordinates\":[[[0.001,51.39],[0.0021234567,51.39],[0.0021234567,51.41],[0.001,"
    "51.41],[0.001,51.39]]]}}";

static const char *controller(void)
{
    return setting("TRACKSIDE_TEST_PINOT");
}

static struct course *new_course(const char *name, const char *long_name, bool fence)
{
    struct course_options o = {.short_name = name, .long_name = long_name};
    struct buf file = BUF_INIT;
    struct err e = {0};
    struct course *c;

    buf_addf(&file,
        "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{"
        "\"role\":\"route\"},\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[0,51.4],"
        "[0.0041234567,51.4],[0.006,51.404]]}}%s]}",
        fence ? FENCE : "");
    c = course_import(file.data, file.len, &o, &e);
    buf_release(&file);
    if (!c)
        fail_msg("%s", e.text);
    return c;
}

/* A name that nobody else has. */
static void fresh(char name[COURSE_NAME_MAX + 1], const char *what)
{
    char uuid[UUID_LEN + 1];

    uuid_v4(uuid);
    (void)snprintf(name, COURSE_NAME_MAX + 1, "%s-%.8s", what, uuid);
}

static struct store *open_store(void)
{
    struct store_pinot_options o = {.pinot.controller = controller()};
    struct err e = {0};
    struct store *s = store_pinot_new(&o, &e);

    must(!s, &e);
    return s;
}

static void put(struct store *s, struct course *c)
{
    struct err e = {0};

    assert_int_equal(s->ops->put_course(s, c, &e), 0);
}

static void commit(struct store *s)
{
    struct err e = {0};

    assert_int_equal(s->ops->commit(s, &e), 0);
}

static void await_shown(struct store *s, const char *name)
{
    int64_t deadline_ms = clock_wall_ms() + PATIENCE_MS;
    struct err e = {0};

    while (s->ops->await_course(s, name, &e))
        if (clock_wall_ms() > deadline_ms)
            fail_msg("%s", e.text);
}

static struct store_stats figures(struct store *s)
{
    struct store_stats f;

    store_stats(s, &f);
    return f;
}

/* The whole row of a course as text, "" where there is none. */
static void row(struct pinot *p, const char *name, bool fence, struct buf *out)
{
    struct buf sql = BUF_INIT;
    struct err e = {0};
    json_t *table, *rows;
    char *text;

    buf_addf(&sql,
        "select longName, distance, ST_AsText(courseMap), ST_AsText(startLocation), "
        "ST_AsText(endLocation)%s from courses where shortName = '%s'",
        fence ? ", ST_AsText(geoFenceLocation)" : "", name);
    if (pinot_query(p, sql.data, &table, &e))
        fail_msg("%s", e.text);
    rows = json_object_get(table, "rows");
    text = json_array_size(rows) ? json_dumps(json_array_get(rows, 0), JSON_COMPACT) : NULL;
    buf_clear(out);
    buf_adds(out, text ? text : "");
    free(text);
    json_decref(table);
    buf_release(&sql);
}

/* Until it is there, or gone. */
static void await_row(struct pinot *p, const char *name, bool there)
{
    int64_t deadline_ms = clock_wall_ms() + PATIENCE_MS;
    struct buf text = BUF_INIT;

    for (row(p, name, false, &text); (text.len > 0) != there; row(p, name, false, &text)) {
        if (clock_wall_ms() > deadline_ms)
            fail_msg("the course %s is %s", name, there ? "not there" : "still there");
        nap(50);
    }
    buf_release(&text);
}

static struct pinot *ask_pinot(void)
{
    struct pinot_options o = {.controller = controller()};
    struct err e = {0};
    struct pinot *p = pinot_new(&o, &e);

    if (!p)
        fail_msg("%s", e.text);
    return p;
}

static void drop(struct store *s, const char *name)
{
    struct err e = {0};

    assert_int_equal(s->ops->delete_course(s, name, &e), 0);
    commit(s);
}

static void servers_that_know_different_courses(void **state)
{
    struct store *a = open_store(), *b = open_store(), *later;
    struct pinot *p = ask_pinot();
    char name_a[COURSE_NAME_MAX + 1], name_b[COURSE_NAME_MAX + 1];
    struct course *of_a, *of_b;
    struct buf before = BUF_INIT, after = BUF_INIT;
    uint64_t loads;

    (void)state;
    fresh(name_a, "a");
    fresh(name_b, "b");
    of_a = new_course(name_a, "A \"long\" name, with 'quotes'", true);
    of_b = new_course(name_b, "B", false);
    put(a, of_a);
    commit(a);
    await_shown(a, name_a);
    await_row(p, name_a, true);
    row(p, name_a, true, &before);
    put(b, of_b);
    commit(b);
    await_shown(b, name_b);
    await_row(p, name_b, true);
    row(p, name_a, true, &after);
    assert_string_equal(before.data, after.data); /* it was carried along */
    loads = figures(a).course_loads;
    assert_true(loads >= 1);
    /* A server that begins, and knows some of them: there is nothing to load. */
    later = open_store();
    put(later, of_b);
    put(later, of_a);
    commit(later);
    await_shown(later, name_a);
    await_shown(later, name_b);
    assert_int_equal(figures(later).course_loads, 0);
    assert_int_equal(figures(a).course_loads, loads); /* nor for who was there before */
    drop(b, name_b);
    await_row(p, name_b, false);
    row(p, name_a, true, &after);
    assert_string_equal(before.data, after.data);
    /* One that has heard of both, and goes on: what is gone does not come back with its loads. */
    later->ops->free(later);
    drop(a, name_a);
    put(a, of_b);
    commit(a);
    await_row(p, name_a, false);
    await_row(p, name_b, true);
    drop(a, name_b);
    await_row(p, name_b, false);
    course_unref(of_a);
    course_unref(of_b);
    buf_release(&before);
    buf_release(&after);
    pinot_free(p);
    a->ops->free(a);
    b->ops->free(b);
}

/* By one that has never heard of it: somebody deletes it, and says so. */
static void remove_as_a_stranger(struct pinot *p, const char *name)
{
    struct store *s = open_store();
    struct err e = {0};

    assert_int_equal(s->ops->delete_course(s, name, &e), -1);
    assert_int_equal(e.code, ERR_NOT_FOUND);
    commit(s);
    await_row(p, name, false);
    s->ops->free(s);
}

static void holds(struct pinot *p, const struct pinot_course_list *l, bool want)
{
    struct err e = {0};
    bool is;

    if (pinot_course_table_holds(p, l, &is, &e))
        fail_msg("%s", e.text);
    assert_int_equal(is, want);
}

static void what_the_table_holds(void **state)
{
    struct pinot *p = ask_pinot();
    char gone[1][COURSE_NAME_MAX + 1], name[COURSE_NAME_MAX + 1];
    struct course *course, *other;
    struct err e = {0};
    bool loaded;

    (void)state;
    fresh(name, "held");
    memcpy(gone[0], name, sizeof name);
    course = new_course(name, "As it was", true);
    other = new_course(name, "As it is", true);
    {
        const struct pinot_course_list none = {0}, was = {.course = &course, .n = 1},
                                       is = {.course = &other, .n = 1},
                                       away = {.deleted = gone, .deleted_n = 1};

        holds(p, &none, true);
        holds(p, &away, true);
        holds(p, &was, false);
        if (pinot_course_table_load(p, &was, PATIENCE_MS, &loaded, &e))
            fail_msg("%s", e.text);
        assert_true(loaded);
        holds(p, &was, true);
        holds(p, &is, false);
        holds(p, &away, false);
        if (pinot_course_table_load(p, &was, PATIENCE_MS, &loaded, &e))
            fail_msg("%s", e.text);
        assert_false(loaded);
    }
    remove_as_a_stranger(p, name);
    course_unref(course);
    course_unref(other);
    pinot_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(servers_that_know_different_courses),
        cmocka_unit_test(what_the_table_holds),
    };

    return cmocka_run_group_tests_name("pinot courses", tests, NULL, NULL);
}
