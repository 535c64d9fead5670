/* table.c: rows of text in aligned columns. */
#include "cmd/table.h"

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

/* Keeps the columns, so the table may be filled again. */
void table_release(struct table *t)
{
    for (size_t i = 0; i < t->n; i++)
        free(t->cell[i]);
    free(t->cell);
    table_init(t, t->align);
}

/* Control characters are C0, DEL, and C1, which UTF-8 writes as two bytes. */
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

/* How many columns of the terminal a text takes; its bytes where the locale cannot say. */
static size_t width(const char *text)
{
    wchar_t wide[512];
    size_t n = mbstowcs(wide, text, sizeof wide / sizeof wide[0]);
    int w = n == (size_t)-1 ? -1 : wcswidth(wide, n);

    return w < 0 ? strlen(text) : (size_t)w;
}

static void repeat(FILE *out, char c, size_t n)
{
    while (n-- > 0)
        (void)fputc(c, out);
}

/* Prints a cell with its spaces. The last column has none behind it, so that lines do not end with
 * spaces. */
static void print_cell(const struct table *t, size_t i, size_t widest, FILE *out)
{
    size_t column = i % t->columns, used = width(t->cell[i]);
    size_t room = used < widest ? widest - used : 0;
    bool right = t->align[column] == 'r', last = column + 1 == t->columns;

    if (column)
        repeat(out, ' ', 2);
    if (right)
        repeat(out, ' ', room);
    (void)fputs(t->cell[i], out);
    if (!right && !last)
        repeat(out, ' ', room);
    if (last)
        (void)fputc('\n', out);
}

/* Dashes below the heading. */
static void print_rule(const struct table *t, const size_t *widest, FILE *out)
{
    for (size_t i = 0; i < t->columns; i++) {
        if (i)
            repeat(out, ' ', 2);
        repeat(out, '-', widest[i]);
    }
    (void)fputc('\n', out);
}

/* Two passes: widths first. A cell that is wider than width_max is printed whole and moves its
 * line. */
void table_print(const struct table *t, FILE *out)
{
    size_t *widest = mem_zalloc(t->columns, sizeof *widest);

    for (size_t i = 0; i < t->n; i++) {
        size_t w = width(t->cell[i]), *most = &widest[i % t->columns];

        if (t->width_max && w > t->width_max)
            w = t->width_max;
        *most = w > *most ? w : *most;
    }
    for (size_t i = 0; i < t->n; i++) {
        print_cell(t, i, widest[i % t->columns], out);
        if (t->ruled && i + 1 == t->columns)
            print_rule(t, widest, out);
    }
    free(widest);
}
