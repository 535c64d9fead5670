/*
 * api.h: the handlers of the route table (api.c), by file. Each is a route_handler; docs/api.md
 * says what it answers.
 */
#ifndef API_API_H
#define API_API_H

#include "http/exchange.h"

/* api_page.c: what is built in */
route_handler api_page_index, api_page_base_map, api_page_asset;

/* api_status.c */
route_handler api_status_config, api_status_health, api_status_ready, api_status_metrics;

/* api_lag.c */
route_handler api_lag_get;

/* api_course.c */
route_handler api_course_list, api_course_import, api_course_get, api_course_delete,
    api_course_fence;

/* api_race.c */
route_handler api_race_list, api_race_create, api_race_get, api_race_pause, api_race_resume,
    api_race_stop, api_race_speed, api_race_delete;

/* api_generator.c: the seeds' generator request */
route_handler api_generator_post;

/* api_moment.c: a race at one moment */
route_handler api_moment_board, api_moment_positions, api_moment_competitor;

/* api_history.c: a race over time */
route_handler api_history_events, api_history_frames, api_history_results;

/* api_roster.c */
route_handler api_roster_get, api_roster_put;

/* api_sql.c */
route_handler api_sql_query;

#endif
