/*
 * java_number.h: numbers as Java writes and rounds them, because Pinot's answers are written by
 * Java.
 */
#ifndef SQL_JAVA_NUMBER_H
#define SQL_JAVA_NUMBER_H

#include "base/buf.h"

#include <stdint.h>

/* Appends the fewest digits that read back as the same double: "51.41917", "1e+20"; a whole number
 * without exponent gets ".0". Infinity and NaN are "Infinity", "-Infinity" and "NaN" (no JSON
 * numbers). */
void sql_number_add(struct buf *out, double v);

/* Appends the same without an exponent and without ".0", as JTS writes coordinates. Finite numbers
 * only. */
void sql_number_add_plain(struct buf *out, double v);

/* Java's cast to long: cut towards zero, NaN is 0, and a number out of range is the nearest
 * long. */
int64_t sql_number_long(double v);

/* BigDecimal.valueOf(v).setScale(scale, HALF_UP): rounds the shortest decimal form, not the binary
 * number. Infinity and NaN stay. */
double sql_number_round(double v, int scale);

#endif
