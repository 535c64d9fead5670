/* coordinates.c: numbers and lists of coordinates, as files write them. */
#include "course/read/read.h"

#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char *skip_space(const char *at)
{
    return at + strspn(at, " \t\r\n");
}

const char *read_number(const char *text, double *out)
{
    const char *at = text;
    char *end;

    if (*at == '-' || *at == '+')
        at++;
    if (*at == '.')
        at++;
    if (!isdigit((unsigned char)*at))
        return NULL;
    if (at[0] == '0' && (at[1] == 'x' || at[1] == 'X'))
        return NULL;
    *out = strtod(text, &end);
    if (isalnum((unsigned char)*end) || *end == '.' || *end == '_' || *end & 0x80)
        return NULL; /* never half a number */
    return end;
}

bool read_whole_number(const char *text, double *out)
{
    const char *end = read_number(skip_space(text), out);

    return end && *skip_space(end) == '\0';
}

const char *read_comma_hint(const char *text)
{
    for (const char *at = text; *at; at++)
        if (*at == ',' && at > text && isdigit((unsigned char)at[-1]) &&
            isdigit((unsigned char)at[1]))
            return " It has a decimal comma: write the numbers with a point.";
    return "";
}

/* The place after a word like "nan" or "-inf", or after nothing. NULL if something else stands there,
 * as in "lon,lat,,alt". */
static const char *skip_word(const char *at)
{
    at += *at == '-' || *at == '+';
    while (isalpha((unsigned char)*at))
        at++;
    return *at == '\0' || isspace((unsigned char)*at) ? at : NULL;
}

/* Reads "lon, lat , alt". An altitude that is missing stays NaN. Returns the place after it, or NULL
 * if this is not a place. */
static const char *read_tuple(const char *at, double place[3])
{
    double more;

    place[2] = NAN;
    for (int i = 0;; i++) {
        at = read_number(at, i < 3 ? &place[i] : &more);
        if (!at)
            return NULL;
        at = skip_space(at);
        if (*at != ',')
            return i >= 1 ? at : NULL;
        at = skip_space(at + 1);
        if (i >= 1 && !read_number(at, &more))
            return skip_word(at); /* "lon,lat," or "lon,lat,nan" is accepted */
    }
}

/* Whether a place is written with decimal commas: "10,5,50,9" are four whole numbers. */
static bool has_decimal_commas(const char *from, const char *to)
{
    int commas = 0;

    for (const char *at = from; at < to; at++) {
        if (*at == '.')
            return false;
        commas += *at == ',' && isdigit((unsigned char)at[1]);
    }
    return commas >= 3;
}

int read_tuples(const char *text, struct draft *d, struct err *e)
{
    const char *at = skip_space(text);
    double place[3];

    while (*at) {
        const char *next = read_tuple(at, place);

        if (!next)
            return err_set(e, ERR_INVALID,
                "Place %zu of the file is written \"%.40s\", which is not longitude,latitude in "
                "degrees.",
                d->points + 1, at);
        if (has_decimal_commas(at, next))
            return err_set(e, ERR_INVALID,
                "Place %zu of the file is written \"%.*s\". It has a decimal comma: write the "
                "numbers with a point.",
                d->points + 1, (int)(next - at < 40 ? next - at : 40), at);
        if (draft_add(d, place[0], place[1], e))
            return -1;
        draft_elevate(d, place[2]);
        at = skip_space(next);
    }
    return 0;
}

/* Reads a number of an encoded polyline: five bits a character, the lowest first. False at the end,
 * or above 32 bits. */
static bool read_polyline_number(const char **at, int64_t *out)
{
    uint64_t bits = 0;

    for (int shift = 0; shift <= 30; shift += 5) {
        int c = (unsigned char)*(*at)++ - 63;

        if (c < 0 || c > 63)
            return false;
        bits |= (uint64_t)(c & 31) << shift;
        if (c < 32) {
            *out = bits & 1 ? -(int64_t)(bits >> 1) - 1 : (int64_t)(bits >> 1);
            return true;
        }
    }
    return false;
}

/* Adds the places of a polyline with this many units a degree. False if it is none, or leaves the
 * earth. */
static bool add_polyline(const char *text, double units, struct draft *d)
{
    const char *end = text + strcspn(text, " \t\r\n");
    struct err ignored;
    int64_t lat = 0;
    int64_t lon = 0;

    if (draft_begin(d, DRAFT_LINE, DRAFT_PLAIN, NULL, &ignored))
        return false;
    for (const char *at = text; at < end;) {
        int64_t north;
        int64_t east;

        if (!read_polyline_number(&at, &north) || !read_polyline_number(&at, &east))
            return false;
        lat += north;
        lon += east;
        if (draft_add(d, (double)lon / units, (double)lat / units, &ignored))
            return false;
    }
    return d->shape[d->n - 1].n >= 2;
}

/* Most programs write five decimals. Some routers write six; those leave the earth if they are read
 * with five, unless they are near 0, 0. */
bool read_polyline(const char *text, struct draft *d)
{
    const char *end = text + strcspn(text, " \t\r\n");
    size_t shapes = d->n;

    if (end[strspn(end, " \t\r\n")] || end - text < 8)
        return false;
    for (int decimals = 5; decimals <= 6; decimals++) {
        if (add_polyline(text, decimals == 5 ? 1e5 : 1e6, d)) {
            diagnostics_add(&d->notes, DIAGNOSTIC_INFO, "polyline", NULL,
                "The text was read as an encoded polyline with %d decimals.", decimals);
            return true;
        }
        draft_truncate(d, shapes);
    }
    return false;
}
