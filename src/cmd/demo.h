/*
 * demo.h: the race of `serve --demo`: 1,000 competitors on the Crystal Palace course, some minutes
 * under way.
 */
#ifndef CMD_DEMO_H
#define CMD_DEMO_H

#include "live/engine.h"
#include "store/store.h"

struct demo;

/* Makes the race if no unfinished one is there, on a thread of its own; a failure is logged. */
struct demo *demo_start(struct store *store, struct engine *engine);
void demo_free(struct demo *d); /* waits for the thread; NULL is fine */

#endif
