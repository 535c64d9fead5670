/* meridian.h: the course of the feed's tests, made once for a group of them. */
#ifndef TESTS_FEED_MERIDIAN_H
#define TESTS_FEED_MERIDIAN_H

#include "fixture_course.h"

static struct course *meridian;

static inline int open_course(void **state)
{
    (void)state;
    meridian = fixture_course(91, 500000, NULL, 0);
    return 0;
}

static inline int close_course(void **state)
{
    (void)state;
    fixture_course_free(meridian);
    return 0;
}

#endif
