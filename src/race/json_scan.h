/*
 * json_scan.h: a scanner of JSON text (RFC 8259, strict) for the hot path: from left to right over
 * bytes that the caller owns, no allocation. Every function leaves the scanner behind what it took.
 * After -1 it is somewhere before the wrong byte.
 */
#ifndef RACE_JSON_SCAN_H
#define RACE_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Characters of a number; a longer one is refused, since it is copied for strtod */
#define SCAN_NUMBER_MAX 128
/* Of a value that is skipped: the scanner calls itself, and the stack is bounded */
#define SCAN_DEPTH_MAX 32

/* The bytes that are left. No NUL is needed at the end. */
struct json_scan {
    const char *at;
    const char *end;
};

/* Skips white space; none is fine. */
static inline void json_scan_space(struct json_scan *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\n' || *s->at == '\r' || *s->at == '\t'))
        s->at++;
}

/* Takes this character if it comes next. */
static inline bool scan_take(struct json_scan *s, char c)
{
    if (s->at == s->end || *s->at != c)
        return false;
    s->at++;
    return true;
}

static inline bool scan_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A string as UTF-8 into `out` (room for `max` and a NUL; NULL: not kept, 0 is returned). The
 * length, -1: not JSON, -2: too long. An escaped NUL counts as a character. */
int json_scan_string(struct json_scan *s, char *out, size_t max);

/* A number's text, checked against the grammar. */
struct json_scan_number {
    const char *text;
    size_t len;
    uint64_t mantissa;
    int exponent;
    bool negative;
    bool exact; /* at most 19 digits, a small exponent: it is mantissa * 10^exponent */
    bool whole; /* neither fraction nor exponent */
};

/* Takes a number; -1: this is none. */
int json_scan_number(struct json_scan *s, struct json_scan_number *n);
double json_scan_double(
    const struct json_scan_number *n); /* correctly rounded; infinite where it is too large */
/* 5, 5.0 and 5e0; -1 for fractions and for what a double does not hold exactly. */
int json_scan_int64(const struct json_scan_number *n, int64_t *out);

/* Skips any value, at most SCAN_DEPTH_MAX deep; -1: this is none. */
int json_scan_skip(struct json_scan *s);

#endif
