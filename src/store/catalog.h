/*
 * catalog.h: the races and courses that a store knows. Both stores begin with a struct catalog, so
 * that a race or a course that is put, changed, deleted or read back from a shared feed is handled
 * by the same code in both.
 *
 * A race runs on one revision of a course and keeps it when the course is replaced. A revision that
 * is no longer current stays for as long as a race uses it. A race may be put before its course:
 * the course is attached when it comes. An event of an unknown runId adds an external race. A
 * deleted race stays in the table, because its late events must not bring it back.
 *
 * Threads: the writing side (put, delete, commit) belongs to one thread, the writer's. Readers see
 * what was published by the last commit. Every member has one of two owners:
 * - under "readers": written by the writer with `lock` held, read by others with it held;
 * - under "writer": the writer's alone, without the lock.
 *
 * Races are never moved or freed before the catalogue is.
 */
#ifndef STORE_CATALOG_H
#define STORE_CATALOG_H

#include "base/strmap.h"
#include "race/race.h"
#include "store/course_set.h"
#include "store/store.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The first member of a store's own struct of a race. */
struct catalog_race {
    char run_id[RUN_ID_MAX + 1];

    /* readers */
    bool known; /* committed and not deleted */
    struct race_record record;
    struct course *course; /* a reference; NULL: unknown, or deferred */
    bool course_deferred;  /* the course is known, and the first reader who needs it loads it */
    int64_t race_no;       /* the store's number of it, 0 where it has none */
    uint64_t epoch; /* the store's: another one means that what readers know is out of date */

    /* writer */
    bool put;     /* `next` holds a record: it was put and not deleted */
    bool deleted; /* by its last record */
    bool changed; /* since the last commit */
    bool listed;  /* it is in the catalogue's list of changed races */
    struct race_record next;
    struct course *next_course; /* a reference; NULL: unknown, or deferred */
    bool next_course_deferred;
};

/* What a record that is put is, compared with the one before. */
enum catalog_change {
    CATALOG_NEW,    /* there was none */
    CATALOG_REREAD, /* the same events now make other columns: another course, another field */
    CATALOG_SAME,   /* only its state, clock or text may differ */
};

struct catalog;

/* What the two stores do differently. A hook may be NULL except for race_bytes. All but
 * load_course, shows and readable are called by the writer without the lock. */
struct catalog_hooks {
    size_t race_bytes; /* of the store's own struct of a race */
    void (*race_init)(struct catalog_race *r);
    void (*race_release)(struct catalog_race *r);
    /* A new race begins, or one that was deleted begins anew: nothing of the old one may be
     * seen. */
    void (*race_begins)(struct catalog *c, struct catalog_race *r);
    void (*race_put)(struct catalog *c, struct catalog_race *r, enum catalog_change change);
    /* Called before `put` becomes false. `put` is false already where the race was never put. */
    void (*race_deleted)(
        struct catalog *c, struct catalog_race *r, const struct race_record *record);
    void (*course_put)(struct catalog *c, const struct course *course);
    /* The current revision is current no more. `dropped`: that revision, where no race uses it;
     * else NULL. */
    void (*course_retired)(struct catalog *c, const char *short_name, const char *dropped);
    /* Any thread, one at a time, without the lock: a revision that is not in memory. The caller's
     * reference, or NULL with an error. */
    struct course *(*load_course)(
        struct catalog *c, const char *short_name, const char *revision, struct err *e);
    /* Any thread, with the lock: may readers see this known race yet? */
    bool (*shows)(const struct catalog *c, const struct catalog_race *r);
    /* Any thread: -1 with an error where nothing may be read now. */
    int (*readable)(struct catalog *c, struct err *e);
};

struct catalog {
    struct store head; /* first */
    const struct catalog_hooks *hooks;
    pthread_mutex_t lock;      /* held for moments only */
    pthread_mutex_t load_lock; /* one course is loaded at a time; taken before `lock` */

    /* readers */
    struct strmap races; /* values: struct catalog_race */
    struct course_set courses;

    /* writer */
    struct course_set next_courses; /* as they will be after the next commit */
    bool courses_changed;
    struct catalog_race **changed;
    size_t changed_n, changed_cap;
};

/* The catalogue that a store begins with. */
static inline struct catalog *catalog_of(struct store *s)
{
    return (struct catalog *)(void *)s;
}

/* Race `k` of races.n, in order of arrival. The writer, or with the lock held. */
static inline struct catalog_race *catalog_at(const struct catalog *c, size_t k)
{
    return c->races.item[k].value;
}

/* The caller has zeroed the struct. */
void catalog_init(
    struct catalog *c, const struct store_ops *ops, const struct catalog_hooks *hooks);

/* Frees the races (race_release frees what the store added to them), the courses and the locks. */
void catalog_release(struct catalog *c);

/* Operations of store_ops, the same in every store: store.h says what they do. */
int catalog_put_race(struct store *s, const struct race_record *record, struct err *e) MUST_CHECK;
int catalog_put_course(struct store *s, struct course *course, struct err *e) MUST_CHECK;
int catalog_delete_course(struct store *s, const char *short_name, struct err *e) MUST_CHECK;
bool catalog_deleted(struct store *s, const char *run_id);
struct course *catalog_course(struct store *s, const char *short_name, struct err *e) MUST_CHECK;
struct course *catalog_course_revision(
    struct store *s, const char *short_name, const char *revision, struct err *e) MUST_CHECK;
int catalog_courses(struct store *s, struct course ***out, size_t *n, struct err *e) MUST_CHECK;
int catalog_course_list(
    struct store *s, struct course_summary **out, size_t *n, struct err *e) MUST_CHECK;
int catalog_races(struct store *s, struct race_record **out, size_t *n, struct err *e) MUST_CHECK;
int catalog_race(
    struct store *s, const char *run_id, struct race_record *out, struct err *e) MUST_CHECK;

/* ERR_NOT_FOUND, "There is no race '...'."; returns -1. */
int catalog_no_race(const char *run_id, struct err *e);

/* ERR_NOT_FOUND, "There is no course '...'", of that revision where one is given; returns -1. */
int catalog_no_course(const char *short_name, const char *revision, struct err *e);

/* The race of any runId, deleted ones too; NULL: never heard of. The writer, or with the lock
 * held. */
struct catalog_race *catalog_find(const struct catalog *c, const char *run_id);

/* May readers see this race? With the lock held. */
bool catalog_shows(const struct catalog *c, const struct catalog_race *r);

/* The race of that runId if readers may see it, else NULL. With the lock held. */
struct catalog_race *catalog_visible(const struct catalog *c, const char *run_id);

/* A committed race as a reader sees it, copied out. catalog_reading_release gives it back. */
struct catalog_reading {
    struct race_record record;
    struct course *course; /* a reference; NULL: unknown */
    int64_t race_no;
    uint64_t epoch;
};

/* Any thread. Loads the course where that was deferred. */
int catalog_read(
    struct catalog *c, const char *run_id, struct catalog_reading *r, struct err *e) MUST_CHECK;

/* Gives the course back. */
void catalog_reading_release(struct catalog_reading *r);

/* The writer's: the race of an event, which is added as an external race where the runId is
 * unknown. NULL with an error where the runId is invalid. */
struct catalog_race *catalog_race_of(
    struct catalog *c, const struct event *ev, struct err *e) MUST_CHECK;

/* The writer's: deletes a race. Does nothing where it is deleted already. */
void catalog_delete_race(
    struct catalog *c, struct catalog_race *r, const struct race_record *record);

/* The writer's: has the next commit look at this race. */
void catalog_mark(struct catalog *c, struct catalog_race *r);

/* The writer's: the course of `next`, borrowed, loaded where that was deferred; NULL: unknown. */
struct course *catalog_next_course(struct catalog *c, struct catalog_race *r);

/* The writer's, at the start: a race that was stored, as readers and writer know it from now on.
 * Its course is loaded when it is needed first. record NULL: it was deleted. */
struct catalog_race *catalog_restore(
    struct catalog *c, const char *run_id, const struct race_record *record);

/* The writer's, in a commit, with the lock held: readers see `next` from now on.
 * catalog_next_course has been called. */
void catalog_publish_race(struct catalog_race *r);

/* The writer's, in a commit, without the lock: readers see the courses that were put. False: none
 * has changed. */
bool catalog_publish_courses(struct catalog *c);

#endif
