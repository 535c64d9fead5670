/* bench_kafka.c: a race through a real Kafka broker: made and published by `trackside simulate
 * --kafka`, read back (read_committed) and parsed by a server that commits it. Before and after it,
 * as the limit, librdkafka alone with the same bytes. TRACKSIDE_BENCH_KAFKA=HOST:PORT is a broker
 * of the benchmark's own, empty (bench/run starts one); TRACKSIDE_BENCH_KAFKA_PID tells its CPU
 * time. $TRACKSIDE is the program. */
#include "base/clock.h"
#include "kafka_limit.h"
#include "report.h"
#include "server.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define RUNNERS 1000
#define PACE 300 /* all alike: a second's events are all there, to the end */
#define RACE "--course crystal --competitors %d --fastest %d --slowest %d --stop-ratio 0 --seed 1"
#define READY_S 60
#define DONE_S 120
#define SAMPLE 50000 /* events that librdkafka alone is given, again and again */
#define LIMIT_EVENTS 1500000
#define RUNS 2

static const char *const names[] = {"librdkafka alone, produced and consumed",
    "publish to Kafka, transactions and acks", "through Kafka, end to end, committed"};

static double since_s(int64_t from_ns)
{
    return (double)(clock_mono_ns() - from_ns) / 1e9;
}

static double cpu_s(int who)
{
    struct rusage u;

    (void)getrusage(who, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/* 0 where nobody has told which process the broker is. */
static double broker_cpu_s(void)
{
    const char *pid = getenv("TRACKSIDE_BENCH_KAFKA_PID");

    return pid ? server_cpu_s((pid_t)strtol(pid, NULL, 10)) : 0;
}

static _Noreturn void fail(const char *what)
{
    (void)fprintf(stderr, "bench_kafka: %s\n", what);
    exit(1);
}

static void wait_ready(struct server *s)
{
    int64_t from = clock_mono_ns();

    while (server_request(s, "GET", "/readyz", NULL, NULL) != 200) {
        if (since_s(from) > READY_S)
            fail("the server does not become ready");
        server_sleep_ms(50);
    }
}

static int all_finished(struct server *s, const char *path)
{
    const char *text, *at;

    if (server_request(s, "GET", path, NULL, &text) != 200)
        return 0;
    at = strstr(text, "\"finished\":");
    return at && strtol(at + strlen("\"finished\":"), NULL, 10) == RUNNERS;
}

/* The race's lines as they are without a broker: the first of them, and how many there are. */
static double read_truth(struct kafka_limit *limit)
{
    char command[600], line[1024];
    double n = 0;
    FILE *f;

    (void)snprintf(command, sizeof command, "%s simulate " RACE " --run-id bench 2>/dev/null",
        server_program(), RUNNERS, PACE, PACE);
    f = popen(command, "r");
    if (!f)
        fail("simulate cannot be started");
    for (; fgets(line, sizeof line, f); n++)
        if (n < SAMPLE)
            kafka_limit_add(limit, line, strcspn(line, "\n"));
    if (pclose(f) || n < SAMPLE)
        fail("simulate failed");
    return n;
}

struct times {
    double out_s, all_s;                   /* since the beginning */
    double simulate_s, server_s, broker_s; /* of CPU */
};

/* One race, by two programs as anybody would start them: their start is part of it. */
static void through_kafka(struct server *s, const char *broker, struct times *t)
{
    char command[600], path[100], run_id[40];
    int64_t from;

    (void)snprintf(run_id, sizeof run_id, "bench-%" PRId64, clock_wall_ms());
    (void)snprintf(path, sizeof path, "/api/races/%s/board?limit=1", run_id);
    (void)snprintf(command, sizeof command,
        "%s simulate " RACE " --run-id %s --kafka %s >/dev/null 2>&1", server_program(), RUNNERS,
        PACE, PACE, run_id, broker);
    t->simulate_s -= cpu_s(RUSAGE_CHILDREN);
    t->server_s -= server_cpu_s(s->pid);
    t->broker_s -= broker_cpu_s();
    from = clock_mono_ns();
    if (system(command) != 0)
        fail("simulate --kafka failed");
    t->out_s += since_s(from);
    t->simulate_s += cpu_s(RUSAGE_CHILDREN);
    while (!all_finished(s, path)) {
        if (since_s(from) > DONE_S)
            fail("not all has come back in time");
        server_sleep_ms(20);
    }
    t->all_s += since_s(from);
    t->server_s += server_cpu_s(s->pid);
    t->broker_s += broker_cpu_s();
    server_delete_race(s, run_id);
}

struct alone {
    double events, seconds;
    double client_s, broker_s; /* of CPU */
};

static void run_alone(struct kafka_limit *limit, struct alone *a)
{
    double client_s = cpu_s(RUSAGE_SELF), broker_s = broker_cpu_s();

    a->seconds += kafka_limit_run(limit, LIMIT_EVENTS);
    a->events += LIMIT_EVENTS;
    a->client_s += cpu_s(RUSAGE_SELF) - client_s;
    a->broker_s += broker_cpu_s() - broker_s;
}

static void tell(const struct times *t, double events, const struct alone *a)
{
    double alone = a->events / a->seconds, us = 1e6 / events;
    char peer[80], note[120], alone_note[100];

    (void)snprintf(alone_note, sizeof alone_note,
        "mean of %d; CPU us an event: client %.3g, broker %.3g", RUNS,
        a->client_s * 1e6 / a->events, a->broker_s * 1e6 / a->events);
    (void)snprintf(peer, sizeof peer, "librdkafka alone %.3g M events/s", alone / 1e6);
    (void)snprintf(note, sizeof note,
        "mean of %d; CPU us an event: simulate %.3g, server %.3g, broker %.3g", RUNS,
        t->simulate_s * us, t->server_s * us, t->broker_s * us);
    report_line(&(struct report){
        names[0], alone / 1e6, "M events/s", alone_note, NULL, 0, TARGET_NONE, false, 0});
    report_line(&(struct report){names[1], events / t->out_s / 1e6, "M events/s", NULL, peer,
        events / t->out_s / alone, TARGET_NONE, false, 0});
    report_line(&(struct report){names[2], events / t->all_s / 1e6, "M events/s", note, peer,
        events / t->all_s / alone, TARGET_AT_LEAST, false, 0.4});
}

int main(void)
{
    const char *broker = getenv("TRACKSIDE_BENCH_KAFKA");
    const char *extra[2] = {"--kafka", broker};
    const char *why = "'make cluster' fetches the broker that it needs";
    struct kafka_limit *limit;
    struct alone alone = {0};
    struct times warm = {0}, t = {0};
    double events;
    struct server s;
    char dir[64];

    if (broker && !kafka_limit_is_empty(broker))
        why = "this broker holds Trackside's topics already: take an empty one";
    else if (broker)
        why = NULL;
    for (size_t i = 0; why && i < sizeof names / sizeof names[0]; i++)
        report_missing(names[i], why);
    if (why)
        return 0;
    limit = kafka_limit_new(broker, SAMPLE);
    events = read_truth(limit);
    server_make_dir(dir);
    server_start(&s, dir, extra);
    wait_ready(&s);
    (void)kafka_limit_run(limit, LIMIT_EVENTS); /* a broker compiles itself in its first minute */
    through_kafka(&s, broker, &warm);
    for (int i = 0; i < RUNS; i++) {
        run_alone(limit, &alone);
        through_kafka(&s, broker, &t);
    }
    server_stop(&s);
    server_remove_dir(dir);
    tell(&t, RUNS * events, &alone);
    kafka_limit_free(limit);
    return 0;
}
