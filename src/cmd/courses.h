/*
 * courses.h: the courses that come with the program. The build embeds the folder courses/, so a
 * copy of the program alone has them. If the environment variable TRACKSIDE_COURSES names a folder,
 * the files of that folder are used instead. The short name of a course is the name of its file
 * without the ending.
 *
 * The list is made at the first call, once. Use it from one thread.
 */
#ifndef CMD_COURSES_H
#define CMD_COURSES_H

#include "base/err.h"
#include "course/course.h"
#include "course/question.h"

#include <stddef.h>
#include <stdio.h>

#define COURSES_MAX 1000u /* courses that are listed */

/* One embedded file. The table is made at build time. */
struct built_in_course {
    const char *file; /* "crystal.kml" */
    const unsigned char *bytes;
    size_t len;
};

extern const struct built_in_course built_in_courses[];
extern const size_t built_in_courses_n;

/* How many courses there are. 0 if TRACKSIDE_COURSES names a folder without course files. */
size_t courses_count(void);

/* The short name of course i, in alphabetical order. Borrowed for ever. */
const char *courses_name(size_t i);

/* The built-in course of that name, a new reference. ERR_NOT_FOUND lists the names there are. */
struct course *courses_load(const char *name, struct err *e) MUST_CHECK;

/* A built-in course by its name, or a course file by its path, a new reference. A text with a "/"
 * or a "." is a path, and "-" is standard input. `o` is what import is told about a file;
 * o->file_name and o->question are set here. What it noticed is printed on stderr, as `course
 * import` prints it; a question too, which is ERR_INVALID, because an option is missing. A built-in
 * course takes no options: they are ERR_INVALID. */
struct course *courses_open(
    const char *name_or_file, const struct course_options *o, struct err *e) MUST_CHECK;

/* Prints the answers that are possible to a question of import as a table, and the options to
 * give. */
void courses_print_question(const struct course_question *q, FILE *out);

#endif
