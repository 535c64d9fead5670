/*
 * diagnostics.h: the list of what import noticed, as sentences with figures. A struct diagnostics
 * owns its items. It keeps at most DIAGNOSTICS_MAX; later ones are dropped.
 */
#ifndef COURSE_DIAGNOSTICS_H
#define COURSE_DIAGNOSTICS_H

#include "course/course.h"

#define DIAGNOSTICS_MAX 100u

struct diagnostics {
    struct diagnostic *item;
    size_t n;
    size_t cap;
};

/* An empty list. */
void diagnostics_init(struct diagnostics *d);
void diagnostics_release(struct diagnostics *d);

/* Adds a sentence. `at` is its place on the map, or NULL. */
void diagnostics_add(struct diagnostics *d, enum diagnostic_level level, const char *code,
    const struct lonlat *at, const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* Removes all items with this code. */
void diagnostics_remove(struct diagnostics *d, const char *code);

/* A distance for a sentence: "7.4 m", "58 m", "2.57 km", "46 km". Returns `out`. */
const char *diagnostics_distance(double m, char out[32]);

/* A length for a sentence, to the decimetre: "5,016.9 m". Returns `out`. */
const char *diagnostics_length(double m, char out[32]);

#endif
