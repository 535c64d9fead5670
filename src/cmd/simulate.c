/* simulate.c: a race's events as NDJSON, without a server. */
#include "base/clock.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/courses.h"
#include "cmd/progress.h"
#include "cmd/simulate_kafka.h"
#include "cmd/simulate_options.h"
#include "feed/feed.h"
#include "sim/sim.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FLUSH_EVENTS 50000 /* in one transaction, where there are such */
#define RETRY_MS 500

static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig)
{
    interrupted = sig;
}

/* The first ^C ends the race behind a whole line; a second one ends the program at once. */
static void catch_interrupts(void)
{
    struct sigaction sa = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};

    struct sigaction before;

    (void)sigemptyset(&sa.sa_mask);
    (void)sigaction(SIGTERM, &sa, NULL);
    (void)sigaction(SIGINT, NULL, &before);
    if (before.sa_handler != SIG_IGN) /* a shell's background job does not hear ^C */
        (void)sigaction(SIGINT, &sa, NULL);
}

static void wait_until(int64_t wall_ms)
{
    while (!interrupted) {
        int64_t left_ms = wall_ms - clock_wall_ms();
        struct timespec t = {left_ms / 1000, left_ms % 1000 * 1000000};

        if (left_ms <= 0)
            return;
        (void)nanosleep(&t, NULL);
    }
}

struct run {
    struct race_record race;
    struct course *course;
    struct sim *sim;
    struct feed *feed;
    uint32_t *dist_mm;
    uint64_t events;
    int32_t next_raw_s; /* where it begins, or goes on */
    bool often;         /* flush every so many events, not only at the end */
};

static uint64_t count_events(const struct sim *s)
{
    uint64_t events = 0;

    for (uint32_t i = 0; i < sim_count(s); i++)
        events += (uint64_t)sim_finish_raw(s)[i] + 1;
    return events;
}

/* Out with what was published since raw second *from. A broker that is away is waited for, and what
 * it has lost is published again: *raw goes back. */
static int flush(struct run *r, int32_t from, int32_t *raw, struct err *e)
{
    const struct feed_ops *ops = r->feed->ops;
    bool told = false;

    while (ops->flush(r->feed, e)) {
        if (!ops->outcome || e->code != ERR_UNAVAILABLE)
            return -1;
        if (!told)
            (void)fprintf(stderr, "trackside: %s; trying again\n", e->text);
        told = true;
        if (interrupted)
            return -1;
        wait_until(clock_wall_ms() + RETRY_MS);
        if (ops->outcome(r->feed, r->race.spec.run_id) == FEED_LOST) {
            *raw = from - 1;
            return 0;
        }
    }
    return 0;
}

static uint32_t count_still(const struct tick *t, int32_t raw_s)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < t->n; i++)
        n += raw_s <= t->finish_raw_s[i];
    return n;
}

/* Nothing more is due yet: out with what is there. */
static bool caught_up(const struct run *r, int32_t raw)
{
    return r->race.spec.speed > 0 && race_due_ms(&r->race.anchor, raw + 1) > clock_wall_ms();
}

static bool is_full(const struct run *r)
{
    const struct feed_ops *ops = r->feed->ops;

    return ops->full && ops->full(r->feed, r->race.spec.run_id);
}

static int publish_all(struct run *r, const struct sim_shard *shard, struct err *e)
{
    struct tick t = {
        .race = &r->race,
        .course = r->course,
        .n = sim_count(r->sim),
        .first_id = shard->part,
        .id_step = shard->of,
        .dist_mm = r->dist_mm,
        .finish_raw_s = sim_finish_raw(r->sim),
    };
    uint64_t total = count_events(r->sim), unflushed = 0;
    int32_t last = sim_last_raw(r->sim), flushed = r->next_raw_s;
    bool paced = r->race.spec.speed > 0;
    struct progress bar;
    int rc = 0;

    progress_start(&bar);
    for (int32_t raw = r->next_raw_s; rc == 0 && raw <= last; raw++) {
        if (paced)
            wait_until(race_due_ms(&r->race.anchor, raw));
        if (interrupted)
            break;
        t.raw_s = raw;
        sim_tick(r->sim, raw, r->dist_mm);
        rc = r->feed->ops->publish_tick(r->feed, &t, e);
        if (bar.shown || r->often)
            r->events += count_still(&t, raw);
        unflushed += r->often ? t.n : 0;
        if (rc == 0 && (caught_up(r, raw) || unflushed >= FLUSH_EVENTS || is_full(r) ||
                           (r->often && raw == last))) {
            rc = flush(r, flushed, &raw, e);
            flushed = raw + 1;
            unflushed = 0;
        }
        progress_show(&bar, bar.shown ? r->events : 0, total, r->events, "events");
    }
    if (rc == 0)
        rc = r->feed->ops->flush(r->feed, e);
    progress_end(&bar);
    return rc;
}

/* Future start: raw 0 is due then; a past one is only a label. */
static void set_anchor(struct run *r, const struct simulate_options *o)
{
    int64_t now_ms = clock_wall_ms();
    int64_t start_ms = r->race.spec.start_s * 1000;

    r->race.created_ms = now_ms;
    r->race.state = RACE_RUNNING;
    r->race.anchor.speed = r->race.spec.speed;
    r->race.anchor.wall_ms = o->start_said && start_ms > now_ms ? start_ms : now_ms;
}

static int open_output(const char *path, struct err *e)
{
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : STDOUT_FILENO;

    if (fd < 0)
        return err_set(e, ERR_INTERNAL, "%s cannot be written: %s", path, strerror(errno));
    return fd;
}

/* As other filters end when their reader has gone: by the signal that main ignores. */
static void end_by_sigpipe(void)
{
    (void)signal(SIGPIPE, SIG_DFL);
    (void)raise(SIGPIPE);
}

/* The options that make the same bytes again, where one was left out. */
static void tell_what_was_drawn(const struct simulate_options *o, const struct race_spec *s)
{
    char start[CLOCK_ISO_LEN + 1];

    if (o->run_id_said && o->seed_said && o->start_said)
        return;
    clock_format_iso(s->start_s, start);
    (void)fprintf(stderr, "trackside: --run-id %s --seed %" PRIu64 " --start %s\n", s->run_id,
        s->seed, start);
}

static struct simulate_kafka kafka_of(const struct simulate_options *o, struct run *r)
{
    return (struct simulate_kafka){.brokers = o->kafka,
        .config_file = o->kafka_config,
        .race = &r->race,
        .course = r->course,
        .shard = o->shard};
}

static int open_kafka(const struct simulate_options *o, struct run *r, struct err *e)
{
    struct simulate_kafka k = kafka_of(o, r);

    r->feed = simulate_kafka_open(&k, &r->next_raw_s, e);
    r->often = true;
    if (r->feed && r->next_raw_s > 0)
        (void)fprintf(stderr, "trackside: goes on after raw time %d\n", r->next_raw_s - 1);
    return r->feed ? 0 : -1;
}

static int finish(const struct simulate_options *o, struct run *r, struct err *e)
{
    struct simulate_kafka k = kafka_of(o, r);

    return o->kafka && !interrupted ? simulate_kafka_finish(&k, r->feed, e) : 0;
}

static int prepare(const struct simulate_options *o, struct run *r, struct err *e)
{
    r->course = courses_open(o->course, &o->import, e);
    if (!r->course)
        return -1;
    memcpy(r->race.spec.course, r->course->short_name, sizeof r->race.spec.course);
    if (race_spec_check(&r->race.spec, r->course, e))
        return -1;
    r->sim = sim_new(&r->race.spec, r->course, o->shard, e);
    if (!r->sim)
        return -1;
    r->dist_mm = mem_zalloc(sim_count(r->sim), sizeof *r->dist_mm);
    set_anchor(r, o);
    return 0;
}

static int run(const struct simulate_options *o, struct err *e)
{
    struct run r = {.race.spec = o->spec};
    int fd = -1, rc = prepare(o, &r, e);

    if (!rc && o->kafka) {
        rc = open_kafka(o, &r, e);
    } else if (!rc) {
        fd = open_output(o->output, e);
        rc = fd < 0 ? -1 : 0;
        if (!rc)
            r.feed = feed_ndjson_new(fd);
    }
    if (!rc)
        tell_what_was_drawn(o, &r.race.spec);
    if (!rc)
        rc = publish_all(&r, &o->shard, e);
    if (!rc)
        rc = finish(o, &r, e);
    if (r.feed)
        r.feed->ops->free(r.feed);
    if (fd >= 0 && close(fd) && rc == 0)
        rc = err_set(e, ERR_DISK_FULL, "the events cannot be written: %s", strerror(errno));
    free(r.dist_mm);
    sim_free(r.sim);
    course_unref(r.course);
    return rc;
}

int cmd_simulate(int argc, char **argv)
{
    struct simulate_options o;
    struct err e = {0};
    int rc = simulate_options_parse(argc, argv, &o);

    if (rc)
        return rc;
    if (o.help)
        return fputs(simulate_options_help, stdout) < 0 ? CMD_FAILED : CMD_OK;
    if (!o.run_id_said)
        uuid_v4(o.spec.run_id);
    if (!o.seed_said)
        o.spec.seed = uuid_random53();
    catch_interrupts();
    rc = run(&o, &e);
    if (rc && !o.kafka && e.code == ERR_UNAVAILABLE)
        end_by_sigpipe();
    if (rc)
        return cmd_fail(&e);
    return interrupted ? 128 + interrupted : CMD_OK;
}
