#include "geo/diagnostics.h"

#include "base/mem.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void diagnostics_init(struct diagnostics *d)
{
    *d = (struct diagnostics){0};
}

void diagnostics_release(struct diagnostics *d)
{
    free(d->item);
    diagnostics_init(d);
}

/* snprintf may have cut a character of several bytes in two: drop its beginning. */
static void drop_half_char(char *text)
{
    size_t len = strlen(text);
    size_t start = len;
    size_t need;
    unsigned char c;

    while (start > 0 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
        start--;
    if (start == 0)
        return;
    c = (unsigned char)text[--start];
    need = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
    if (len - start < need)
        text[start] = '\0';
}

void diagnostics_add(struct diagnostics *d, enum diagnostic_level level, const char *code,
    const struct lonlat *at, const char *fmt, ...)
{
    struct diagnostic *item;
    va_list ap;

    if (d->n >= DIAGNOSTICS_MAX)
        return;
    d->item = mem_grow(d->item, d->n, &d->cap, sizeof *d->item);
    item = &d->item[d->n++];
    memset(item, 0, sizeof *item);
    item->level = level;
    (void)snprintf(item->code, sizeof item->code, "%s", code);
    va_start(ap, fmt);
    (void)vsnprintf(item->text, sizeof item->text, fmt, ap);
    va_end(ap);
    drop_half_char(item->text);
    if (at) {
        item->has_place = true;
        item->at = *at;
    }
}

void diagnostics_remove(struct diagnostics *d, const char *code)
{
    size_t kept = 0;

    for (size_t i = 0; i < d->n; i++)
        if (strcmp(d->item[i].code, code) != 0)
            d->item[kept++] = d->item[i];
    d->n = kept;
}

const char *diagnostics_distance(double m, char out[32])
{
    if (m < 10)
        (void)snprintf(out, 32, "%.1f m", m);
    else if (m < 1000)
        (void)snprintf(out, 32, "%.0f m", m);
    else if (m < 10000)
        (void)snprintf(out, 32, "%.2f km", m / 1000);
    else
        (void)snprintf(out, 32, "%.0f km", m / 1000);
    return out;
}

const char *diagnostics_length(double m, char out[32])
{
    double tenths = round(m * 10);
    long long whole = (long long)(tenths / 10);
    int tenth = (int)(tenths - (double)whole * 10);

    if (whole >= 1000000)
        (void)snprintf(
            out, 32, "%lld,%03lld,%03lld", whole / 1000000, whole / 1000 % 1000, whole % 1000);
    else if (whole >= 1000)
        (void)snprintf(out, 32, "%lld,%03lld", whole / 1000, whole % 1000);
    else
        (void)snprintf(out, 32, "%lld", whole);
    if (tenth)
        (void)snprintf(out + strlen(out), 32 - strlen(out), ".%d m", tenth);
    else
        (void)snprintf(out + strlen(out), 32 - strlen(out), " m");
    return out;
}
