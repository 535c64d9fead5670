/* The feeds that need nothing outside the process. */
#include "feed/feed.h"

#include "meridian.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static const uint32_t places[] = {1000, 2000, 3000};
static const int32_t finishes[] = {7, 5, 9};

static struct race_record race(void)
{
    struct race_record r;

    memset(&r, 0, sizeof r);
    (void)snprintf(r.spec.run_id, sizeof r.spec.run_id, "run-1");
    (void)snprintf(r.spec.course, sizeof r.spec.course, "meridian");
    r.spec.start_s = 1767258000;
    return r;
}

/* Competitors 2, 5, 8: part 2 of 3. */
static struct tick tick(const struct race_record *r, int32_t raw_s)
{
    struct tick t = {.race = r,
        .course = meridian,
        .raw_s = raw_s,
        .n = 3,
        .first_id = 2,
        .id_step = 3,
        .dist_mm = places,
        .finish_raw_s = finishes};

    return t;
}

static void publish(struct feed *f, const struct race_record *r, int32_t raw_s)
{
    struct tick t = tick(r, raw_s);
    struct err e = {0};

    if (f->ops->publish_tick(f, &t, &e))
        fail_msg("%s", e.text);
}

static void flush(struct feed *f)
{
    struct err e = {0};

    if (f->ops->flush(f, &e))
        fail_msg("%s", e.text);
}

/* One line an event in the order of publishing; nobody has an event behind the finish. */
static void ndjson_lines(void **state)
{
    static const struct {
        int64_t id;
        int32_t raw;
        double distance;
    } expected[] = {{2, 5, 1}, {5, 5, 2}, {8, 5, 3}, {2, 6, 1}, {8, 6, 3}, {8, 9, 3}};
    int fd = memfd_create("events", MFD_CLOEXEC);
    struct feed *f = feed_ndjson_new(fd);
    struct race_record r = race();
    struct err e = {0};
    char line[EVENT_JSON_MAX];
    FILE *in;

    (void)state;
    publish(f, &r, 5);
    publish(f, &r, 6);
    publish(f, &r, 9);
    publish(f, &r, 10);
    flush(f);
    f->ops->free(f);
    in = fdopen(fd, "r");
    rewind(in);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        struct event ev;

        assert_non_null(fgets(line, sizeof line, in));
        assert_int_equal(event_parse(line, strlen(line), &ev, &e), 0);
        assert_true(ev.competitor_id == expected[i].id);
        assert_int_equal(ev.raw_s, expected[i].raw);
        assert_true(ev.distance_m == expected[i].distance);
        assert_true(ev.timestamp_s == 1767258000 + expected[i].raw);
        assert_string_equal(ev.run_id, "run-1");
        assert_string_equal(ev.course, "meridian");
    }
    assert_null(fgets(line, sizeof line, in));
    (void)fclose(in);
}

static void *read_slowly(void *arg)
{
    static size_t total;
    char bytes[4096];
    ssize_t got;

    total = 0;
    while ((got = read(*(int *)arg, bytes, sizeof bytes)) > 0)
        total += (size_t)got;
    return &total;
}

/* A full pipe is waited for, also where somebody made it non-blocking: no byte is lost. */
static void ndjson_waits_for_the_reader(void **state)
{
    struct race_record r = race();
    size_t one, lines = 60000;
    char text[EVENT_JSON_MAX];
    struct event_writer w = {.run_id = "run-1", .course = "meridian", .line = meridian->line};

    (void)state;
    one = (size_t)(event_write(&w, 2, 0, 1000, text) - text) + 1;
    for (int flags = 0; flags <= O_NONBLOCK; flags += O_NONBLOCK) {
        int fd[2];
        pthread_t reader;
        struct feed *f;
        void *total;

        assert_int_equal(pipe2(fd, O_CLOEXEC), 0);
        assert_int_equal(fcntl(fd[1], F_SETFL, flags), 0);
        assert_int_equal(pthread_create(&reader, NULL, read_slowly, &fd[0]), 0);
        f = feed_ndjson_new(fd[1]);
        for (size_t i = 0; i < lines / 3; i++)
            publish(f, &r, 0);
        flush(f);
        f->ops->free(f);
        (void)close(fd[1]);
        (void)pthread_join(reader, &total);
        (void)close(fd[0]);
        assert_int_equal(*(size_t *)total, lines * one);
    }
}

static void ndjson_tells_why_not(void **state)
{
    struct race_record r = race();
    struct err e = {0};
    struct feed *f;
    int fd[2], full = open("/dev/full", O_WRONLY | O_CLOEXEC);

    (void)state;
    f = feed_ndjson_new(full);
    publish(f, &r, 0);
    assert_int_equal(f->ops->flush(f, &e), -1);
    assert_int_equal(e.code, ERR_DISK_FULL);
    assert_non_null(strstr(e.text, "No space left"));
    f->ops->free(f);
    (void)close(full);

    (void)signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe2(fd, O_CLOEXEC), 0);
    (void)close(fd[0]);
    f = feed_ndjson_new(fd[1]);
    publish(f, &r, 0);
    assert_int_equal(f->ops->flush(f, &e), -1);
    assert_int_equal(e.code, ERR_UNAVAILABLE);
    f->ops->free(f);
    (void)close(fd[1]);

    f = feed_ndjson_new(-1);
    publish(f, &r, 0);
    assert_int_equal(f->ops->flush(f, &e), -1);
    assert_int_equal(e.code, ERR_INTERNAL);
    f->ops->free(f);
}

struct seen {
    int ticks, races, courses;
    const struct tick *tick;
    int fail;
};

static int see_tick(void *arg, const struct tick *t, struct err *e)
{
    struct seen *s = arg;

    s->ticks++;
    s->tick = t;
    return s->fail ? err_set(e, ERR_DISK_FULL, "full") : 0;
}

static int see_race(void *arg, const struct race_record *r, bool own, struct err *e)
{
    (void)r;
    (void)e;
    ((struct seen *)arg)->races += own;
    return 0;
}

static int see_course(void *arg, struct course *c, struct err *e)
{
    (void)c;
    (void)e;
    ((struct seen *)arg)->courses++;
    return 0;
}

/* The very same tick arrives, at once and once; what the sink says is what the publisher hears. */
static void local_hands_on(void **state)
{
    struct seen seen = {0};
    struct feed_sink sink = {
        .arg = &seen, .tick = see_tick, .race = see_race, .course = see_course};
    struct feed *f = feed_local_new(&sink);
    struct race_record r = race();
    struct tick t = tick(&r, 3);
    struct err e = {0};

    (void)state;
    assert_int_equal(f->ops->publish_race(f, &r, &e), 0);
    assert_int_equal(f->ops->publish_course(f, meridian, &e), 0);
    assert_int_equal(f->ops->publish_tick(f, &t, &e), 0);
    assert_ptr_equal(seen.tick, &t);
    assert_int_equal(f->ops->flush(f, &e), 0);
    assert_int_equal(seen.ticks, 1);
    assert_int_equal(seen.races, 1);
    assert_int_equal(seen.courses, 1);
    seen.fail = 1;
    assert_int_equal(f->ops->publish_tick(f, &t, &e), -1);
    assert_int_equal(e.code, ERR_DISK_FULL);
    f->ops->free(f);
}

static void local_without_wishes(void **state)
{
    struct feed_sink sink = {0};
    struct feed *f = feed_local_new(&sink);
    struct race_record r = race();
    struct tick t = tick(&r, 3);
    struct err e = {0};

    (void)state;
    assert_int_equal(f->ops->publish_tick(f, &t, &e), 0);
    assert_int_equal(f->ops->publish_race(f, &r, &e), 0);
    assert_int_equal(f->ops->publish_course(f, meridian, &e), 0);
    f->ops->free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ndjson_lines),
        cmocka_unit_test(ndjson_waits_for_the_reader),
        cmocka_unit_test(ndjson_tells_why_not),
        cmocka_unit_test(local_hands_on),
        cmocka_unit_test(local_without_wishes),
    };

    return cmocka_run_group_tests(tests, open_course, close_course);
}
