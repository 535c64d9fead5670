#include "cmd/cmd.h"

#include "base/mem.h"
#include "cmd/remote.h"
#include "cmd/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: trackside race VERB [OPTION]...\n"
    "\n"
    "Races of a running server.\n"
    "\n"
    "  create --course NAME     make a race, which starts at once; prints its run id\n"
    "    --competitors N        1 to 1,000,000 (100)\n"
    "    --fastest S, --slowest S\n"
    "                           paces in seconds per km, drawn evenly between them (144, 500)\n"
    "    --stop-ratio R         part of the competitors that stop in the geofence, 0 to 1\n"
    "                           (0.1; 0 without a geofence on the route)\n"
    "    --min-pause S, --max-pause S\n"
    "                           how long they stop, in seconds (10, 60)\n"
    "    --seed N               the same seed gives the same race (drawn)\n"
    "    --speed X              race seconds per second, 0.1 to 1000 (1)\n"
    "    --start TIME           2026-01-01T09:00:00Z; in the future: waits for it (now)\n"
    "    --run-id ID            its id (a new UUID)\n"
    "  list                     all races, newest first\n"
    "  show RUNID               one race and how far it is\n"
    "  pause|resume|stop RUNID  a stopped race cannot go on\n"
    "  speed RUNID X            race seconds per second from now on\n"
    "  results RUNID            who finished, as CSV\n"
    "  delete RUNID             remove the race and its history\n"
    "\n"
    "  --server URL         the server ($TRACKSIDE_SERVER, else http://127.0.0.1:8080)\n"
    "  --token-file FILE    its admin token ($TRACKSIDE_TOKEN_FILE)\n"
    "  --json               the server's answer as it is\n"
    "  --help               this text\n";

/* What `create` may say, as option and as field of the request. */
static const struct {
    const char *option, *field;
    bool text; /* never a number */
} fields[] = {
    {"course=", "course", true},
    {"competitors=", "competitors", false},
    {"fastest=", "fastest", false},
    {"slowest=", "slowest", false},
    {"stop-ratio=", "stopRatio", false},
    {"min-pause=", "minPause", false},
    {"max-pause=", "maxPause", false},
    {"seed=", "seed", false},
    {"speed=", "speed", false},
    {"start=", "startTime", true},
    {"run-id=", "runId", true},
};

#define FIELDS (sizeof fields / sizeof fields[0])

/* Text that is a JSON number becomes one; what is not goes as text, and the server says what it
 * wants. */
static json_t *value_of(const char *text, bool is_text)
{
    json_t *j = is_text ? NULL : json_loads(text, JSON_DECODE_ANY, NULL);

    if (json_is_number(j))
        return j;
    json_decref(j);
    return json_string(text);
}

static const char *text_of(const json_t *j, const char *field)
{
    const char *text = json_string_value(json_object_get(j, field));

    return text ? text : "";
}

static int run_create(struct remote *r, struct err *e)
{
    json_t *body = json_object(), *answer;

    for (size_t i = 0; i < FIELDS; i++)
        if (r->value[i] &&
            json_object_set_new(body, fields[i].field, value_of(r->value[i], fields[i].text))) {
            json_decref(body);
            return err_set(e, ERR_INVALID, "--%.*s is not UTF-8 text",
                (int)strcspn(fields[i].option, "="), fields[i].option);
        }
    answer = remote_ask(r, "POST", "/api/races", body, e);
    if (!answer)
        return -1;
    if (!r->json)
        (void)puts(text_of(answer, "runId"));
    json_decref(answer);
    return 0;
}

static int run_list(struct remote *r, struct err *e)
{
    json_t *answer = remote_ask(r, "GET", "/api/races", NULL, e), *race;
    struct table t;
    size_t i;

    if (!answer)
        return -1;
    table_init(&t, "llrlrl");
    for (i = 0; i < 6; i++)
        table_add(&t,
            (const char *const[]){"RUN ID", "COURSE", "COMPETITORS", "STATE", "SPEED", "START"}[i]);
    json_array_foreach(json_object_get(answer, "races"), i, race)
    {
        const json_t *anchor = json_object_get(race, "anchor");

        table_add(&t, text_of(race, "runId"));
        table_add(&t, text_of(race, "course"));
        table_addf(&t, "%lld", (long long)json_integer_value(json_object_get(race, "competitors")));
        table_addf(&t, "%s%s%s%s", text_of(race, "state"), *text_of(race, "reason") ? " (" : "",
            text_of(race, "reason"), *text_of(race, "reason") ? ")" : "");
        table_addf(&t, "%g", json_number_value(json_object_get(anchor, "speed")));
        table_add(&t, text_of(race, "startTime"));
    }
    if (!r->json)
        table_print(&t, stdout);
    table_release(&t);
    json_decref(answer);
    return 0;
}

static void print_value(const char *prefix, const char *name, const json_t *value)
{
    char *text;
    char *harmless;

    if (json_is_string(value))
        text = mem_strdup(json_string_value(value));
    else
        text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(12));
    harmless = table_harmless(text ? text : "");
    if (*harmless)
        (void)printf("%s%-14s %s\n", prefix, name, harmless);
    free(harmless);
    free(text);
}

static int run_show(struct remote *r, struct err *e)
{
    char *path = remote_path("/api/races/", r->word[0], "");
    json_t *answer = remote_ask(r, "GET", path, NULL, e), *value, *inner;
    const char *name, *inner_name;

    free(path);
    if (!answer)
        return -1;
    json_object_foreach(answer, name, value)
    {
        if (r->json)
            break;
        if (!json_is_object(value)) {
            print_value("", name, value);
            continue;
        }
        (void)printf("%s\n", name);
        json_object_foreach(value, inner_name, inner) print_value("  ", inner_name, inner);
    }
    json_decref(answer);
    return 0;
}

/* Says what became of the race. */
static int change(
    struct remote *r, const char *method, const char *after, json_t *body, struct err *e)
{
    char *path = remote_path("/api/races/", r->word[0], after);
    json_t *answer = remote_ask(r, method, path, body, e);

    free(path);
    if (!answer)
        return -1;
    if (!r->json)
        (void)printf("%s %s\n", r->word[0], text_of(answer, "state"));
    json_decref(answer);
    return 0;
}

static int run_pause(struct remote *r, struct err *e)
{
    return change(r, "POST", "/pause", NULL, e);
}

static int run_resume(struct remote *r, struct err *e)
{
    return change(r, "POST", "/resume", NULL, e);
}

static int run_stop(struct remote *r, struct err *e)
{
    return change(r, "POST", "/stop", NULL, e);
}

static int run_delete(struct remote *r, struct err *e)
{
    return change(r, "DELETE", "", NULL, e);
}

static int run_speed(struct remote *r, struct err *e)
{
    json_t *body = json_object();

    (void)json_object_set_new(body, "speed", value_of(r->word[1], false));
    return change(r, "POST", "/speed", body, e);
}

static int run_results(struct remote *r, struct err *e)
{
    char *path = remote_path("/api/races/", r->word[0], "/results.csv");
    struct buf csv = BUF_INIT;
    int rc = remote_get(r, path, &csv, e);

    if (!rc && csv.len)
        (void)fwrite(csv.data, 1, csv.len, stdout);
    free(path);
    buf_release(&csv);
    return rc;
}

int cmd_race(int argc, char **argv)
{
    static struct remote_verb verbs[] = {
        {"create", run_create, 0, 0, {NULL}},
        {"list", run_list, 0, 0, {NULL}},
        {"show", run_show, 1, 1, {NULL}},
        {"pause", run_pause, 1, 1, {NULL}},
        {"resume", run_resume, 1, 1, {NULL}},
        {"stop", run_stop, 1, 1, {NULL}},
        {"speed", run_speed, 2, 2, {NULL}},
        {"results", run_results, 1, 1, {NULL}},
        {"delete", run_delete, 1, 1, {NULL}},
        {NULL, NULL, 0, 0, {NULL}},
    };

    for (size_t i = 0; i < FIELDS; i++)
        verbs[0].options[i] = fields[i].option;
    return remote_main(argc, argv, verbs, help);
}
