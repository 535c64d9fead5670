/* read.c: what the readers of one file keep beside the draft. */
#include "course/read/read.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

void read_release(struct reading *r)
{
    for (size_t i = 0; i < r->links; i++)
        free(r->link[i]);
    free(r->link);
}

void read_add_link(struct reading *r, const char *target)
{
    if (r->links >= LINKS_MAX)
        return;
    r->link = mem_grow(r->link, r->links, &r->links_cap, sizeof *r->link);
    r->link[r->links++] = mem_strndup(target, strnlen(target, 1000));
}

int read_skip(struct reading *r, size_t first, const struct err *e)
{
    if (e->code == ERR_TOO_LARGE)
        return -1;
    if (r->skipped.code == ERR_NONE)
        r->skipped = *e;
    draft_truncate(r->draft, first);
    diagnostics_add(&r->draft->notes, DIAGNOSTIC_WARNING, "unused", NULL,
        "A point was left out. %.300s", e->text);
    return 0;
}

bool read_has_line(const struct draft *d)
{
    for (size_t i = 0; i < d->n; i++)
        if (d->shape[i].kind != DRAFT_POINT && d->shape[i].n >= 2)
            return true;
    return false;
}
