/*
 * limits.h: how much may be kept: races that are over among them, courses, and bytes of history.
 * What is kept stays when a limit is lowered; only new races and courses are refused.
 */
#ifndef LIVE_LIMITS_H
#define LIVE_LIMITS_H

#include "base/err.h"
#include "store/store.h"

#include <stdint.h>

#define LIMITS_RACES 10000u
#define LIMITS_COURSES 1000u
#define LIMITS_BYTES ((uint64_t)100 << 30)

/* 0 in each: the default above. */
struct limits {
    uint32_t races;   /* kept, whatever their state */
    uint32_t courses; /* each may have 200,000 vertices */
    uint64_t bytes;   /* of the database, its log included; an embedded store's alone */
};

/* Whether one more may be made. ERR_CONFLICT names the setting and what to do. */
int limits_check_race(const struct limits *l, struct store *s, struct err *e) MUST_CHECK;
/* A course that replaces one of its name is not one more: the caller asks only for new ones. */
int limits_check_course(const struct limits *l, struct store *s, struct err *e) MUST_CHECK;

#endif
