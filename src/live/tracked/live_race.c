#include "live/tracked/live_race.h"

#include "base/log.h"
#include "base/mem.h"
#include "tracking/field/field.h"

#include <stdlib.h>
#include <string.h>

struct live_race {
    char run_id[RUN_ID_MAX + 1];
    int64_t start_s;
    struct course *course; /* a reference */
    struct fixlog *log;    /* borrowed */
    struct field *field;
    int64_t after;                 /* the last fix of the log that was taken */
    uint64_t version, assignments; /* of the log, as of the last look */
    bool looked;
    bool unread;    /* the log could not be read, which has been said */
    bool lost;      /* the log does not know the race any more: what was published stays */
    bool published; /* there are events: the start cannot move any more */
};

/* A store that cannot say knows it: what is dropped here is gone. */
static bool store_knows(void *arg, const char *run_id)
{
    struct store *s = arg;
    struct race_record r;
    struct err e;

    return s->ops->race(s, run_id, &r, &e) == 0 || e.code != ERR_NOT_FOUND;
}

void live_race_sweep(struct fixlog *log, struct store *s)
{
    struct err e;

    if (fixlog_sweep(log, store_knows, s, &e))
        log_error("The fixes of deleted races are still in fixes.db: %.200s", e.text);
}

static int take_published(void *arg, const struct event *ev)
{
    struct live_race *l = arg;

    field_published(l->field, ev);
    l->published = true;
    return 0;
}

/* The file was removed, or came back from an older copy. Nothing is made of no fixes: else the end
 * of the race would put everybody back to the start. */
static bool is_lost(struct fixlog *log, const char *run_id)
{
    char key[FIXLOG_KEY_LEN + 1];
    struct err why;

    if (fixlog_key(log, run_id, key, &why) == 0 || why.code != ERR_NOT_FOUND)
        return false;
    log_error("The fixes of the race %s are not in fixes.db of the data directory. Its positions "
              "stay as they are. Restore the file from a copy, or stop the race.",
        run_id);
    return true;
}

struct live_race *live_race_new(const struct race_record *r, struct course *c, struct fixlog *log,
    struct store *s, struct err *e)
{
    struct field *f = field_new(r->spec.run_id, c, r->spec.start_s, e);
    struct live_race *l;
    struct err none;
    struct race_record known;
    bool in_store;

    if (!f)
        return NULL;
    l = mem_zalloc(1, sizeof *l);
    memcpy(l->run_id, r->spec.run_id, sizeof l->run_id);
    l->start_s = r->spec.start_s;
    l->course = course_ref(c);
    l->log = log;
    l->field = f;
    /* A race that is being made is not in the store. */
    in_store = s->ops->race(s, l->run_id, &known, &none) == 0;
    l->lost = in_store && is_lost(log, l->run_id);
    if (in_store && s->ops->events(s, l->run_id, 0, INT32_MAX, take_published, l, e)) {
        live_race_free(l);
        return NULL;
    }
    return l;
}

void live_race_free(struct live_race *l)
{
    if (!l)
        return;
    field_free(l->field);
    course_unref(l->course);
    free(l);
}

int live_race_move(struct live_race *l, int64_t start_s, struct err *e)
{
    struct field *f;

    if (start_s == l->start_s)
        return 0;
    if (l->published)
        return err_set_id(e, ERR_CONFLICT, "race-state",
            "Positions of the race %s have been published, which count from its start: it cannot "
            "move any more.",
            l->run_id);
    f = field_new(l->run_id, l->course, start_s, e);
    if (!f)
        return -1;
    field_free(l->field);
    l->field = f;
    l->start_s = start_s;
    l->after = 0;
    l->looked = false;
    return 0;
}

static int take_fix(void *arg, int64_t competitor_id, const struct fix *f)
{
    struct live_race *l = arg;

    field_add(l->field, competitor_id, f);
    return 0;
}

/* The version is asked for first: what is appended meanwhile is found by the next look. */
static int look(struct live_race *l, struct err *e)
{
    uint64_t version = fixlog_version(l->log), assignments = fixlog_assignments(l->log);

    if (l->looked && version == l->version)
        return 0;
    if (l->looked && assignments != l->assignments) {
        field_forget(l->field);
        l->after = 0;
    }
    if (fixlog_read(l->log, l->run_id, &l->after, take_fix, l, e))
        return -1;
    l->version = version;
    l->assignments = assignments;
    l->looked = true;
    return 0;
}

static int publish(void *arg, const struct event *events, size_t n, struct err *e)
{
    struct feed *f = arg;

    return f->ops->publish_events(f, events, n, e);
}

/* One race's log must not stop the races beside it: what cannot be read now is read later. The
 * fixes are on the disk. */
static bool look_or_say(struct live_race *l, struct err *why)
{
    bool read = look(l, why) == 0;

    if (!read && !l->unread)
        log_error("The fixes of the race %s cannot be read (%.200s). Its positions stand still "
                  "until they can. Look at fixes.db in the data directory.",
            l->run_id, why->text);
    if (read && l->unread)
        log_info("The fixes of the race %s are read again.", l->run_id);
    l->unread = !read;
    return read;
}

int live_race_step(
    struct live_race *l, struct feed *f, int64_t now_ms, bool ends, uint64_t *events, struct err *e)
{
    int64_t last_s = (now_ms - l->start_s * 1000) / 1000;
    uint64_t n = 0;

    if (l->lost)
        return 0;
    if (!look_or_say(l, e))
        return ends ? -1 : 0; /* a race does not end without its last positions */
    if (now_ms < l->start_s * 1000)
        return 0;
    last_s = last_s < INT32_MAX ? last_s : INT32_MAX;
    if (field_publish(l->field, (int32_t)last_s, ends, publish, f, &n, e))
        return -1;
    l->published = l->published || n;
    *events += n;
    return 0;
}
