#include "store/store.h"

#include <stdlib.h>

void store_competitor_release(struct store_competitor *c)
{
    free(c->split_s);
    free(c->visit);
    *c = (struct store_competitor){0};
}
