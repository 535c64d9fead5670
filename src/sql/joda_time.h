/*
 * joda_time.h: moments as Pinot writes them: Joda-Time patterns in UTC ("YYYY-MM-dd HH:mm:ss"), and
 * the form of its TIMESTAMP columns. All moments are ms since 1970 UTC, of any int64.
 */
#ifndef SQL_JODA_TIME_H
#define SQL_JODA_TIME_H

#include "base/buf.h"
#include "base/err.h"

#include <stdint.h>

#define SQL_TIME_PATTERN_MAX 200u

/* Append `ms` written by `pattern` (Joda's letters G C Y y x w e E D M d a K h H k m s S z Z,
 * 'text' and '' as they are), `offset_min` minutes east of UTC. A letter that Joda does not know is
 * refused. */
int sql_time_format(
    struct buf *out, int64_t ms, const char *pattern, int offset_min, struct err *e) MUST_CHECK;

/* The other way: numbers only (no names of months or days), fields that the pattern lacks are
 * 1970-01-01 00:00:00. */
int sql_time_parse(const char *text, const char *pattern, int64_t *ms, struct err *e) MUST_CHECK;

/* "UTC", "Z", "GMT", "+02:00", "-0530" as minutes. */
int sql_time_zone(const char *name, int *offset_min, struct err *e) MUST_CHECK;

/* "2025-11-22 08:28:19.0": java.sql.Timestamp's form. */
void sql_time_timestamp(struct buf *out, int64_t ms);

#endif
