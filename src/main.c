/* main.c: the command table. */
#include "cmd/cmd.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
};

static const struct command commands[] = {
    {"serve", cmd_serve, "run the tracker: page, API, races"},
    {"course", cmd_course,
        "import, list, show, export, geofence, delete courses of a running server"},
    {"race", cmd_race, "create, list, show, pause, resume, stop, delete races of a running server"},
    {"simulate", cmd_simulate, "write a race's events as NDJSON, without a server"},
    {"tail", cmd_tail, "follow the events of a race of a running server"},
    {"sql", cmd_sql, "ask a running server in SQL"},
    {"pinot", cmd_pinot, "make, look at and remove the tables in Apache Pinot"},
    {"bench", cmd_bench, "measure this machine: simulation, store, history"},
};

static void help(FILE *out)
{
    (void)fputs("usage: trackside COMMAND [OPTION]...\n\nA live race tracker with a race simulator "
                "inside.\n\n",
        out);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        (void)fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].summary);
    (void)fputs(
        "\n'trackside COMMAND --help' tells more. Exit codes: 0 done, 1 failed, 2 wrong usage.\n",
        out);
}

int main(int argc, char **argv)
{
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    (void)signal(SIGPIPE, SIG_IGN);
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
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    (void)fprintf(
        stderr, "trackside: there is no command \"%.40s\". Try 'trackside --help'.\n", argv[1]);
    return CMD_USAGE;
}
