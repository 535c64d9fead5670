/* roster.c: trackside roster: the names of a race's competitors. */
#include "cmd/cmd.h"
#include "cmd/remote/remote.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#define ROSTER_FILE_MAX ((size_t)64 << 20)

static const char help[] =
    "usage: trackside roster VERB [OPTION]...\n"
    "\n"
    "The names of a race's competitors, as CSV: the first line is \"competitorId,name\",\n"
    "then one line per competitor.\n"
    "\n"
    "  put RUNID FILE       replace all names by those of the file; - is standard input\n"
    "  get RUNID            write the names to standard output\n"
    "\n"
    "  --server URL         the server ($TRACKSIDE_SERVER, else http://127.0.0.1:8080)\n"
    "  --token-file FILE    its admin token ($TRACKSIDE_TOKEN_FILE)\n"
    "  --json               put prints the server's answer as it is, get an array\n"
    "  --help               this text\n";

/* Sends the whole file. The server checks it and replaces all names at once, or none. */
static int run_put(struct remote *r, struct err *e)
{
    char *path = remote_path("/api/races/", r->word[0], "/roster");
    struct buf file = BUF_INIT;
    json_t *answer = NULL;

    if (cmd_read_file(r->word[1], ROSTER_FILE_MAX, &file, e) == 0)
        answer = remote_put(r, path, &file, "text/csv", e);
    if (answer && !r->json)
        (void)printf("%s has %lld names\n", r->word[0],
            (long long)json_integer_value(json_object_get(answer, "names")));
    free(path);
    buf_release(&file);
    json_decref(answer);
    return answer ? 0 : -1;
}

static int run_get(struct remote *r, struct err *e)
{
    char *path = remote_path("/api/races/", r->word[0], "/roster");
    int rc = remote_print_csv(r, path, e);

    free(path);
    return rc;
}

const struct cmd_verb cmd_roster_verbs[] = {
    {"put", run_put, "RUNID FILE", {NULL}},
    {"get", run_get, "RUNID", {NULL}},
    {NULL, NULL, "", {NULL}},
};

int cmd_roster(int argc, char **argv)
{
    return remote_main(argc, argv, cmd_roster_verbs, help);
}
