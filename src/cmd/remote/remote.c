/* remote.c: the command line of the commands that talk to a running server. */
#include "cmd/remote/remote.h"

#include "base/mem.h"
#include "cmd/remote/csv_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const remote_options[] = {"server=", "token-file=", "json", "help", NULL};

/* One command line while it is read. */
struct line {
    const char *command; /* "race" */
    const struct cmd_verb *verb;
    const char *help;
    const char *server, *token_file;
    bool helped;
    struct remote remote;
};

/* Matches argv[0] with the option `name`. Returns how many arguments it takes: one for "--a=b", two
 * for "--a b", 0 if it is another option. */
static int match(char **argv, const char *name, const char **value)
{
    size_t len = strcspn(name, "=");
    const char *text = argv[0] + 2;

    if (strncmp(text, name, len) != 0 || (text[len] != '\0' && text[len] != '='))
        return 0;
    if (name[len] != '=') {
        *value = "";
        return text[len] == '\0';
    }
    *value = text[len] == '=' ? text + len + 1 : argv[1];
    return text[len] == '=' ? 1 : 2;
}

/* Matches argv[0] with the shared options, then with those of the verb. Returns how many arguments
 * it took; 0 means that there is no such option. */
static int take_option(struct line *l, char **argv)
{
    static const char json[] = "json", server[] = "server=", token_file[] = "token-file=";
    const char *flag = NULL;
    int used;

    if ((used = match(argv, server, &l->server)) ||
        (used = match(argv, token_file, &l->token_file)))
        return used;
    if (match(argv, json, &flag)) {
        l->remote.json = true;
        return 1;
    }
    for (int i = 0; i < CMD_VERB_OPTIONS_MAX && l->verb->options[i]; i++)
        if ((used = match(argv, l->verb->options[i], &l->remote.value[i])))
            return used;
    return 0;
}

/* Compares the words with what the verb wants, and reports the first that is missing or too
 * many. */
static int check_words(const struct line *l)
{
    const char *at = l->verb->words;
    int n = 0;

    for (; *at; n++) {
        int len = (int)strcspn(at, " ");

        if (n == l->remote.words && *at != '[')
            return cmd_usage(l->command, "%s%s%.*s is missing.", l->verb->name,
                *l->verb->name ? ": " : "", len, at);
        at += len + (at[len] == ' ');
    }
    return l->remote.words > n
               ? cmd_usage(l->command, "\"%.60s\" is one word too many.", l->remote.word[n])
               : CMD_OK;
}

/* Fills l->remote from argv. Prints the help or what is wrong. Returns the exit code. */
static int read_line(struct line *l, int argc, char **argv)
{
    bool only_words = false;

    for (int i = 1, used; i < argc; i += used) {
        used = 1;
        if (only_words || argv[i][0] != '-' || argv[i][1] == '\0') {
            l->remote.word[l->remote.words++] = argv[i];
            continue;
        }
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            l->helped = true;
            return fputs(l->help, stdout) < 0 ? CMD_FAILED : CMD_OK;
        }
        only_words = strcmp(argv[i], "--") == 0;
        if (only_words)
            continue;
        used = argv[i][1] == '-' ? take_option(l, argv + i) : 0;
        if (used == 0)
            return cmd_usage(l->command, "There is no option %.60s here.", argv[i]);
        if (i + used > argc)
            return cmd_usage(l->command, "%.60s needs a value.", argv[i]);
    }
    return check_words(l);
}

/* Runs the verb with a client, and prints its error. */
static int run_verb(struct line *l)
{
    struct err e;
    int rc;

    l->remote.client = client_new(l->server, l->token_file, &e);
    rc = l->remote.client ? l->verb->run(&l->remote, &e) : -1;
    client_free(l->remote.client);
    return rc ? cmd_fail(&e) : CMD_OK;
}

/* Reads the command line and runs it. Returns the exit code. */
static int run_line(struct line *l, int argc, char **argv)
{
    int rc;

    l->remote.word = mem_zalloc((size_t)argc + 1, sizeof(char *));
    rc = read_line(l, argc, argv);
    if (rc == CMD_OK && !l->helped)
        rc = run_verb(l);
    free(l->remote.word);
    return rc;
}

int remote_main_one(int argc, char **argv, const struct cmd_verb *verb, const char *help)
{
    struct line l = {.command = argv[0], .verb = verb, .help = help};

    return run_line(&l, argc, argv);
}

int remote_main(int argc, char **argv, const struct cmd_verb *verbs, const char *help)
{
    struct line l = {.command = argv[0], .help = help};

    if (argc < 2) {
        (void)fputs(help, stderr);
        return CMD_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return fputs(help, stdout) < 0 ? CMD_FAILED : CMD_OK;
    for (l.verb = verbs; l.verb->name; l.verb++)
        if (strcmp(argv[1], l.verb->name) == 0)
            return run_line(&l, argc - 1, argv + 1);
    return cmd_usage(argv[0], "There is no \"%.40s\".", argv[1]);
}

/* The answer as JSON, a new reference. */
static json_t *parse(const struct buf *answer, struct err *e)
{
    json_error_t why;
    json_t *j = json_loadb(answer->data, answer->len, 0, &why);

    if (!j)
        err_set(e, ERR_INTERNAL, "The server's answer is not JSON: %s.", why.text);
    return j;
}

/* Returns the answer's JSON, and prints it for --json. */
static json_t *send_request(struct remote *r, const struct client_request *q, struct err *e)
{
    struct buf answer = BUF_INIT;
    json_t *j = NULL;

    if (client_call(r->client, q, &answer, e) == 0) {
        if (answer.len == 0)
            buf_adds(&answer, "{}");
        if (r->json)
            (void)printf("%s\n", answer.data);
        j = parse(&answer, e);
    }
    buf_release(&answer);
    return j;
}

json_t *remote_ask(
    struct remote *r, const char *method, const char *path, json_t *body, struct err *e)
{
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    json_t *j = send_request(r,
        &(struct client_request){
            .method = method, .path = path, .body = text, .len = text ? strlen(text) : 0},
        e);

    json_decref(body);
    free(text);
    return j;
}

json_t *remote_put(struct remote *r, const char *path, const struct buf *file,
    const char *content_type, struct err *e)
{
    return send_request(r,
        &(struct client_request){.method = "PUT",
            .path = path,
            .body = file->data ? file->data : "",
            .len = file->len,
            .content_type = content_type},
        e);
}

int remote_get(struct remote *r, const char *path, struct buf *answer, struct err *e)
{
    return client_call(
        r->client, &(struct client_request){.method = "GET", .path = path}, answer, e);
}

int remote_print_csv(struct remote *r, const char *path, struct err *e)
{
    struct buf csv = BUF_INIT;
    int rc = remote_get(r, path, &csv, e);
    json_t *rows = NULL;

    if (!rc && !r->json && csv.len)
        (void)fwrite(csv.data, 1, csv.len, stdout);
    if (!rc && r->json) {
        rows = csv_json(csv.data ? csv.data : "", csv.len, e);
        rc = rows ? 0 : -1;
    }
    if (rows) {
        (void)json_dumpf(rows, stdout, JSON_COMPACT); /* main reports a failed write */
        (void)putchar('\n');
    }
    json_decref(rows);
    buf_release(&csv);
    return rc;
}

const char *remote_text(const json_t *j, const char *field)
{
    const char *text = json_string_value(json_object_get(j, field));

    return text ? text : "";
}

/* Appends a word as one part of a path. What must be escaped is escaped twice: servers, proxies and
 * libraries on the way decode once, and would then take a "/" in a run id for the end of the part,
 * and ".." for the folder above. */
static void add_segment(struct buf *path, const char *word)
{
    bool dots = strcmp(word, ".") == 0 || strcmp(word, "..") == 0;
    struct buf once = BUF_INIT;

    client_escape(&once, word);
    for (const char *c = once.data ? once.data : ""; *c; c++) {
        if (*c == '%')
            buf_adds(path, "%25");
        else if (*c == '.' && dots)
            buf_adds(path, "%252E");
        else
            buf_addc(path, *c);
    }
    buf_release(&once);
}

char *remote_path(const char *before, const char *word, const char *after)
{
    struct buf path = BUF_INIT;

    buf_adds(&path, before);
    add_segment(&path, word);
    buf_adds(&path, after);
    return buf_detach(&path, NULL);
}
