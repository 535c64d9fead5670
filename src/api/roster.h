/*
 * roster.h: who is who in a race: the CSV "competitorId,name", read and looked up. The rosters that
 * requests look names up in are parsed once and shared.
 */
#ifndef API_ROSTER_H
#define API_ROSTER_H

#include "base/buf.h"
#include "base/err.h"
#include "http/exchange.h"
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

/* The caller owns the struct. */
struct roster {
    struct roster_entry *entry; /* sorted by competitorId */
    size_t n;
    struct buf text;
};

/* ERR_INVALID names the line: no header, no number, a competitor twice, a name that is too long or
 * no UTF-8. */
int roster_parse(struct roster *r, const char *csv, size_t len, struct err *e) MUST_CHECK;
void roster_release(struct roster *r);

const char *roster_name(const struct roster *r, int64_t competitor_id); /* NULL: not in it */

/* A race's roster, without rows where it has none. `out` is borrowed from the answer that is
 * returned: it is not released, and valid until answer_unref. Parsed once for all requests, until
 * the store says that rosters may have changed (store.rosters_changed). NULL: there is no such
 * race, the store failed, or the budget has no room. */
struct answer *roster_of_race(
    struct exchange *x, const char *run_id, struct roster *out, struct err *e) MUST_CHECK;

/* The same for any bytes that are made from a race's roster. `kind` tells them from others; `make`
 * gets a struct roster_source. */
struct roster_source {
    struct store *store;
    const char *run_id;
};
struct answer *roster_shared(struct exchange *x, const char *kind, const char *run_id,
    answer_maker *make, struct err *e) MUST_CHECK;

/* A roster's file, which roster_parse has taken, with the names made harmless (base/csv.h); nothing
 * else is changed. */
void roster_harmless(const char *csv, size_t len, struct buf *out);

#endif
