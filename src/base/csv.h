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

bool csv_begins_formula(char c); /* one of the characters above */

/* A text as a cell: made harmless, and quoted where it has to be. */
void csv_add_text(struct buf *out, const char *text);

/* A text as a cell, as it is: for programs that read it, and for text that is no stranger's. */
void csv_add_plain(struct buf *out, const char *text);

/* The bytes of a cell that was read, without the apostrophe that csv_add_text added. */
const char *csv_text(const char *text, size_t *len);

#endif
