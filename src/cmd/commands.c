/* commands.c: the command table, for main and for shell completion. */
#include "cmd/cmd.h"

#include <stddef.h>

const struct command commands[] = {
    {"serve", cmd_serve, "run the tracker: page, API, races", .options = cmd_serve_options},
    {"course", cmd_course,
        "import, list, show, export, geofence, delete courses of a running server",
        .verbs = cmd_course_verbs},
    {"race", cmd_race, "create, list, show, pause, resume, stop, delete races of a running server",
        .verbs = cmd_race_verbs},
    {"roster", cmd_roster, "put or get the names of a race's competitors",
        .verbs = cmd_roster_verbs},
    {"simulate", cmd_simulate, "write a race's events as NDJSON, without a server",
        .options = cmd_simulate_options},
    {"tail", cmd_tail, "follow the events of a race of a running server", .verb = &cmd_tail_verb},
    {"sql", cmd_sql, "ask a running server in SQL", .options = cmd_sql_options},
    {"pinot", cmd_pinot, "make, look at and remove the tables in Apache Pinot",
        .options = cmd_pinot_options, .words = "setup status drop"},
    {"check", cmd_check, "read a data directory and say what is wrong with it",
        .options = cmd_check_options},
    {"bench", cmd_bench, "measure this machine: simulation, store, history",
        .options = cmd_bench_options},
    {"completion", cmd_completion, "print the completion of bash, zsh or fish",
        .words = "bash zsh fish"},
    {.name = NULL},
};
