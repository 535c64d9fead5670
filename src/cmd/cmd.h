/*
 * cmd.h: what the subcommands share. A subcommand is one file with one function `int cmd_NAME(int
 * argc, char **argv)`; argv[0] is its name. It returns the exit code: 0 done, 1 it failed (a
 * sentence on stderr), 2 wrong usage.
 */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include "base/err.h"

#include <stdint.h>

enum { CMD_OK = 0, CMD_FAILED = 1, CMD_USAGE = 2 };

int cmd_serve(int argc, char **argv);
int cmd_course(int argc, char **argv);
int cmd_race(int argc, char **argv);
int cmd_simulate(int argc, char **argv);
int cmd_tail(int argc, char **argv);
int cmd_sql(int argc, char **argv);
int cmd_pinot(int argc, char **argv);
int cmd_bench(int argc, char **argv);

/* "trackside: sentence" on stderr; CMD_USAGE for ERR_INVALID, else CMD_FAILED. */
int cmd_fail(const struct err *e);

/* Wrong usage: "trackside NAME: sentence. Try 'trackside NAME --help'." Returns CMD_USAGE. */
int cmd_usage(const char *name, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Strict numbers from option text: the whole text, in range; the sentence names the option. */
int cmd_u64(const char *option, const char *text, uint64_t min, uint64_t max, uint64_t *out,
    struct err *e) MUST_CHECK;
int cmd_double(const char *option, const char *text, double min, double max, double *out,
    struct err *e) MUST_CHECK;

#endif
