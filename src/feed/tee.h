/*
 * tee.h: a feed on top of one that is read back later: races, courses and rosters that are
 * published go to the sink at once as well, so that who asked for them sees them without waiting
 * for the stream. Their echo changes nothing. Every race record is signed with this server's id.
 */
#ifndef FEED_TEE_H
#define FEED_TEE_H

#include "feed/feed.h"

/* Borrows `inner`; `server_id` goes into struct race_record's driver. */
struct feed *feed_tee_new(struct feed *inner, const struct feed_sink *sink, const char *server_id);

#endif
