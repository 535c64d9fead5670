/*
 * api.h: what Trackside serves: the table of its routes, what their handlers use, and the push
 * socket. A server of http/ is handed all of it.
 *
 * Handlers run on the server's workers, several at once. What they use is safe for any thread.
 */
#ifndef API_API_H
#define API_API_H

#include "api/base_map.h"
#include "http/exchange.h"
#include "http/server.h"
#include "live/engine.h"
#include "push/hub.h"
#include "store/store.h"

struct fixlog;

struct api_options {
    struct store *store; /* borrowed, these four */
    struct engine *engine;
    struct fixlog *fixlog; /* borrowed; NULL: there are no live races */
    struct hub *hub;
    const struct base_map *base_map;
    const char *tiles_attribution; /* whose map that is, as text; NULL: nothing. Borrowed */
    const char *frame_ancestors;   /* of embed_policy_parse; NULL: EMBED_POLICY_OWN. Borrowed */
    size_t client_memory;          /* bytes held for clients; 0: BUDGET_DEFAULT_BYTES */
    bool public_sql;               /* statements need no token beyond loopback */
};

/* What handlers use. */
struct api {
    struct api_options o;
    struct budget budget; /* of bytes held for clients */
};

struct api *api_new(const struct api_options *o);
void api_free(struct api *a); /* after api_stop; NULL is fine */

/* Makes a server of these routes: fills in what of `o` is not the caller's to choose (app, costly,
 * budget), and has the hub wake the server. Errors as in server_new. */
struct server *api_start(struct api *a, const struct server_options *o, struct err *e) MUST_CHECK;

/* Ends the hub's wakes and frees the server. NULL is fine, both. */
void api_stop(struct api *a, struct server *s);

static inline struct api *api_of(const struct exchange *x)
{
    return x->services->app;
}

/* The routes of the table, for who compares them with their description. */
struct route_table api_routes(void);

/* moment.c: the view at ?at=, or the latest without it. The caller gives the reference back. NULL
 * with an error. */
struct view *api_moment_view(struct exchange *x, struct err *e) MUST_CHECK;

/* moment.c: the answer streams from this view, which other answers may do too: its columns are
 * counted once. The reference stays the caller's. ERR_UNAVAILABLE. */
int api_moment_hold(struct exchange *x, struct view *v, struct err *e) MUST_CHECK;

/* race.c: how an address names a race. The runId of a race that another producer made may hold any
 * character, also a / or a %. */

/* Decodes the parameters of the path that were encoded twice. */
void api_race_decode(struct exchange *x);

/* The runId that a request gives a new race. ERR_INVALID where an address could not hold it as it
 * is; one of a race that is known already may be anything. */
int api_race_check_id(const struct exchange *x, const char *run_id, struct err *e) MUST_CHECK;

/* The handlers, by file. docs/api.md says what each answers. */

/* page.c: what is built in */
route_handler api_page_index, api_page_base_map, api_page_asset;

/* status.c */
route_handler api_status_config, api_status_health, api_status_ready, api_status_metrics;

/* lag.c */
route_handler api_lag_get;

/* course.c */
route_handler api_course_list, api_course_import, api_course_get, api_course_delete,
    api_course_fence;

/* checkpoint/course_checkpoints.c */
route_handler api_checkpoints_get, api_checkpoints_put;

/* checkpoint/race_checkpoints.c */
route_handler api_checkpoints_race, api_checkpoints_cutoffs;

/* race.c */
route_handler api_race_list, api_race_create, api_race_get, api_race_pause, api_race_resume,
    api_race_stop, api_race_speed, api_race_delete;

/* generator.c: the request of the articles' generator */
route_handler api_generator_post;

/* moment.c: a race at one moment */
route_handler api_moment_board, api_moment_positions, api_moment_competitor;

/* history.c: a race over time */
route_handler api_history_events, api_history_frames, api_history_results;

/* roster_routes.c */
route_handler api_roster_get, api_roster_put;

/* tracking/phones.c: fixes come in */
route_handler api_phones_take, api_phones_fixes;

/* tracking/devices.c */
route_handler api_devices_get, api_devices_assign, api_keys_get, api_keys_renew;

/* tracking/startlist_routes.c */
route_handler api_startlist_get, api_startlist_put, api_live_start;

/* sql.c */
route_handler api_sql_query;

#endif
