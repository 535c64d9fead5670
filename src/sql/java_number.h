/* java_number.h: numbers as Java has them, whose answers Pinot's are. */
#ifndef SQL_JAVA_NUMBER_H
#define SQL_JAVA_NUMBER_H

#include "base/buf.h"

#include <stdint.h>

/* The fewest digits that read back as the same double: "51.41917", "1e+20"; a whole number without
 * exponent gets ".0". Infinity and NaN are "Infinity", "-Infinity" and "NaN" (no JSON numbers). */
void sql_number_add(struct buf *out, double v);

/* The same without exponent and without ".0": how JTS writes coordinates. Finite numbers only. */
void sql_number_add_plain(struct buf *out, double v);

/* Java's (long): towards zero, NaN is 0, what does not fit is the nearest that does. */
int64_t sql_number_long(double v);

/* BigDecimal.valueOf(v).setScale(scale, HALF_UP): rounds the shortest decimal form, not the binary
 * number. Infinity and NaN stay. */
double sql_number_round(double v, int scale);

#endif
