/*
 * remote.h: what the commands that talk to a running server have in common: their verbs ("race
 * pause"), the options --server, --token-file, --json and --help, and asking for JSON.
 */
#ifndef CMD_REMOTE_REMOTE_H
#define CMD_REMOTE_REMOTE_H

#include "base/buf.h"
#include "base/err.h"
#include "cmd/remote/client.h"

#include <jansson.h>
#include <stdbool.h>

#define REMOTE_OPTIONS_MAX 16

extern const char *const remote_options[]; /* that every verb has; up to NULL */

struct remote {
    struct client *client;
    bool json;   /* print the server's answer as it is */
    char **word; /* what is no option, behind the verb */
    int words;
    const char
        *value[REMOTE_OPTIONS_MAX]; /* of the verb's own options; "" for a flag; NULL: not given */
};

/* An option of a verb; `name` ends with '=' where it takes a value. */
struct remote_verb {
    const char *name;
    int (*run)(struct remote *r, struct err *e);
    const char *words;                       /* what has to stand behind it: "RUNID FILE" */
    const char *options[REMOTE_OPTIONS_MAX]; /* "laps=", "reverse" */
};

/* `verbs` ends with a NULL name. Prints what went wrong; returns the exit code. */
int remote_main(int argc, char **argv, const struct remote_verb *verbs, const char *help);

/* A command without verbs. */
int remote_main_one(int argc, char **argv, const struct remote_verb *verb, const char *help);

/* Ask; `body` (may be NULL) is sent as JSON and its reference taken. The answer's JSON is a new
 * reference. With --json the answer is printed as well. */
json_t *remote_ask(
    struct remote *r, const char *method, const char *path, json_t *body, struct err *e) MUST_CHECK;

/* The answer's bytes, whatever they are. */
int remote_get(struct remote *r, const char *path, struct buf *answer, struct err *e) MUST_CHECK;

/* The whole file, of at most `max` bytes; "-" is standard input. */
int remote_read_file(const char *name, size_t max, struct buf *out, struct err *e) MUST_CHECK;

/* The same for CSV, to standard output: as it is, or with --json as csv_json.h has it. */
int remote_print_csv(struct remote *r, const char *path, struct err *e) MUST_CHECK;

/* "/api/races/" + escaped word + "/pause"; for the caller to free. */
char *remote_path(const char *before, const char *word, const char *after);

#endif
