/* coordinates.c: numbers and lists of coordinates, as files write them. */
#include "course/read/read.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

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
    return end;
}

static const char *skip_space(const char *at)
{
    return at + strspn(at, " \t\r\n");
}

/* Reads "lon, lat , alt". The altitude is skipped. Returns the place after it, or NULL if this is
 * not a place. */
static const char *read_tuple(const char *at, double place[2])
{
    double altitude;

    for (int i = 0;; i++) {
        at = read_number(at, i < 2 ? &place[i] : &altitude);
        if (!at)
            return NULL;
        at = skip_space(at);
        if (*at != ',')
            return i >= 1 ? at : NULL;
        at = skip_space(at + 1);
        if (i >= 1 && !read_number(at, &altitude))
            return at + strcspn(at, " \t\r\n"); /* "lon,lat," or "lon,lat,nan" is accepted */
    }
}

int read_tuples(const char *text, struct draft *d, struct err *e)
{
    const char *at = skip_space(text);
    double place[2];

    while (*at) {
        const char *next = read_tuple(at, place);

        if (!next)
            return err_set(e, ERR_INVALID,
                "Place %zu of the file is written \"%.40s\", which is not longitude,latitude in "
                "degrees.",
                d->points + 1, at);
        if (draft_add(d, place[0], place[1], e))
            return -1;
        at = skip_space(next);
    }
    return 0;
}
