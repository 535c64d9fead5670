/*
 * context.h: what one statement sees of the store, read when it is first asked for and then the
 * same to its end: the races, the courses, the latest views of the races it looks at. It belongs to
 * one call and one thread.
 */
#ifndef SQL_CONTEXT_H
#define SQL_CONTEXT_H

#include "base/buf.h"
#include "base/err.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A course as the courses table shows it; the bytes of its geometries are in Pinot's form
 * (sql_geometry.h). */
struct sql_course {
    struct course_summary about;
    bool made; /* the four below, for which the course itself has to be loaded */
    struct buf map, fence, start, finish;
};

struct sql_context {
    struct store *store; /* borrowed */
    bool skip_upsert;
    bool timed_out;
    bool too_big;
    uint64_t rows_read; /* from the virtual tables */

    bool races_read;
    struct race_record *race; /* newest first, without the deleted ones */
    size_t races_n;
    struct view **view; /* one per race, NULL: not kept */
    size_t views_kept;

    bool courses_read;
    struct sql_course *course;
    size_t courses_n;
};

void sql_context_init(struct sql_context *c, struct store *s, bool skip_upsert);
void sql_context_release(struct sql_context *c);

/* Has the statement to end (base/cancel.h)? Remembers it in timed_out. */
bool sql_context_late(struct sql_context *c);

int sql_context_races(struct sql_context *c, struct err *e) MUST_CHECK;
int sql_context_courses(struct sql_context *c, struct err *e) MUST_CHECK;

/* Where the race is in c->race, races_n where there is none. */
size_t sql_context_find_race(const struct sql_context *c, const char *run_id);

/* The course of that name, NULL where there is none. sql_context_courses goes first. */
struct sql_course *sql_context_find_course(struct sql_context *c, const char *short_name);
/* Make the bytes of its geometries. */
int sql_context_make(struct sql_context *c, struct sql_course *k, struct err *e) MUST_CHECK;

/* The latest view of race number i: a reference for the caller. NULL with e->code ERR_NOT_FOUND: it
 * has just been deleted. */
struct view *sql_context_view(struct sql_context *c, size_t i, struct err *e) MUST_CHECK;

#endif
