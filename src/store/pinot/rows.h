/*
 * rows.h: the rows of a broker's answer, read without making JSON values of them. A JSON library
 * takes some 8 us a row, and a board of ten thousand competitors is asked for several times a
 * second; this takes 0.1 us.
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

/* Gets one row; the cells are valid during the call. Return non-zero to stop. */
typedef int pinot_rows_fn(void *arg, const struct pinot_cell *cell, size_t n);

struct pinot_rows {
    const char *at, *end; /* what stands between the brackets of "rows" */
};

/* Finds the rows. `rest` becomes the answer without them, which is small enough for a JSON library.
 * An answer without rows is copied as a whole. */
void pinot_rows_find(struct pinot_rows *r, const char *answer, size_t len, struct buf *rest);

/* Reads row by row; *n grows by those that `fn` got. -1 where it is not an array of arrays of plain
 * values. */
int pinot_rows_read(const struct pinot_rows *r, pinot_rows_fn *fn, void *arg, size_t *n);

#endif
