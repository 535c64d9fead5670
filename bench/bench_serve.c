/* bench_serve.c: what somebody waits for at the real program: its start, a race's creation, the
 * live tick, a board, SQL. $TRACKSIDE is the program. */
#include "base/clock.h"
#include "report.h"
#include "server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STARTS 7
#define CREATES 5
#define REQUESTS 101

static double since_ms(int64_t from_ns)
{
    return (double)(clock_mono_ns() - from_ns) / 1e6;
}

/* From fork to the first answer of the API, in ms. */
static double start_ms(struct server *s, const char *dir, double *cpu_s)
{
    int64_t from = clock_mono_ns();
    const char *answer;

    server_start(s, dir, NULL);
    (void)server_request(s, "GET", "/api/races", NULL, &answer);
    *cpu_s += server_cpu_s(s->pid);
    return since_ms(from);
}

static void tell_starts(const char *what, double *ms, size_t n, double cpu_s)
{
    char note[90];
    double median = report_quantile(ms, n, 0.5);

    (void)snprintf(note, sizeof note, "worst %.3g ms, median of %zu, CPU %.3g ms a start",
        report_quantile(ms, n, 1), n, cpu_s * 1000 / (double)n);
    report_line(&(struct report){what, median, "ms", note, NULL, 0, TARGET_AT_MOST, false, 300});
}

static void measure_empty_starts(void)
{
    double ms[STARTS], cpu_s = 0;

    for (size_t i = 0; i < STARTS; i++) {
        struct server s;
        char dir[64];

        server_make_dir(dir);
        ms[i] = start_ms(&s, dir, &cpu_s);
        server_stop(&s);
        server_remove_dir(dir);
    }
    tell_starts("start to first answer, empty data directory", ms, STARTS, cpu_s);
}

/* With what the other measurements left: a race of 100,000 and one of 1,000,000 under way. */
static void measure_used_starts(const char *dir)
{
    double ms[STARTS], cpu_s = 0;

    for (size_t i = 0; i < STARTS; i++) {
        struct server s;

        ms[i] = start_ms(&s, dir, &cpu_s);
        server_stop(&s);
    }
    tell_starts("start to first answer, races of 100k and 1M under way", ms, STARTS, cpu_s);
}

static void measure_creation(struct server *s)
{
    double ms[CREATES], median, cpu_s = 0;
    char note[90];

    for (size_t i = 0; i < CREATES; i++) {
        double before = server_metric(s, "trackside_store_committed_events_total");
        double cpu_from_s = server_cpu_s(s->pid);
        int64_t from = clock_mono_ns();

        server_create_race(s, "create", 100000, 1);
        while (server_metric(s, "trackside_store_committed_events_total") <= before)
            server_sleep_ms(1);
        ms[i] = since_ms(from);
        cpu_s += server_cpu_s(s->pid) - cpu_from_s;
        server_delete_race(s, "create");
        server_sleep_ms(300);
    }
    median = report_quantile(ms, CREATES, 0.5);
    (void)snprintf(note, sizeof note, "worst %.3g ms, median of %d, CPU %.3g ms each",
        report_quantile(ms, CREATES, 1), CREATES, cpu_s * 1000 / CREATES);
    report_line(&(struct report){"create to first event committed, 100,000 runners", median, "ms",
        note, NULL, 0, TARGET_AT_MOST, false, 100});
}

/* What the engine says of its wake-ups while a race is live. */
static void measure_ticks(struct server *s, const char *what, size_t wanted, double limit_ms)
{
    double ms[32], seen = server_metric(s, "trackside_wakeups_total"), median;
    char note[80];
    size_t n = 0;

    for (int tries = 0; n < wanted && tries < 400; tries++) {
        double now = server_metric(s, "trackside_wakeups_total");

        if (now > seen)
            ms[n++] = server_metric(s, "trackside_last_wakeup_ms");
        seen = now;
        server_sleep_ms(100);
    }
    median = report_quantile(ms, n, 0.5);
    (void)snprintf(note, sizeof note, "worst %.3g ms, median of %zu", report_quantile(ms, n, 1), n);
    report_line(
        &(struct report){what, median, "ms", note, NULL, 0, TARGET_AT_MOST, false, limit_ms});
}

struct question {
    const char *what, *method, *path, *body;
    size_t times;
    double limit_ms; /* 0: no target of ours, a plain answer is the peer */
};

static double ask(struct server *s, const struct question *q, double *p99)
{
    double ms[REQUESTS];

    for (size_t i = 0; i < q->times; i++) {
        int64_t from = clock_mono_ns();
        const char *answer;

        if (server_request(s, q->method, q->path, q->body, &answer) != 200 ||
            strstr(answer, "errorCode")) {
            (void)fprintf(stderr, "bench_serve: %s: %.300s\n", q->what, answer);
            exit(1);
        }
        ms[i] = since_ms(from);
    }
    *p99 = report_quantile(ms, q->times, 0.99);
    return report_quantile(ms, q->times, 0.5);
}

static void measure_questions(struct server *s, const struct question *q, size_t n)
{
    static const struct question plain = {"plain", "GET", "/healthz", NULL, REQUESTS, 0};
    double p99, least_ms = ask(s, &plain, &p99);
    char note[60], peer[60];

    for (size_t i = 0; i < n; i++) {
        double median = ask(s, &q[i], &p99);

        (void)snprintf(note, sizeof note, "p99 %.3g ms, median of %zu", p99, q[i].times);
        (void)snprintf(peer, sizeof peer, "GET /healthz %.3g ms", least_ms);
        report_line(&(struct report){q[i].what, median, "ms", note, peer, median / least_ms,
            q[i].limit_ms > 0 ? TARGET_AT_MOST : TARGET_NONE, false, q[i].limit_ms});
    }
}

static void measure_memory(struct server *s, double before_mb, const char *what, double limit_mb)
{
    report_line(&(struct report){what, server_rss_mb(s->pid) - before_mb, "MB",
        "resident, grown by", NULL, 0, TARGET_AT_MOST, false, limit_mb});
}

int main(void)
{
    static const struct question at_100k[] = {
        {"board?limit=10, 100,000 runners live", "GET", "/api/races/r100k/board?limit=10", NULL,
            REQUESTS, 0},
        {"SQL top 10, 100,000 runners", "POST", "/query/sql",
            "{\"sql\": \"select competitorId, distance from parkrun where runId = 'r100k' order by "
            "distance desc limit 10\"}",
            REQUESTS, 0},
    };
    static const struct question at_1m[] = {
        {"SQL count(*), 1,000,000 rows", "POST", "/query/sql",
            "{\"sql\": \"select count(*) from parkrun where runId = 'r1m'\"}", 7, 0},
        {"SQL count where distance > 1, 1,000,000 rows", "POST", "/query/sql",
            "{\"sql\": \"select count(*) from parkrun where runId = 'r1m' and distance > 1\"}", 7,
            0},
    };
    struct server s;
    char dir[64];
    double empty_mb;

    measure_empty_starts();
    server_make_dir(dir);
    server_start(&s, dir, NULL);
    measure_creation(&s);
    server_create_race(&s, "r100k", 100000, 1);
    measure_ticks(&s, "live race's wake-up, 100,000 runners", 12, 15);
    measure_questions(&s, at_100k, sizeof at_100k / sizeof *at_100k);
    server_stop(&s);
    server_start(&s, dir, NULL);
    empty_mb = server_rss_mb(s.pid);
    (void)server_request(&s, "POST", "/api/races/r100k/pause", "", NULL);
    server_create_race(&s, "r1m", 1000000, 1);
    measure_ticks(&s, "live race's wake-up, 1,000,000 runners", 12, 100);
    measure_memory(&s, empty_mb, "memory of a live race, 1,000,000 runners", 100);
    measure_questions(&s, at_1m, sizeof at_1m / sizeof *at_1m);
    (void)server_request(&s, "POST", "/api/races/r100k/resume", "", NULL);
    server_stop(&s);
    measure_used_starts(dir);
    server_remove_dir(dir);
    return 0;
}
