/*
 * table.h: rows of text in aligned columns, for a terminal. Control characters in a cell become
 * "?", because names come from outside and could change the terminal. The caller owns the struct.
 */
#ifndef CMD_TABLE_H
#define CMD_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct table {
    size_t columns;
    const char *align; /* borrowed; one char a column: 'l' or 'r' */
    char **cell;       /* row by row, the heading first */
    size_t n, cap;
    size_t width_max; /* a longer cell is printed whole, but does not widen its column; 0: none */
    bool ruled;       /* a line of dashes under the heading */
};

/* An empty table with a column for each character of `align`. */
void table_init(struct table *t, const char *align);
void table_release(struct table *t);

/* Adds the next cell, row after row. The text is copied. */
void table_add(struct table *t, const char *text);
void table_addf(struct table *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Prints the whole rows that were added. */
void table_print(const struct table *t, FILE *out);

/* A copy of `text` with "?" for every control character. The caller frees it. */
char *table_harmless(const char *text);

#endif
