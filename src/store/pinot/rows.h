/*
 * rows.h: the rows of a broker's answer, read where they stand. A JSON library takes some 8
 * us a row, and a board of ten thousand is asked for several times a second.
 *
 * Nothing is copied: cells point into the answer, which has to outlive them.
 */
#ifndef STORE_PINOT_ROWS_H
#define STORE_PINOT_ROWS_H

#include "base/buf.h"

#include <stddef.h>
#include <stdint.h>

#define PINOT_ROWS_CELLS 12u /* of one row */

enum pinot_cell_kind { PINOT_NULL, PINOT_INTEGER, PINOT_REAL, PINOT_TEXT };

struct pinot_cell {
    enum pinot_cell_kind kind;
    int64_t i;     /* of a real: rounded towards zero, clamped */
    double d;      /* of a number */
    const char *s; /* of a text: as it stands between its quotes, escapes not undone */
    size_t len;
};

/* The cells are valid during the call. Non-zero: no more rows are wanted. */
typedef int pinot_rows_fn(void *arg, const struct pinot_cell *cell, size_t n);

struct pinot_rows {
    const char *at, *end; /* what stands between the brackets of "rows" */
};

/* Cut the rows out: `rest` becomes the answer with no rows in it, small enough for a JSON library.
 * An answer without rows has none and is its own rest. */
void pinot_rows_find(struct pinot_rows *r, const char *answer, size_t len, struct buf *rest);

/* -1 where it is not an array of arrays of plain values; `n` counts those handed over. */
int pinot_rows_read(const struct pinot_rows *r, pinot_rows_fn *fn, void *arg, size_t *n);

#endif
