/*
 * context.h: what one statement sees of the store: the races, the courses and the latest views of
 * the races that it reads. Each is read from the store when the statement first needs it, and stays
 * the same until the statement ends. So a statement that names a race twice sees one moment of it.
 *
 * A context belongs to one call of sql_query() and one thread. It also counts the rows that were
 * read and remembers why a statement was ended.
 */
#ifndef SQL_CONTEXT_H
#define SQL_CONTEXT_H

#include "base/buf.h"
#include "base/err.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A course as the courses table shows it. The bytes of its geometries are in Pinot's form
 * (sql/geometry/shape.h). They are made when a statement first reads one of them, because that
 * loads the whole course. */
struct sql_course {
    struct course_summary about;
    bool made; /* the four below are there */
    struct buf map, fence, start, finish;
};

/* What one statement has read so far. */
struct sql_context {
    struct store *store; /* borrowed until the release */
    /* Pinot's option: parkrun gives every event, not the latest of each competitor. */
    bool skip_upsert;
    bool timed_out;     /* its deadline has passed; stays true */
    bool too_big;       /* it took more memory than SQL_MEMORY_MAX */
    uint64_t rows_read; /* from the virtual tables */

    bool races_read;
    struct race_record *race; /* newest first, without the deleted ones */
    size_t races_n;
    struct view **view; /* one per race, NULL: not kept */
    size_t views_kept;  /* at most VIEWS_KEPT_MAX of `view` are set */

    bool courses_read;
    struct sql_course *course;
    size_t courses_n;
};

/* Reads nothing yet. `s` is borrowed until the release. */
void sql_context_init(struct sql_context *c, struct store *s, bool skip_upsert);
void sql_context_release(struct sql_context *c);

/* Must the statement end now (base/cancel.h)? Remembers a yes in timed_out. Cheap enough to be
 * asked for every row and every function call. */
bool sql_context_late(struct sql_context *c);

/* Fill c->race and c->course where that has not been done. -1 with the store's error. */
int sql_context_races(struct sql_context *c, struct err *e) MUST_CHECK;
int sql_context_courses(struct sql_context *c, struct err *e) MUST_CHECK;

/* The index of the race in c->race; races_n where there is none. sql_context_races() must have been
 * called. */
size_t sql_context_find_race(const struct sql_context *c, const char *run_id);

/* The course of that name; NULL where there is none. Borrowed from the context.
 * sql_context_courses() must have been called. */
struct sql_course *sql_context_find_course(struct sql_context *c, const char *short_name);
/* Makes the bytes of the course's geometries. -1 with an error where the course cannot be
 * loaded. */
int sql_context_make(struct sql_context *c, struct sql_course *k, struct err *e) MUST_CHECK;

/* The latest view of race number i, a reference for the caller. NULL with an error; ERR_NOT_FOUND
 * where the race was deleted after the statement began. */
struct view *sql_context_view(struct sql_context *c, size_t i, struct err *e) MUST_CHECK;

#endif
