/* bench_kafka.c: a race through a real Kafka broker, TRACKSIDE_BENCH_KAFKA=HOST:PORT: published by
 * `trackside simulate --kafka`, and read back by a server that commits it. $TRACKSIDE is the
 * program. */
#include "base/clock.h"
#include "report.h"
#include "server.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RUNNERS 1000
#define PACE 300 /* all alike: a second's events are all there, to the end */
#define RACE "--course crystal --competitors %d --fastest %d --slowest %d --stop-ratio 0 --seed 1"
#define READY_S 60
#define DONE_S 60
#define CATCH_UP_S 120
#define QUIET_EVENTS 20000 /* in 2 s: others may have a race under way */

static double since_s(int64_t from_ns)
{
    return (double)(clock_mono_ns() - from_ns) / 1e9;
}

static void wait_ready(struct server *s)
{
    int64_t from = clock_mono_ns();

    while (server_request(s, "GET", "/readyz", NULL, NULL) != 200) {
        if (since_s(from) > READY_S) {
            (void)fprintf(stderr, "bench_kafka: the server does not become ready\n");
            exit(1);
        }
        server_sleep_ms(100);
    }
}

/* A broker that holds others' events: they are read first, and are not what is measured. */
static void wait_caught_up(struct server *s)
{
    static const char name[] = "trackside_store_committed_events_total";
    int64_t from = clock_mono_ns();
    double before, now = server_metric(s, name);

    do {
        before = now;
        server_sleep_ms(2000);
        now = server_metric(s, name);
        if (since_s(from) > CATCH_UP_S) {
            (void)fprintf(stderr, "bench_kafka: the broker's old events are not read within %d s\n",
                CATCH_UP_S);
            exit(1);
        }
    } while (now - before > QUIET_EVENTS);
}

static int all_finished(struct server *s, const char *path)
{
    const char *text, *at;

    if (server_request(s, "GET", path, NULL, &text) != 200)
        return 0;
    at = strstr(text, "\"finished\":");
    return at && strtol(at + strlen("\"finished\":"), NULL, 10) == RUNNERS;
}

/* How many lines the same race has without a broker. */
static double count_events(void)
{
    char command[600];
    double n = 0;
    FILE *f;

    (void)snprintf(command, sizeof command,
        "%s simulate " RACE " --run-id bench 2>/dev/null | wc -l", server_program(), RUNNERS, PACE,
        PACE);
    f = popen(command, "r");
    if (!f || fscanf(f, "%lf", &n) != 1) {
        (void)fprintf(stderr, "bench_kafka: %s failed\n", command);
        exit(1);
    }
    (void)pclose(f);
    return n;
}

int main(void)
{
    const char *broker = getenv("TRACKSIDE_BENCH_KAFKA");
    const char *extra[2] = {"--kafka", broker};
    char dir[64], run_id[40], command[600], path[100], note[80];
    struct server s;
    double events, out_s, all_s, server_s;
    int64_t from;

    if (!broker) {
        report_missing("publish to Kafka", "TRACKSIDE_BENCH_KAFKA=HOST:PORT is not set");
        report_missing("through Kafka, end to end", "TRACKSIDE_BENCH_KAFKA=HOST:PORT is not set");
        return 0;
    }
    server_make_dir(dir);
    server_start(&s, dir, extra);
    wait_ready(&s);
    wait_caught_up(&s);
    (void)snprintf(run_id, sizeof run_id, "bench-%" PRId64, clock_wall_ms());
    (void)snprintf(path, sizeof path, "/api/races/%s/board?limit=1", run_id);
    (void)snprintf(command, sizeof command,
        "%s simulate " RACE " --run-id %s --kafka %s >/dev/null 2>&1", server_program(), RUNNERS,
        PACE, PACE, run_id, broker);
    server_s = server_cpu_s(s.pid);
    from = clock_mono_ns();
    if (system(command) != 0) {
        (void)fprintf(stderr, "bench_kafka: %s failed\n", command);
        return 1;
    }
    out_s = since_s(from);
    while (!all_finished(&s, path) && since_s(from) < DONE_S)
        server_sleep_ms(20);
    all_s = since_s(from);
    server_s = server_cpu_s(s.pid) - server_s;
    events = count_events();
    if (!all_finished(&s, path)) {
        (void)fprintf(stderr, "bench_kafka: not all has come back within %d s\n", DONE_S);
        return 1;
    }
    (void)snprintf(note, sizeof note, "%.3g M events, once; the reader's CPU %.3g us each",
        events / 1e6, server_s * 1e6 / events);
    report_line(&(struct report){"publish to Kafka, transactions and acks", events / out_s / 1e6,
        "M events/s", note, NULL, 0, TARGET_NONE, false, 0});
    report_line(&(struct report){"through Kafka, end to end, committed", events / all_s / 1e6,
        "M events/s", note, NULL, 0, TARGET_AT_LEAST, false, 0.4});
    server_delete_race(&s, run_id);
    server_sleep_ms(1000);
    server_stop(&s);
    server_remove_dir(dir);
    return 0;
}
