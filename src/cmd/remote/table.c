#include "cmd/remote/table.h"

#include "base/buf.h"
#include "base/mem.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

void table_init(struct table *t, const char *align)
{
    *t = (struct table){.columns = strlen(align), .align = align};
}

void table_release(struct table *t)
{
    for (size_t i = 0; i < t->n; i++)
        free(t->cell[i]);
    free(t->cell);
    table_init(t, t->align);
}

/* C0, DEL and, as UTF-8 writes them, C1. */
char *table_harmless(const char *text)
{
    struct buf out = BUF_INIT;

    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (*p == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f) {
            buf_addc(&out, '?');
            p++;
        } else
            buf_addc(&out, *p < 0x20 || *p == 0x7f ? '?' : (char)*p);
    }
    return buf_detach(&out, NULL);
}

void table_add(struct table *t, const char *text)
{
    t->cell = mem_grow(t->cell, t->n, &t->cap, sizeof(char *));
    t->cell[t->n++] = table_harmless(text);
}

void table_addf(struct table *t, const char *fmt, ...)
{
    struct buf b = BUF_INIT;
    va_list ap;

    va_start(ap, fmt);
    buf_vaddf(&b, fmt, ap);
    va_end(ap);
    table_add(t, b.data ? b.data : "");
    buf_release(&b);
}

/* How many places of a terminal it takes; bytes where the locale cannot tell. */
static size_t width(const char *text)
{
    wchar_t wide[512];
    size_t n = mbstowcs(wide, text, sizeof wide / sizeof wide[0]);
    int w = n == (size_t)-1 ? -1 : wcswidth(wide, n);

    return w < 0 ? strlen(text) : (size_t)w;
}

static void pad(FILE *out, size_t n)
{
    while (n-- > 0)
        (void)fputc(' ', out);
}

static void print_cell(const struct table *t, size_t i, size_t widest, FILE *out)
{
    size_t column = i % t->columns, room = widest - width(t->cell[i]);
    int right = t->align[column] == 'r';

    if (column)
        pad(out, 2);
    if (right)
        pad(out, room);
    (void)fputs(t->cell[i], out);
    if (!right && column + 1 < t->columns)
        pad(out, room);
    if (column + 1 == t->columns)
        (void)fputc('\n', out);
}

void table_print(const struct table *t, FILE *out)
{
    size_t widest[TABLE_MAX_COLUMNS] = {0};

    for (size_t i = 0; i < t->n; i++) {
        size_t w = width(t->cell[i]), *most = &widest[i % t->columns];

        *most = w > *most ? w : *most;
    }
    for (size_t i = 0; i < t->n; i++)
        print_cell(t, i, widest[i % t->columns], out);
}
