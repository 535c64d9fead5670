/* main.c: the command table. It finds the command and runs it. */
#include "cmd/cmd.h"
#include "cmd/remote/remote.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static int run_completion(int argc, char **argv);

static const struct command commands[] = {
    {"serve", cmd_serve, "run the tracker: page, API and races", .options = cmd_serve_options},
    {"course", cmd_course, "import, list, show, export, geofence and delete courses of a server",
        .verbs = cmd_course_verbs, .shared_options = remote_options},
    {"race", cmd_race, "create, list, show, pause, resume, stop and delete races of a server",
        .verbs = cmd_race_verbs, .shared_options = remote_options},
    {"roster", cmd_roster, "put or get the names of a race's competitors",
        .verbs = cmd_roster_verbs, .shared_options = remote_options},
    {"simulate", cmd_simulate, "write a race's events as NDJSON, without a server",
        .options = cmd_simulate_options},
    {"tail", cmd_tail, "follow the events of a race of a server", .verb = &cmd_tail_verb,
        .shared_options = remote_options},
    {"sql", cmd_sql, "ask a server in SQL", .verb = &cmd_sql_verb,
        .shared_options = remote_options},
    {"pinot", cmd_pinot, "make, show and remove the tables in Apache Pinot",
        .options = cmd_pinot_options, .words = "setup status drop"},
    {"check", cmd_check, "read a data directory and report what is wrong with it",
        .options = cmd_check_options},
    {"bench", cmd_bench, "measure this machine: simulation, store, history",
        .options = cmd_bench_options},
    {"completion", run_completion, "print the completion for bash, zsh or fish",
        .words = "bash zsh fish"},
    {.name = NULL},
};

static int run_completion(int argc, char **argv)
{
    return cmd_completion(argc, argv, commands);
}

static void help(FILE *out)
{
    (void)fputs("usage: trackside COMMAND [OPTION]...\n\nA live race tracker with a race simulator "
                "inside.\n\n",
        out);
    for (const struct command *c = commands; c->name; c++)
        (void)fprintf(out, "  %-10s %s\n", c->name, c->summary);
    (void)fputs("\n'trackside COMMAND --help' describes a command. Exit codes: 0 done, 1 failed, 2 "
                "wrong usage.\n",
        out);
}

static int run(int argc, char **argv)
{
    if (argc < 2) {
        help(stderr);
        return CMD_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        help(stdout);
        return CMD_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        (void)puts("trackside " TRACKSIDE_VERSION);
        return CMD_OK;
    }
    for (const struct command *c = commands; c->name; c++)
        if (strcmp(argv[1], c->name) == 0)
            return c->run(argc - 1, argv + 1);
    (void)fprintf(
        stderr, "trackside: There is no command \"%.40s\". Try 'trackside --help'.\n", argv[1]);
    return CMD_USAGE;
}

int main(int argc, char **argv)
{
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    (void)signal(SIGPIPE, SIG_IGN);
    return cmd_end(run(argc, argv));
}
