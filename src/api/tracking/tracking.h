/*
 * tracking.h: what the routes of live races share. For the files of this folder.
 */
#ifndef API_TRACKING_TRACKING_H
#define API_TRACKING_TRACKING_H

#include "api/api.h"
#include "tracking/fixlog/fixlog.h"

/* The log; NULL with ERR_NOT_FOUND where this server has no live races. */
struct fixlog *tracking_log(const struct exchange *x, struct err *e) MUST_CHECK;

/* What only the race director may read: beyond loopback the token is needed, as it is to change
 * something. */
int tracking_need_token(const struct exchange *x, struct err *e) MUST_CHECK;

#endif
