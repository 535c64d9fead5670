/*
 * joda_time.h: moments as Pinot writes them: Joda-Time patterns in UTC ("YYYY-MM-dd HH:mm:ss"), and
 * the form of its TIMESTAMP columns. All moments are ms since 1970 UTC, of any int64.
 */
#ifndef SQL_JODA_TIME_H
#define SQL_JODA_TIME_H

#include "base/buf.h"
#include "base/err.h"

#include <stdint.h>

#define SQL_TIME_PATTERN_MAX 200u /* characters */

/* Appends `ms` written by `pattern`, `offset_min` minutes east of UTC. The letters are Joda's
 * y Y M d H h m s S a E, with text in single quotes ('' is a quote); others are ERR_INVALID. As in
 * Pinot `mm:ss` wraps at an hour. */
int sql_time_format(
    struct buf *out, int64_t ms, const char *pattern, int offset_min, struct err *e) MUST_CHECK;

/* "UTC", "Z", "GMT", "+02:00", "-0530" as minutes; ERR_INVALID for the name of a place. */
int sql_time_zone(const char *name, int *offset_min, struct err *e) MUST_CHECK;

/* Appends "2025-11-22 08:28:19.0": java.sql.Timestamp's form. */
void sql_time_timestamp(struct buf *out, int64_t ms);

#endif
