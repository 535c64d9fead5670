/*
 * field.c: the competitors. Each has its fixes in order, a match_track that has taken a part of
 * them, the result of each, and the events that were published.
 *
 * What should be published is made anew from the results, from the first second on that may have
 * changed, and compared with what was.
 */
#include "tracking/field/field.h"

#include "base/mem.h"
#include "tracking/field/person.h"
#include "tracking/field/search.h"
#include "tracking/match/match.h"

#include <stdlib.h>
#include <string.h>

struct field {
    char run_id[RUN_ID_MAX + 1];
    struct course *course; /* a reference */
    int64_t start_s;
    struct match *match;
    struct person **person; /* by competitorId */
    size_t n, cap;
    struct person **waiting; /* those with something to publish */
    size_t waiting_n, waiting_cap;
    struct event *event; /* of one field_publish */
    size_t event_n, event_cap;
};

struct field *field_new(const char *run_id, struct course *c, int64_t start_s, struct err *e)
{
    struct match *m = match_new(c, NULL, e);
    struct field *f;

    if (!m)
        return NULL;
    f = mem_zalloc(1, sizeof *f);
    memcpy(f->run_id, run_id, strnlen(run_id, RUN_ID_MAX));
    f->course = course_ref(c);
    f->start_s = start_s;
    f->match = m;
    return f;
}

void field_free(struct field *f)
{
    if (!f)
        return;
    for (size_t i = 0; i < f->n; i++)
        person_free(f->person[i]);
    match_free(f->match);
    course_unref(f->course);
    free(f->person);
    free(f->waiting);
    free(f->event);
    free(f);
}

static int64_t id_of(const void *person)
{
    return (*(struct person *const *)person)->competitor_id;
}

static struct person *person_of(struct field *f, int64_t competitor_id)
{
    size_t at = search_first(f->person, f->n, sizeof(struct person *), id_of, competitor_id);

    if (at < f->n && f->person[at]->competitor_id == competitor_id)
        return f->person[at];
    f->person = mem_grow(f->person, f->n, &f->cap, sizeof(struct person *));
    memmove(f->person + at + 1, f->person + at, (f->n - at) * sizeof(struct person *));
    f->person[at] = person_new(competitor_id, f->match, f->course, f->start_s);
    f->n++;
    return f->person[at];
}

static void await(struct field *f, struct person *p)
{
    if (p->waiting)
        return;
    p->waiting = true;
    f->waiting = mem_grow(f->waiting, f->waiting_n, &f->waiting_cap, sizeof(struct person *));
    f->waiting[f->waiting_n++] = p;
}

void field_published(struct field *f, const struct event *ev)
{
    person_published(person_of(f, ev->competitor_id), ev);
}

void field_forget(struct field *f)
{
    for (size_t i = 0; i < f->n; i++) {
        person_forget(f->person[i]);
        await(f, f->person[i]);
    }
}

void field_add(struct field *f, int64_t competitor_id, const struct fix *fix)
{
    struct person *p = person_of(f, competitor_id);

    person_add(p, fix);
    await(f, p);
}

static void add_event(void *arg, const struct person *p, const struct person_event *ev)
{
    struct field *f = arg;
    struct event *out;

    f->event = mem_grow(f->event, f->event_n, &f->event_cap, sizeof *f->event);
    out = &f->event[f->event_n++];
    event_make_at(&(struct event_place){.competitor_id = p->competitor_id,
                      .raw_s = ev->raw_s,
                      .dist_mm = ev->dist_mm,
                      .at = ev->at},
        f->run_id, f->course->short_name, f->start_s, out);
}

int field_publish(struct field *f, int32_t last_s, bool exactly, field_event_fn *fn, void *arg,
    uint64_t *n, struct err *e)
{
    size_t still = 0;

    f->event_n = 0;
    for (size_t i = 0; exactly && i < f->n; i++)
        await(f, f->person[i]);
    for (size_t i = 0; i < f->waiting_n; i++)
        person_compare(f->waiting[i], last_s, exactly, add_event, f);
    *n = f->event_n;
    if (f->event_n && fn(arg, f->event, f->event_n, e))
        return -1;
    for (size_t i = 0; i < f->waiting_n; i++) {
        struct person *p = f->waiting[i];

        p->waiting = person_keep(p);
        if (p->waiting)
            f->waiting[still++] = p;
    }
    f->waiting_n = still;
    return 0;
}
