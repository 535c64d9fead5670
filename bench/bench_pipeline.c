/* bench_pipeline.c: simulation, columns and synced history on one thread, a commit a tick, beside a
 * plain file of the same distances, written and synced in the same run. */
#include "base/clock.h"
#include "base/mem.h"
#include "report.h"
#include "server.h"
#include "sim/sim.h"
#include "store/store.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TICKS_MAX 400

struct bench {
    struct store *store;
    struct course *course;
    struct sim *sim;
    struct race_record race;
    uint32_t *dist_mm;
    int plain;
    double tick_ms[TICKS_MAX], plain_ms[TICKS_MAX];
    size_t ticks;
};

static void must(int rc, const struct err *e)
{
    if (!rc)
        return;
    (void)fprintf(stderr, "bench_pipeline: %s\n", e->text);
    exit(1);
}

static struct course *load(void)
{
    char text[65536];
    struct course_options o = {.short_name = "crystal"};
    struct err e = {0};
    FILE *f = fopen(COURSES_DIR "/crystal.kml", "rb");
    size_t n = f ? fread(text, 1, sizeof text, f) : 0;
    struct course *c = course_import(text, n, &o, &e);

    must(!c, &e);
    (void)fclose(f);
    return c;
}

static void prepare(struct bench *b, const char *dir, uint32_t n)
{
    struct store_embedded_options o = {.dir = dir};
    struct err e = {0};
    char path[100];

    b->course = load();
    b->race = (struct race_record){.state = RACE_RUNNING,
        .anchor = {.speed = 1},
        .spec = {.run_id = "bench",
            .competitors = n,
            .fastest = 144,
            .slowest = 500,
            .stop_ratio = 0.1,
            .min_pause = 10,
            .max_pause = 60,
            .seed = 1,
            .speed = 1}};
    (void)snprintf(b->race.spec.course, sizeof b->race.spec.course, "%s", b->course->short_name);
    memcpy(b->race.spec.revision, b->course->revision, sizeof b->race.spec.revision);
    b->store = store_embedded_new(&o, &e);
    must(!b->store, &e);
    must(b->store->ops->put_course(b->store, b->course, &e), &e);
    must(b->store->ops->put_race(b->store, &b->race, &e), &e);
    must(b->store->ops->commit(b->store, &e), &e);
    b->sim = sim_new(&b->race.spec, b->course, (struct sim_shard){1, 1}, &e);
    must(!b->sim, &e);
    b->dist_mm = mem_zalloc(n, sizeof *b->dist_mm);
    (void)snprintf(path, sizeof path, "%s/plain", dir);
    b->plain = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
}

static void one_tick(struct bench *b, int32_t raw_s)
{
    int64_t from = clock_mono_ns(), done;
    struct err e = {0};
    struct tick t = {.race = &b->race,
        .course = b->course,
        .raw_s = raw_s,
        .n = sim_count(b->sim),
        .first_id = 1,
        .id_step = 1,
        .dist_mm = b->dist_mm,
        .finish_raw_s = sim_finish_raw(b->sim)};

    sim_tick(b->sim, raw_s, b->dist_mm);
    must(b->store->ops->put_tick(b->store, &t, &e), &e);
    must(b->store->ops->commit(b->store, &e), &e);
    done = clock_mono_ns();
    if (write(b->plain, b->dist_mm, t.n * sizeof *b->dist_mm) < 0 || fdatasync(b->plain))
        must(err_set(&e, ERR_DISK_FULL, "the plain file cannot be written"), &e);
    b->tick_ms[b->ticks] = (double)(done - from) / 1e6;
    b->plain_ms[b->ticks++] = (double)(clock_mono_ns() - done) / 1e6;
}

static void tell(struct bench *b, uint32_t n, double tick_limit_ms)
{
    double sum_ms = 0, plain_sum_ms = 0, median_ms, plain_ms;
    char what[80], note[80], peer[80];

    for (size_t i = 0; i < b->ticks; i++) {
        sum_ms += b->tick_ms[i];
        plain_sum_ms += b->plain_ms[i];
    }
    (void)snprintf(what, sizeof what, "simulate + store + synced history, %u runners", n);
    (void)snprintf(note, sizeof note, "%zu ticks, a commit each", b->ticks);
    (void)snprintf(peer, sizeof peer, "plain write + fdatasync %.3g M/s",
        (double)n * (double)b->ticks / plain_sum_ms / 1e3);
    report_line(&(struct report){what, (double)n * (double)b->ticks / sum_ms / 1e3, "M events/s",
        note, peer, plain_sum_ms / sum_ms, TARGET_AT_LEAST, false, 5});
    median_ms = report_quantile(b->tick_ms, b->ticks, 0.5);
    plain_ms = report_quantile(b->plain_ms, b->ticks, 0.5);
    (void)snprintf(what, sizeof what, "one such tick, %u runners", n);
    (void)snprintf(note, sizeof note, "p99 %.3g ms, median of %zu",
        report_quantile(b->tick_ms, b->ticks, 0.99), b->ticks);
    (void)snprintf(peer, sizeof peer, "plain write + fdatasync %.3g ms", plain_ms);
    report_line(&(struct report){what, median_ms, "ms", note, peer, median_ms / plain_ms,
        TARGET_AT_MOST, false, tick_limit_ms});
}

static void measure(uint32_t n, double tick_limit_ms)
{
    struct bench *b = mem_zalloc(1, sizeof *b);
    char dir[64];
    int64_t end_ns;

    server_make_dir(dir);
    prepare(b, dir, n);
    end_ns = clock_mono_ns() + 8 * INT64_C(1000000000);
    while (b->ticks < TICKS_MAX && clock_mono_ns() < end_ns)
        one_tick(b, (int32_t)b->ticks);
    tell(b, n, tick_limit_ms);
    (void)close(b->plain);
    sim_free(b->sim);
    b->store->ops->free(b->store);
    course_unref(b->course);
    free(b->dist_mm);
    free(b);
    server_remove_dir(dir);
}

int main(void)
{
    measure(100000, 15);
    measure(1000000, 100);
    return 0;
}
