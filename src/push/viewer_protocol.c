/* viewer_protocol.c: what a viewer may send: ping, key, limit, painted. Each message is bounded in
 * size and number before it is parsed. One that is wrong closes the connection with a sentence,
 * because only a program with a fault sends it. */
#include "base/clock.h"
#include "board/board.h"
#include "push/hub.h"
#include "push/hub_race.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#define LAG_MAX_MS 86400000.0 /* a day; more is a wrong clock and no lag */
#define LIMIT_ANY_MAX 100u    /* rows of a board up to which any limit is made */

/* Gives the time back as it came, whole or not, so that the page can compare it. */
static void ping(struct viewer *v, const json_t *j)
{
    const json_t *t = json_object_get(j, "t");
    struct message *m = message_new(true);

    if (json_is_integer(t))
        buf_addf(&m->bytes, "{\"type\": \"pong\", \"t\": %lld", (long long)json_integer_value(t));
    else
        buf_addf(&m->bytes, "{\"type\": \"pong\", \"t\": %.17g", json_number_value(t));
    buf_addf(&m->bytes, ", \"serverMs\": %lld}", (long long)clock_wall_ms());
    viewer_post(v, SLOT_PONG, m);
    message_unref(m);
}

/* A key frame is large, so a viewer gets one at most so often. */
static void key(struct viewer *v, const json_t *j)
{
    int64_t now_ms = clock_wall_ms();

    (void)j;
    if (!v->joined || now_ms - v->key_ms < VIEWER_KEY_EVERY_MS)
        return;
    v->key_ms = now_ms;
    hub_race_key(v->race, v);
}

/* Above 100 rows there are only a few sizes, so that few viewers cost a board of their own. */
static uint32_t made_limit(json_int_t wanted)
{
    if (wanted <= LIMIT_ANY_MAX)
        return (uint32_t)wanted;
    if (wanted <= 200)
        return 200;
    return wanted <= 500 ? 500 : BOARD_MAX_LIMIT;
}

static void limit(struct viewer *v, const json_t *j)
{
    json_int_t wanted = json_integer_value(json_object_get(j, "limit"));

    if (wanted < 1 || wanted > (json_int_t)BOARD_MAX_LIMIT)
        viewer_error(v, "invalid", "limit has to be a whole number from 1 to 1000.");
    else {
        /* A race that stands still makes no next board by itself. */
        if (v->joined && made_limit(wanted) > v->limit)
            v->race->board_waits = true;
        v->limit = made_limit(wanted);
    }
}

/* -1: not a lag. */
static double lag_of(const json_t *j, const char *name)
{
    double ms = json_number_value(json_object_get(j, name));

    if (!json_is_number(json_object_get(j, name)) || !isfinite(ms) || fabs(ms) > LAG_MAX_MS)
        return -1;
    return fmax(ms, 0); /* the browser knows the difference of the clocks to some ms only */
}

static void painted(struct viewer *v, const json_t *j)
{
    double painted_ms = lag_of(j, "lagMs");

    if (painted_ms >= 0)
        hub_painted(v, lag_of(j, "receivedMs"), painted_ms);
}

/* Counted in whole seconds: cheap, and exact enough against a flood. */
static bool too_many(struct viewer *v)
{
    int64_t second = clock_mono_ns() / 1000000000;

    if (second != v->second) {
        v->second = second;
        v->in_second = 0;
    }
    return ++v->in_second > VIEWER_RATE_MAX;
}

/* The type is looked up last: a text that is too long is not even parsed. */
void viewer_receive(struct viewer *v, const char *text, size_t len)
{
    static const struct {
        const char *type;
        void (*take)(struct viewer *v, const json_t *j);
    } kinds[] = {{"ping", ping}, {"key", key}, {"limit", limit}, {"painted", painted}};
    json_t *j;
    const char *type;
    size_t k = 0;

    if (v->closing || !v->race)
        return;
    if (too_many(v)) {
        viewer_error(
            v, "too-many-requests", "More than 50 messages in a second: that is too many.");
        return;
    }
    j = len <= VIEWER_TEXT_MAX ? json_loadb(text, len, 0, NULL) : NULL;
    type = json_string_value(json_object_get(j, "type"));
    while (type && k < sizeof kinds / sizeof *kinds && strcmp(kinds[k].type, type) != 0)
        k++;
    if (type && k < sizeof kinds / sizeof *kinds)
        kinds[k].take(v, j);
    else
        viewer_error(v, "invalid",
            "That message is not known: it has to be a JSON object of at most 1 KiB whose "
            "type is ping, key, limit or painted.");
    json_decref(j);
}
