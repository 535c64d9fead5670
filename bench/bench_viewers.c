/* bench_viewers.c: what viewers cost the real program, counted in its process alone; beside a bare
 * epoll loop that writes as many messages of the same lengths. usage: bench_viewers
 * [crowd|many|stalled]... $TRACKSIDE is the program. */
#include "base/mem.h"
#include "report.h"
#include "server.h"
#include "viewers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define WATCH_MS 10000
#define SETTLE_MS 2500

struct cost {
    double core; /* the part of one core */
    struct viewers_seen seen;
    struct viewers_mix mix;
};

static double per(uint64_t sum, uint64_t n)
{
    return n ? (double)sum / (double)n : 0;
}

static void watch(struct viewers *v, pid_t pid, struct cost *c)
{
    double from_s;

    viewers_watch(v, SETTLE_MS);
    v->seen = (struct viewers_seen){0};
    from_s = server_cpu_s(pid);
    viewers_watch(v, WATCH_MS);
    c->core = (server_cpu_s(pid) - from_s) * 1000 / WATCH_MS;
    c->seen = v->seen;
    c->mix.frame_len = (size_t)per(v->seen.frame_bytes, v->seen.frames);
    c->mix.texts = (size_t)(per(v->seen.texts, v->seen.frames) + 0.5);
    c->mix.text_len = (size_t)per(v->seen.text_bytes, v->seen.texts);
}

/* The race alone first: what it costs without a viewer. */
static double run_ours(size_t viewers, uint32_t runners, struct cost *c)
{
    struct viewers *v = mem_zalloc(1, sizeof *v);
    struct server s;
    char dir[64];
    double alone, from_s;

    server_make_dir(dir);
    server_start(&s, dir, NULL);
    server_create_race(&s, "bench", runners, 1);
    server_sleep_ms(500);
    from_s = server_cpu_s(s.pid);
    server_sleep_ms(3000);
    alone = (server_cpu_s(s.pid) - from_s) / 3;
    viewers_open(v, s.port, "bench", viewers, 0);
    watch(v, s.pid, c);
    viewers_close(v);
    server_stop(&s);
    server_remove_dir(dir);
    free(v);
    return alone;
}

static void run_bare(size_t viewers, const struct viewers_mix *mix, struct cost *c)
{
    struct viewers *v = mem_zalloc(1, sizeof *v);
    int port;
    pid_t pid = viewers_bare_start(mix, &port);

    viewers_open(v, port, "bench", viewers, 0);
    watch(v, pid, c);
    viewers_bare_stop(pid);
    viewers_close(v);
    free(v);
}

static uint64_t messages(const struct cost *c)
{
    return c->seen.frames + c->seen.texts;
}

static void compare(size_t viewers, uint32_t runners, double limit_core, double limit_ratio)
{
    struct cost ours = {0}, bare = {0};
    double alone = run_ours(viewers, runners, &ours), ratio, p99, bare_p99;
    char what[120], note[160], peer[160];

    run_bare(viewers, &ours.mix, &bare);
    ratio = bare.core / (double)messages(&bare) / (ours.core / (double)messages(&ours));
    p99 = viewers_lag_ms(&ours.seen, 0.99);
    bare_p99 = viewers_lag_ms(&bare.seen, 0.99);
    (void)snprintf(what, sizeof what, "%zu viewers, %u runners at 1 Hz: CPU", viewers, runners);
    (void)snprintf(note, sizeof note,
        "%.3g %% without viewers; %.3g us a message, %.2f frames a viewer and s, "
        "%zu B + %zu x %zu B",
        100 * alone, ours.core * WATCH_MS * 1e3 / (double)messages(&ours),
        (double)ours.seen.frames * 1000 / WATCH_MS / (double)viewers, ours.mix.frame_len,
        ours.mix.texts, ours.mix.text_len);
    (void)snprintf(peer, sizeof peer, "bare epoll loop %.3g %%, %.3g us a message", 100 * bare.core,
        bare.core * WATCH_MS * 1e3 / (double)messages(&bare));
    report_line(&(struct report){what, 100 * ours.core, "% of a core", note, peer, ratio,
        limit_ratio > 0 ? TARGET_AT_LEAST : TARGET_AT_MOST, limit_ratio > 0,
        limit_ratio > 0 ? limit_ratio : limit_core});
    (void)snprintf(what, sizeof what, "... encoded to received, p99");
    (void)snprintf(note, sizeof note, "p50 %.0f ms", viewers_lag_ms(&ours.seen, 0.5));
    (void)snprintf(peer, sizeof peer, "bare epoll loop %.0f ms, p50 %.0f ms", bare_p99,
        viewers_lag_ms(&bare.seen, 0.5));
    report_line(&(struct report){what, p99, "ms", note, peer, bare_p99 > 0 ? p99 / bare_p99 : 0,
        limit_ratio > 0 ? TARGET_AT_MOST : TARGET_NONE, true, 1.4});
}

/* Viewers that take nothing; ten frames a second, so that their buffers are full soon. */
static void measure_stalled(void)
{
    struct viewers *v = mem_zalloc(1, sizeof *v);
    struct server s;
    char dir[64], note[100], peer[100];
    double alone_mb, filled_mb, alone_growth_mb, growth_mb;

    server_make_dir(dir);
    server_start(&s, dir, NULL);
    server_create_race(&s, "bench", 10000, 10);
    server_sleep_ms(6000);
    alone_mb = server_rss_mb(s.pid);
    server_sleep_ms(8000);
    alone_growth_mb = server_rss_mb(s.pid) - alone_mb;
    viewers_open(v, s.port, "bench", 100, 4096);
    server_sleep_ms(6000);
    filled_mb = server_rss_mb(s.pid);
    server_sleep_ms(8000);
    growth_mb = server_rss_mb(s.pid) - filled_mb;
    (void)snprintf(
        note, sizeof note, "from %.4g MB resident, after 6 s in which buffers fill", filled_mb);
    (void)snprintf(peer, sizeof peer, "the race without viewers grew by %.3g MB", alone_growth_mb);
    report_line(&(struct report){"100 stalled viewers at 10 frames/s, growth in 8 s", growth_mb,
        "MB", note, peer, 0, TARGET_AT_MOST, false, alone_growth_mb + 2});
    viewers_close(v);
    server_stop(&s);
    server_remove_dir(dir);
    free(v);
}

static int raise_file_limit(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files))
        return -1;
    files.rlim_cur = files.rlim_max;
    return setrlimit(RLIMIT_NOFILE, &files) || files.rlim_cur < VIEWERS_MAX + 200 ? -1 : 0;
}

static int wanted(int argc, char **argv, const char *name)
{
    int found = argc < 2;

    for (int i = 1; i < argc; i++)
        found = found || strcmp(argv[i], name) == 0;
    return found;
}

int main(int argc, char **argv)
{
    int many = raise_file_limit() == 0;

    if (wanted(argc, argv, "crowd"))
        compare(1000, 10000, 25, 0);
    if (wanted(argc, argv, "many") && many)
        compare(VIEWERS_MAX, 1000, 0, 0.85);
    else if (wanted(argc, argv, "many"))
        report_missing("10,000 viewers at 1 Hz", "the limit of open files is too low");
    if (wanted(argc, argv, "stalled"))
        measure_stalled();
    return 0;
}
