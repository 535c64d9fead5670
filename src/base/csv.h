/*
 * csv.h: cells of a CSV that somebody may open in a spreadsheet (RFC 4180).
 *
 * A spreadsheet runs a cell that begins with = + - @, a tab or a carriage return as a formula, and
 * names come from strangers. Such a text gets an apostrophe in front, which a spreadsheet takes for
 * "this is text". A text that has an apostrophe (or more) in front of such a character gets one
 * more, so that reading takes away exactly what writing added. Numbers are written by their own
 * columns and keep their sign.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* Is it one of the characters above? */
bool csv_begins_formula(char c);

/* A text as a cell: made harmless, and quoted where it has to be. */
void csv_add_text(struct buf *out, const char *text);

/* A text as a cell, as it is: for programs that read it, and for text that is no stranger's. */
void csv_add_plain(struct buf *out, const char *text);

/* A text as a cell in quotes, whether it needs them or not. */
void csv_add_quoted(struct buf *out, const char *text);

/* A text of cells that is read from left to right; borrowed. */
struct csv_reader {
    const char *at, *end;
    char separator; /* of cells; 0: a comma */
};

/* Reads the cell at `at` into `cell`, which is emptied first and ends with a NUL: up to a comma or
 * the end of the line, or, where it begins with a quote, up to the closing one, with the quotes
 * undone. False: a quote is not closed, and the cell is all that is left. */
bool csv_read_cell(struct csv_reader *r, struct buf *cell);

/* Appends what stands between a closing quote and the next comma or the end of the line: for
 * readers that take a cell that is quoted in part. */
void csv_read_rest(struct csv_reader *r, struct buf *cell);

bool csv_take_comma(struct csv_reader *r);    /* the separator; false: there is none here */
bool csv_take_line_end(struct csv_reader *r); /* the same of "\r\n", "\n" or "\r" */

/* The bytes of a cell that was read, without the apostrophe that csv_add_text added. */
const char *csv_text(const char *text, size_t *len);

#endif
