/*
 * courses.h: the courses that come with the program. Their files are inside it (the build embeds
 * the folder courses/), so a copy of the program alone has them. Where the environment variable
 * TRACKSIDE_COURSES names a folder, the files of that folder are used instead. The short name of a
 * course is its file's name without the ending.
 *
 * The list is made once, at the first call; for one thread.
 */
#ifndef CMD_COURSES_H
#define CMD_COURSES_H

#include "base/err.h"
#include "course/course.h"

#include <stddef.h>

#define COURSES_MAX 1000u /* files that are looked at */

/* One embedded file. The table is made at build time. */
struct built_in_course {
    const char *file; /* "crystal.kml" */
    const unsigned char *bytes;
    size_t len;
};

extern const struct built_in_course built_in_courses[];
extern const size_t built_in_courses_n;

size_t courses_count(void);         /* 0 where TRACKSIDE_COURSES names a folder without any */
const char *courses_name(size_t i); /* in alphabetical order */

/* The built-in course of that name. ERR_NOT_FOUND lists those that there are. */
struct course *courses_load(const char *name, struct err *e) MUST_CHECK;

/* A built-in name, or the path of a course file: whatever has a / or a . in it is a path. */
struct course *courses_open(const char *name_or_file, struct err *e) MUST_CHECK;

#endif
