/* hub_race.c: what the viewers of one race get: the greeting, frames, times, boards, changes of the
 * race. All on the server's thread. A message is made once for all viewers. */
#include "push/hub_race.h"

#include "base/clock.h"
#include "board/board.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* {head, "race": the record}. 15 digits print 0.1 as 0.1 and not as 0.10000000000000001. */
static struct message *race_message(const struct view *v, const char *head)
{
    struct message *m = message_new(true);
    json_t *race = race_record_json(&v->race);
    char *text = json_dumps(race, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(15));

    buf_addf(&m->bytes, "%s, \"race\": %s}", head, text ? text : "null");
    free(text);
    json_decref(race);
    return m;
}

static struct message *hello_message(const struct view *v)
{
    char head[80];

    (void)snprintf(
        head, sizeof head, "{\"type\": \"hello\", \"serverMs\": %lld", (long long)clock_wall_ms());
    return race_message(v, head);
}

/* Times that are not known are left out. */
static struct message *lag_message(const struct hub_race *r, int64_t pushed_ms)
{
    const struct view *v = r->shown;
    const struct {
        const char *name;
        int64_t at_ms;
    } hop_time[] = {{"published", v->external ? 0 : v->published_ms},
        {"acknowledged", v->acknowledged_ms}, {"queryable", v->queryable_ms},
        {"pushed", pushed_ms}};
    struct message *m = message_new(true);

    buf_addf(&m->bytes, "{\"type\": \"lag\", \"rawTime\": %d, \"due\": %lld", v->as_of_raw_s,
        (long long)lag_due_ms(v));
    for (size_t k = 0; k < sizeof hop_time / sizeof *hop_time; k++)
        if (hop_time[k].at_ms)
            buf_addf(&m->bytes, ", \"%s\": %lld", hop_time[k].name, (long long)hop_time[k].at_ms);
    if (r->clock_ms)
        buf_addf(&m->bytes, ", \"clock\": %lld", (long long)r->clock_ms);
    buf_addc(&m->bytes, '}');
    return m;
}

/* A board of one limit, cut from the widest: the first ten of a hundred are the first ten. */
static struct message *board_message(const struct board *widest, uint32_t limit)
{
    struct message *m = message_new(true);
    struct board b = *widest;
    enum { LISTS = 5 };
    struct board_list *lists[LISTS] = {
        &b.leaders, &b.front, &b.back, &b.geofence, &b.just_finished};

    for (size_t i = 0; i < LISTS; i++)
        if (lists[i]->n > limit)
            lists[i]->n = limit;
    buf_adds(&m->bytes, "{\"type\": \"board\", \"board\": ");
    board_json(&b, &m->bytes);
    buf_addc(&m->bytes, '}');
    return m;
}

/* The most rows that any viewer wants: one sorting serves all. */
static uint32_t widest_limit(const struct hub_race *r)
{
    uint32_t limit = BOARD_DEFAULT_LIMIT;

    for (const struct viewer *v = r->viewers; v; v = v->next)
        if (v->limit > limit)
            limit = v->limit;
    return limit;
}

/* The times of all competitors; NULL: nobody has any. */
static struct message *all_times(const struct hub_race *r)
{
    struct message *m = message_new(false);

    if (frame_encode_times(r->shown, false, &m->bytes))
        return m;
    message_unref(m);
    return NULL;
}

/* Sends the times that the frames do not hold. A viewer that has not sent its last times message
 * yet would lose it to this one, so it gets the times of all competitors. */
static void send_times(struct hub_race *r)
{
    struct message *some = message_new(false), *all = NULL;

    if (times_delta_encode(&r->times_delta, r->shown, &some->bytes)) {
        for (struct viewer *v = r->viewers; v; v = v->next) {
            if (v->joined && v->slot[SLOT_TIMES] && !all)
                all = all_times(r);
            if (v->joined)
                viewer_post(v, SLOT_TIMES, v->slot[SLOT_TIMES] && all ? all : some);
        }
    }
    message_unref(all);
    message_unref(some);
}

/* A message for each limit that is in use. They are few, because limits above 100 are rounded
 * (viewer_protocol.c). */
void hub_race_board(struct hub_race *r, int64_t now_ms)
{
    struct message *made[BOARD_MAX_LIMIT + 1] = {NULL};
    struct board widest;

    r->board_waits = false;
    r->next_board_ms = now_ms + HUB_BOARD_MS;
    send_times(r);
    board_init(&widest, r->shown, widest_limit(r));
    for (struct viewer *v = r->viewers; v; v = v->next) {
        if (!v->joined)
            continue;
        if (!made[v->limit])
            made[v->limit] = board_message(&widest, v->limit);
        viewer_post(v, SLOT_BOARD, made[v->limit]);
    }
    if (!made[BOARD_DEFAULT_LIMIT])
        made[BOARD_DEFAULT_LIMIT] = board_message(&widest, BOARD_DEFAULT_LIMIT);
    message_unref(r->board);
    r->board = message_ref(made[BOARD_DEFAULT_LIMIT]);
    for (uint32_t i = 0; i <= BOARD_MAX_LIMIT; i++)
        message_unref(made[i]);
    board_release(&widest);
}

/* Made when somebody needs it first, and kept until the next frame: viewers that join at once share
 * it. */
static struct message *key_message(struct hub_race *r)
{
    if (!r->key) {
        r->key = message_new(false);
        frame_encode_key(&r->encoder, r->shown, false, &r->key->bytes);
    }
    return r->key;
}

/* Encodes the view that is shown now. */
static struct message *next_frame(struct hub_race *r, bool *is_key)
{
    struct message *frame = message_new(false);

    message_unref(r->key);
    r->key = NULL;
    *is_key = frame_encode(&r->encoder, r->shown, false, &frame->bytes) == 1;
    if (*is_key)
        r->key = message_ref(frame);
    return frame;
}

/* A viewer that comes back from missing frames gets a key frame, and all times: it could not derive
 * those of the gap. */
static void send_frame(struct hub_race *r, struct hub_race_sent *sent)
{
    bool is_key;
    struct message *frame = next_frame(r, &is_key);
    /* A tick that comes in several parts is shown more than once; its lag is that of the first. */
    bool is_new = r->shown->as_of_raw_s > r->lag_sent_raw_s;
    struct message *lag = is_new ? lag_message(r, clock_wall_ms()) : NULL;
    struct message *all = NULL;

    for (struct viewer *v = r->viewers; v; v = v->next) {
        bool back = v->behind && !viewer_busy(v);

        if (!v->joined)
            continue;
        if (!viewer_post_frame(v, frame, v->behind && !viewer_busy(v) ? key_message(r) : NULL)) {
            sent->skipped++;
            continue;
        }
        if (back && !all)
            all = all_times(r);
        if (back && all)
            viewer_post(v, SLOT_TIMES, all);
        if (lag)
            viewer_post(v, SLOT_LAG, lag);
        sent->frames++;
        sent->bytes += message_len(frame);
    }
    r->lag_sent_raw_s = r->shown->as_of_raw_s;
    message_unref(all);
    message_unref(lag);
    message_unref(frame);
}

/* Only to those who have been greeted: others would get a frame before the race. */
static void post_all(struct hub_race *r, enum viewer_slot slot, struct message *m)
{
    for (struct viewer *v = r->viewers; v; v = v->next)
        if (v->joined)
            viewer_post(v, slot, m);
}

/* An empty message once, when nobody is off the course any more. */
static void send_off_course(struct hub_race *r)
{
    struct message *m = message_new(false);
    bool any = frame_encode_off_course(r->shown, false, &m->bytes) > 0;

    if (any || r->had_off_course)
        post_all(r, SLOT_OFF_COURSE, m);
    r->had_off_course = any;
    message_unref(m);
}

/* What a viewer shows of a record. Doubles are compared by order, since they were copied and not
 * computed. */
static bool race_changed(const struct race_record *a, const struct race_record *b)
{
    return a->state != b->state || strcmp(a->reason, b->reason) != 0 ||
           a->anchor.wall_ms != b->anchor.wall_ms || a->anchor.raw_s != b->anchor.raw_s ||
           a->anchor.speed < b->anchor.speed || a->anchor.speed > b->anchor.speed;
}

/* Takes the reference to `v`. */
void hub_race_show(struct hub_race *r, struct view *v, int64_t now_ms, struct hub_race_sent *sent)
{
    bool changed = r->shown && race_changed(&r->shown->race, &v->race);

    if (r->shown)
        times_delta_note(&r->times_delta, r->shown, v);
    view_unref(r->shown);
    r->shown = v;
    /* Ten frames a second on the average: a tick that comes a little early does not have to
     * wait. */
    r->next_frame_ms += HUB_FRAME_MS;
    if (r->next_frame_ms < now_ms + HUB_FRAME_MS / 2)
        r->next_frame_ms = now_ms + HUB_FRAME_MS / 2;
    if (v->race.state != RACE_DELETED) {
        send_frame(r, sent);
        if (v->external)
            send_off_course(r);
        if (now_ms >= r->next_board_ms)
            hub_race_board(r, now_ms);
        else
            r->board_waits = true;
    }
    if (changed) {
        struct message *m = race_message(v, "{\"type\": \"race\"");

        post_all(r, SLOT_RACE, m);
        message_unref(m);
    }
}

/* Takes the reference to `m`. */
static void greet_with(struct viewer *v, enum viewer_slot slot, struct message *m, bool wanted)
{
    if (wanted)
        viewer_post(v, slot, m);
    message_unref(m);
}

/* Everything that a viewer needs to draw the race, before the first frame of its own. */
void hub_race_greet(struct hub_race *r, struct viewer *v, int64_t now_ms)
{
    struct message *m;
    bool wanted;

    v->joined = true;
    greet_with(v, SLOT_HELLO, hello_message(r->shown), true);
    viewer_post(v, SLOT_FRAME, key_message(r));
    m = message_new(false);
    wanted = frame_encode_times(r->shown, false, &m->bytes) > 0;
    greet_with(v, SLOT_TIMES, m, wanted);
    if (r->shown->external) {
        m = message_new(false);
        wanted = frame_encode_off_course(r->shown, false, &m->bytes) > 0;
        greet_with(v, SLOT_OFF_COURSE, m, wanted);
    }
    if (now_ms >= r->next_board_ms || !r->board)
        hub_race_board(r, now_ms);
    else {
        viewer_post(v, SLOT_BOARD, r->board);
        r->board_waits |= v->limit > BOARD_DEFAULT_LIMIT;
    }
}

/* A busy viewer gets the key frame when it has sent what waits. */
void hub_race_key(struct hub_race *r, struct viewer *v)
{
    struct message *all;

    if (viewer_busy(v)) {
        v->behind = true;
        return;
    }
    viewer_post(v, SLOT_FRAME, key_message(r));
    all = all_times(r);
    if (all)
        viewer_post(v, SLOT_TIMES, all);
    message_unref(all);
}

/* The race has no viewers: what was kept for them goes, and the lag stays. */
void hub_race_forget(struct hub_race *r)
{
    view_unref(r->shown);
    r->shown = NULL;
    message_unref(r->key);
    r->key = NULL;
    message_unref(r->board);
    r->board = NULL;
    frame_encoder_release(&r->encoder);
    times_delta_release(&r->times_delta);
    r->lag_sent_raw_s = -1;
    r->had_off_course = false;
    r->board_waits = false;
}
