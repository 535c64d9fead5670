/* scenario.c: makes the runners of a race one by one. */
#include "matching/scenario.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

void scenario_visit(const struct scenario *s, scenario_each *each, void *context)
{
    struct matchers_course c = {.course = courses_make(s->course)};
    struct truths truths;
    struct err e = {0};

    c.match = match_new(c.course, NULL, &e);
    if (!c.match) {
        (void)fprintf(stderr, "matching: %s\n", e.text);
        exit(1);
    }
    truths_init(&truths, c.course, s->pace, s->runners, s->seed, s->detours);
    for (uint32_t i = 0; i < s->runners; i++) {
        struct truth t;
        struct phone_fixes f;

        truth_make(&truths, i, &t);
        phone_record(&s->phone, &t, s->seed, i, &f);
        each(context, &c, i, &t, &f);
        phone_release(&f);
        truth_release(&t);
    }
    truths_release(&truths);
    match_free(c.match);
    course_unref(c.course);
}

struct scoring {
    matchers_run *matcher;
    struct score *score;
    int64_t ns;
};

static int64_t cpu_ns(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void score_runner(void *context, const struct matchers_course *c, uint32_t runner,
    const struct truth *t, const struct phone_fixes *f)
{
    struct scoring *s = context;
    struct score_guesses g = {
        mem_zalloc(f->n, sizeof *g.now), mem_zalloc(f->n, sizeof *g.settled), -1};
    int64_t start = cpu_ns();

    (void)runner;
    s->matcher(c, f, &g);
    s->ns += cpu_ns() - start;
    score_add(s->score, t, f, &g);
    free(g.now);
    free(g.settled);
}

int64_t scenario_run(const struct scenario *s, matchers_run *matcher, struct score *score)
{
    struct scoring scoring = {matcher, score, 0};

    scenario_visit(s, score_runner, &scoring);
    return scoring.ns;
}
