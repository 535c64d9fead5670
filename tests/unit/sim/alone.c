/* A program that uses the simulator as a library, and nothing else of Trackside: it counts the
 * events of a race. The test "unit/sim/alone_links" looks at what it is linked with. */
#include "sim/sim.h"

#include <stdio.h>
#include <stdlib.h>

static const char route[] = "{\"type\": \"LineString\", \"coordinates\": [[10, 50], [10.01, 50]]}";

int main(void)
{
    struct course_options o = {.short_name = "straight"};
    struct race_spec spec = {.run_id = "alone",
        .course = "straight",
        .competitors = 3,
        .fastest = 200,
        .slowest = 400,
        .seed = 1,
        .speed = 1,
        .start_s = 1767258000};
    struct err e;
    struct course *c = course_import(route, sizeof route - 1, &o, &e);
    struct sim *s = c && !race_spec_check(&spec, c, &e)
                        ? sim_new(&spec, c, (struct sim_shard){1, 1}, &e)
                        : NULL;
    uint64_t events = 0;

    if (!s) {
        (void)fprintf(stderr, "alone: %s\n", e.text);
        return EXIT_FAILURE;
    }
    for (uint32_t i = 0; i < sim_count(s); i++)
        events += (uint64_t)sim_finish_raw(s)[i] + 1;
    (void)printf("%llu events\n", (unsigned long long)events);
    sim_free(s);
    course_unref(c);
    return events > 3 ? EXIT_SUCCESS : EXIT_FAILURE;
}
