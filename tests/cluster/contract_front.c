#include "contract_front.h"

#include "store/pinot/pinot_internal.h"
#include "world.h"

#include <inttypes.h>

struct front *front_of(struct store *s)
{
    return (struct front *)(void *)s;
}

static struct front_race *race_of(struct front *f, const char *given)
{
    struct front_race *r;

    for (size_t k = 0; k < f->n; k++)
        if (strcmp(f->race[k].given, given) == 0)
            return &f->race[k];
    assert_true(f->n < FRONT_RACES);
    r = &f->race[f->n++];
    (void)snprintf(r->given, sizeof r->given, "%s", given);
    uuid_v4(r->own);
    r->last_tick = -1;
    return r;
}

static const char *own(struct store *s, const char *given)
{
    return race_of(front_of(s), given)->own;
}

static void name_as_given(struct front *f, char run_id[RUN_ID_MAX + 1])
{
    for (size_t k = 0; k < f->n; k++)
        if (strcmp(f->race[k].own, run_id) == 0)
            (void)snprintf(run_id, RUN_ID_MAX + 1, "%s", f->race[k].given);
}

/* The event as the contract has it, under the race's own id. */
static int publish(struct front *f, struct front_race *r, const struct event *ev)
{
    struct event out = *ev;
    char key[24], json[EVENT_JSON_MAX];
    struct kafka_record record = {.key = key, .value = json};

    memcpy(out.run_id, r->own, sizeof r->own);
    record.value_len = (size_t)(event_format(&out, json) - json);
    record.key_len = (size_t)snprintf(key, sizeof key, "%" PRId64, out.competitor_id);
    r->published++;
    r->touched = true;
    return kafka_producer_send(f->producer, KAFKA_PARKRUN,
        kafka_topics_partition(key, record.key_len, f->topics.partitions[KAFKA_PARKRUN]), &record,
        1);
}

static int put_events(struct store *s, const struct event *ev, size_t n, struct err *e)
{
    struct front *f = front_of(s);

    for (size_t k = 0; k < n; k++) {
        struct front_race *r = race_of(f, ev[k].run_id);
        struct event out = ev[k];

        memcpy(out.run_id, r->own, sizeof r->own);
        if (publish(f, r, &ev[k]) || (f->kind->published && f->kind->published(f, &out, e)))
            return -1;
    }
    return 0;
}

/* A tick as the events that it is; one that was there already is not published again. */
static int put_tick(struct store *s, const struct tick *t, struct err *e)
{
    struct front *f = front_of(s);
    struct front_race *r = race_of(f, t->race->spec.run_id);
    struct event_writer w = {.start_s = t->race->spec.start_s, .line = t->course->line};

    if (t->raw_s <= r->last_tick)
        return 0;
    r->last_tick = t->raw_s;
    memcpy(w.run_id, r->given, sizeof w.run_id);
    memcpy(w.course, t->race->spec.course, sizeof w.course);
    for (uint32_t i = 0; i < t->n; i++) {
        struct event ev;

        if (t->raw_s > t->finish_raw_s[i])
            continue;
        event_make(&w, (int64_t)i + 1, t->raw_s, t->dist_mm[i], &ev);
        if (put_events(s, &ev, 1, e))
            return -1;
    }
    return 0;
}

static int put_race(struct store *s, const struct race_record *record, struct err *e)
{
    struct front *f = front_of(s);
    struct front_race *r = race_of(f, record->spec.run_id);
    struct race_record out = *record;

    memcpy(out.spec.run_id, r->own, sizeof r->own);
    r->deleted = record->state == RACE_DELETED;
    r->touched = true;
    return f->inner->ops->put_race(f->inner, &out, e);
}

static int put_course(struct store *s, struct course *c, struct err *e)
{
    return front_of(s)->inner->ops->put_course(front_of(s)->inner, c, e);
}

static int delete_course(struct store *s, const char *short_name, struct err *e)
{
    return front_of(s)->inner->ops->delete_course(front_of(s)->inner, short_name, e);
}

struct front_race *front_race_by_own(struct front *f, const char *own_id)
{
    for (size_t k = 0; k < f->n; k++)
        if (strcmp(f->race[k].own, own_id) == 0)
            return &f->race[k];
    return NULL;
}

static int commit(struct store *s, struct err *e)
{
    struct front *f = front_of(s);

    if (kafka_producer_commit(f->producer, 30000, e) ||
        (f->kind->before_commit && f->kind->before_commit(f, e)) ||
        f->inner->ops->commit(f->inner, e))
        return -1;
    for (size_t k = 0; k < f->n; k++) {
        struct front_race *r = &f->race[k];

        if (r->touched && !r->deleted && f->kind->after_commit && f->kind->after_commit(f, r, e))
            return -1;
        r->touched = false;
    }
    return 0;
}

/* Views are shared: a copy under the contract's name. */
static struct view *as_given(struct front *f, struct view *v)
{
    struct race_record record;
    struct view *copy;

    if (!v)
        return NULL;
    record = v->race;
    name_as_given(f, record.spec.run_id);
    copy = view_with_record(v, &record);
    view_unref(v);
    return copy;
}

static struct view *view(struct store *s, const char *run_id, struct err *e)
{
    return as_given(
        front_of(s), front_of(s)->inner->ops->view(front_of(s)->inner, own(s, run_id), e));
}

static struct view *view_at(struct store *s, const char *run_id, int32_t raw_s, struct err *e)
{
    struct front *f = front_of(s);

    return as_given(f, f->inner->ops->view_at(f->inner, own(s, run_id), raw_s, e));
}

struct relay {
    struct front *front;
    int (*view)(void *arg, struct view *v);
    store_event_fn *event;
    void *arg;
};

static int relay_view(void *arg, struct view *v)
{
    struct relay *r = arg;

    struct view *given = as_given(r->front, view_ref(v));
    int rc = r->view(r->arg, given);

    view_unref(given);
    return rc;
}

static int relay_event(void *arg, const struct event *ev)
{
    struct relay *r = arg;
    struct event given = *ev;

    name_as_given(r->front, given.run_id);
    return r->event(r->arg, &given);
}

static int replay(struct store *s, const char *run_id, int32_t from_s, int32_t to_s, int32_t step_s,
    int (*fn)(void *arg, struct view *v), void *arg, struct err *e)
{
    struct relay r = {.front = front_of(s), .view = fn, .arg = arg};

    return r.front->inner->ops->replay(
        r.front->inner, own(s, run_id), from_s, to_s, step_s, relay_view, &r, e);
}

static int events(struct store *s, const char *run_id, int32_t from_s, int32_t to_s,
    store_event_fn *fn, void *arg, struct err *e)
{
    struct relay r = {.front = front_of(s), .event = fn, .arg = arg};

    return r.front->inner->ops->events(
        r.front->inner, own(s, run_id), from_s, to_s, relay_event, &r, e);
}

static int competitor(struct store *s, const char *run_id, int64_t id, int32_t at_s,
    struct splits_competitor *out, struct err *e)
{
    struct front *f = front_of(s);
    int rc = f->inner->ops->competitor(f->inner, own(s, run_id), id, at_s, out, e);

    if (!rc)
        name_as_given(f, out->latest.run_id);
    return rc;
}

static bool deleted(struct store *s, const char *run_id)
{
    return front_of(s)->inner->ops->deleted(front_of(s)->inner, own(s, run_id));
}

static struct course *course(struct store *s, const char *short_name, struct err *e)
{
    return front_of(s)->inner->ops->course(front_of(s)->inner, short_name, e);
}

static struct course *course_revision(
    struct store *s, const char *short_name, const char *revision, struct err *e)
{
    struct store *inner = front_of(s)->inner;

    return inner->ops->course_revision(inner, short_name, revision, e);
}

static int courses(struct store *s, struct course ***out, size_t *n, struct err *e)
{
    return front_of(s)->inner->ops->courses(front_of(s)->inner, out, n, e);
}

static int races(struct store *s, struct race_record **out, size_t *n, struct err *e)
{
    struct front *f = front_of(s);
    int rc = f->inner->ops->races(f->inner, out, n, e);

    for (size_t k = 0; !rc && k < *n; k++)
        name_as_given(f, (*out)[k].spec.run_id);
    return rc;
}

static int race(struct store *s, const char *run_id, struct race_record *out, struct err *e)
{
    struct front *f = front_of(s);
    int rc = f->inner->ops->race(f->inner, own(s, run_id), out, e);

    if (!rc)
        name_as_given(f, out->spec.run_id);
    return rc;
}

static int roster(struct store *s, const char *run_id, struct buf *csv, struct err *e)
{
    return front_of(s)->inner->ops->roster(front_of(s)->inner, own(s, run_id), csv, e);
}

static int put_roster(
    struct store *s, const char *run_id, const char *csv, size_t len, struct err *e)
{
    struct store *inner = front_of(s)->inner;

    return inner->ops->put_roster(inner, own(s, run_id), csv, len, e);
}

static int sql(struct store *s, const char *request, size_t len, struct buf *answer, struct err *e)
{
    return front_of(s)->inner->ops->sql(front_of(s)->inner, request, len, answer, e);
}

void front_free(struct store *s)
{
    struct front *f = front_of(s);

    if (f->kind->free)
        f->kind->free(f);
    kafka_producer_free(f->producer);
    kafka_settings_release(&f->settings);
    f->inner->ops->free(f->inner);
    free(f);
}

static const struct store_ops ops = {
    .put_tick = put_tick,
    .put_events = put_events,
    .put_race = put_race,
    .put_course = put_course,
    .delete_course = delete_course,
    .commit = commit,
    .deleted = deleted,
    .course = course,
    .course_revision = course_revision,
    .courses = courses,
    .races = races,
    .race = race,
    .view = view,
    .view_at = view_at,
    .replay = replay,
    .competitor = competitor,
    .events = events,
    .roster = roster,
    .put_roster = put_roster,
    .sql = sql,
    .free = front_free,
};

struct front *front_new(const struct front_kind *kind, struct store *inner, struct err *e)
{
    struct front *f = mem_zalloc(1, sizeof *f);

    f->kind = kind;
    f->ops = ops;
    f->ops.name = kind->name;
    f->head.ops = &f->ops;
    f->inner = inner;
    if (kafka_settings_init(&f->settings, setting("TRACKSIDE_TEST_KAFKA"), NULL, e) ||
        kafka_topics_ensure(&f->topics, &f->settings, 10000, e) ||
        !(f->producer = kafka_producer_new(&f->settings, NULL, e)))
        return NULL;
    return f;
}
