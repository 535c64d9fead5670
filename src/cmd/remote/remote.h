/*
 * remote.h: what the commands that talk to a running server share: their verbs ("race pause"), the
 * options --server, --token-file, --json and --help, and how they ask.
 */
#ifndef CMD_REMOTE_REMOTE_H
#define CMD_REMOTE_REMOTE_H

#include "base/buf.h"
#include "base/err.h"
#include "cmd/cmd.h"
#include "cmd/remote/client.h"

#include <jansson.h>
#include <stdbool.h>

extern const char *const remote_options[]; /* the options that every verb has, up to NULL */

/* A command line that was read. Texts are borrowed from argv. */
struct remote {
    struct client *client;
    bool json;   /* print the server's answer as it is */
    char **word; /* the words behind the verb */
    int words;
    const char
        *value[CMD_VERB_OPTIONS_MAX]; /* of the verb's options; "" for a flag, NULL: absent */
};

/* Reads argv and runs the verb that argv[1] names. `verbs` ends with a NULL name. Prints what went
 * wrong. Returns the exit code. */
int remote_main(int argc, char **argv, const struct cmd_verb *verbs, const char *help);

/* The same for a command that is one verb itself. */
int remote_main_one(int argc, char **argv, const struct cmd_verb *verb, const char *help);

/* Sends a request with `body` as JSON. It takes over the reference to `body`; NULL sends none.
 * Returns the answer's JSON as a new reference, or NULL with an error. Prints it for --json. */
json_t *remote_ask(
    struct remote *r, const char *method, const char *path, json_t *body, struct err *e) MUST_CHECK;

/* The same for the bytes of a file as they are, which may be none. They are borrowed. */
json_t *remote_put(struct remote *r, const char *path, const struct buf *file,
    const char *content_type, struct err *e) MUST_CHECK;

/* Appends the bytes of the answer to `answer`. 0, or -1 with an error. */
int remote_get(struct remote *r, const char *path, struct buf *answer, struct err *e) MUST_CHECK;

/* Gets a CSV and prints it, with --json as the array that csv_json.h describes. */
int remote_print_csv(struct remote *r, const char *path, struct err *e) MUST_CHECK;

/* The text of a field; "" where there is none. Borrowed from j. */
const char *remote_text(const json_t *j, const char *field);

/* "/api/races/" + the escaped word + "/pause". The caller frees it. */
char *remote_path(const char *before, const char *word, const char *after);

#endif
