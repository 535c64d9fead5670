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
#include "feed/event.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EVENT_BYTES_MAX 65536u      /* of one event, unknown fields included */
#define NUMBER_MAX 128              /* characters of a number */
#define DEPTH_MAX 32                /* of an unknown field's value */
#define FIRST_SECOND (-62167219200) /* of the year 0000 */
#define LAST_SECOND 253402300799    /* of the year 9999 */

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

struct scan {
    const char *at;
    const char *end;
};

static void skip_space(struct scan *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\n' || *s->at == '\r' || *s->at == '\t'))
        s->at++;
}

static bool take(struct scan *s, char c)
{
    if (s->at == s->end || *s->at != c)
        return false;
    s->at++;
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int hex4(struct scan *s, uint32_t *out)
{
    uint32_t v = 0;

    if (s->end - s->at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        char c = *s->at++;

        if (is_digit(c))
            v = v << 4 | (uint32_t)(c - '0');
        else if ((c | 32) >= 'a' && (c | 32) <= 'f')
            v = v << 4 | (uint32_t)((c | 32) - 'a' + 10);
        else
            return -1;
    }
    *out = v;
    return 0;
}

static int put_utf8(uint32_t c, char out[4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

/* Behind a backslash: the character as UTF-8, its length, or -1. */
static int scan_escape(struct scan *s, char out[4])
{
    static const char from[] = "\"\\/bfnrt";
    static const char to[] = "\"\\/\b\f\n\r\t";
    const char *known;
    uint32_t c, low;

    if (s->at == s->end)
        return -1;
    if (*s->at != 'u') {
        known = *s->at ? strchr(from, *s->at) : NULL;
        if (!known)
            return -1;
        s->at++;
        out[0] = to[known - from];
        return 1;
    }
    s->at++;
    if (hex4(s, &c))
        return -1;
    if (c >= 0xdc00 && c <= 0xdfff)
        return -1;
    if (c >= 0xd800 && c <= 0xdbff) {
        if (!take(s, '\\') || !take(s, 'u') || hex4(s, &low) || low < 0xdc00 || low > 0xdfff)
            return -1;
        c = 0x10000 + ((c - 0xd800) << 10 | (low - 0xdc00));
    }
    return put_utf8(c, out);
}

/* One character from 0x80 up at `at`: its length, or 0 where it is not UTF-8 (RFC 3629). */
static size_t utf8_len(const char *at, const char *end)
{
    const unsigned char *p = (const unsigned char *)at;
    size_t n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;

    if (p[0] < 0xc2 || p[0] > 0xf4 || (size_t)(end - at) < n)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
        (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
        return 0;
    return n;
}

/* A string into `out` (room for `max` and a NUL; NULL: not kept). The length, -1: not JSON, -2: too
 * long. */
static int scan_string(struct scan *s, char *out, size_t max)
{
    size_t len = 0;
    bool fits = true;

    if (!take(s, '"'))
        return -1;
    while (s->at < s->end && *s->at != '"') {
        char decoded[4];
        const char *piece = s->at;
        unsigned char c = (unsigned char)*piece;
        size_t n = 1;

        if (c < 0x20)
            return -1;
        if (c == '\\') {
            int got;

            s->at++;
            got = scan_escape(s, decoded);
            if (got < 0)
                return -1;
            n = (size_t)got;
            piece = decoded;
        } else {
            n = c < 0x80 ? 1 : utf8_len(piece, s->end);
            if (n == 0)
                return -1;
            s->at += n;
        }
        fits = fits && len + n <= max;
        if (out && fits)
            memcpy(out + len, piece, n);
        len += n;
    }
    if (!take(s, '"'))
        return -1;
    if (!out)
        return 0;
    if (!fits)
        return -2;
    out[len] = '\0';
    return (int)len;
}

/* A number's text, checked against the grammar, and its value as mantissa · 10^exponent where
 * `exact`. */
struct number {
    const char *text;
    size_t len;
    uint64_t mantissa;
    int exponent;
    bool negative;
    bool exact; /* at most 19 digits and a small exponent: mantissa and exponent are the number */
    bool whole; /* neither fraction nor exponent */
};

/* Digits into the mantissa; how many there were. */
static int scan_digits(struct scan *s, struct number *n)
{
    const char *from = s->at;
    uint64_t m = n->mantissa;

    while (s->at < s->end && is_digit(*s->at)) {
        if (m > (UINT64_MAX - 9) / 10)
            n->exact = false;
        m = m * 10 + (uint64_t)(*s->at++ - '0');
    }
    n->mantissa = m;
    return (int)(s->at - from);
}

static int scan_exponent(struct scan *s, struct number *n)
{
    struct number power = {.exact = true};
    bool negative;

    s->at++;
    negative = take(s, '-');
    if (!negative)
        (void)take(s, '+');
    if (scan_digits(s, &power) == 0)
        return -1;
    if (!power.exact || power.mantissa > 1000)
        n->exact = false;
    else
        n->exponent += negative ? -(int)power.mantissa : (int)power.mantissa;
    n->whole = false;
    return 0;
}

static int scan_number(struct scan *s, struct number *n)
{
    *n = (struct number){.text = s->at, .exact = true, .whole = true};
    n->negative = take(s, '-');
    if (s->at < s->end && *s->at == '0')
        s->at++;
    else if (scan_digits(s, n) == 0)
        return -1;
    if (take(s, '.')) {
        int decimals = scan_digits(s, n);

        if (decimals == 0)
            return -1;
        n->exponent -= decimals;
        n->whole = false;
    }
    if (s->at < s->end && (*s->at | 32) == 'e' && scan_exponent(s, n))
        return -1;
    n->len = (size_t)(s->at - n->text);
    return n->len <= NUMBER_MAX ? 0 : -1;
}

/* Mantissa and power of ten are both exact doubles in the quick case, so that one multiplication or
 * division rounds once, as strtod does (Clinger, "How to read floating point numbers accurately",
 * 1990). */
static double number_value(const struct number *n)
{
    static const double powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    char text[NUMBER_MAX + 1];
    double v;

    if (n->exact && n->mantissa <= (uint64_t)1 << 53 && n->exponent >= -22 && n->exponent <= 22) {
        v = (double)n->mantissa;
        v = n->exponent < 0 ? v / powers[-n->exponent] : v * powers[n->exponent];
        return n->negative ? -v : v;
    }
    memcpy(text, n->text, n->len);
    text[n->len] = '\0';
    return strtod(text, NULL);
}

/* 5, and also 5.0 and 5e0; fractions and what a double cannot hold exactly are no whole numbers. */
static int number_int64(const struct number *n, int64_t *out)
{
    uint64_t most = (uint64_t)INT64_MAX + n->negative;
    double v;

    if (n->whole) {
        if (!n->exact || n->mantissa > most)
            return -1;
        *out = n->negative ? (int64_t)(0 - n->mantissa) : (int64_t)n->mantissa;
        return 0;
    }
    v = number_value(n);
    if (!(fabs(v) <= 9007199254740992.0) || v != floor(v))
        return -1;
    *out = (int64_t)v;
    return 0;
}

static bool take_word(struct scan *s, const char *word)
{
    size_t len = strlen(word);

    if ((size_t)(s->end - s->at) < len || memcmp(s->at, word, len) != 0)
        return false;
    s->at += len;
    return true;
}

static int skip_value(struct scan *s, int depth);

/* Behind the opening bracket: "key": value, ... or value, ... up to the closing one. */
static int skip_members(struct scan *s, char close, int depth)
{
    skip_space(s);
    if (take(s, close))
        return 0;
    for (;;) {
        skip_space(s);
        if (close == '}') {
            if (scan_string(s, NULL, 0) < 0)
                return -1;
            skip_space(s);
            if (!take(s, ':'))
                return -1;
        }
        if (skip_value(s, depth + 1))
            return -1;
        skip_space(s);
        if (take(s, close))
            return 0;
        if (!take(s, ','))
            return -1;
    }
}

static int skip_value(struct scan *s, int depth) /* NOLINT(misc-no-recursion): DEPTH_MAX */
{
    struct number n;

    skip_space(s);
    if (s->at == s->end || depth > DEPTH_MAX)
        return -1;
    switch (*s->at) {
    case '"':
        return scan_string(s, NULL, 0);
    case '{':
        s->at++;
        return skip_members(s, '}', depth);
    case '[':
        s->at++;
        return skip_members(s, ']', depth);
    case 't':
        return take_word(s, "true") ? 0 : -1;
    case 'f':
        return take_word(s, "false") ? 0 : -1;
    case 'n':
        return take_word(s, "null") ? 0 : -1;
    default:
        return scan_number(s, &n);
    }
}

static int not_json(const struct scan *s, const char *start, struct err *e)
{
    return err_set(e, ERR_INVALID, "the event is not JSON: it goes wrong at byte %zu",
        (size_t)(s->at - start) + 1);
}

static int wrong(enum field f, const char *what, struct err *e)
{
    char name[16];

    (void)snprintf(name, sizeof name, "%.*s", (int)names[f].len - 2, names[f].quoted + 1);
    return err_set_field(e, name, "%s of the event has to be %s", name, what);
}

/* A name that needs no escape on the way out. The quick loop takes what is plain ASCII; the rest
 * starts again. */
static int read_text(struct scan *s, enum field f, char *out, size_t max, struct err *e)
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
    len = scan_string(s, out, max);
    if (len <= 0 || strlen(out) != (size_t)len || (f != COURSE && !run_id_valid(out)))
        return wrong(f, what, e);
    for (const char *c = out; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == '"' || *c == '\\' || *c == 0x7f)
            return wrong(f, what, e);
    return 0;
}

static int read_timestamp(struct scan *s, int64_t *out, struct err *e)
{
    static const char what[] = "a time in UTC like \"2026-01-01 09:00:00\"";
    char text[64];
    int len;

    if (s->end - s->at >= CLOCK_EVENT_LEN + 2 && s->at[0] == '"' &&
        s->at[CLOCK_EVENT_LEN + 1] == '"' && clock_parse_event(s->at + 1, out) == 0) {
        s->at += CLOCK_EVENT_LEN + 2;
        return 0;
    }
    len = scan_string(s, text, sizeof text - 1);
    if (len <= 0 || strlen(text) != (size_t)len || !is_digit(text[0]) || clock_parse(text, out, e))
        return wrong(TIMESTAMP, what, e);
    if (*out < FIRST_SECOND || *out > LAST_SECOND) /* an offset can lead out of the four digits */
        return wrong(TIMESTAMP, what, e);
    return 0;
}

static int read_whole(struct scan *s, enum field f, struct event *out, struct err *e)
{
    struct number n;
    int64_t v;

    if (scan_number(s, &n) || number_int64(&n, &v))
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

static int read_double(struct scan *s, enum field f, double *out, struct err *e)
{
    struct number n;
    double v;

    if (scan_number(s, &n))
        return wrong(f, "a number", e);
    v = number_value(&n);
    if (f == LAT && !(v >= -90 && v <= 90))
        return wrong(f, "a latitude from -90 to 90 degrees", e);
    if (f == LON && !(v >= -180 && v <= 180))
        return wrong(f, "a longitude from -180 to 180 degrees", e);
    if (f == DISTANCE && !(v >= 0 && isfinite(v)))
        return wrong(f, "a number of metres, 0 or more", e);
    *out = v + 0.0; /* no negative zero */
    return 0;
}

static int read_value(struct scan *s, enum field f, struct event *out, struct err *e)
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
static int read_key(struct scan *s, unsigned next, enum field *out)
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
    len = scan_string(s, key, sizeof key - 1);
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
    struct scan *s, const char *start, unsigned *seen, struct event *out, struct err *e)
{
    static const unsigned next_of_none = 0;
    enum field f;
    unsigned next = *seen ? 32 - (unsigned)__builtin_clz(*seen) : next_of_none;

    skip_space(s);
    if (read_key(s, next, &f))
        return not_json(s, start, e);
    skip_space(s);
    if (!take(s, ':'))
        return not_json(s, start, e);
    skip_space(s);
    if (f == FIELDS)
        return skip_value(s, 0) < 0 ? not_json(s, start, e) : 0;
    if (*seen & 1u << f)
        return wrong(f, "there once, not twice", e);
    *seen |= 1u << f;
    return read_value(s, f, out, e);
}

int event_parse(const char *json, size_t len, struct event *out, struct err *e)
{
    struct scan s = {json, json + len};
    unsigned seen = 0;

    if (len > EVENT_BYTES_MAX)
        return err_set(e, ERR_TOO_LARGE,
            "an event of %zu bytes is longer than the %u that are read", len, EVENT_BYTES_MAX);
    skip_space(&s);
    if (!take(&s, '{'))
        return not_json(&s, json, e);
    skip_space(&s);
    if (!take(&s, '}')) {
        do {
            if (read_member(&s, json, &seen, out, e))
                return -1;
            skip_space(&s);
        } while (take(&s, ','));
        if (!take(&s, '}'))
            return not_json(&s, json, e);
    }
    skip_space(&s);
    if (s.at != s.end)
        return not_json(&s, json, e);
    for (int f = 0; f < FIELDS; f++)
        if (!(seen & 1u << f))
            return wrong((enum field)f, "there", e);
    return 0;
}
