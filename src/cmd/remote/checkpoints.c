/* checkpoints.c: trackside course checkpoints: those of a course, put as a file and got as a
 * table. */
#include "cmd/remote/checkpoints.h"

#include "cmd/cmd.h"
#include "cmd/table.h"
#include "course/checkpoint/typed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Appends "1:02:03"; nothing if there is no cut-off. */
static void add_cutoff(struct table *t, const json_t *cutoff)
{
    long long s = (long long)json_integer_value(cutoff);

    if (json_is_integer(cutoff))
        table_addf(t, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
    else
        table_add(t, "");
}

static void print_list(const json_t *answer)
{
    static const char *const heading[] = {"DISTANCE M", "CUT-OFF", "KIND", "PASS", "NAME"};
    const json_t *c;
    struct table t;
    size_t i;

    table_init(&t, "rrlll");
    for (i = 0; i < 5; i++)
        table_add(&t, heading[i]);
    json_array_foreach(json_object_get(answer, "checkpoints"), i, c)
    {
        table_addf(&t, "%.1f", json_number_value(json_object_get(c, "distance")));
        add_cutoff(&t, json_object_get(c, "cutoff"));
        table_add(&t, remote_text(c, "kind"));
        table_addf(&t, "%lld of %lld", (long long)json_integer_value(json_object_get(c, "pass")),
            (long long)json_integer_value(json_object_get(c, "passes")));
        table_add(&t, remote_text(c, "name"));
    }
    table_print(&t, stdout);
    table_release(&t);
}

/* Sends the file as it is. The server replaces all checkpoints at once, or none. */
static json_t *put(struct remote *r, const char *path, struct err *e)
{
    struct buf file = BUF_INIT;
    json_t *answer = NULL;

    if (cmd_read_file(r->word[2], CHECKPOINT_TEXT_MAX, &file, e) == 0)
        answer = remote_put(r, path, &file, "application/octet-stream", e);
    buf_release(&file);
    return answer;
}

/* Puts or gets the list, and prints it. */
static int run(struct remote *r, bool is_put, const char *path, struct err *e)
{
    json_t *answer = is_put ? put(r, path, e) : remote_ask(r, "GET", path, NULL, e);

    if (answer && !r->json)
        print_list(answer);
    json_decref(answer);
    return answer ? 0 : -1;
}

int checkpoints_run(struct remote *r, struct err *e)
{
    const char *format = r->value[0] ? r->value[0] : "table";
    bool is_put = strcmp(r->word[0], "put") == 0;
    bool as_csv;
    char *path;
    int rc;

    if (!is_put && strcmp(r->word[0], "get") != 0)
        return err_set(e, ERR_INVALID,
            "There is no \"checkpoints %.40s\": write put NAME FILE or get NAME.", r->word[0]);
    if (is_put != (r->words == 3))
        return err_set(e, ERR_INVALID, "%s",
            is_put ? "FILE is missing: write checkpoints put NAME FILE."
                   : "There is one word too many: write checkpoints get NAME.");
    if (strcmp(format, "table") != 0 && strcmp(format, "csv") != 0)
        return err_set_field(
            e, "format", "There is no format \"%.40s\"; take table or csv.", format);
    as_csv = !is_put && strcmp(format, "csv") == 0;
    path = remote_path(
        "/api/courses/", r->word[1], as_csv ? "/checkpoints?format=csv" : "/checkpoints");
    rc = as_csv ? remote_print_csv(r, path, e) : run(r, is_put, path, e);
    free(path);
    return rc;
}
