/*
 * collect.h: what the decoders share: a fix that is being read, checked and added, and numbers and
 * times as clients write them. For the files of this folder.
 */
#ifndef TRACKING_DECODE_COLLECT_H
#define TRACKING_DECODE_COLLECT_H

#include "tracking/decode/decode.h"

/* A fix of which nothing is known yet; the device is that of the key, if the key has one. */
struct decoded_fix collect_begin(const struct decode_request *r);

/* Names its device, unless the key has: the first text that is one counts. NULL and "" are no
 * name. */
void collect_device(struct decoded_fix *f, const char *device);

/* Adds the fix, or counts why it is none. Values that cannot be are made unknown. */
void collect_add(struct decoded *d, struct decoded_fix *f);

/* Counts one that is none. */
void collect_refuse(struct decoded *d, enum decode_reason why);

/* The number that the whole text is; NaN else, and for NULL. */
double collect_number(const char *text);

/* A JSON number, or a text that is one; NaN else. */
double collect_json_number(const json_t *j);

/* Unix time in seconds (below 2^31 - 1) or milliseconds, or "2026-05-01T09:00:00.250Z", or
 * "2026-05-01 09:00:00". INT64_MIN: none of these. */
int64_t collect_time_ms(const char *text);

/* The same of a JSON number or text. */
int64_t collect_json_time_ms(const json_t *j);

/* The body as JSON. NULL, and counted: it is none. The caller's reference. */
json_t *collect_json(const struct decode_request *r, struct decoded *d);

#define COLLECT_MPS_PER_KNOT (1852.0 / 3600.0)

#endif
