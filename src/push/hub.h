/*
 * hub.h: from commits to viewers. The engine posts the view of each race that changed (hub_post,
 * any thread); the server's thread encodes each once a frame (at most 10 a wall second) and gives
 * the same bytes to every viewer of that race. Only the newest view of a race waits here, so no
 * queue grows.
 */
#ifndef PUSH_HUB_H
#define PUSH_HUB_H

#include "board/view.h"

struct hub;

struct hub *hub_new(void);
void hub_free(struct hub *h);

/* An engine's listener: `hub` is a struct hub. Takes its own reference. Wakes the server. */
void hub_post(void *hub, struct view *v);

/* Somebody looks at this race. Any thread. */
int hub_is_watched(struct hub *h, const char *run_id);

#endif
