/*
 * table.h: rows of text in aligned columns for a terminal. What comes from outside (names) is made
 * harmless: control characters become "?". The caller owns the struct.
 */
#ifndef CMD_REMOTE_TABLE_H
#define CMD_REMOTE_TABLE_H

#include <stddef.h>
#include <stdio.h>

#define TABLE_MAX_COLUMNS 12

struct table {
    size_t columns;
    const char *align; /* one char a column: 'l' or 'r' */
    char **cell;       /* row by row, the heading first */
    size_t n, cap;
};

void table_init(struct table *t, const char *align);
void table_release(struct table *t);

/* The next cell, row after row. */
void table_add(struct table *t, const char *text);
void table_addf(struct table *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

void table_print(const struct table *t, FILE *out);

/* `text` without control characters; for the caller to free. */
char *table_harmless(const char *text);

#endif
