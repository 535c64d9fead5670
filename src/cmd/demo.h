/*
 * demo.h: the race of `serve --demo`: 1,000 competitors on the Crystal Palace course, four minutes
 * after its start.
 */
#ifndef CMD_DEMO_H
#define CMD_DEMO_H

#include "live/engine.h"
#include "store/store.h"

struct demo;

/* Makes the race on a thread of its own, unless an unfinished demo race exists. A failure is
 * logged. Store and engine are borrowed until demo_free. */
struct demo *demo_start(struct store *store, struct engine *engine);

/* Waits for the thread. NULL is allowed. */
void demo_free(struct demo *d);

#endif
