#include "store/embedded/embedded.h"

#include <stdlib.h>

/* Each competitor has a position at every second from the start to the last tick or to the own
 * finish, whichever is first. */
static uint64_t positions_until(const int32_t *finish_raw_s, uint32_t n, int32_t last_s)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < n; i++)
        sum += (uint64_t)(finish_raw_s[i] < last_s ? finish_raw_s[i] : last_s) + 1;
    return sum;
}

/* 1 and *count, or 0 where single events are among the ticks: the same position may be in both. */
static int count_ticks(
    struct db *db, const struct history_race *r, bool every, uint64_t *count, struct err *e)
{
    int32_t *finish_raw_s = NULL, last_s = -1;
    int64_t events = 0;
    int rc = 1;

    if (history_last_events(db, r->race_no, &events, e))
        return -1;
    if (events > 0)
        return 0;
    if (history_last_tick(db, r->race_no, INT32_MAX, &last_s, e) ||
        history_read_finish(db, r, &finish_raw_s, e))
        rc = -1;
    else if (last_s < 0 || !finish_raw_s)
        *count = 0;
    else
        *count = every ? positions_until(finish_raw_s, r->n, last_s) : r->n;
    free(finish_raw_s);
    return rc;
}

int embedded_count(struct store *s, const char *run_id, bool every, uint64_t *count, struct err *e)
{
    struct embedded *em = embedded_of(s);
    struct catalog_reading r = {0};
    struct history_race race;
    struct db *db;
    int rc = 0;

    if (catalog_read(&em->catalog, run_id, &r, e))
        return -1;
    race = embedded_reading_race(&r);
    if (!race.foreign) {
        db = db_pool_take(&em->pool, e);
        rc = db ? count_ticks(db, &race, every, count, e) : -1;
        db_pool_give(&em->pool, db);
    }
    catalog_reading_release(&r);
    return rc;
}
