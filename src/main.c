/* main.c: finds the command and runs it. */
#include "cmd/cmd.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static void help(FILE *out)
{
    (void)fputs("usage: trackside COMMAND [OPTION]...\n\nA live race tracker with a race simulator "
                "inside.\n\n",
        out);
    for (const struct command *c = commands; c->name; c++)
        (void)fprintf(out, "  %-10s %s\n", c->name, c->summary);
    (void)fputs(
        "\n'trackside COMMAND --help' tells more. Exit codes: 0 done, 1 failed, 2 wrong usage.\n",
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
        stderr, "trackside: there is no command \"%.40s\". Try 'trackside --help'.\n", argv[1]);
    return CMD_USAGE;
}

int main(int argc, char **argv)
{
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    (void)signal(SIGPIPE, SIG_IGN);
    return cmd_end(run(argc, argv));
}
