/*
 * courses.h: the courses that come with the program, files in a directory: TRACKSIDE_COURSES, else
 * share/trackside/courses beside the program's bin, else courses beside the directory that holds
 * the program (a build in the source tree). The short name of a course is its file's name without
 * the ending.
 *
 * The directory is looked for once, at the first call; for one thread.
 */
#ifndef CMD_COURSES_H
#define CMD_COURSES_H

#include "base/err.h"
#include "geo/course.h"

#include <stddef.h>

#define COURSES_MAX 1000u /* files that are looked at */

size_t courses_count(void);         /* 0 where there is no directory */
const char *courses_name(size_t i); /* in alphabetical order */

/* The built-in course of that name. ERR_NOT_FOUND lists those that there are. */
struct course *courses_load(const char *name, struct err *e) MUST_CHECK;

/* A built-in name, or the path of a course file: whatever has a / or a . in it is a path. */
struct course *courses_open(const char *name_or_file, struct err *e) MUST_CHECK;

#endif
