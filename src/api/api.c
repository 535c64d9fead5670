#include "api/api.h"
#include "api/base_map.h"

#include "sql/query.h"

#define JSON_MAX (64u << 10)
#define FENCE_MAX (1u << 20)
#define ROSTER_MAX (32u << 20)

#define COURSES "/api/courses"
#define COURSE COURSES "/{shortName}"
#define RACES "/api/races"
#define RACE RACES "/{runId}"

const struct route routes[] = {
    {METHOD_GET, "/", api_page_index, 0, 0}, /* looks the race of the link up */
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
    {METHOD_GET, RACES, api_race_list, 0, 0},
    {METHOD_POST, RACES, api_race_create, ROUTE_WRITES, JSON_MAX},
    {METHOD_GET, RACE, api_race_get, 0, 0},
    {METHOD_DELETE, RACE, api_race_delete, ROUTE_WRITES, 0},
    {METHOD_POST, RACE "/pause", api_race_pause, ROUTE_WRITES, 0},
    {METHOD_POST, RACE "/resume", api_race_resume, ROUTE_WRITES, 0},
    {METHOD_POST, RACE "/stop", api_race_stop, ROUTE_WRITES, 0},
    {METHOD_POST, RACE "/speed", api_race_speed, ROUTE_WRITES, JSON_MAX},
    {METHOD_GET, RACE "/board", api_moment_board, 0, 0},
    {METHOD_GET, RACE "/positions", api_moment_positions, ROUTE_LONG, 0},
    {METHOD_GET, RACE "/frames", api_history_frames, ROUTE_LONG | ROUTE_PAST, 0},
    {METHOD_GET, RACE "/events", api_history_events, ROUTE_LONG | ROUTE_PAST, 0},
    {METHOD_GET, RACE "/results.csv", api_history_results, ROUTE_LONG, 0},
    {METHOD_GET, RACE "/competitors/{competitorId}", api_moment_competitor, 0, 0},
    {METHOD_GET, RACE "/roster", api_roster_get, ROUTE_LONG, 0},
    {METHOD_PUT, RACE "/roster", api_roster_put, ROUTE_WRITES, ROSTER_MAX},
    {METHOD_POST, "/query/sql", api_sql_query, ROUTE_POSTED | ROUTE_SQL, SQL_REQUEST_MAX},
};

const size_t routes_n = sizeof routes / sizeof *routes;
