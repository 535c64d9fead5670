/* bench.c: trackside bench: how fast simulation, store and a live race are on this machine. */
#include "cmd/cmd.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "cmd/courses.h"
#include "live/engine.h"
#include "sim/sim.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BENCH_COURSE "crystal"
#define COPY_BYTES (64u << 20)
#define SYNC_WRITES 15
#define MAX_TICKS 400
#define PIPELINE_S 6
#define LIVE_TICKS 5

static const char help[] =
    "usage: trackside bench [OPTION]...\n"
    "\n"
    "Measure this machine for about 10 seconds: simulation, store and synced history on one\n"
    "thread, a live race, and the time from a request to the first event. It prints absolute\n"
    "figures, and their ratio to what the machine can do at best (memcpy, fdatasync).\n"
    "\n"
    "  --competitors N      1 to 1,000,000 (100,000)\n"
    "  --data DIR           where to write; removed afterwards ($TMPDIR, else /tmp)\n"
    "  --help               this text\n";

struct bench {
    uint32_t competitors;
    const char *base;
    char dir[512];
    struct course *course;
    double copy_gbps, sync_ms;
};

/* Milliseconds of the monotonic clock since start_ns. */
static double since_ms(int64_t start_ns)
{
    return (double)(clock_mono_ns() - start_ns) / 1e6;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Sorts v. `part` is 0.5 for the median. 0 where n is 0. */
static double quantile(double *v, size_t n, double part)
{
    qsort(v, n, sizeof *v, by_value);
    return n ? v[(size_t)(part * (double)(n - 1))] : 0;
}

/* Measures memcpy, the upper bound for everything that moves positions in memory. It keeps the
 * median of nine copies. */
static void measure_copy(struct bench *b)
{
    char *from = mem_zalloc(COPY_BYTES, 1), *to = mem_zalloc(COPY_BYTES, 1);
    double ms[9];

    for (size_t i = 0; i < 9; i++) {
        int64_t start_ns = clock_mono_ns();

        from[i] = (char)i;
        memcpy(to, from, COPY_BYTES);
        /* Without this the compiler drops the copy, because nobody reads it. */
        __asm__ volatile("" : : "r"(to) : "memory");
        ms[i] = since_ms(start_ns);
    }
    b->copy_gbps = COPY_BYTES / 1e6 / quantile(ms, 9, 0.5);
    free(from);
    free(to);
}

/* The least that one commit can cost: a write of 4 KiB and fdatasync. */
static int measure_sync(struct bench *b, struct err *e)
{
    char path[600], page[4096] = {0};
    double ms[SYNC_WRITES];
    int fd, rc = 0;

    (void)snprintf(path, sizeof path, "%s/floor", b->dir);
    fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set(e, ERR_INVALID, "%s cannot be written: %s.", path, strerror(errno));
    for (int i = 0; i < SYNC_WRITES && !rc; i++) {
        int64_t start_ns = clock_mono_ns();

        if (write(fd, page, sizeof page) != (ssize_t)sizeof page || fdatasync(fd))
            rc = err_set(e, ERR_DISK_FULL, "%s cannot be written: %s.", path, strerror(errno));
        ms[i] = since_ms(start_ns);
    }
    (void)close(fd);
    (void)unlink(path);
    b->sync_ms = rc ? 0 : quantile(ms, SYNC_WRITES, 0.5);
    return rc;
}

/* A race in real time on the bench course. The seed is fixed, so that two runs do the same work. */
static struct race_spec make_spec(const struct bench *b, const char *run_id)
{
    struct race_spec s = {.course = BENCH_COURSE,
        .competitors = b->competitors,
        .fastest = 144,
        .slowest = 500,
        .stop_ratio = 0.1,
        .min_pause = 10,
        .max_pause = 60,
        .seed = 1,
        .speed = 1,
        .start_s = clock_wall_ms() / 1000};

    (void)snprintf(s.run_id, sizeof s.run_id, "%s", run_id);
    (void)snprintf(s.revision, sizeof s.revision, "%s", b->course->revision);
    return s;
}

/* A new embedded store in a folder of its own below the bench directory. */
static struct store *open_store(const struct bench *b, const char *name, struct err *e)
{
    char path[600];
    struct store_embedded_options o = {.dir = path};

    (void)snprintf(path, sizeof path, "%s/%s", b->dir, name);
    return store_embedded_new(&o, e);
}

/* Commits tick after tick as fast as it can, one commit each. Fills ms with the time of each tick,
 * and *n with how many. */
static int run_ticks(
    struct store *s, struct sim *sim, struct tick *t, double *ms, size_t *n, struct err *e)
{
    uint32_t *dist_mm = mem_zalloc(t->n, sizeof *dist_mm);
    int64_t end_ns = clock_mono_ns() + PIPELINE_S * INT64_C(1000000000);
    int rc = 0;

    t->dist_mm = dist_mm;
    for (*n = 0; *n < MAX_TICKS && clock_mono_ns() < end_ns && !rc; (*n)++) {
        int64_t start_ns = clock_mono_ns();

        t->raw_s = (int32_t)*n;
        sim_tick(sim, t->raw_s, dist_mm);
        rc = s->ops->put_tick(s, t, e) || s->ops->commit(s, e) ? -1 : 0;
        ms[*n] = since_ms(start_ns);
    }
    free(dist_mm);
    return rc;
}

/* Prints throughput and times, and the ratio to the floor: one memcpy and one fdatasync of 4 bytes
 * per position. No store that keeps every tick can be faster than that. */
static void report_ticks(const struct bench *b, double *ms, size_t n)
{
    double sum_ms = 0, floor_ms = b->sync_ms + 4.0 * b->competitors / b->copy_gbps / 1e6;
    double median_ms;

    for (size_t i = 0; i < n; i++)
        sum_ms += ms[i];
    median_ms = quantile(ms, n, 0.5);
    (void)printf("simulate + store + synced history  %8.2f M events/s (%zu ticks, a commit each)\n",
        (double)n * b->competitors / sum_ms / 1e3, n);
    (void)printf("  one tick                         %8.2f ms median, %.2f ms p99\n", median_ms,
        quantile(ms, n, 0.99));
    (void)printf("  against writing 4 B a position   %8.2f x (memcpy and one fdatasync: %.2f ms)\n",
        median_ms / floor_ms, floor_ms);
}

/* Measures simulation, columns and synced history on this one thread, without the engine: what the
 * machine can do at best. */
static int measure_pipeline(struct bench *b, struct err *e)
{
    struct store *s = open_store(b, "pipeline", e);
    struct race_record r = {.spec = make_spec(b, "bench"), .state = RACE_RUNNING};
    struct sim *sim = s ? sim_new(&r.spec, b->course, (struct sim_shard){1, 1}, e) : NULL;
    double *ms = mem_zalloc(MAX_TICKS, sizeof *ms);
    struct tick t = {
        .race = &r, .course = b->course, .n = b->competitors, .first_id = 1, .id_step = 1};
    size_t n = 0;
    int rc = -1;

    r.anchor = (struct race_anchor){clock_wall_ms(), 0, 1};
    r.created_ms = r.anchor.wall_ms;
    if (sim && !s->ops->put_course(s, b->course, e) && !s->ops->put_race(s, &r, e)) {
        t.finish_raw_s = sim_finish_raw(sim);
        rc = run_ticks(s, sim, &t, ms, &n, e);
    }
    if (!rc)
        report_ticks(b, ms, n);
    free(ms);
    sim_free(sim);
    if (s)
        s->ops->free(s);
    return rc;
}

/* The engine's listener: keeps the time of the first view that has an event. */
static void note_first(void *arg, struct view *v)
{
    atomic_llong *first_ns = arg;
    long long none = 0;

    if (v->as_of_raw_s >= 0)
        (void)atomic_compare_exchange_strong(first_ns, &none, (long long)clock_mono_ns());
}

/* Starts a race, and prints how soon its first event came and how long a tick takes. */
static int live(struct bench *b, struct engine *en, atomic_llong *first_ns, struct err *e)
{
    struct race_spec spec = make_spec(b, "live");
    struct race_record r;
    struct engine_stats f;
    int64_t start_ns;
    double ms[LIVE_TICKS];
    size_t n = 0;

    if (engine_course_put(en, course_ref(b->course), 1, e))
        return -1;
    start_ns = clock_mono_ns();
    if (engine_race_create(en, &spec, &r, e))
        return -1;
    (void)printf("request to first event             %8.2f ms (%" PRIu32 " competitors)\n",
        (double)(atomic_load(first_ns) - start_ns) / 1e6, b->competitors);
    engine_stats(en, &f);
    for (uint64_t ticks = f.ticks; n < LIVE_TICKS;) {
        (void)nanosleep(&(struct timespec){0, 20000000}, NULL);
        engine_stats(en, &f);
        if (f.ticks != ticks)
            ms[n++] = f.last_wakeup_ms;
        ticks = f.ticks;
    }
    (void)printf("a live race ticks in               %8.2f ms median of %d, synced\n",
        quantile(ms, n, 0.5), LIVE_TICKS);
    return engine_race_stop(en, "live", &r, e);
}

/* Measures a real engine with a thread of its own, as `serve` runs it. */
static int measure_live(struct bench *b, struct err *e)
{
    atomic_llong first_ns = 0;
    struct store *s = open_store(b, "live", e);
    struct engine_options o = {.store = s, .listener = note_first, .listener_arg = &first_ns};
    struct engine *en = s ? engine_new(&o, e) : NULL;
    int rc = en ? live(b, en, &first_ns, e) : -1;

    engine_free(en);
    if (s)
        s->ops->free(s);
    return rc;
}

static int measure(struct bench *b, struct err *e)
{
    measure_copy(b);
    if (measure_sync(b, e))
        return -1;
    (void)printf("memcpy                             %8.2f GB/s\n", b->copy_gbps);
    (void)printf("write 4 KiB and fdatasync          %8.2f ms\n", b->sync_ms);
    return measure_pipeline(b, e) || measure_live(b, e) ? -1 : 0;
}

/* For nftw: removes a file, or a folder after its files. */
static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

/* Makes a temporary directory below b->base, measures in it, and removes it, also after a failure.
 */
static int run(struct bench *b, struct err *e)
{
    int rc;

    (void)snprintf(b->dir, sizeof b->dir, "%.400s/trackside-bench-XXXXXX", b->base);
    b->course = courses_load(BENCH_COURSE, e);
    if (!b->course)
        return -1;
    if (!mkdtemp(b->dir)) {
        course_unref(b->course);
        return err_set(e, ERR_INVALID, "%.400s cannot be written: %s.", b->base, strerror(errno));
    }
    log_set_level(LOG_WARN);
    rc = measure(b, e);
    (void)nftw(b->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    course_unref(b->course);
    return rc;
}

const struct option cmd_bench_options[] = {
    {"competitors", required_argument, NULL, 'n'},
    {"data", required_argument, NULL, 'd'},
    {"help", no_argument, NULL, CMD_OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static int take(void *arg, int option, struct err *e)
{
    struct bench *b = arg;
    uint64_t n;

    if (option == 'd') {
        b->base = optarg;
        return 0;
    }
    if (cmd_u64("--competitors", optarg, 1, RACE_MAX_COMPETITORS, &n, e))
        return -1;
    b->competitors = (uint32_t)n;
    return 0;
}

int cmd_bench(int argc, char **argv)
{
    static const struct cmd_options line = {
        .name = "bench", .options = cmd_bench_options, .help = help, .take = take};
    const char *tmp = getenv("TMPDIR");
    struct bench b = {.competitors = 100000, .base = tmp && *tmp ? tmp : "/tmp"};
    struct err e;
    int rc = cmd_options_read(argc, argv, &line, &b);

    if (rc != CMD_GO_ON)
        return rc;
    return run(&b, &e) ? cmd_fail(&e) : CMD_OK;
}
