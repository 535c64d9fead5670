/*
 * rosters.h: the rosters that requests look names up in, each parsed once. The store says when one
 * may have changed (store.rosters_changed); it is then parsed anew for the next request.
 *
 * A roster that is given out is immutable and shared by reference count; any thread. Its bytes are
 * counted in the server's budget while it lives. The last few that were used are kept.
 */
#ifndef API_ROSTERS_H
#define API_ROSTERS_H

#include "api/roster.h"
#include "base/budget.h"
#include "store/store.h"

struct rosters;
struct shared_roster;

struct rosters *rosters_new(struct store *store, struct budget *budget); /* both borrowed */
void rosters_free(struct rosters *r);                                    /* NULL is fine */

/*
 * A race's roster, without rows where it has none. A new reference; who asks while it is being
 * parsed waits for it. NULL: there is no such race, the store failed, or the budget has no room.
 */
struct shared_roster *rosters_get(struct rosters *r, const char *run_id, struct err *e) MUST_CHECK;
const struct roster *rosters_names(const struct shared_roster *s);
void rosters_unref(struct shared_roster *s); /* NULL is fine */

#endif
