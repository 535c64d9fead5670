/*
 * query.h: fixes whose fields are names and values. For the files of this folder.
 */
#ifndef TRACKING_DECODE_QUERY_H
#define TRACKING_DECODE_QUERY_H

#include "tracking/decode/collect.h"

/* The one fix of these pairs; its speed is in units of `mps` m/s. A message without a place is
 * counted as one. */
void query_read(
    const struct decode_request *r, const struct pairs *p, double mps, struct decoded *out);

/* The fields of the address, then those of the form in the body: of the two the first count. */
void query_of_request(const struct decode_request *r, double mps, struct decoded *out);

#endif
