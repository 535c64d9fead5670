/*
 * event_parse.c: the scanner of position events. One pass over the bytes, no allocation. The keys
 * are expected in the order that event_write gives them; another order only costs a search of nine
 * names.
 *
 * Strict JSON (RFC 8259): no trailing commas, no bare words, control characters escaped, valid
 * UTF-8 where text is kept. A field that comes twice is refused: which of the two would be meant
 * cannot be known.
 */
#include "base/clock.h"
#include "race/event.h"
#include "race/json_scan.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Of one event, unknown fields included: a bound on what a hostile producer makes us scan */
#define EVENT_BYTES_MAX 65536u
#define FIRST_SECOND (-62167219200) /* of the year 0000 */
#define LAST_SECOND 253402300799    /* of the year 9999 */

/* In the order of event_write. FIELDS is their number, and stands for "not one of ours". */
enum field {
    RUN_ID,
    EVENT_ID,
    COMPETITOR_ID,
    RAW_TIME,
    TIMESTAMP,
    LAT,
    LON,
    DISTANCE,
    COURSE,
    FIELDS
};

/* Kept with its quotes, so that the expected key is one comparison of memory. */
struct name {
    const char *quoted;
    size_t len; /* with its quotes */
};

#define NAME(text)                       \
    {                                    \
        "\"" text "\"", sizeof(text) + 1 \
    }

static const struct name names[FIELDS] = {NAME("runId"), NAME("eventId"), NAME("competitorId"),
    NAME("rawTime"), NAME("timestamp"), NAME("lat"), NAME("lon"), NAME("distance"), NAME("course")};

/* Says the byte from 1 on, as editors count. */
static int not_json(const struct json_scan *s, const char *start, struct err *e)
{
    return err_set(e, ERR_INVALID, "the event is not JSON: it goes wrong at byte %zu",
        (size_t)(s->at - start) + 1);
}

/* "competitorId of the event has to be a whole number". The field's name goes into the error too,
 * for answers that mark it. */
static int wrong(enum field f, const char *what, struct err *e)
{
    char name[16];

    (void)snprintf(name, sizeof name, "%.*s", (int)names[f].len - 2, names[f].quoted + 1);
    return err_set_field(e, name, "%s of the event has to be %s", name, what);
}

/* A name that needs no escape on the way out. The quick loop takes what is plain ASCII; the rest
 * starts again. */
static int read_text(struct json_scan *s, enum field f, char *out, size_t max, struct err *e)
{
    static const char what[] =
        "text of 1 to 64 characters without quotes, backslashes and control characters";
    const char *from = s->at + 1;
    const char *p = from;
    int len;

    if (s->at == s->end || *s->at != '"')
        return wrong(f, what, e);
    while (p<s->end && * p> ' ' && *p < 0x7f && *p != '"' && *p != '\\')
        p++;
    if (p < s->end && *p == '"' && p > from && (size_t)(p - from) <= max) {
        memcpy(out, from, (size_t)(p - from));
        out[p - from] = '\0';
        s->at = p + 1;
        return 0;
    }
    len = json_scan_string(s, out, max);
    if (len <= 0 || strlen(out) != (size_t)len || (f != COURSE && !race_run_id_valid(out)))
        return wrong(f, what, e);
    for (const char *c = out; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == '"' || *c == '\\' || *c == 0x7f)
            return wrong(f, what, e);
    return 0;
}

/* The form of our own events is read without copying. Any other is taken out as text first, and may
 * have an offset or a T. */
static int read_timestamp(struct json_scan *s, int64_t *out, struct err *e)
{
    static const char what[] = "a time in UTC like \"2026-01-01 09:00:00\"";
    char text[64];
    int len;

    if (s->end - s->at >= CLOCK_EVENT_LEN + 2 && s->at[0] == '"' &&
        s->at[CLOCK_EVENT_LEN + 1] == '"' && clock_parse_event(s->at + 1, out) == 0) {
        s->at += CLOCK_EVENT_LEN + 2;
        return 0;
    }
    len = json_scan_string(s, text, sizeof text - 1);
    if (len <= 0 || strlen(text) != (size_t)len || !scan_is_digit(text[0]) ||
        clock_parse(text, out, e))
        return wrong(TIMESTAMP, what, e);
    if (*out < FIRST_SECOND || *out > LAST_SECOND) /* an offset can lead out of the four digits */
        return wrong(TIMESTAMP, what, e);
    return 0;
}

/* competitorId takes all 64 bits, rawTime 0 to 2^31 - 1. */
static int read_whole(struct json_scan *s, enum field f, struct event *out, struct err *e)
{
    struct json_scan_number n;
    int64_t v;

    if (json_scan_number(s, &n) || json_scan_int64(&n, &v))
        return wrong(f, "a whole number", e);
    if (f == COMPETITOR_ID) {
        out->competitor_id = v;
        return 0;
    }
    if (v < 0 || v > INT32_MAX)
        return wrong(f, "a whole number of seconds from 0 to 2147483647", e);
    out->raw_s = (int32_t)v;
    return 0;
}

/* The negated comparisons are on purpose: a NaN fails them. */
static int read_double(struct json_scan *s, enum field f, double *out, struct err *e)
{
    struct json_scan_number n;
    double v;

    if (json_scan_number(s, &n))
        return wrong(f, "a number", e);
    v = json_scan_double(&n);
    if (f == LAT && !(v >= -90 && v <= 90))
        return wrong(f, "a latitude from -90 to 90 degrees", e);
    if (f == LON && !(v >= -180 && v <= 180))
        return wrong(f, "a longitude from -180 to 180 degrees", e);
    if (f == DISTANCE && !(v >= 0 && isfinite(v)))
        return wrong(f, "a number of metres, 0 or more", e);
    *out = v + 0.0; /* no negative zero */
    return 0;
}

static int read_value(struct json_scan *s, enum field f, struct event *out, struct err *e)
{
    switch (f) {
    case RUN_ID:
        return read_text(s, f, out->run_id, RUN_ID_MAX, e);
    case EVENT_ID:
        return read_text(s, f, out->event_id, RUN_ID_MAX, e);
    case COURSE:
        return read_text(s, f, out->course, COURSE_NAME_MAX, e);
    case TIMESTAMP:
        return read_timestamp(s, &out->timestamp_s, e);
    case LAT:
        return read_double(s, f, &out->lat_deg, e);
    case LON:
        return read_double(s, f, &out->lon_deg, e);
    case DISTANCE:
        return read_double(s, f, &out->distance_m, e);
    case COMPETITOR_ID:
    case RAW_TIME:
    case FIELDS:
        break;
    }
    return read_whole(s, f, out, e);
}

/* The key at the scanner; FIELDS where it is not one of ours. `next` is the one that is expected.
 */
static int read_key(struct json_scan *s, unsigned next, enum field *out)
{
    char key[32];
    size_t left = (size_t)(s->end - s->at);
    int len;

    if (next < FIELDS && left >= names[next].len &&
        memcmp(s->at, names[next].quoted, names[next].len) == 0) {
        s->at += names[next].len;
        *out = (enum field)next;
        return 0;
    }
    len = json_scan_string(s, key, sizeof key - 1);
    if (len == -1)
        return -1;
    *out = FIELDS;
    for (int f = 0; len >= 0 && f < FIELDS; f++)
        if ((size_t)len + 2 == names[f].len && memcmp(key, names[f].quoted + 1, (size_t)len) == 0)
            *out = (enum field)f;
    return 0;
}

/* "key": value of one member. */
static int read_member(
    struct json_scan *s, const char *start, unsigned *seen, struct event *out, struct err *e)
{
    static const unsigned next_of_none = 0;
    enum field f;
    /* The field behind the last one seen: the highest bit set tells. */
    unsigned next = *seen ? 32 - (unsigned)__builtin_clz(*seen) : next_of_none;

    json_scan_space(s);
    if (read_key(s, next, &f))
        return not_json(s, start, e);
    json_scan_space(s);
    if (!scan_take(s, ':'))
        return not_json(s, start, e);
    json_scan_space(s);
    if (f == FIELDS)
        return json_scan_skip(s) < 0 ? not_json(s, start, e) : 0;
    if (*seen & 1u << f)
        return wrong(f, "there once, not twice", e);
    *seen |= 1u << f;
    return read_value(s, f, out, e);
}

int event_parse(const char *json, size_t len, struct event *out, struct err *e)
{
    struct json_scan s = {json, json + len};
    unsigned seen = 0;

    out->published_ms = 0;
    if (len > EVENT_BYTES_MAX)
        return err_set(e, ERR_TOO_LARGE,
            "an event of %zu bytes is longer than the %u that are read", len, EVENT_BYTES_MAX);
    json_scan_space(&s);
    if (!scan_take(&s, '{'))
        return not_json(&s, json, e);
    json_scan_space(&s);
    if (!scan_take(&s, '}')) {
        do {
            if (read_member(&s, json, &seen, out, e))
                return -1;
            json_scan_space(&s);
        } while (scan_take(&s, ','));
        if (!scan_take(&s, '}'))
            return not_json(&s, json, e);
    }
    json_scan_space(&s);
    if (s.at != s.end)
        return not_json(&s, json, e);
    for (int f = 0; f < FIELDS; f++)
        if (!(seen & 1u << f))
            return wrong((enum field)f, "there", e);
    return 0;
}
