/* people.c: who is in the start list, and which devices they carry. */
#include "tracking/bib.h"
#include "tracking/fixlog/fixlog_internal.h"

#define FIRST_FREE_ID INT64_C(1000000001) /* bibs that are numbers have their own ids below 2^53 */

/* The lowest id above 10^9 that nobody of the race has or had. They are given in a row, so the next
 * one is behind the last that was given; one that is somebody's bib is left out. */
static int free_id(sqlite3 *conn, int64_t race, int64_t *next, struct err *e)
{
    int64_t taken;
    int rc = 1;

    while (rc > 0) {
        rc = fixlog_get(conn, &taken, e, "SELECT 1 FROM competitor WHERE race = ? AND id = ?", "ii",
            race, *next);
        *next += rc > 0;
    }
    return rc;
}

static int put_one(sqlite3 *conn, int64_t race, const struct fixlog_entrant *p, struct err *e)
{
    return fixlog_run(conn, e,
        "INSERT OR REPLACE INTO competitor (race, id, bib, listed) VALUES (?, ?, ?, 1)", "iit",
        race, p->competitor_id, p->bib);
}

/* The id that the bib had before; 0 where it had none. */
static int find_id(sqlite3 *conn, int64_t race, struct fixlog_entrant *p, struct err *e)
{
    return fixlog_get(conn, &p->competitor_id, e,
        "SELECT id FROM competitor WHERE race = ? AND bib = ?", "it", race, p->bib);
}

/* A new id: the bib, if it is a number that is nobody's id, else a free one. */
static int make_id(
    sqlite3 *conn, int64_t race, struct fixlog_entrant *p, int64_t *next, struct err *e)
{
    int64_t own = bib_number(p->bib), taken;
    int rc = own ? fixlog_get(conn, &taken, e, "SELECT 1 FROM competitor WHERE race = ? AND id = ?",
                       "ii", race, own)
                 : 1;

    p->competitor_id = own;
    if (rc <= 0)
        return rc;
    rc = free_id(conn, race, next, e);
    p->competitor_id = *next;
    *next += 1;
    return rc;
}

/* The ids that the list says come first, then those that bibs had before, then new ones: so no two
 * people get the same, in whatever order the lines are. */
static int put_ids(
    sqlite3 *conn, int64_t race, struct fixlog_entrant *people, size_t n, struct err *e)
{
    int64_t next = FIRST_FREE_ID;

    for (size_t i = 0; i < n; i++)
        if (people[i].competitor_id && put_one(conn, race, &people[i], e))
            return -1;
    for (size_t i = 0; i < n; i++)
        if (!people[i].competitor_id &&
            (find_id(conn, race, &people[i], e) < 0 ||
                (people[i].competitor_id && put_one(conn, race, &people[i], e))))
            return -1;
    for (size_t i = 0; i < n; i++)
        if (!people[i].competitor_id &&
            (make_id(conn, race, &people[i], &next, e) < 0 || put_one(conn, race, &people[i], e)))
            return -1;
    return 0;
}

/* The device that the list names, or one that is named like the bib, if it has sent already. */
static int give_device(sqlite3 *conn, int64_t race, const struct fixlog_entrant *p, struct err *e)
{
    if (!p->device[0])
        return fixlog_run(conn, e, "UPDATE device SET competitor = ? WHERE race = ? AND name = ?",
            "iit", p->competitor_id, race, p->bib);
    return fixlog_run(conn, e,
        "INSERT INTO device (race, name, competitor) VALUES (?, ?, ?) ON CONFLICT (race, name) DO "
        "UPDATE SET competitor = excluded.competitor",
        "iti", race, p->device, p->competitor_id);
}

static int put_people(
    sqlite3 *conn, int64_t race, struct fixlog_entrant *people, size_t n, struct err *e)
{
    if (fixlog_run(conn, e, "UPDATE competitor SET listed = 0 WHERE race = ?", "i", race) ||
        put_ids(conn, race, people, n, e))
        return -1;
    /* A device of somebody who is no longer listed is nobody's. */
    if (fixlog_run(conn, e,
            "UPDATE device SET competitor = 0 WHERE race = ?1 AND competitor NOT IN (SELECT id "
            "FROM "
            "competitor WHERE race = ?1 AND listed)",
            "i", race))
        return -1;
    /* A device that the list names is that line's, also where it is named like another's bib. */
    for (int named = 0; named < 2; named++)
        for (size_t i = 0; i < n; i++)
            if ((people[i].device[0] != 0) == named && give_device(conn, race, &people[i], e))
                return -1;
    return 0;
}

int fixlog_put_people(
    struct fixlog *l, const char *run_id, struct fixlog_entrant *people, size_t n, struct err *e)
{
    int64_t race;
    int rc;

    if (fixlog_begin_race(l, run_id, &race, e))
        return -1;
    rc = fixlog_end_write(l, put_people(l->write.conn, race, people, n, e), e);
    if (!rc)
        fixlog_changed(l, true);
    return rc;
}

static int assign(
    sqlite3 *conn, int64_t race, const char *device, int64_t competitor_id, struct err *e)
{
    int64_t found = 0;
    int rc = competitor_id ? fixlog_get(conn, &found, e,
                                 "SELECT id FROM competitor WHERE race = ? AND id = ? AND listed",
                                 "ii", race, competitor_id)
                           : 1;
    if (rc == 0)
        return err_set(e, ERR_NOT_FOUND, "Nobody in the start list has the competitorId %lld.",
            (long long)competitor_id);
    if (rc < 0 ||
        fixlog_run(conn, e, "UPDATE device SET competitor = ? WHERE race = ? AND name = ?", "iit",
            competitor_id, race, device))
        return -1;
    if (!sqlite3_changes(conn))
        return err_set(e, ERR_NOT_FOUND, "No device of that name has sent anything to this race.");
    return 0;
}

int fixlog_assign(
    struct fixlog *l, const char *run_id, const char *device, int64_t competitor_id, struct err *e)
{
    int64_t race;
    int rc;

    if (fixlog_begin_race(l, run_id, &race, e))
        return -1;
    rc = fixlog_end_write(l, assign(l->write.conn, race, device, competitor_id, e), e);
    if (!rc)
        fixlog_changed(l, true);
    return rc;
}
