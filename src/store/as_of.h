/*
 * as_of.h: the highest complete tick of a race that is fed single events: tick r is complete when
 * every unfinished competitor has rawTime >= r, or 300 ms after the first event of r.
 */
#ifndef STORE_AS_OF_H
#define STORE_AS_OF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AS_OF_PATIENCE_MS 300
#define AS_OF_WAITING \
    64u /* of more ticks that wait at once the oldest are let go: a newer one is to come */

struct as_of {
    int32_t raw_s; /* the answer, -1: none */
    size_t n;
    struct {
        int32_t raw_s;
        int64_t first_ms;
    } waiting[AS_OF_WAITING]; /* by raw second */
};

void as_of_init(struct as_of *a, int32_t raw_s);
void as_of_note(struct as_of *a, int32_t raw_s, int64_t now_ms); /* an event has come */

/* `complete_s`: everybody unfinished is there. True where the answer has changed. */
bool as_of_update(struct as_of *a, int32_t complete_s, int64_t now_ms);

#endif
