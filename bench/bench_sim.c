/* bench_sim.c: a tick of the simulation, cold and warm, beside what touching the same memory costs
 * at least. usage: bench_sim [COMPETITORS]... */
#include "base/clock.h"
#include "base/mem.h"
#include "report.h"
#include "sim/sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TICKS 200
#define LEG_BYTES 24 /* what a warm tick reads of every runner */

static struct course *load(void)
{
    static const char file[] =
        "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{},"
        "\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[-0.064245,51.4],[-0.064245,51.445]"
        "]}},"
        "{\"type\":\"Feature\",\"properties\":{\"role\":\"geofence\"},\"geometry\":{\"type\":"
        "\"Polygon\",\"coordinates\":[[[-0.07,51.41],[-0.06,51.41],[-0.06,51.42],[-0.07,51.42],"
        "[-0.07,51.41]]]}}]}";
    struct course_options o = {.short_name = "bench"};
    struct err e = {0};
    struct course *c = course_import(file, sizeof file - 1, &o, &e);

    if (!c) {
        (void)fprintf(stderr, "bench_sim: %s\n", e.text);
        exit(1);
    }
    return c;
}

/* The mean over many seconds, because runners come to new stretches in waves. `stride` 1 is the
 * live race; a large one visits the seconds in no order, so that hardly anybody is where they were
 * last. */
static double tick_ns(struct sim *s, int32_t stride, uint32_t *dist_mm)
{
    int64_t start;

    sim_tick(s, 100, dist_mm);
    start = clock_mono_ns();
    for (int32_t k = 1; k <= TICKS; k++)
        sim_tick(s, 100 + k * stride % 600, dist_mm);
    return (double)(clock_mono_ns() - start) / TICKS / sim_count(s);
}

static double floor_ns(uint32_t n, uint32_t *dist_mm)
{
    uint64_t *state = mem_zalloc(n, LEG_BYTES), sum = 0;
    int64_t start;

    memset(state, 1, (size_t)n * LEG_BYTES);
    start = clock_mono_ns();
    for (int k = 0; k < TICKS; k++)
        for (uint32_t i = 0; i < n; i++) {
            sum += state[3 * (size_t)i] + state[3 * (size_t)i + 1] + state[3 * (size_t)i + 2];
            dist_mm[i] = (uint32_t)sum;
        }
    free(state);
    return (double)(clock_mono_ns() - start) / TICKS / n;
}

static void measure(uint32_t competitors, struct course *c)
{
    struct race_spec spec = {.competitors = competitors,
        .fastest = 144,
        .slowest = 500,
        .stop_ratio = 0.1,
        .min_pause = 10,
        .max_pause = 60,
        .seed = 1,
        .speed = 1,
        .run_id = "bench"};
    uint32_t *dist_mm = mem_zalloc(competitors, sizeof *dist_mm);
    struct err e = {0};
    int64_t start = clock_mono_ns();
    struct sim *s;
    double create, warm, cold, least;
    char what[80], note[120], peer[80];

    memcpy(spec.revision, c->revision, sizeof spec.revision);
    s = sim_new(&spec, c, (struct sim_shard){1, 1}, &e);
    if (!s) {
        (void)fprintf(stderr, "bench_sim: %s\n", e.text);
        exit(1);
    }
    create = (double)(clock_mono_ns() - start) / competitors;
    warm = tick_ns(s, 1, dist_mm);
    cold = tick_ns(s, 251, dist_mm);
    least = floor_ns(competitors, dist_mm);
    (void)snprintf(what, sizeof what, "simulate one tick, %u runners", competitors);
    (void)snprintf(note, sizeof note,
        "%.3g ns a runner, mean of %d; a second far away %.3g ns, created in %.3g ns each", warm,
        TICKS, cold, create);
    (void)snprintf(peer, sizeof peer, "reading and writing the same bytes %.3g ns", least);
    report_line(&(struct report){
        what, warm * competitors / 1e6, "ms", note, peer, warm / least, TARGET_NONE, false, 0});
    sim_free(s);
    free(dist_mm);
}

int main(int argc, char **argv)
{
    struct course *c = load();

    if (argc < 2) {
        measure(1000, c);
        measure(100000, c);
        measure(1000000, c);
    }
    for (int i = 1; i < argc; i++)
        measure((uint32_t)strtoul(argv[i], NULL, 10), c);
    course_unref(c);
    return 0;
}
