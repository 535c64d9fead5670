/* diagnostics.c: what import noticed. */
#include "course/diagnostics.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "course/name.h"

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

/* Copies the characters that fit. Sentences quote names, and "%.60s" may cut one within a character:
 * bytes that are no UTF-8 are left out, so that the text is fit for JSON. So is what would turn the
 * words behind a name around. */
static void copy_text(char *out, size_t cap, const struct buf *text)
{
    size_t n = 0;

    for (size_t i = 0, len; i < text->len; i += len ? len : 1) {
        uint32_t c;

        len = utf8_decode(text->data + i, text->len - i, &c);
        if (len && name_unwanted(c))
            continue;
        if (n + len >= cap)
            break;
        memcpy(out + n, text->data + i, len);
        n += len;
    }
    out[n] = '\0';
}

void diagnostics_add(struct diagnostics *d, enum diagnostic_level level, const char *code,
    const struct lonlat *at, const char *fmt, ...)
{
    struct diagnostic *item;
    struct buf text = BUF_INIT;
    va_list ap;

    if (d->n >= DIAGNOSTICS_MAX)
        return;
    d->item = mem_grow(d->item, d->n, &d->cap, sizeof *d->item);
    item = &d->item[d->n++];
    memset(item, 0, sizeof *item);
    item->level = level;
    (void)snprintf(item->code, sizeof item->code, "%s", code);
    va_start(ap, fmt);
    buf_vaddf(&text, fmt, ap);
    va_end(ap);
    if (text.len > 0)
        copy_text(item->text, sizeof item->text, &text);
    buf_release(&text);
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
