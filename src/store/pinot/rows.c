#include "store/pinot/rows.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define EXACT_DIGITS 15 /* a double holds every integer of so many digits */

struct json_scan {
    const char *at, *end;
};

static void skip_space(struct json_scan *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\n' || *s->at == '\t' || *s->at == '\r'))
        s->at++;
}

static bool take(struct json_scan *s, char c)
{
    skip_space(s);
    if (s->at == s->end || *s->at != c)
        return false;
    s->at++;
    return true;
}

/* Behind the closing quote of a string whose opening one has been taken. */
static bool skip_string(struct json_scan *s)
{
    for (; s->at < s->end && *s->at != '"'; s->at++)
        if (*s->at == '\\' && ++s->at == s->end)
            return false;
    if (s->at == s->end)
        return false;
    s->at++;
    return true;
}

/* From behind an opening bracket to behind the one that closes it. */
static bool skip_array(struct json_scan *s)
{
    int depth = 1;

    while (s->at < s->end && depth > 0) {
        char c = *s->at++;

        if (c == '"' && !skip_string(s))
            return false;
        depth += (c == '[') - (c == ']');
    }
    return depth == 0;
}

/* Behind `"rows":[`, looking at names only: a text may hold anything. */
static bool find_rows(struct json_scan *s)
{
    while (s->at < s->end) {
        const char *name = s->at + 1;

        if (*s->at++ != '"')
            continue;
        if (!skip_string(s))
            return false;
        if (s->at - name == 5 && memcmp(name, "rows", 4) == 0 && take(s, ':') && take(s, '['))
            return true;
    }
    return false;
}

void pinot_rows_find(struct pinot_rows *r, const char *answer, size_t len, struct buf *rest)
{
    struct json_scan s = {answer, answer + len};

    *r = (struct pinot_rows){answer, answer};
    if (find_rows(&s)) {
        r->at = s.at;
        if (skip_array(&s))
            r->end = s.at - 1;
        else
            r->at = r->end = answer;
    }
    buf_add(rest, answer, (size_t)(r->at - answer));
    buf_add(rest, r->end, (size_t)(answer + len - r->end));
}

static bool is_digit(const struct json_scan *s)
{
    return s->at < s->end && *s->at >= '0' && *s->at <= '9';
}

/* What is not a short decimal: the library's rounding. */
static bool take_long_number(struct json_scan *s, const char *from, struct pinot_cell *c)
{
    char text[64], *end;
    size_t len = 0;

    while (from + len < s->end && len < sizeof text - 1 && strchr("+-.0123456789eE", from[len]))
        len++;
    memcpy(text, from, len);
    text[len] = '\0';
    c->d = strtod(text, &end);
    s->at = from + len;
    if (len == 0 || *end != '\0')
        return false;
    c->kind = PINOT_REAL;
    c->i = c->d >= 9.2e18 ? INT64_MAX : c->d <= -9.2e18 ? INT64_MIN : (int64_t)c->d;
    if (!strpbrk(text, ".eE")) {
        c->kind = PINOT_INTEGER;
        c->i = strtoll(text, NULL, 10);
    }
    return true;
}

/* Up to 15 digits with at most 15 of them behind the point: the quotient of two doubles that are
 * exact, so the nearest double there is. */
static bool take_number(struct json_scan *s, struct pinot_cell *c)
{
    static const double power[] = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    const char *from = s->at;
    bool minus = *s->at == '-';
    int digits = 0, decimals = 0;
    int64_t v = 0;

    s->at += minus;
    for (; is_digit(s) && digits <= EXACT_DIGITS; digits++)
        v = v * 10 + (*s->at++ - '0');
    if (s->at < s->end && *s->at == '.' && digits > 0) {
        s->at++;
        for (; is_digit(s) && digits <= EXACT_DIGITS; digits++, decimals++)
            v = v * 10 + (*s->at++ - '0');
        c->kind = PINOT_REAL;
    } else {
        c->kind = PINOT_INTEGER;
    }
    if (digits == 0 || digits > EXACT_DIGITS ||
        (s->at < s->end && (*s->at == 'e' || *s->at == 'E')))
        return take_long_number(s, from, c);
    v = minus ? -v : v;
    c->d = (double)v / power[decimals];
    c->i = decimals ? (int64_t)c->d : v;
    if (minus && v == 0)
        c->d = -0.0;
    return true;
}

static bool take_word(struct json_scan *s, const char *word, struct pinot_cell *c)
{
    size_t len = strlen(word);

    if ((size_t)(s->end - s->at) < len || memcmp(s->at, word, len) != 0)
        return false;
    s->at += len;
    *c = (struct pinot_cell){.kind = word[0] == 'n' ? PINOT_NULL : PINOT_INTEGER,
        .i = word[0] == 't',
        .d = word[0] == 't'};
    return true;
}

static bool take_cell(struct json_scan *s, struct pinot_cell *c)
{
    skip_space(s);
    if (s->at == s->end)
        return false;
    if (*s->at == '"') {
        const char *from = ++s->at;

        if (!skip_string(s))
            return false;
        *c = (struct pinot_cell){
            .kind = PINOT_TEXT, .d = NAN, .s = from, .len = (size_t)(s->at - from) - 1};
        return true;
    }
    return take_word(s, "null", c) || take_word(s, "true", c) || take_word(s, "false", c) ||
           take_number(s, c);
}

static bool take_row(struct json_scan *s, struct pinot_cell *cell, size_t *n)
{
    *n = 0;
    if (!take(s, '['))
        return false;
    if (take(s, ']'))
        return true;
    do {
        if (*n == PINOT_ROWS_CELLS || !take_cell(s, &cell[*n]))
            return false;
        (*n)++;
    } while (take(s, ','));
    return take(s, ']');
}

int pinot_rows_read(const struct pinot_rows *r, pinot_rows_fn *fn, void *arg, size_t *n)
{
    struct json_scan s = {r->at, r->end};
    struct pinot_cell cell[PINOT_ROWS_CELLS];
    size_t cells;

    skip_space(&s);
    if (s.at == s.end)
        return 0;
    do {
        if (!take_row(&s, cell, &cells))
            return -1;
        (*n)++;
        if (fn(arg, cell, cells))
            return 0;
    } while (take(&s, ','));
    skip_space(&s);
    return s.at == s.end ? 0 : -1;
}
