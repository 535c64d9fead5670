#include "store/store.h"

#include <stdlib.h>
#include <string.h>

void store_competitor_release(struct store_competitor *c)
{
    free(c->split_s);
    free(c->visit);
    free(c->track);
    *c = (struct store_competitor){0};
}

static int compare_races(const void *a, const void *b)
{
    const struct race_record *x = a, *y = b;

    if (x->created_ms != y->created_ms)
        return x->created_ms > y->created_ms ? -1 : 1;
    return strcmp(x->spec.run_id, y->spec.run_id);
}

void store_sort_races(struct race_record *races, size_t n)
{
    if (n)
        qsort(races, n, sizeof *races, compare_races);
}
