/* scenario.h: a race of the data set: course, paces, phones. */
#ifndef BENCH_MATCHING_SCENARIO_H
#define BENCH_MATCHING_SCENARIO_H

#include "matching/courses.h"
#include "matching/matchers.h"

struct scenario {
    int course;
    enum truth_pace pace;
    struct phone phone;
    uint32_t runners;
    uint64_t seed;
    bool detours;
};

/* Runs a matcher over the race, and adds to the score. Returns the CPU time of the matcher in
 * ns. */
int64_t scenario_run(const struct scenario *s, matchers_run *matcher, struct score *score);

/* Called with each runner; what it is given is borrowed. */
typedef void scenario_each(void *context, const struct matchers_course *c, uint32_t runner,
    const struct truth *t, const struct phone_fixes *f);

void scenario_visit(const struct scenario *s, scenario_each *each, void *context);

#endif
