/* courses.h: the courses of the data set. */
#ifndef BENCH_MATCHING_COURSES_H
#define BENCH_MATCHING_COURSES_H

#include "course/course.h"

enum {
    COURSES_LOOP,
    COURSES_EIGHT,
    COURSES_STREET,
    COURSES_BESIDE,
    COURSES_CRYSTAL,
    COURSES_LONG,
    COURSES_N
};

/* loop (two laps, start = finish), eight, street (out and back), beside (a course that runs beside
 * itself at 5 m), crystal, long (42 km from point to point). loop, street and crystal are
 * Trackside's own. Ends the program if one cannot be made. */
struct course *courses_make(int which);

const char *courses_name(int which);

#endif
