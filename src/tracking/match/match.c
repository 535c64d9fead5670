/* match.c: a course that is prepared for matching. */
#include "tracking/match/match.h"

#include "base/mem.h"
#include "tracking/match/match_internal.h"

#include <stdlib.h>

#define VMAX_ON_FOOT 8.0
#define VMAX_LEAST 1.0
#define VMAX_MOST 100.0

struct match *match_new(struct course *c, const struct match_options *o, struct err *e)
{
    double vmax = o && o->vmax_mps != 0 ? o->vmax_mps : VMAX_ON_FOOT;
    struct match *m;

    if (!(vmax >= VMAX_LEAST && vmax <= VMAX_MOST)) {
        (void)err_set_field(e, "vmax", "The greatest speed is %.3g m/s; it can be %g to %g m/s.",
            vmax, VMAX_LEAST, VMAX_MOST);
        return NULL;
    }
    m = mem_zalloc(1, sizeof *m);
    m->course = course_ref(c);
    m->vmax_mps = vmax;
    path_init(&m->path, c->line);
    return m;
}

void match_free(struct match *m)
{
    if (!m)
        return;
    path_release(&m->path);
    course_unref(m->course);
    free(m);
}
