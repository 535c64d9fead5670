/* roster.c: the names of a race's competitors. */
#include "cmd/cmd.h"

#include "cmd/remote/remote.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#define ROSTER_FILE_MAX ((size_t)64 << 20)

static const char help[] =
    "usage: trackside roster VERB [OPTION]...\n"
    "\n"
    "The names of a race's competitors, as CSV: a first line \"competitorId,name\", then a\n"
    "line for each.\n"
    "\n"
    "  put RUNID FILE       take the names from the file, in place of those before;\n"
    "                       - is standard input\n"
    "  get RUNID            write them to standard output\n"
    "\n"
    "  --server URL         the server ($TRACKSIDE_SERVER, else http://127.0.0.1:8080)\n"
    "  --token-file FILE    its admin token ($TRACKSIDE_TOKEN_FILE)\n"
    "  --json               the server's answer to put as it is, the names as an array\n"
    "  --help               this text\n";

static int run_put(struct remote *r, struct err *e)
{
    char *path = remote_path("/api/races/", r->word[0], "/roster");
    struct buf file = BUF_INIT, answer = BUF_INIT;
    int rc = remote_read_file(r->word[1], ROSTER_FILE_MAX, &file, e);

    if (!rc)
        rc = client_call(r->client,
            &(struct client_request){.method = "PUT",
                .path = path,
                .body = file.data ? file.data : "",
                .len = file.len,
                .content_type = "text/csv"},
            &answer, e);
    if (!rc) {
        json_t *j = json_loadb(answer.data ? answer.data : "", answer.len, 0, NULL);

        if (r->json)
            (void)printf("%s\n", answer.data ? answer.data : "{}");
        else
            (void)printf("%s has %lld names\n", r->word[0],
                (long long)json_integer_value(json_object_get(j, "names")));
        json_decref(j);
    }
    free(path);
    buf_release(&file);
    buf_release(&answer);
    return rc;
}

static int run_get(struct remote *r, struct err *e)
{
    char *path = remote_path("/api/races/", r->word[0], "/roster");
    int rc = remote_print_csv(r, path, e);

    free(path);
    return rc;
}

const struct remote_verb cmd_roster_verbs[] = {
    {"put", run_put, "RUNID FILE", {NULL}},
    {"get", run_get, "RUNID", {NULL}},
    {NULL, NULL, "", {NULL}},
};

int cmd_roster(int argc, char **argv)
{
    return remote_main(argc, argv, cmd_roster_verbs, help);
}
