/* bench_store.c: put and commit of synthetic ticks, synced each, beside a plain file of the same
 * distances written and synced in the same run; then what reading costs. usage: bench_store
 * [DIRECTORY] (in /tmp where none is given) */
#include "base/clock.h"
#include "base/mem.h"
#include "board/board.h"
#include "report.h"
#include "store/store.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct bench {
    char dir[256];
    struct store *store;
    struct course *course;
    uint32_t races, n;
    struct race_record *record;
    uint32_t *dist_mm;
    int32_t *finish_raw_s;
    int fd; /* the peer's file */
};

static void must(int rc, const struct err *e)
{
    if (!rc)
        return;
    (void)fprintf(stderr, "bench_store: %s\n", e->text);
    exit(1);
}

static struct course *load(void)
{
    static const char file[] =
        "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{},"
        "\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[-0.064245,51.4],[-0.064245,51.5]"
        "]}},"
        "{\"type\":\"Feature\",\"properties\":{\"role\":\"geofence\"},\"geometry\":{\"type\":"
        "\"Polygon\",\"coordinates\":[[[-0.07,51.401],[-0.06,51.401],[-0.06,51.402],[-0.07,51.402]"
        ",[-0.07,51.401]]]}}]}";
    struct course_options o = {.short_name = "bench"};
    struct err e = {0};
    struct course *c = course_import(file, sizeof file - 1, &o, &e);

    must(!c, &e);
    return c;
}

static void make_race(struct bench *b, uint32_t k)
{
    struct race_record *r = &b->record[k];
    struct err e = {0};

    *r = (struct race_record){.state = RACE_RUNNING};
    (void)snprintf(r->spec.run_id, sizeof r->spec.run_id, "bench-%u-%u", b->n, k);
    (void)snprintf(r->spec.course, sizeof r->spec.course, "%s", b->course->short_name);
    memcpy(r->spec.revision, b->course->revision, sizeof r->spec.revision);
    r->spec.competitors = b->n;
    r->spec.fastest = 144;
    r->spec.slowest = 500;
    r->spec.min_pause = 10;
    r->spec.max_pause = 60;
    r->spec.speed = r->anchor.speed = 1;
    must(b->store->ops->put_race(b->store, r, &e), &e);
}

static void bench_init(struct bench *b, const char *base, uint32_t races, uint32_t n)
{
    struct store_embedded_options o = {0};
    struct err e = {0};
    char path[300];
    uint32_t i;

    *b = (struct bench){.course = load(), .races = races, .n = n};
    (void)snprintf(b->dir, sizeof b->dir, "%s/trackside-bench-XXXXXX", base);
    if (!mkdtemp(b->dir))
        must(err_set(&e, ERR_INVALID, "%s cannot be made", b->dir), &e);
    o.dir = b->dir;
    b->store = store_embedded_new(&o, &e);
    must(!b->store, &e);
    must(b->store->ops->put_course(b->store, b->course, &e), &e);
    b->record = mem_zalloc(races, sizeof *b->record);
    for (i = 0; i < races; i++)
        make_race(b, i);
    must(b->store->ops->commit(b->store, &e), &e);
    b->dist_mm = mem_zalloc(n, sizeof *b->dist_mm);
    b->finish_raw_s = mem_alloc(n * sizeof *b->finish_raw_s);
    for (i = 0; i < n; i++)
        b->finish_raw_s[i] = INT32_MAX;
    (void)snprintf(path, sizeof path, "%s/peer", b->dir);
    b->fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0644);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

static void bench_release(struct bench *b)
{
    b->store->ops->free(b->store);
    (void)close(b->fd);
    (void)nftw(b->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    course_unref(b->course);
    free(b->record);
    free(b->dist_mm);
    free(b->finish_raw_s);
}

/* The same distances into a plain file, synced: what the disk itself costs. */
static int64_t peer_ns(struct bench *b)
{
    int64_t from = clock_mono_ns();
    uint32_t k;

    for (k = 0; k < b->races; k++)
        if (write(b->fd, b->dist_mm, b->n * sizeof *b->dist_mm) < 0)
            exit(1);
    if (fdatasync(b->fd))
        exit(1);
    return clock_mono_ns() - from;
}

struct cost {
    int64_t put_ns, commit_ns, worst_ns, peer_ns;
};

static void second(struct bench *b, int32_t raw_s, struct cost *c)
{
    int64_t from = clock_mono_ns(), put, done;
    struct err e = {0};
    uint32_t k, i;

    for (k = 0; k < b->races; k++) {
        struct tick t = {.race = &b->record[k],
            .course = b->course,
            .raw_s = raw_s,
            .n = b->n,
            .first_id = 1,
            .id_step = 1,
            .dist_mm = b->dist_mm,
            .finish_raw_s = b->finish_raw_s};

        must(b->store->ops->put_tick(b->store, &t, &e), &e);
    }
    put = clock_mono_ns();
    must(b->store->ops->commit(b->store, &e), &e);
    done = clock_mono_ns();
    c->put_ns += put - from;
    c->commit_ns += done - put;
    c->worst_ns = done - from > c->worst_ns ? done - from : c->worst_ns;
    c->peer_ns += peer_ns(b);
    for (i = 0; i < b->n; i++)
        b->dist_mm[i] += 2000 + i * 2654435761u % 5000;
}

static double since_ms(int64_t from_ns)
{
    return (double)(clock_mono_ns() - from_ns) / 1e6;
}

static void tell_once(const struct bench *b, const char *what, double ms)
{
    char text[100];

    (void)snprintf(text, sizeof text, "%s, %u runners", what, b->n);
    report_line(&(struct report){text, ms, "ms", "once", NULL, 0, TARGET_NONE, false, 0});
}

static void measure_reading(struct bench *b, int32_t ticks)
{
    const char *run_id = b->record[0].spec.run_id;
    struct splits_competitor one;
    struct err e = {0};
    struct board board;
    struct view *v;
    int64_t from = clock_mono_ns();

    v = b->store->ops->view_at(b->store, run_id, ticks / 2, &e);
    must(!v, &e);
    tell_once(b, "positions as of the middle of a race", since_ms(from));
    from = clock_mono_ns();
    board_init(&board, v, 10);
    tell_once(b, "board of 10 from a view", since_ms(from));
    board_release(&board);
    view_unref(v);
    from = clock_mono_ns();
    must(b->store->ops->competitor(b->store, run_id, b->n / 2 + 1, -1, &one, &e), &e);
    tell_once(b, "one competitor's history", since_ms(from));
    splits_competitor_release(&one);
}

static void measure(const char *base, uint32_t races, uint32_t n, int32_t ticks)
{
    struct bench b;
    struct cost c = {0};
    struct store_stats f;
    char what[80], note[120], peer[60];
    double events = (double)races * n * ticks, spent;
    int32_t raw_s;

    bench_init(&b, base, races, n);
    for (raw_s = 0; raw_s < ticks; raw_s++)
        second(&b, raw_s, &c);
    spent = (double)(c.put_ns + c.commit_ns);
    store_stats(b.store, &f);
    (void)snprintf(what, sizeof what, "store and commit a second, %u x %u runners", races, n);
    (void)snprintf(note, sizeof note,
        "%.4g M events/s, mean of %d, worst %.3g ms, %.3g B a position", events / spent * 1e3,
        ticks, (double)c.worst_ns / 1e6, (double)f.disk_bytes / (double)f.committed_events);
    (void)snprintf(
        peer, sizeof peer, "plain write + fdatasync %.3g ms", (double)c.peer_ns / ticks / 1e6);
    report_line(&(struct report){what, spent / ticks / 1e6, "ms", note, peer,
        spent / (double)c.peer_ns, TARGET_NONE, false, 0});
    measure_reading(&b, ticks);
    bench_release(&b);
}

int main(int argc, char **argv)
{
    const char *base = argc > 1 ? argv[1] : "/tmp";

    measure(base, 1, 1000, 200);
    measure(base, 1, 100000, 100);
    measure(base, 1, 1000000, 70);
    measure(base, 1000, 100, 65);
    return 0;
}
