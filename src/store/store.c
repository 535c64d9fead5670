#include "store/store.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static int compare_races(const void *a, const void *b)
{
    const struct race_record *x = a, *y = b;

    if (x->created_ms != y->created_ms)
        return x->created_ms > y->created_ms ? -1 : 1;
    return strcmp(x->spec.run_id, y->spec.run_id);
}

int store_course_list(struct store *s, struct course_summary **out, size_t *n, struct err *e)
{
    struct course **course = NULL;
    size_t k;

    if (s->ops->course_list)
        return s->ops->course_list(s, out, n, e);
    if (s->ops->courses(s, &course, n, e))
        return -1;
    *out = mem_alloc((*n + 1) * sizeof **out);
    for (k = 0; k < *n; k++) {
        (*out)[k] = course_summary_of(course[k]);
        course_unref(course[k]);
    }
    free(course);
    return 0;
}

void store_sort_races(struct race_record *races, size_t n)
{
    if (n)
        qsort(races, n, sizeof *races, compare_races);
}
