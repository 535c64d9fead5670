/*
 * startlist.h: the start list of a live race: CSV as timing software writes it. A header, its
 * columns in any order and case; a comma, a semicolon or a tab between cells; UTF-8 with or without
 * a byte order mark, or an encoding that is guessed, which is said. Cells are text, also those that
 * a spreadsheet would run as formulas.
 *
 * Known columns: bib (or competitorId), name, club, category, sex, age, wave, device, chip. Others
 * are kept.
 */
#ifndef TRACKING_STARTLIST_STARTLIST_H
#define TRACKING_STARTLIST_STARTLIST_H

#include "base/buf.h"
#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

#define STARTLIST_ROWS_MAX 100000u
#define STARTLIST_BIB_CHARACTERS 16u
#define STARTLIST_CELL_MAX 200u /* bytes of a cell of a known column */
#define STARTLIST_COLUMNS_MAX 64u
#define STARTLIST_PROBLEMS_MAX 100u /* further ones are counted only */

enum startlist_column {
    STARTLIST_ID,
    STARTLIST_BIB,
    STARTLIST_NAME,
    STARTLIST_CLUB,
    STARTLIST_CATEGORY,
    STARTLIST_SEX,
    STARTLIST_AGE,
    STARTLIST_WAVE,
    STARTLIST_DEVICE,
    STARTLIST_CHIP,
    STARTLIST_KNOWN,
};

struct startlist_row {
    size_t cell[STARTLIST_KNOWN]; /* places in `text`; a missing cell is "" */
    size_t others;                /* the cells of other columns as CSV, each after a comma */
    int64_t competitor_id;        /* 0: the list says none */
};

struct startlist_problem {
    size_t line; /* 1 is the header */
    char column[24];
    char text[160]; /* a sentence */
};

/* The caller owns the struct. */
struct startlist {
    struct startlist_row *row;
    size_t n, cap;
    struct startlist_problem *problem;
    size_t problems, problems_cap; /* `problems` of them were found; those up to the maximum kept */
    struct buf text, other_names;  /* the names of other columns as CSV, each after a comma */
    const char *encoding;          /* not UTF-8: what it was read as; else NULL. Static text */
};

/* Reads a list. Rows with a problem are left out. ERR_INVALID: there is no header that can be used;
 * ERR_TOO_LARGE. Time grows with the length alone. */
int startlist_parse(struct startlist *s, const char *csv, size_t len, struct err *e) MUST_CHECK;
void startlist_release(struct startlist *s);

/* A cell, "" where the row has none. */
const char *startlist_cell(const struct startlist *s, size_t row, enum startlist_column column);

/* The list as CSV with all known columns and the others; its competitorIds are `id`, one a row.
 * startlist_parse reads the same rows from it. */
void startlist_write(const struct startlist *s, const int64_t *id, struct buf *out);

/* "competitorId,name" of those who have a name: the race's roster. */
void startlist_roster(const struct startlist *s, const int64_t *id, struct buf *out);

#endif
