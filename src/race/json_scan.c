/* json_scan.c: jansson is used for whole documents. It allocates for each value, so the events of a
 * million competitors are read by this scanner, which allocates nothing. */
#include "race/json_scan.h"

#include "base/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Four hexadecimal digits, in either case. */
static int hex4(struct json_scan *s, uint32_t *out)
{
    uint32_t v = 0;

    if (s->end - s->at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        char c = *s->at++;

        if (scan_is_digit(c))
            v = v << 4 | (uint32_t)(c - '0');
        else if ((c | 32) >= 'a' && (c | 32) <= 'f')
            v = v << 4 | (uint32_t)((c | 32) - 'a' + 10);
        else
            return -1;
    }
    *out = v;
    return 0;
}

/* Behind a backslash: the character as UTF-8, its length, or -1. */
static int scan_escape(struct json_scan *s, char out[4])
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
    /* The second half of a surrogate pair without its first. */
    if (c >= 0xdc00 && c <= 0xdfff)
        return -1;
    if (c >= 0xd800 && c <= 0xdbff) {
        if (!scan_take(s, '\\') || !scan_take(s, 'u') || hex4(s, &low) || low < 0xdc00 ||
            low > 0xdfff)
            return -1;
        c = 0x10000 + ((c - 0xd800) << 10 | (low - 0xdc00));
    }
    return (int)utf8_encode(c, out);
}

/* A string into `out` (room for `max` and a NUL; NULL: not kept). The length, -1: not JSON, -2: too
 * long. */
int json_scan_string(struct json_scan *s, char *out, size_t max)
{
    size_t len = 0;
    bool fits = true;

    if (!scan_take(s, '"'))
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
            n = c < 0x80 ? 1 : utf8_len(piece, (size_t)(s->end - piece));
            if (n == 0)
                return -1;
            s->at += n;
        }
        /* Goes on behind the limit without copying: whether the rest is JSON still has to be
         * known. */
        fits = fits && len + n <= max;
        if (out && fits)
            memcpy(out + len, piece, n);
        len += n;
    }
    if (!scan_take(s, '"'))
        return -1;
    if (!out)
        return 0;
    if (!fits)
        return -2;
    out[len] = '\0';
    return (int)len;
}

/* Digits into the mantissa; how many there were. Beyond 19 digits it overflows, `exact` says so,
 * and the text is read by strtod instead. */
static int scan_digits(struct json_scan *s, struct json_scan_number *n)
{
    const char *from = s->at;
    uint64_t m = n->mantissa;

    while (s->at < s->end && scan_is_digit(*s->at)) {
        if (m > (UINT64_MAX - 9) / 10)
            n->exact = false;
        m = m * 10 + (uint64_t)(*s->at++ - '0');
    }
    n->mantissa = m;
    return (int)(s->at - from);
}

/* An exponent beyond 1000 is never exact and would overflow `exponent`; strtod makes it 0 or
 * infinite. */
static int scan_exponent(struct json_scan *s, struct json_scan_number *n)
{
    struct json_scan_number power = {.exact = true};
    bool negative;

    s->at++;
    negative = scan_take(s, '-');
    if (!negative)
        (void)scan_take(s, '+');
    if (scan_digits(s, &power) == 0)
        return -1;
    if (!power.exact || power.mantissa > 1000)
        n->exact = false;
    else
        n->exponent += negative ? -(int)power.mantissa : (int)power.mantissa;
    n->whole = false;
    return 0;
}

int json_scan_number(struct json_scan *s, struct json_scan_number *n)
{
    *n = (struct json_scan_number){.text = s->at, .exact = true, .whole = true};
    n->negative = scan_take(s, '-');
    if (s->at < s->end && *s->at == '0')
        s->at++;
    else if (scan_digits(s, n) == 0)
        return -1;
    if (scan_take(s, '.')) {
        int decimals = scan_digits(s, n);

        if (decimals == 0)
            return -1;
        n->exponent -= decimals;
        n->whole = false;
    }
    if (s->at < s->end && (*s->at | 32) == 'e' && scan_exponent(s, n))
        return -1;
    n->len = (size_t)(s->at - n->text);
    return n->len <= SCAN_NUMBER_MAX ? 0 : -1;
}

/* Mantissa and power of ten are both exact doubles in the quick case, so that one multiplication or
 * division rounds once, as strtod does (Clinger, "How to read floating point numbers accurately",
 * 1990). */
double json_scan_double(const struct json_scan_number *n)
{
    static const double powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    char text[SCAN_NUMBER_MAX + 1];
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
int json_scan_int64(const struct json_scan_number *n, int64_t *out)
{
    uint64_t most = (uint64_t)INT64_MAX + n->negative;
    double v;

    if (n->whole) {
        if (!n->exact || n->mantissa > most)
            return -1;
        *out = n->negative ? (int64_t)(0 - n->mantissa) : (int64_t)n->mantissa;
        return 0;
    }
    v = json_scan_double(n);
    if (!(fabs(v) <= 9007199254740992.0) || v != floor(v))
        return -1;
    *out = (int64_t)v;
    return 0;
}

/* Takes true, false or null. */
static bool take_word(struct json_scan *s, const char *word)
{
    size_t len = strlen(word);

    if ((size_t)(s->end - s->at) < len || memcmp(s->at, word, len) != 0)
        return false;
    s->at += len;
    return true;
}

static int skip_value(struct json_scan *s, int depth);

/* Behind the opening bracket: "key": value, ... or value, ... up to the closing one. */
static int skip_members(struct json_scan *s, char close, int depth)
{
    json_scan_space(s);
    if (scan_take(s, close))
        return 0;
    for (;;) {
        json_scan_space(s);
        if (close == '}') {
            if (json_scan_string(s, NULL, 0) < 0)
                return -1;
            json_scan_space(s);
            if (!scan_take(s, ':'))
                return -1;
        }
        if (skip_value(s, depth + 1))
            return -1;
        json_scan_space(s);
        if (scan_take(s, close))
            return 0;
        if (!scan_take(s, ','))
            return -1;
    }
}

static int skip_value(struct json_scan *s, int depth) /* at most SCAN_DEPTH_MAX deep */
{
    struct json_scan_number n;

    json_scan_space(s);
    if (s->at == s->end || depth > SCAN_DEPTH_MAX)
        return -1;
    switch (*s->at) {
    case '"':
        return json_scan_string(s, NULL, 0);
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
        return json_scan_number(s, &n);
    }
}

int json_scan_skip(struct json_scan *s)
{
    return skip_value(s, 0) < 0 ? -1 : 0;
}
