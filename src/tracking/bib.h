/*
 * bib.h: the number of a bib. A bib that is a decimal 1 to 2^53 - 1 without leading zeros is its
 * competitor's id: JavaScript holds such numbers exactly.
 */
#ifndef TRACKING_BIB_H
#define TRACKING_BIB_H

#include <stdint.h>

/* 0: it is no such number. */
int64_t bib_number(const char *bib);

#endif
