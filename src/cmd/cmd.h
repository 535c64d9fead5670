/*
 * cmd.h: what the subcommands share. A subcommand is one file with one function `int cmd_NAME(int
 * argc, char **argv)`; argv[0] is its name. It returns the exit code: 0 done, 1 it failed (a
 * sentence on stderr), 2 wrong usage.
 */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include "base/err.h"
#include "cmd/remote/remote.h"

#include <getopt.h>
#include <stdint.h>

enum { CMD_OK = 0, CMD_FAILED = 1, CMD_USAGE = 2 };

int cmd_serve(int argc, char **argv);
int cmd_course(int argc, char **argv);
int cmd_race(int argc, char **argv);
int cmd_roster(int argc, char **argv);
int cmd_simulate(int argc, char **argv);
int cmd_tail(int argc, char **argv);
int cmd_sql(int argc, char **argv);
int cmd_pinot(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_bench(int argc, char **argv);
int cmd_completion(int argc, char **argv);

/* Their options: what getopt reads, or what remote.h reads. Shell completion is made from them. */
extern const struct option cmd_serve_options[], cmd_simulate_options[], cmd_sql_options[],
    cmd_pinot_options[], cmd_check_options[], cmd_bench_options[];
extern const struct remote_verb cmd_course_verbs[], cmd_race_verbs[], cmd_roster_verbs[],
    cmd_tail_verb;

/* The command table, which ends with a NULL name. A command has verbs, or one verb, or options. */
struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
    const struct remote_verb *verbs; /* up to a NULL name */
    const struct remote_verb *verb;
    const struct option *options;
    const char *words; /* what may stand first behind the options: "setup status drop" */
};

extern const struct command commands[];

/* "trackside: sentence" on stderr; CMD_USAGE for ERR_INVALID, else CMD_FAILED. */
int cmd_fail(const struct err *e);

/* Wrong usage: "trackside NAME: sentence. Try 'trackside NAME --help'." Returns CMD_USAGE. */
int cmd_usage(const char *name, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Strict numbers from option text: the whole text, in range; the sentence names the option. */
int cmd_u64(const char *option, const char *text, uint64_t min, uint64_t max, uint64_t *out,
    struct err *e) MUST_CHECK;
int cmd_double(const char *option, const char *text, double min, double max, double *out,
    struct err *e) MUST_CHECK;

/* A pace per km as people write it: 2:24, 1:02:03, or whole seconds, in the range of a race. */
int cmd_pace(const char *option, const char *text, uint32_t *out_s, struct err *e) MUST_CHECK;

/* The last call of main: what is still to be written goes out. Where nobody reads standard output
 * any more (`... | head`), the program ends as other filters do, by SIGPIPE and without a word;
 * another failure is told. Returns the exit code. */
int cmd_end(int rc);

#endif
