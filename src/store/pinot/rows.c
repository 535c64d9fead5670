/* rows.c: finds the rows in an answer and reads them in place. The rest of the answer is small and
 * goes to the JSON library. */
#include "store/pinot/rows.h"

#include "race/json_scan.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* From behind an opening bracket to behind the one that closes it. What lies between is only
 * counted, not checked: pinot_rows_read does that. */
static bool skip_array(struct json_scan *s)
{
    for (int depth = 1; s->at < s->end;) {
        if (*s->at == '"') {
            if (json_scan_string(s, NULL, 0) < 0)
                return false;
            continue;
        }
        depth += (*s->at == '[') - (*s->at == ']');
        s->at++;
        if (depth == 0)
            return true;
    }
    return false;
}

/* Takes this character, after white space. */
static bool take(struct json_scan *s, char c)
{
    json_scan_space(s);
    return scan_take(s, c);
}

/* Behind `"rows":[`. A text may hold the same characters, so that strings are taken as a whole. */
static bool find_rows(struct json_scan *s)
{
    while (s->at < s->end) {
        const char *name = s->at;

        if (*name != '"') {
            s->at++;
            continue;
        }
        if (json_scan_string(s, NULL, 0) < 0)
            return false;
        if (s->at - name == 6 && memcmp(name, "\"rows\"", 6) == 0 && take(s, ':') && take(s, '['))
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

/* Rounded towards zero; what an int64_t does not hold becomes the nearest one that it does. */
static int64_t to_int64(double v)
{
    return v >= 9.2e18 ? INT64_MAX : v <= -9.2e18 ? INT64_MIN : (int64_t)v;
}

static bool take_number(struct json_scan *s, struct pinot_cell *c)
{
    struct json_scan_number n;

    if (json_scan_number(s, &n))
        return false;
    c->kind = n.whole ? PINOT_INTEGER : PINOT_REAL;
    c->d = json_scan_double(&n);
    if (!n.whole || json_scan_int64(&n, &c->i))
        c->i = to_int64(c->d);
    return true;
}

/* null, true, false. true counts as 1 and false as 0. */
static bool take_word(struct json_scan *s, struct pinot_cell *c)
{
    char first = *s->at;

    if (json_scan_skip(s))
        return false;
    *c = (struct pinot_cell){
        .kind = first == 'n' ? PINOT_NULL : PINOT_INTEGER, .i = first == 't', .d = first == 't'};
    return true;
}

/* Arrays and objects within a row are no values of ours. */
static bool take_cell(struct json_scan *s, struct pinot_cell *c)
{
    const char *from;

    json_scan_space(s);
    from = s->at;
    if (from == s->end || *from == '[' || *from == '{')
        return false;
    if (*from == 'n' || *from == 't' || *from == 'f')
        return take_word(s, c);
    if (*from != '"')
        return take_number(s, c);
    if (json_scan_string(s, NULL, 0) < 0)
        return false;
    *c = (struct pinot_cell){
        .kind = PINOT_TEXT, .d = NAN, .s = from + 1, .len = (size_t)(s->at - from) - 2};
    return true;
}

/* At most PINOT_ROWS_CELLS cells: the caller's array. */
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

    json_scan_space(&s);
    if (s.at == s.end)
        return 0;
    do {
        if (!take_row(&s, cell, &cells))
            return -1;
        (*n)++;
        if (fn(arg, cell, cells))
            return 0;
    } while (take(&s, ','));
    json_scan_space(&s);
    return s.at == s.end ? 0 : -1;
}
