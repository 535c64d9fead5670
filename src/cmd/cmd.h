/*
 * cmd.h: what the commands share: the types of the command table, exit codes, options, errors.
 *
 * A command is one file with one function `int cmd_NAME(int argc, char **argv)`, where argv[0] is
 * the command's name. It returns the exit code. A library never prints an error: the command prints
 * it once, as one sentence on stderr. main.c holds the table of all commands.
 */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include "base/buf.h"
#include "base/err.h"

#include <getopt.h>
#include <stdint.h>

enum { CMD_OK = 0, CMD_FAILED = 1, CMD_USAGE = 2 }; /* exit codes */

/* A verb of a command that talks to a running server ("race pause"). */
#define CMD_VERB_OPTIONS_MAX 16
struct remote;
struct cmd_verb {
    const char *name; /* "" for a command that is one verb itself */
    int (*run)(struct remote *r, struct err *e);
    const char *words;                         /* what must follow: "RUNID FILE"; "[X]" may */
    const char *options[CMD_VERB_OPTIONS_MAX]; /* "laps=" takes a value, "reverse" does not */
};

/* One row of the command table. A table ends with a NULL name. A command has verbs, or is one verb,
 * or reads its options with getopt. Shell completion is made from these rows. */
struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;               /* one line for `trackside --help` */
    const struct cmd_verb *verbs;      /* up to a NULL name */
    const struct cmd_verb *verb;       /* the only one */
    const char *const *shared_options; /* of every verb, up to NULL; written as in cmd_verb */
    const struct option *options;      /* of getopt */
    const char *words;                 /* the words that may come first: "setup status drop" */
};

int cmd_serve(int argc, char **argv);
int cmd_simulate(int argc, char **argv);
int cmd_pinot(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_bench(int argc, char **argv);
int cmd_completion(int argc, char **argv, const struct command *commands);
int cmd_course(int argc, char **argv); /* this one and those below are in cmd/remote */
int cmd_race(int argc, char **argv);
int cmd_roster(int argc, char **argv);
int cmd_tail(int argc, char **argv);
int cmd_sql(int argc, char **argv);

/* What the commands accept, for the command table. */
extern const struct option cmd_serve_options[], cmd_simulate_options[], cmd_pinot_options[],
    cmd_check_options[], cmd_bench_options[];
extern const struct cmd_verb cmd_course_verbs[], cmd_race_verbs[], cmd_roster_verbs[],
    cmd_tail_verb, cmd_sql_verb;

/* Prints "trackside: sentence" on stderr. Returns CMD_USAGE for ERR_INVALID, else CMD_FAILED. */
int cmd_fail(const struct err *e);

/* Wrong usage: prints "trackside NAME: sentence Try 'trackside NAME --help'." on stderr, and adds
 * the sentence's full stop where it is missing. Returns CMD_USAGE. */
int cmd_usage(const char *name, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* How a command reads its options with getopt. --help is CMD_OPTION_HELP in `options`. */
enum { CMD_OPTION_HELP = 'h', CMD_GO_ON = -1 };
struct cmd_options {
    const char *name; /* the command's */
    const struct option *options;
    const char *help;
    int (*take)(void *arg, int option, struct err *e); /* one option; its value is in optarg */
    int words_max;                                     /* words that may follow the options */
};

/* Reads the command line. Prints the help or what is wrong. Returns CMD_GO_ON, or the exit code.
 * The words begin at argv[optind]; values are borrowed from argv. */
int cmd_options_read(int argc, char **argv, const struct cmd_options *o, void *arg) MUST_CHECK;

/* A number from an option's text: the whole text, from min to max. The error names the option.
 * Both return 0 or -1. */
int cmd_u64(const char *option, const char *text, uint64_t min, uint64_t max, uint64_t *out,
    struct err *e) MUST_CHECK;
int cmd_double(const char *option, const char *text, double min, double max, double *out,
    struct err *e) MUST_CHECK;

/* A pace in seconds per km, as people write it: 2:24, 1:02:03 or 144, in the range of a race. */
int cmd_pace(const char *option, const char *text, uint32_t *out_s, struct err *e) MUST_CHECK;

/* Appends the file's bytes to `out`. "-" is standard input. ERR_INVALID: it cannot be read.
 * ERR_TOO_LARGE: it has more than `max` bytes. */
int cmd_read_file(const char *name, size_t max, struct buf *out, struct err *e) MUST_CHECK;

/* The last call of main: writes out what standard output still holds. If its reader has gone
 * (`... | head`), the program ends by SIGPIPE and prints nothing, as other filters do. Any other
 * failure is printed. Returns the exit code. */
int cmd_end(int rc);

#endif
