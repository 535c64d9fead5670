#include "board/splits.h"

#include "base/mem.h"

#define KM_MM 1000000u

void splits_init(
    struct splits *f, bool external, struct course *course, struct splits_competitor *out)
{
    *f = (struct splits){.out = out, .c = columns_new(external, 0, course), .outside_s = -1};
    out->finish_s = -1;
}

void splits_release(struct splits *f)
{
    columns_free(f->c);
    f->c = NULL;
}

static void enter(struct splits *f)
{
    struct splits_competitor *out = f->out;

    if (out->visits_n && out->visit[out->visits_n - 1].left_s < 0)
        return;
    out->visit = mem_grow(out->visit, out->visits_n, &f->visits_cap, sizeof *out->visit);
    out->visit[out->visits_n++] = (struct splits_visit){f->outside_s + 1, -1};
}

static void leave(struct splits *f, int32_t raw_s)
{
    struct splits_competitor *out = f->out;

    if (out->visits_n && out->visit[out->visits_n - 1].left_s < 0)
        out->visit[out->visits_n - 1].left_s = raw_s;
    f->outside_s = raw_s;
}

static void pass_kilometres(struct splits *f, const struct columns_place *at)
{
    struct splits_competitor *out = f->out;

    while (at->dist_mm / KM_MM > out->splits_n) {
        out->split_s = mem_grow(out->split_s, out->splits_n, &f->splits_cap, sizeof *out->split_s);
        out->split_s[out->splits_n++] = at->raw_s;
    }
}

static void add_position(struct splits *f, const struct columns_place *at)
{
    struct splits_competitor *out = f->out;

    out->track = mem_grow(out->track, out->track_n, &f->track_cap, sizeof *out->track);
    out->track[out->track_n++] = (struct splits_position){at->raw_s, at->dist_mm};
}

void splits_place(struct splits *f, const struct columns_place *at)
{
    bool finish = columns_is_finish(f->c, at);

    pass_kilometres(f, at);
    add_position(f, at);
    if (f->out->finish_s >= 0)
        return;
    if (!finish && columns_is_inside(f->c, at))
        enter(f);
    else
        leave(f, at->raw_s);
    if (finish)
        f->out->finish_s = at->raw_s;
}

void splits_competitor_release(struct splits_competitor *c)
{
    free(c->split_s);
    free(c->visit);
    free(c->track);
    *c = (struct splits_competitor){0};
}
