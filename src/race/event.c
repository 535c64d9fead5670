/* event.c: what a runId may be, the derived event id, and the JSON of an event. A race of a million
 * competitors writes a million events a second, so the text is put together by memcpy and own
 * number formats, without printf and without an allocation. */
#include "race/event.h"

#include "base/clock.h"
#include "base/fmt.h"
#include "base/hash.h"

#include <endian.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A fixed key: the ids have to be the same in every process that makes the race. */
static const struct hash_key event_id_key = {0x747261636b736964, 0x652e6576656e7431};

/* Wide, for what others send: whatever can stand in JSON without an escape, so that the writers
 * below never escape. */
bool race_run_id_valid(const char *run_id)
{
    size_t len = strnlen(run_id, RUN_ID_MAX + 1);

    if (len == 0 || len > RUN_ID_MAX)
        return false;
    for (size_t i = 0; i < len; i++)
        if (run_id[i] <= ' ' || run_id[i] > '~' || run_id[i] == '"' || run_id[i] == '\\')
            return false;
    return true;
}

bool race_run_id_plain(const char *run_id)
{
    size_t len = strnlen(run_id, RUN_ID_MAX + 1);

    if (len == 0 || len > RUN_ID_MAX || strcmp(run_id, ".") == 0 || strcmp(run_id, "..") == 0)
        return false;
    for (size_t i = 0; i < len; i++)
        if (!strchr(
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~", run_id[i]))
            return false;
    return true;
}

int race_run_id_check_new(const char *run_id, struct err *e)
{
    if (race_run_id_plain(run_id))
        return 0;
    return err_set_field(e, "runId",
        "runId has to be 1 to %d of the letters A-Z and a-z, the digits and - . _ ~, and neither "
        "\".\" nor \"..\".",
        RUN_ID_MAX);
}

/* The same competitor and second of a race give the same id in every process. A consumer that reads
 * an event twice can tell by that alone. */
static void derive_id(
    const char *run_id, size_t len, int64_t competitor_id, int32_t raw_s, char out[UUID_LEN])
{
    uint64_t id = htole64((uint64_t)competitor_id);
    uint32_t raw = htole32((uint32_t)raw_s);
    uint8_t message[12 + RUN_ID_MAX];
    uint8_t digest[16];

    memcpy(message, &id, 8);
    memcpy(message + 8, &raw, 4);
    memcpy(message + 12, run_id, len);
    hash128(event_id_key, message, 12 + len, digest);
    uuid_text(digest, 8, out);
}

void event_id(const char *run_id, int64_t competitor_id, int32_t raw_s, char out[UUID_LEN + 1])
{
    derive_id(run_id, strnlen(run_id, RUN_ID_MAX), competitor_id, raw_s, out);
    out[UUID_LEN] = '\0';
}

/* A literal without its NUL; the compiler knows its length and makes it a few moves. */
#define PUT(at, literal) (memcpy((at), (literal), sizeof(literal) - 1), (at) + sizeof(literal) - 1)

static char *put_string(char *at, const char *s, size_t len)
{
    memcpy(at, s, len);
    return at + len;
}

/* All events of a tick share their second, so the last one's text is kept. */
static char *put_timestamp(char *at, int64_t epoch_s)
{
    static _Thread_local int64_t last_s = INT64_MIN;
    static _Thread_local char last[CLOCK_EVENT_LEN + 1];

    if (epoch_s != last_s) {
        clock_format_event(epoch_s, last);
        last_s = epoch_s;
    }
    memcpy(at, last, CLOCK_EVENT_LEN);
    return at + CLOCK_EVENT_LEN;
}

char *event_write(
    const struct event_writer *w, int64_t competitor_id, int32_t raw_s, uint32_t dist_mm, char *at)
{
    struct lonlat place = line_at(w->line, dist_mm);
    size_t len = strnlen(w->run_id, RUN_ID_MAX);

    at = PUT(at, "{\"runId\": \"");
    at = put_string(at, w->run_id, len);
    at = PUT(at, "\", \"eventId\": \"");
    derive_id(w->run_id, len, competitor_id, raw_s, at);
    at = PUT(at + UUID_LEN, "\", \"competitorId\": ");
    at = fmt_i64(at, competitor_id);
    at = PUT(at, ", \"rawTime\": ");
    at = fmt_i64(at, raw_s);
    at = PUT(at, ", \"timestamp\": \"");
    at = put_timestamp(at, w->start_s + raw_s);
    at = PUT(at, "\", \"lat\": ");
    at = fmt_fixed(at, place.lat_nd, 9);
    at = PUT(at, ", \"lon\": ");
    at = fmt_fixed(at, place.lon_nd, 9);
    at = PUT(at, ", \"distance\": ");
    at = fmt_fixed(at, dist_mm, 3);
    at = PUT(at, ", \"course\": \"");
    at = put_string(at, w->course, strnlen(w->course, COURSE_NAME_MAX));
    return PUT(at, "\"}");
}

/* All but the id. */
static void fill(const struct event_place *p, const char *run_id, const char *course,
    int64_t start_s, struct event *out)
{
    memset(out, 0, sizeof *out); /* the texts' ends too: events are compared and copied whole */
    memcpy(out->run_id, run_id, strnlen(run_id, RUN_ID_MAX));
    memcpy(out->course, course, strnlen(course, COURSE_NAME_MAX));
    out->competitor_id = p->competitor_id;
    out->raw_s = p->raw_s;
    out->timestamp_s = start_s + p->raw_s;
    out->lat_deg = lonlat_deg(p->at.lat_nd);
    out->lon_deg = lonlat_deg(p->at.lon_nd);
    out->distance_m = (double)p->dist_mm / 1000.0;
}

void event_make(const struct event_writer *w, int64_t competitor_id, int32_t raw_s,
    uint32_t dist_mm, struct event *out)
{
    struct event_place p = {competitor_id, raw_s, dist_mm, line_at(w->line, dist_mm)};

    fill(&p, w->run_id, w->course, w->start_s, out);
    event_id(out->run_id, competitor_id, raw_s, out->event_id);
}

void event_make_at(const struct event_place *p, const char *run_id, const char *course,
    int64_t start_s, struct event *out)
{
    uint8_t message[36 + RUN_ID_MAX], digest[16];
    const uint64_t words[] = {htole64((uint64_t)p->competitor_id), htole64((uint64_t)p->raw_s),
        htole64((uint64_t)p->at.lat_nd), htole64((uint64_t)p->at.lon_nd)};
    uint32_t dist = htole32(p->dist_mm);
    size_t len = strnlen(run_id, RUN_ID_MAX);

    fill(p, run_id, course, start_s, out);
    memcpy(message, words, sizeof words);
    memcpy(message + 32, &dist, 4);
    memcpy(message + 36, run_id, len);
    hash128(event_id_key, message, 36 + len, digest);
    uuid_text(digest, 8, out->event_id);
}

/* Fixed decimals where they say it exactly, the fewest digits that read back the same elsewhere. */
static char *put_double(char *at, double v, int decimals)
{
    double power = decimals == 9 ? 1e9 : 1e3;
    char text[FMT_SHORTEST_MAX];

    /* Within 9e15 the scaled number is exact in a double, so comparing tells whether the fixed form
     * loses anything. Negative zero has no fixed form. */
    if (fabs(v) < 9e15 / power && (double)llround(v * power) / power == v &&
        !(v == 0 && signbit(v)))
        return fmt_fixed(at, llround(v * power), decimals);
    return put_string(at, text, (size_t)fmt_shortest(v, false, text));
}

char *event_format(const struct event *ev, char *at)
{
    at = PUT(at, "{\"runId\": \"");
    at = put_string(at, ev->run_id, strnlen(ev->run_id, RUN_ID_MAX));
    at = PUT(at, "\", \"eventId\": \"");
    at = put_string(at, ev->event_id, strnlen(ev->event_id, RUN_ID_MAX));
    at = PUT(at, "\", \"competitorId\": ");
    at = fmt_i64(at, ev->competitor_id);
    at = PUT(at, ", \"rawTime\": ");
    at = fmt_i64(at, ev->raw_s);
    at = PUT(at, ", \"timestamp\": \"");
    at = put_timestamp(at, ev->timestamp_s);
    at = PUT(at, "\", \"lat\": ");
    at = put_double(at, ev->lat_deg, 9);
    at = PUT(at, ", \"lon\": ");
    at = put_double(at, ev->lon_deg, 9);
    at = PUT(at, ", \"distance\": ");
    at = put_double(at, ev->distance_m, 3);
    at = PUT(at, ", \"course\": \"");
    at = put_string(at, ev->course, strnlen(ev->course, COURSE_NAME_MAX));
    return PUT(at, "\"}");
}
