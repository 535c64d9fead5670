/* When the log of a live race goes: after its record, never before, and at a start where it was
 * left. */
#include "unit/live/fixture.h"

#include "base/log.h"
#include "live/engine.h"
#include "unit/live/door.h"

struct world {
    char dir[64];
    struct store *store;
    struct fixlog *log;
    struct engine *engine;
};

static void open_all(struct world *w)
{
    struct err e = {0};

    w->store = store_embedded_new(&(struct store_embedded_options){.dir = w->dir}, &e);
    assert_non_null(w->store);
    door_put(w->store);
    w->log = fixlog_new(w->dir, &e);
    assert_non_null(w->log);
    w->engine = engine_new(&(struct engine_options){.store = w->store, .fixlog = w->log}, &e);
    if (!w->engine)
        fail_msg("engine: %s", e.text);
}

static void close_all(struct world *w)
{
    engine_free(w->engine);
    fixlog_free(w->log);
    door_take_away(w->store);
    w->store->ops->free(w->store);
}

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    struct err e;

    log_set_level(LOG_ERROR);
    (void)strcpy(w->dir, "/tmp/trackside-live-log-XXXXXX");
    assert_non_null(mkdtemp(w->dir));
    open_all(w);
    assert_int_equal(engine_course_put(w->engine, fixture_course("short"), 0, &e), 0);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;

    close_all(w);
    fixture_remove(w->dir);
    free(w);
    return 0;
}

static void create_live(struct world *w, const char *run_id)
{
    struct race_record asked = {.spec = {.course = "short", .speed = 1},
        .external = true,
        .live = true,
        .state = RACE_SCHEDULED};
    struct race_record r;
    struct err e = {0};

    (void)snprintf(asked.spec.run_id, sizeof asked.spec.run_id, "%s", run_id);
    if (engine_race_create_live(w->engine, &asked, true, &r, &e))
        fail_msg("create: %s", e.text);
}

static bool has_log(struct world *w, const char *run_id)
{
    char key[FIXLOG_KEY_LEN + 1];
    struct err e = {0};

    return fixlog_key(w->log, run_id, key, &e) == 0;
}

static void the_log_goes_with_its_race(void **state)
{
    struct world *w = *state;
    struct err e;

    create_live(w, "gone");
    create_live(w, "stays");
    assert_true(has_log(w, "gone"));
    assert_int_equal(engine_race_delete(w->engine, "gone", &e), 0);
    assert_false(has_log(w, "gone"));
    assert_true(has_log(w, "stays"));
}

/* The race is back after the next start, and so are its fixes. */
static void a_deletion_that_fails_loses_no_fixes(void **state)
{
    struct world *w = *state;
    struct race_record r;
    struct err e;

    create_live(w, "a");
    atomic_store(&door.shut, true);
    assert_int_equal(engine_race_delete(w->engine, "a", &e), -1);
    assert_int_equal(e.code, ERR_DISK_FULL);
    close_all(w);
    open_all(w);
    assert_int_equal(w->store->ops->race(w->store, "a", &r, &e), 0);
    assert_true(has_log(w, "a"));
}

/* Of a race that the store forgot, or whose creation was undone. */
static void a_start_drops_what_was_left(void **state)
{
    struct world *w = *state;
    struct err e;

    create_live(w, "a");
    assert_int_equal(fixlog_begin(w->log, "left", &e), 0);
    close_all(w);
    open_all(w);
    assert_false(has_log(w, "left"));
    assert_true(has_log(w, "a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_log_goes_with_its_race, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_deletion_that_fails_loses_no_fixes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_start_drops_what_was_left, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
