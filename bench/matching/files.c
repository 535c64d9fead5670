/* files.c: writes the data set, and reads answers. */
#include "matching/files.h"

#include "base/buf.h"
#include "base/mem.h"
#include "matching/scenario.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEED 1

static const char *const paces[] = {"simulator", "run-walk"};

struct writing {
    FILE *fixes, *truth, *finish;
};

static void write_runner(void *context, const struct matchers_course *c, uint32_t runner,
    const struct truth *t, const struct phone_fixes *f)
{
    struct writing *w = context;

    (void)c;
    for (size_t i = 0; i < f->n; i++)
        (void)fprintf(w->fixes, "%u,%lld,%.9f,%.9f,%.3f\n", runner, (long long)f->fix[i].time_ms,
            lonlat_deg(f->fix[i].at.lat_nd), lonlat_deg(f->fix[i].at.lon_nd),
            f->fix[i].accuracy_mm / 1000.0);
    for (uint32_t i = 0; i < t->n; i++)
        (void)fprintf(w->truth, "%u,%lld,%.3f\n", runner,
            (long long)(PHONE_GUN_MS + ((int64_t)i - TRUTH_BEFORE_S) * 1000),
            t->dist_mm[i] / 1000.0);
    (void)fprintf(w->finish, "%u,%.3f\n", runner, t->finish_s);
}

static FILE *create(const char *folder, const char *course, const char *what, const char *heading)
{
    char path[1024];
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%s-%s", folder, course, what);
    f = fopen(path, "w");
    if (f)
        (void)fprintf(f, "%s", heading);
    else
        (void)fprintf(stderr, "bench_match: %s cannot be written.\n", path);
    return f;
}

static int write_course(const char *folder, int course)
{
    struct course *c = courses_make(course);
    FILE *f = create(folder, courses_name(course), "course.geojson", "");
    struct buf b;

    if (f) {
        buf_init(&b);
        course_export(c, COURSE_GEOJSON, &b);
        (void)fwrite(b.data, 1, b.len, f);
        (void)fclose(f);
        buf_release(&b);
    }
    course_unref(c);
    return f ? 0 : 1;
}

static int write_race(const char *folder, int course, int pace, uint32_t runners)
{
    struct scenario s = {course, (enum truth_pace)pace,
        {.error_m = 10, .error_s = 30, .every_s = 5, .accuracy = true}, runners, SEED, false};
    char name[64];
    struct writing w;

    (void)snprintf(name, sizeof name, "%s-%s", courses_name(course), paces[pace]);
    w.fixes = create(folder, name, "fixes.csv", "runner,time_ms,lat,lon,accuracy_m\n");
    w.truth = create(folder, name, "truth.csv", "runner,time_ms,distance_m\n");
    w.finish = create(folder, name, "finish.csv", "runner,finish_s\n");
    if (w.fixes && w.truth && w.finish)
        scenario_visit(&s, write_runner, &w);
    for (int i = 0; i < 3; i++) {
        FILE *f = i == 0 ? w.fixes : i == 1 ? w.truth : w.finish;

        if (!f || fclose(f))
            return 1;
    }
    return 0;
}

int files_write(const char *folder, uint32_t runners)
{
    for (int course = 0; course < COURSES_N; course++)
        if (write_course(folder, course) || write_race(folder, course, 0, runners) ||
            write_race(folder, course, 1, runners))
            return 1;
    return 0;
}

/* A line of somebody's answers. */
struct answer {
    uint32_t runner;
    int64_t time_ms; /* 0: the finish */
    struct score_guess guess;
};

struct answers {
    struct answer *list;
    size_t n, cap, at;
    struct score score;
};

static int by_runner(const void *a, const void *b)
{
    const struct answer *p = a, *q = b;

    if (p->runner != q->runner)
        return p->runner < q->runner ? -1 : 1;
    return (p->time_ms > q->time_ms) - (p->time_ms < q->time_ms);
}

static int read_answers(const char *path, struct answers *a)
{
    FILE *f = fopen(path, "r");
    char line[512];

    if (!f) {
        (void)fprintf(stderr, "bench_match: %s cannot be read.\n", path);
        return 1;
    }
    while (fgets(line, sizeof line, f)) {
        struct answer x = {.guess.known = true};
        struct score_guess *g = &x.guess;
        long long ms = 0;

        if (sscanf(line, "%u,finish,%lf", &x.runner, &g->m) != 2 &&
            sscanf(line, "%u,%lld,%lf,%lf,%lf,%lf,%lf", &x.runner, &ms, &g->m, &g->p68[0],
                &g->p68[1], &g->p95[0], &g->p95[1]) < 3)
            continue; /* a heading */
        x.time_ms = ms;
        a->list = mem_grow(a->list, a->n, &a->cap, sizeof *a->list);
        a->list[a->n++] = x;
    }
    (void)fclose(f);
    qsort(a->list, a->n, sizeof *a->list, by_runner);
    return 0;
}

static void score_answers(void *context, const struct matchers_course *c, uint32_t runner,
    const struct truth *t, const struct phone_fixes *f)
{
    struct answers *a = context;
    struct score_guesses g = {
        mem_zalloc(f->n, sizeof *g.now), mem_zalloc(f->n, sizeof *g.settled), -1};
    size_t fix = 0;

    (void)c;
    for (; a->at < a->n && a->list[a->at].runner <= runner; a->at++) {
        const struct answer *x = &a->list[a->at];

        if (x->runner != runner)
            continue;
        if (!x->time_ms)
            g.finish_s = x->guess.m;
        while (fix < f->n && f->fix[fix].time_ms < x->time_ms)
            fix++;
        if (fix < f->n && f->fix[fix].time_ms == x->time_ms)
            g.now[fix] = g.settled[fix] = x->guess;
    }
    score_add(&a->score, t, f, &g);
    free(g.now);
    free(g.settled);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double part_of(struct score_errors *e, double part)
{
    qsort(e->v, e->n, sizeof *e->v, by_size);
    return e->n ? e->v[(size_t)(part * (double)(e->n - 1) + 0.5)] : NAN;
}

static int find(const char *name, const char *(*name_of)(int), int n)
{
    for (int i = 0; i < n; i++)
        if (strcmp(name, name_of(i)) == 0)
            return i;
    (void)fprintf(stderr, "bench_match: there is no \"%s\".\n", name);
    return -1;
}

static const char *pace_name(int i)
{
    return paces[i];
}

int files_score(char **argument)
{
    struct scenario s = {find(argument[0], courses_name, COURSES_N), TRUTH_SIMULATOR,
        {.error_m = strtod(argument[2], NULL), .error_s = 30, .accuracy = true}, 0, SEED, false};
    int pace = find(argument[1], pace_name, 2);
    struct answers a = {0};

    s.phone.every_s = (uint32_t)strtoul(argument[3], NULL, 10);
    s.runners = (uint32_t)strtoul(argument[4], NULL, 10);
    if (s.course < 0 || pace < 0 || !s.phone.every_s || !s.runners || read_answers(argument[5], &a))
        return 1;
    s.pace = (enum truth_pace)pace;
    scenario_visit(&s, score_answers, &a);
    (void)printf("error m: median %.1f, p95 %.1f; finish s: %.1f, %.1f; inside: %.1f, %.1f %%; "
                 "wrong leg %zu of %zu, ever 100 m wrong %zu\n",
        part_of(&a.score.now, 0.5), part_of(&a.score.now, 0.95), part_of(&a.score.finish, 0.5),
        part_of(&a.score.finish, 0.95), 100.0 * (double)a.score.now.in68 / (double)a.score.now.n,
        100.0 * (double)a.score.now.in95 / (double)a.score.now.n, a.score.wrong_leg,
        a.score.runners, a.score.lost);
    score_release(&a.score);
    free(a.list);
    return 0;
}
