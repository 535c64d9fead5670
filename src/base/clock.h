/*
 * clock.h: wall time in milliseconds since 1970 UTC, a monotonic clock in nanoseconds, and the two
 * written forms of a second: "YYYY-MM-DD HH:MM:SS" (events) and ISO 8601 (the API), both UTC.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/err.h"

#include <stdint.h>

int64_t clock_wall_ms(void);
int64_t clock_mono_ns(void);

#define CLOCK_EVENT_LEN 19 /* "2026-01-01 09:00:00" */
#define CLOCK_ISO_LEN 20   /* "2026-01-01T09:00:00Z" */

/* `out` has room for the length and a NUL. Years 0000 to 9999; others are clamped. */
void clock_format_event(int64_t epoch_s, char out[CLOCK_EVENT_LEN + 1]);
void clock_format_iso(int64_t epoch_s, char out[CLOCK_ISO_LEN + 1]);

/* "2026-01-01T09:00:00Z", with any offset (+02:00), a space for the T, a fraction (cut); UTC
 * without an offset. */
int clock_parse(const char *text, int64_t *epoch_s, struct err *e) MUST_CHECK;

/* Exactly CLOCK_EVENT_LEN characters "2026-01-01 09:00:00", UTC; quick. -1 where it is no such
 * time. */
int clock_parse_event(const char *text, int64_t *epoch_s) MUST_CHECK;

#endif
