#include "board/splits.h"

#include "base/mem.h"
#include "board/board.h"
#include "board/checkpoints.h"

#define KM_MM 1000000u

void splits_init(struct splits *f, bool external, bool live, struct course *course,
    struct splits_competitor *out)
{
    *f = (struct splits){.out = out, .c = columns_new(external, 0, course), .outside_s = -1};
    f->c->live = live;
    out->finish_s = -1;
    out->course = course ? course_ref(course) : NULL;
}

/* Copies the times at the checkpoints. */
static void keep_passings(const struct passings *p, struct splits_competitor *out)
{
    out->pass_s = mem_alloc(p->each * sizeof *out->pass_s);
    out->pass_rank = mem_zalloc(p->each, sizeof *out->pass_rank);
    for (uint32_t k = 0; k < p->each; k++)
        out->pass_s[k] = passings_at_s(p, 0, k);
}

void splits_release(struct splits *f)
{
    if (f->c->passings)
        keep_passings(f->c->passings, f->out);
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
    if (f->c->passings)
        passings_take(f->c->passings, f->c->course, 0,
            &(struct passings_event){at->raw_s, at->dist_mm, finish});
    if (!finish && columns_is_inside(f->c, at))
        enter(f);
    else
        leave(f, at->raw_s);
    if (finish)
        f->out->finish_s = at->raw_s;
}

void splits_rank(struct splits_competitor *out, const struct view *v, uint32_t i)
{
    out->rank = board_rank(v, i);
    out->dwell_total_s = view_dwell_total(v, i);
    if (out->pass_s && v->passings)
        board_checkpoint_ranks(v, out->pass_s, out->pass_rank);
}

void splits_competitor_release(struct splits_competitor *c)
{
    free(c->split_s);
    free(c->visit);
    free(c->track);
    free(c->pass_s);
    free(c->pass_rank);
    course_unref(c->course);
    *c = (struct splits_competitor){0};
}
