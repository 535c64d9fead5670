/* limits.c: asked before something is made. Counting takes a copy of the store's list, which is
 * fine for what people do by hand. */
#include "live/limits.h"

#include <inttypes.h>
#include <stdlib.h>

/* A store that keeps nothing on this machine holds 0 bytes. */
static int check_bytes(const struct limits *l, struct store *s, struct err *e)
{
    uint64_t most = l->bytes ? l->bytes : LIMITS_BYTES;
    struct store_stats f;

    store_stats(s, &f);
    if (f.disk_bytes < most)
        return 0;
    return err_set(e, ERR_CONFLICT,
        "the data directory holds %" PRIu64 " MiB and may hold %" PRIu64
        " MiB: delete races that are no longer wanted, or start the server with a larger "
        "--max-data",
        f.disk_bytes >> 20, most >> 20);
}

int limits_check_race(const struct limits *l, struct store *s, struct err *e)
{
    uint32_t most = l->races ? l->races : LIMITS_RACES;
    struct race_record *races = NULL;
    size_t n = 0;

    if (s->ops->races(s, &races, &n, e))
        return -1;
    free(races);
    if (n >= most)
        return err_set(e, ERR_CONFLICT,
            "%zu races are kept and the limit is %u: delete some that are over, or start the "
            "server with a larger --max-races",
            n, most);
    return check_bytes(l, s, e);
}

int limits_check_course(const struct limits *l, struct store *s, struct err *e)
{
    uint32_t most = l->courses ? l->courses : LIMITS_COURSES;
    struct course **courses = NULL;
    size_t n = 0;

    if (s->ops->courses(s, &courses, &n, e))
        return -1;
    for (size_t i = 0; i < n; i++)
        course_unref(courses[i]);
    free(courses);
    if (n >= most)
        return err_set(e, ERR_CONFLICT,
            "%zu courses are kept and the limit is %u: delete some, or start the server with a "
            "larger --max-courses",
            n, most);
    return check_bytes(l, s, e);
}
