/*
 * api.c: the table of routes, and how a server is made of it. This file knows every handler, so
 * nothing that a handler uses may stand here.
 */
#include "api/api.h"

#include "api/page.h"
#include "api/viewers.h"
#include "base/mem.h"
#include "course/checkpoint/typed.h"
#include "http/embed_policy.h"
#include "push/hub.h"
#include "sql/query.h"

#include <stdlib.h>
#include <string.h>

#define JSON_MAX (64u << 10)
#define FENCE_MAX (1u << 20)
#define ROSTER_MAX (32u << 20)

#define COURSES "/api/courses"
#define COURSE COURSES "/{shortName}"
#define RACES "/api/races"
#define RACE RACES "/{runId}"
#define FIXES_MAX (10u << 20)
#define STARTLIST_MAX (32u << 20)

static const struct route routes[] = {
    {METHOD_GET, "/", api_page_index, 0, 0}, /* looks up the race of the link */
    {METHOD_GET, BASE_MAP_PATH, api_page_base_map, ROUTE_INLINE, 0},
    {METHOD_GET, "/create", api_page_index, ROUTE_INLINE, 0},
    {METHOD_GET, "/results", api_page_index, ROUTE_INLINE, 0},
    {METHOD_POST, "/", api_generator_post, ROUTE_WRITES, COURSE_FILE_MAX},
    {METHOD_GET, "/healthz", api_status_health, ROUTE_INLINE, 0},
    {METHOD_GET, "/readyz", api_status_ready, 0, 0},
    {METHOD_GET, "/metrics", api_status_metrics, 0, 0},
    {METHOD_GET, "/openapi.json", api_page_asset, ROUTE_INLINE, 0},
    {METHOD_GET, "/api/config", api_status_config, ROUTE_INLINE, 0},
    {METHOD_GET, "/api/lag", api_lag_get, 0, 0},
    {METHOD_GET, COURSES, api_course_list, 0, 0},
    {METHOD_POST, COURSES, api_course_import, ROUTE_WRITES, COURSE_FILE_MAX},
    {METHOD_GET, COURSE, api_course_get, 0, 0},
    {METHOD_DELETE, COURSE, api_course_delete, ROUTE_WRITES, 0},
    {METHOD_PUT, COURSE "/geofence", api_course_fence, ROUTE_WRITES, FENCE_MAX},
    {METHOD_GET, COURSE "/checkpoints", api_checkpoints_get, 0, 0},
    {METHOD_PUT, COURSE "/checkpoints", api_checkpoints_put, ROUTE_WRITES, CHECKPOINT_TEXT_MAX},
    {METHOD_GET, RACES, api_race_list, 0, 0},
    {METHOD_POST, RACES, api_race_create, ROUTE_WRITES, JSON_MAX},
    {METHOD_GET, RACE, api_race_get, 0, 0},
    {METHOD_DELETE, RACE, api_race_delete, ROUTE_WRITES, 0},
    {METHOD_POST, RACE "/pause", api_race_pause, ROUTE_WRITES, 0},
    {METHOD_POST, RACE "/resume", api_race_resume, ROUTE_WRITES, 0},
    {METHOD_POST, RACE "/stop", api_race_stop, ROUTE_WRITES, 0},
    {METHOD_POST, RACE "/speed", api_race_speed, ROUTE_WRITES, JSON_MAX},
    {METHOD_GET, RACE "/board", api_moment_board, 0, 0},
    {METHOD_GET, RACE "/checkpoints", api_checkpoints_race, 0, 0},
    {METHOD_GET, RACE "/cutoffs", api_checkpoints_cutoffs, 0, 0},
    {METHOD_GET, RACE "/positions", api_moment_positions, ROUTE_LONG, 0},
    {METHOD_GET, RACE "/frames", api_history_frames, ROUTE_LONG | ROUTE_LONGEST, 0},
    {METHOD_GET, RACE "/events", api_history_events, ROUTE_LONG | ROUTE_LONGEST, 0},
    {METHOD_GET, RACE "/results.csv", api_history_results, ROUTE_LONG, 0},
    {METHOD_GET, RACE "/competitors/{competitorId}", api_moment_competitor, 0, 0},
    {METHOD_GET, RACE "/roster", api_roster_get, ROUTE_LONG, 0},
    {METHOD_PUT, RACE "/roster", api_roster_put, ROUTE_WRITES, ROSTER_MAX},
    {METHOD_POST, RACE "/start", api_live_start, ROUTE_WRITES, JSON_MAX},
    {METHOD_GET, RACE "/startlist", api_startlist_get, ROUTE_LONG, 0},
    {METHOD_PUT, RACE "/startlist", api_startlist_put, ROUTE_WRITES, STARTLIST_MAX},
    {METHOD_GET, RACE "/keys", api_keys_get, 0, 0},
    {METHOD_POST, RACE "/keys", api_keys_renew, ROUTE_WRITES, JSON_MAX},
    {METHOD_GET, RACE "/devices", api_devices_get, ROUTE_LONG, 0},
    {METHOD_POST, RACE "/devices", api_devices_assign, ROUTE_WRITES, JSON_MAX},
    {METHOD_POST, RACE "/fixes", api_phones_fixes, ROUTE_WRITES, FIXES_MAX},
    {METHOD_GET, "/t/{key}/{app}", api_phones_take, 0, 0}, /* some apps send by GET */
    {METHOD_POST, "/t/{key}/{app}", api_phones_take, ROUTE_POSTED, FIXES_MAX},
    {METHOD_POST, "/query/sql", api_sql_query, ROUTE_POSTED | ROUTE_COSTLY, SQL_REQUEST_MAX},
};

static const struct route_table table = {routes, sizeof routes / sizeof *routes};

static const struct route asset_route = {METHOD_GET, "", api_page_asset, ROUTE_INLINE, 0};

/* Finds what the table alone does not have: assets by their names, and the two pages with a slash
 * behind them, as people type them ("/create/"). For server_app.other. */
static const struct route *other(void *app, struct request *r, char allow[ROUTE_ALLOW_MAX])
{
    (void)app;
    if (strcmp(r->path, "/create/") == 0 || strcmp(r->path, "/results/") == 0)
        r->path[strlen(r->path) - 1] = '\0';
    else if ((r->method == METHOD_GET || r->method == METHOD_HEAD) && page_asset(r->path))
        return &asset_route;
    return route_find(&table, r->method, r->path, &r->params, allow);
}

struct route_table api_routes(void)
{
    return table;
}

struct api *api_new(const struct api_options *o)
{
    struct api *a = mem_zalloc(1, sizeof *a);

    a->o = *o;
    if (!a->o.frame_ancestors)
        a->o.frame_ancestors = EMBED_POLICY_OWN;
    budget_init(&a->budget, o->client_memory ? o->client_memory : BUDGET_DEFAULT_BYTES);
    return a;
}

void api_free(struct api *a)
{
    if (!a)
        return;
    budget_release(&a->budget);
    free(a);
}

static void wake(void *server)
{
    server_wake(server);
}

struct server *api_start(struct api *a, const struct server_options *o, struct err *e)
{
    struct server_options all = *o;
    struct server *s;

    all.app = (struct server_app){.app = a,
        .routes = table,
        .described_at = "/openapi.json",
        .other = other,
        .prepare = api_race_decode,
        .run = viewers_run,
        .websocket = &viewers_websocket};
    all.costly = (struct access_rule){
        "SQL", "it answers no SQL", "statements", "--public-sql", a->o.public_sql};
    all.budget = &a->budget;
    s = server_new(&all, e);
    if (s)
        hub_connect(a->o.hub, wake, s);
    return s;
}

void api_stop(struct api *a, struct server *s)
{
    if (!s)
        return;
    hub_connect(a->o.hub, NULL, NULL);
    server_free(s);
}
