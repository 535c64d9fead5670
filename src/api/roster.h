/*
 * roster.h: who is who in a race: the CSV "competitorId,name", read and looked up. The caller owns
 * the struct.
 */
#ifndef API_ROSTER_H
#define API_ROSTER_H

#include "base/buf.h"
#include "base/err.h"
#include "store/store.h"

#include <stddef.h>
#include <stdint.h>

#define ROSTER_HEADER "competitorId,name"
#define ROSTER_NAME_MAX 200u /* bytes of UTF-8 */
#define ROSTER_ROWS_MAX 1000000u

struct roster_entry {
    int64_t competitor_id;
    size_t name; /* place in text */
};

struct roster {
    struct roster_entry *entry; /* by competitorId */
    size_t n;
    struct buf text;
};

/* ERR_INVALID names the line: no header, no number, a competitor twice, a name that is too long or
 * no UTF-8. */
int roster_parse(struct roster *r, const char *csv, size_t len, struct err *e) MUST_CHECK;
void roster_release(struct roster *r);

/* A race's own; empty where it has none. */
int roster_load(struct roster *r, struct store *s, const char *run_id, struct err *e) MUST_CHECK;

const char *roster_name(const struct roster *r, int64_t competitor_id); /* NULL: not in it */

/* A roster's file, which roster_parse has taken, with the names made harmless (base/csv.h); nothing
 * else is changed. */
void roster_harmless(const char *csv, size_t len, struct buf *out);

#endif
