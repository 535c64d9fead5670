/*
 * fixlog.h: what live races have to keep that is not a position event: the fixes as they came, the
 * devices that sent them, who carries which, the start lists and the keys. One SQLite database,
 * fixes.db, in the data directory.
 *
 * The log is the truth about a live race. What was appended is on the disk when fixlog_append
 * returns: requests that wait at the same time share one commit. A fix is one of (device, time,
 * place); the same again counts once. Matching reads the log from the beginning after a restart.
 *
 * Any thread may call anything; the functions wait for each other.
 */
#ifndef TRACKING_FIXLOG_FIXLOG_H
#define TRACKING_FIXLOG_FIXLOG_H

#include "base/buf.h"
#include "base/err.h"
#include "tracking/decode/decode.h"
#include "tracking/fix.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FIXLOG_DEVICES_MAX 100000u /* of one race: more are not taken, whoever sends them */
#define FIXLOG_BIB_MAX 64u         /* bytes: 16 characters of UTF-8 */
#define FIXLOG_KEY_LEN 32u
#define FIXLOG_GRACE_MS INT64_C(86400000) /* so long a key that was renewed is still good */

struct fixlog;

/* Makes the database where there is none. The directory is locked by the store. The caller frees
 * it. */
struct fixlog *fixlog_new(const char *dir, struct err *e) MUST_CHECK;
void fixlog_free(struct fixlog *l); /* no call is under way; NULL is fine */

/* A race begins; its first key is made. ERR_CONFLICT: it has begun before. */
int fixlog_begin(struct fixlog *l, const char *run_id, struct err *e) MUST_CHECK;

/* Removes everything of a race. One that the log does not know is no error. */
int fixlog_drop(struct fixlog *l, const char *run_id, struct err *e) MUST_CHECK;

typedef bool fixlog_known_fn(void *arg, const char *run_id);

/* Removes everything of the races that `known` does not know. */
int fixlog_sweep(struct fixlog *l, fixlog_known_fn *known, void *arg, struct err *e) MUST_CHECK;

/* What a request brought, and what became of it. */
struct fixlog_batch {
    const char *run_id; /* borrowed, these two */
    const struct decoded *fixes;
    const char *client; /* "traccar"; for the list of devices */
    int64_t received_ms;
    uint32_t taken, doubles, too_many_devices; /* filled in */
    uint32_t unknown_bibs;                     /* fixes of a bib that is not in the start list */
};

/* Returns when it is durable. -1: none of it was stored, and the sender has to send it again. */
int fixlog_append(struct fixlog *l, struct fixlog_batch *b, struct err *e) MUST_CHECK;

/* Changes with everything that may change matching: appended fixes, devices that were assigned. A
 * read that saw a version has seen everything up to it. */
uint64_t fixlog_version(struct fixlog *l);

/* Changes when fixes that were read before belong to others now: all have to be read again. */
uint64_t fixlog_assignments(struct fixlog *l);

typedef int fixlog_fix_fn(void *arg, int64_t competitor_id, const struct fix *f);

/* The fixes of a race after *after (0: from the beginning), in the order in which they came, of
 * devices that somebody carries. *after becomes the last one's. Non-zero from `fn` ends it. */
int fixlog_read(struct fixlog *l, const char *run_id, int64_t *after, fixlog_fix_fn *fn, void *arg,
    struct err *e) MUST_CHECK;

struct fixlog_device {
    const char *device, *client, *bib; /* borrowed for the call; bib "": nobody carries it */
    int64_t competitor_id;             /* 0: nobody carries it */
    int64_t fixes, time_ms, received_ms;
    double lat_deg, lon_deg, accuracy_m, battery_pct; /* of the newest fix; NaN: not known */
};
typedef int fixlog_device_fn(void *arg, const struct fixlog_device *d);

/* Every device that has sent something or is in the start list, by its name. */
int fixlog_devices(struct fixlog *l, const char *run_id, fixlog_device_fn *fn, void *arg,
    struct err *e) MUST_CHECK;

/* From now on, and for everything that it has sent, the device is that competitor's. competitor_id
 * 0: nobody's. ERR_NOT_FOUND: no such device, or nobody of that id. */
int fixlog_assign(struct fixlog *l, const char *run_id, const char *device, int64_t competitor_id,
    struct err *e) MUST_CHECK;

/* One line of a start list. */
struct fixlog_entrant {
    const char *bib; /* not "" */
    const char
        *device; /* "" where the list names none: then a device named like the bib is meant */
    int64_t competitor_id; /* 0: filled in, the one that the bib had before or a new one */
};

/* Replaces the start list's people, and gives those without an id one. Ids above 10^9 are never
 * given again. Devices are theirs from now on. */
int fixlog_put_people(struct fixlog *l, const char *run_id, struct fixlog_entrant *people, size_t n,
    struct err *e) MUST_CHECK;

/* The start list as a file. "" where there is none. */
int fixlog_put_list(
    struct fixlog *l, const char *run_id, const struct buf *csv, struct err *e) MUST_CHECK;
int fixlog_list(struct fixlog *l, const char *run_id, struct buf *csv, struct err *e) MUST_CHECK;

/* The key of a race that is good now. */
int fixlog_key(
    struct fixlog *l, const char *run_id, char key[FIXLOG_KEY_LEN + 1], struct err *e) MUST_CHECK;

/* A new one. The old one is good for FIXLOG_GRACE_MS more, or not at all. */
int fixlog_renew_key(
    struct fixlog *l, const char *run_id, bool revoke, int64_t now_ms, struct err *e) MUST_CHECK;

/* The race of a key. ERR_FORBIDDEN: it is none, or not good any more. */
int fixlog_race_of_key(struct fixlog *l, const char *key, int64_t now_ms, struct buf *run_id,
    struct err *e) MUST_CHECK;

#endif
