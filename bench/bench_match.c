/*
 * bench_match.c: matching against the truth set of bench/matching, with its goals, beside two plain
 * ways: the nearest place, and the nearest with a monotone rule.
 *
 * usage: bench_match [--all | --write DIR RUNNERS | --score COURSE PACE ERROR EVERY RUNNERS FILE]
 *
 * Without arguments: the table of bench/run. --all: every error and interval, a line each, as in
 * bench/matching/README.md. --write and --score: see there.
 */
#include "base/mem.h"
#include "matching/files.h"
#include "matching/scenario.h"
#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MANY 10000u
#define SOME 300u
#define SEED 1

static const struct phone plain_phone = {
    .error_m = 10, .error_s = 30, .every_s = 5, .accuracy = true};

/* The figures of a list of errors. */
static double median(const struct score_errors *e)
{
    return report_quantile(e->v, e->n, 0.5);
}

static double p95(const struct score_errors *e)
{
    return report_quantile(e->v, e->n, 0.95);
}

static double percent(size_t part, size_t all)
{
    return all ? 100.0 * (double)part / (double)all : 0;
}

/* Lap and leg errors of 10,000 runners of a course: both paces, errors of 3 and 10 m, a fix every
 * 1, 5 and 15 s. */
static void legs(int course)
{
    static const double error_m[] = {10, 10, 3, 10, 10, 3, 3, 10};
    static const uint32_t every_s[] = {15, 5, 15, 15, 5, 15, 5, 15};
    struct score s = {0}, near = {0}, mono = {0};
    char what[80], note[120], peer[120];

    for (uint32_t i = 0; i < 8; i++) {
        struct scenario scene = {course, i % 2 ? TRUTH_RUN_WALK : TRUTH_SIMULATOR, plain_phone,
            MANY / 8, SEED + i, false};

        scene.phone.error_m = error_m[i];
        scene.phone.every_s = every_s[i];
        (void)scenario_run(&scene, matchers_trackside, &s);
        scene.runners = 25;
        (void)scenario_run(&scene, matchers_nearest, &near);
        (void)scenario_run(&scene, matchers_monotone, &mono);
    }
    (void)snprintf(
        what, sizeof what, "match: %s, wrong lap or leg at the finish", courses_name(course));
    (void)snprintf(
        note, sizeof note, "of %zu; on the way, ever 100 m wrong: %zu", s.runners, s.lost);
    (void)snprintf(peer, sizeof peer, "nearest %zu, monotone %zu of %zu", near.wrong_leg,
        mono.wrong_leg, near.runners);
    report_line(&(struct report){
        what, (double)s.wrong_leg, "runners", note, peer, 0, TARGET_AT_MOST, false, 0});
    score_release(&s);
    score_release(&near);
    score_release(&mono);
}

static void line_of(const char *course, const char *what, const struct score_errors *e,
    const struct score_errors *other, const char *unit, double goal_median, double goal_p95,
    const char *peer)
{
    char text[120], note[160];

    (void)snprintf(text, sizeof text, "match: %s, %s, median", course, what);
    (void)snprintf(note, sizeof note, "run-walk %.2g", median(other));
    report_line(&(struct report){text, median((struct score_errors *)e), unit, note, peer, 0,
        TARGET_AT_MOST, false, goal_median});
    (void)snprintf(text, sizeof text, "match: %s, %s, p95", course, what);
    (void)snprintf(note, sizeof note, "run-walk %.3g", p95(other));
    report_line(&(struct report){
        text, p95((struct score_errors *)e), unit, note, NULL, 0, TARGET_AT_MOST, false, goal_p95});
}

/* Errors at 10 m and a fix every 5 s. `all` gathers the intervals of all courses, by pace. */
static void errors(int course, struct score all[2])
{
    struct score s[2] = {0}, near = {0}, mono = {0};
    double tight = course == COURSES_CRYSTAL ? 1 : 0;
    char peer[120];

    for (int pace = 0; pace < 2; pace++) {
        struct scenario scene = {
            course, (enum truth_pace)pace, plain_phone, SOME, SEED + 10, false};
        struct score *sum = &all[pace];

        (void)scenario_run(&scene, matchers_trackside, &s[pace]);
        sum->now.n += s[pace].now.n;
        sum->now.in68 += s[pace].now.in68;
        sum->now.in95 += s[pace].now.in95;
        sum->settled.n += s[pace].settled.n;
        sum->settled.in68 += s[pace].settled.in68;
        sum->settled.in95 += s[pace].settled.in95;
        scene.runners = 20;
        if (pace == TRUTH_SIMULATOR) {
            (void)scenario_run(&scene, matchers_nearest, &near);
            (void)scenario_run(&scene, matchers_monotone, &mono);
        }
    }
    (void)snprintf(peer, sizeof peer, "median and p95: nearest %.3g / %.4g, monotone %.3g / %.4g",
        median(&near.now), p95(&near.now), median(&mono.now), p95(&mono.now));
    line_of(courses_name(course), "at the fix", &s[0].now, &s[1].now, "m", 7, 20, peer);
    line_of(courses_name(course), "settled", &s[0].settled, &s[1].settled, "m", tight ? 4.5 : 6,
        tight ? 14 : 17, NULL);
    (void)snprintf(peer, sizeof peer, "median and p95: nearest %.3g / %.4g, monotone %.3g / %.4g",
        median(&near.finish), p95(&near.finish), median(&mono.finish), p95(&mono.finish));
    line_of(courses_name(course), "finish", &s[0].finish, &s[1].finish, "s", 2.5, 7, peer);
    for (int pace = 0; pace < 2; pace++)
        score_release(&s[pace]);
    score_release(&near);
    score_release(&mono);
}

/* A part that should be in a range: the value is how far it is from the middle of that. */
static void interval(const char *pace, const char *what, double got, double low, double high)
{
    char text[120], note[120];
    double off = got - (low + high) / 2;

    (void)snprintf(text, sizeof text, "match: %s, %s, from %g %%", pace, what, (low + high) / 2);
    (void)snprintf(note, sizeof note, "the truth is inside in %.1f %% of the fixes", got);
    report_line(&(struct report){text, off < 0 ? -off : off, "points", note, NULL, 0,
        TARGET_AT_MOST, false, (high - low) / 2});
}

static void intervals(struct score all[2])
{
    static const char *const names[] = {"simulator", "run-walk"};

    for (int pace = 0; pace < 2; pace++) {
        const struct score_errors *now = &all[pace].now, *settled = &all[pace].settled;

        interval(names[pace], "68 % at the fix", percent(now->in68, now->n), 65, 71);
        interval(names[pace], "95 % at the fix", percent(now->in95, now->n), 93, 97);
        interval(names[pace], "68 % settled", percent(settled->in68, settled->n), 65, 71);
        interval(names[pace], "95 % settled", percent(settled->in95, settled->n), 93, 97);
    }
}

/* False alarms at 15 m, and real detours, on all courses. */
static void off_course(void)
{
    struct score false_ones = {0}, real = {0};
    char note[120];

    for (int i = 0; i < 2 * COURSES_N; i++) {
        struct scenario scene = {
            i / 2, (enum truth_pace)(i % 2), plain_phone, 100, SEED + 20, false};

        scene.phone.error_m = 15;
        (void)scenario_run(&scene, matchers_trackside, &false_ones);
        scene.phone.error_m = 10;
        scene.phone.every_s = 15;
        scene.detours = true;
        (void)scenario_run(&scene, matchers_trackside, &real);
    }
    (void)snprintf(note, sizeof note, "fixes, in %.3g runner-seconds at 15 m", false_ones.seconds);
    report_line(&(struct report){"match: falsely off the course", (double)false_ones.off_fixes,
        note, NULL, NULL, 0, TARGET_AT_MOST, false, 0});
    (void)snprintf(note, sizeof note, "of %zu, a fix every 15 s", real.detours);
    report_line(&(struct report){"match: detours not found within 45 s",
        (double)(real.detours - real.found), note, NULL, NULL, 0, TARGET_AT_MOST, false, 0});
    score_release(&false_ones);
    score_release(&real);
}

/* What phones do beside their errors, on all courses. */
static void trouble(const char *what, struct phone phone)
{
    struct score s = {0};
    char text[120], note[160];

    for (int i = 0; i < 2 * COURSES_N; i++) {
        struct scenario scene = {i / 2, (enum truth_pace)(i % 2), phone, 100, SEED + 30, false};

        (void)scenario_run(&scene, matchers_trackside, &s);
    }
    (void)snprintf(text, sizeof text, "match: %s, settled, p95", what);
    (void)snprintf(note, sizeof note,
        "median %.3g m; finish %.3g / %.3g s; wrong leg %zu, ever 100 m wrong %zu, off %zu fixes, "
        "of "
        "%zu runners",
        median(&s.settled), median(&s.finish), p95(&s.finish), s.wrong_leg, s.lost, s.off_fixes,
        s.runners);
    report_line(&(struct report){text, p95(&s.settled), "m", note, NULL, 0, TARGET_NONE, false, 0});
    score_release(&s);
}

static void troubles(void)
{
    struct phone p = plain_phone;

    p.jumps = p.doubles = true;
    trouble("jumps and doubles", p);
    p = plain_phone;
    p.dropouts = true;
    trouble("silence of 30 to 600 s", p);
    p = plain_phone;
    p.clock = true;
    trouble("clocks off by up to 5 s", p);
    p = plain_phone;
    p.accuracy = false;
    trouble("no accuracy reported", p);
}

/* CPU time of a fix, in order, and of one that is matched again after a late upload. */
struct again {
    int64_t ns;
    size_t fixes;
};

static void ignore(void *context, const struct match_result *r)
{
    (void)context;
    (void)r;
}

static void upload_late(void *context, const struct matchers_course *c, uint32_t runner,
    const struct truth *t, const struct phone_fixes *f)
{
    struct again *a = context;
    struct match_track *track = match_track_new(c->match, PHONE_GUN_MS);
    size_t late = f->n / 2;
    clock_t start;
    int64_t from;

    (void)runner;
    (void)t;
    for (size_t i = 0; i < f->n; i++)
        if (i < late || i >= late + 60)
            match_track_add(track, &f->fix[i], ignore, NULL);
    start = clock();
    from = match_track_rewind(track, f->fix[late].time_ms);
    for (size_t i = 0; i < f->n; i++) {
        if (f->fix[i].time_ms <= from)
            continue;
        match_track_add(track, &f->fix[i], ignore, NULL);
        a->fixes++;
    }
    a->ns += (int64_t)(clock() - start) * (1000000000 / CLOCKS_PER_SEC);
    match_track_free(track);
}

static void cost(uint32_t every_s)
{
    struct scenario scene = {COURSES_LONG, TRUTH_RUN_WALK, plain_phone, 60, SEED, false};
    struct score s = {0};
    struct again again = {0};
    char text[80], note[80];
    int64_t ns;

    scene.phone.every_s = every_s;
    ns = scenario_run(&scene, matchers_trackside, &s);
    (void)snprintf(text, sizeof text, "match: CPU of a fix, one every %u s", every_s);
    (void)snprintf(note, sizeof note, "mean of %zu", s.fixes);
    report_line(&(struct report){
        text, (double)ns / (double)s.fixes / 1000, "µs", note, NULL, 0, TARGET_AT_MOST, false, 2});
    scenario_visit(&scene, upload_late, &again);
    (void)snprintf(text, sizeof text, "match: CPU of a fix matched again, one every %u s", every_s);
    (void)snprintf(note, sizeof note, "mean of %zu", again.fixes);
    report_line(&(struct report){text, (double)again.ns / (double)again.fixes / 1000, "µs", note,
        NULL, 0, TARGET_AT_MOST, false, 2});
    score_release(&s);
}

static void table(void)
{
    struct score all[2] = {0};

    for (int i = 0; i < COURSES_N; i++)
        legs(i);
    for (int i = 0; i < COURSES_N; i++)
        errors(i, all);
    intervals(all);
    off_course();
    troubles();
    cost(5);
    cost(1);
}

/* A row of the README: all courses, one error and interval. */
static void row(double error_m, uint32_t every_s, enum truth_pace pace)
{
    struct score s = {0};

    for (int i = 0; i < COURSES_N; i++) {
        struct scenario scene = {i, pace, plain_phone, 100, SEED + 40, false};

        scene.phone.error_m = error_m;
        scene.phone.every_s = every_s;
        (void)scenario_run(&scene, matchers_trackside, &s);
    }
    (void)printf(
        "| %s | %g | %u | %.1f / %.1f | %.1f / %.1f | %.1f / %.1f | %.0f, %.0f | %.0f, %.0f | "
        "%zu | %zu |\n",
        pace == TRUTH_SIMULATOR ? "simulator" : "run-walk", error_m, every_s, median(&s.now),
        p95(&s.now), median(&s.settled), p95(&s.settled), median(&s.finish), p95(&s.finish),
        percent(s.now.in68, s.now.n), percent(s.now.in95, s.now.n),
        percent(s.settled.in68, s.settled.n), percent(s.settled.in95, s.settled.n), s.wrong_leg,
        s.off_fixes);
    (void)fflush(stdout);
    score_release(&s);
}

static void every_row(void)
{
    static const double error_m[] = {3, 10, 20};
    static const uint32_t every_s[] = {1, 5, 15, 60};

    for (int i = 0; i < 24; i++)
        row(error_m[i / 4 % 3], every_s[i % 4], (enum truth_pace)(i / 12));
}

int main(int argc, char **argv)
{
    if (argc == 1)
        table();
    else if (argc == 2 && strcmp(argv[1], "--all") == 0)
        every_row();
    else if (argc == 4 && strcmp(argv[1], "--write") == 0)
        return files_write(argv[2], (uint32_t)strtoul(argv[3], NULL, 10));
    else if (argc == 8 && strcmp(argv[1], "--score") == 0)
        return files_score(&argv[2]);
    else {
        (void)fprintf(stderr, "usage: bench_match [--all | --write DIR RUNNERS | --score COURSE "
                              "PACE ERROR EVERY RUNNERS "
                              "FILE]\n");
        return 2;
    }
    return 0;
}
