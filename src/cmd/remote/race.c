/* race.c: trackside race: the races of a running server. */
#include "cmd/cmd.h"

#include "base/mem.h"
#include "cmd/remote/remote.h"
#include "cmd/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: trackside race VERB [OPTION]...\n"
    "\n"
    "Races of a running server.\n"
    "\n"
    "  create --course NAME     make a race that starts at once, and print its run id\n"
    "    --competitors N        1 to 1,000,000 (100)\n"
    "    --fastest PACE, --slowest PACE\n"
    "                           paces per km, like 2:24, or 144 in seconds (2:24, 8:20)\n"
    "    --spread uniform|field how the paces lie between the two: evenly, or as in a real\n"
    "                           field (uniform)\n"
    "    --hills                the pace follows the slope; the course must have elevations\n"
    "    --stop-ratio R         share of the competitors that stop in the geofence, 0 to 1\n"
    "                           (0.1; 0 without a geofence on the route)\n"
    "    --min-pause S, --max-pause S\n"
    "                           how long they stop, in seconds (10, 60)\n"
    "    --seed N               the same seed gives the same race (random)\n"
    "    --speed X              race seconds per second, 0.1 to 1000 (1)\n"
    "    --start TIME           like 2026-01-01T09:00:00Z; a future start is waited for (now)\n"
    "    --run-id ID            its id (a new UUID)\n"
    "  list                     list all races, newest first\n"
    "  show RUNID               show one race and its progress\n"
    "  pause|resume|stop RUNID  pause, go on, or end; a stopped race cannot go on\n"
    "  speed RUNID X            run at X race seconds per second from now on\n"
    "  results RUNID            print the results as CSV\n"
    "  delete RUNID             delete the race and its history\n"
    "\n"
    "  --server URL         the server ($TRACKSIDE_SERVER, else http://127.0.0.1:8080)\n"
    "  --token-file FILE    its admin token ($TRACKSIDE_TOKEN_FILE)\n"
    "  --json               the server's answer as it is (`show` without the progress);\n"
    "                       `results` as an array\n"
    "  --help               this text\n";

/* How an option's value becomes JSON. */
enum kind { TEXT, NUMBER, PACE, FLAG };

/* The fields of the request, in the order of the options of `create`. */
static const struct {
    const char *field;
    enum kind kind;
} fields[] = {
    {"course", TEXT},
    {"competitors", NUMBER},
    {"fastest", PACE},
    {"slowest", PACE},
    {"spread", TEXT},
    {"stopRatio", NUMBER},
    {"minPause", NUMBER},
    {"maxPause", NUMBER},
    {"seed", NUMBER},
    {"speed", NUMBER},
    {"startTime", TEXT},
    {"runId", TEXT},
    {"hills", FLAG},
};

#define FIELDS (sizeof fields / sizeof fields[0])

/* An option's value as JSON, a new reference. Text that is not a number is sent as text: the server
 * then says what it expects. NULL if the text is not UTF-8. */
static json_t *value_of(const char *text, enum kind kind)
{
    json_t *j = kind == TEXT ? NULL : json_loads(text, JSON_DECODE_ANY, NULL);

    if (json_is_number(j))
        return j;
    json_decref(j);
    return json_string(text);
}

/* Sets field i of the request. Paces become whole seconds. */
static int set_field(json_t *body, size_t i, const char *text, struct err *e)
{
    const char *name = cmd_race_verbs[0].options[i];
    char option[32];
    uint32_t pace_s;

    (void)snprintf(option, sizeof option, "--%.*s", (int)strcspn(name, "="), name);
    if (fields[i].kind == FLAG)
        return json_object_set_new(body, fields[i].field, json_true());
    if (fields[i].kind == PACE && strchr(text, ':'))
        return cmd_pace(option, text, &pace_s, e)
                   ? -1
                   : json_object_set_new(body, fields[i].field, json_integer(pace_s));
    if (json_object_set_new(body, fields[i].field, value_of(text, fields[i].kind)))
        return err_set(e, ERR_INVALID, "%s takes text in UTF-8.", option);
    return 0;
}

/* Sends only the options that were given. The server fills in the defaults, so that there is one
 * place for them. */
static int run_create(struct remote *r, struct err *e)
{
    json_t *body = json_object(), *answer;

    for (size_t i = 0; i < FIELDS; i++)
        if (r->value[i] && set_field(body, i, r->value[i], e)) {
            json_decref(body);
            return -1;
        }
    answer = remote_ask(r, "POST", "/api/races", body, e);
    if (!answer)
        return -1;
    if (!r->json)
        (void)puts(remote_text(answer, "runId"));
    json_decref(answer);
    return 0;
}

/* Columns as wide as their content. */
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

        table_add(&t, remote_text(race, "runId"));
        table_add(&t, remote_text(race, "course"));
        table_addf(&t, "%lld", (long long)json_integer_value(json_object_get(race, "competitors")));
        table_addf(&t, "%s%s%s%s", remote_text(race, "state"),
            *remote_text(race, "reason") ? " (" : "", remote_text(race, "reason"),
            *remote_text(race, "reason") ? ")" : "");
        table_addf(&t, "%g", json_number_value(json_object_get(anchor, "speed")));
        table_add(&t, remote_text(race, "startTime"));
    }
    if (!r->json)
        table_print(&t, stdout);
    table_release(&t);
    json_decref(answer);
    return 0;
}

/* Prints a field. Text of a server may come from another producer, so control characters are
 * removed. */
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

/* A whole number of a JSON object; 0 if it has none of that name. */
static long long count_of(const json_t *counts, const char *name)
{
    return (long long)json_integer_value(json_object_get(counts, name));
}

/* Prints how far the race is, from its board. */
static void print_progress(const json_t *board)
{
    const json_t *raw = json_object_get(json_object_get(board, "asOf"), "rawTime");
    const json_t *counts = json_object_get(board, "counts");
    const json_t *first = json_array_get(json_object_get(board, "leaders"), 0);
    long long s = json_is_integer(raw) ? (long long)json_integer_value(raw) : -1;

    if (s < 0) {
        (void)printf("progress\n  %-14s nobody has started yet\n", "raceTime");
        return;
    }
    (void)printf("progress\n  %-14s %lld:%02lld:%02lld\n  %-14s %lld, in the geofence %lld\n"
                 "  %-14s %lld of %lld\n",
        "raceTime", s / 3600, s / 60 % 60, s % 60, "onCourse", count_of(counts, "onCourse"),
        count_of(counts, "inGeofence"), "finished", count_of(counts, "finished"),
        count_of(counts, "competitors"));
    if (first)
        (void)printf("  %-14s competitor %lld at %.0f m, %.0f m to go\n", "first",
            count_of(first, "competitorId"), json_number_value(json_object_get(first, "distance")),
            json_number_value(json_object_get(first, "toGo")));
}

/* Prints the progress. If there is no board, because the store does not answer, the reason is
 * printed in its place: the race itself is known all the same. */
static void show_progress(struct remote *r)
{
    char *path = remote_path("/api/races/", r->word[0], "/board?limit=1");
    struct buf text = BUF_INIT;
    json_t *board = NULL;
    struct err e = {0};

    if (remote_get(r, path, &text, &e) == 0)
        board = json_loadb(text.data ? text.data : "", text.len, 0, NULL);
    if (board)
        print_progress(board);
    else
        (void)printf("progress\n  %-14s %s\n", "unknown", e.text);
    json_decref(board);
    buf_release(&text);
    free(path);
}

/* Prints every field of the race, whatever the server sends: a newer server may have more. Objects
 * are printed one level deep. */
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
    if (!r->json)
        show_progress(r);
    json_decref(answer);
    return 0;
}

/* Sends a command for the race, and prints its new state. */
static int change(
    struct remote *r, const char *method, const char *after, json_t *body, struct err *e)
{
    char *path = remote_path("/api/races/", r->word[0], after);
    json_t *answer = remote_ask(r, method, path, body, e);

    free(path);
    if (!answer)
        return -1;
    if (!r->json)
        (void)printf("%s %s\n", r->word[0], remote_text(answer, "state"));
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

    (void)json_object_set_new(body, "speed", value_of(r->word[1], NUMBER));
    return change(r, "POST", "/speed", body, e);
}

/* The server's CSV as it is. */
static int run_results(struct remote *r, struct err *e)
{
    char *path = remote_path("/api/races/", r->word[0], "/results.csv");
    int rc = remote_print_csv(r, path, e);

    free(path);
    return rc;
}

const struct cmd_verb cmd_race_verbs[] = {
    {"create", run_create, "",
        {"course=", "competitors=", "fastest=", "slowest=", "spread=", "stop-ratio=", "min-pause=",
            "max-pause=", "seed=", "speed=", "start=", "run-id=", "hills", NULL}},
    {"list", run_list, "", {NULL}},
    {"show", run_show, "RUNID", {NULL}},
    {"pause", run_pause, "RUNID", {NULL}},
    {"resume", run_resume, "RUNID", {NULL}},
    {"stop", run_stop, "RUNID", {NULL}},
    {"speed", run_speed, "RUNID X", {NULL}},
    {"results", run_results, "RUNID", {NULL}},
    {"delete", run_delete, "RUNID", {NULL}},
    {NULL, NULL, "", {NULL}},
};

int cmd_race(int argc, char **argv)
{
    return remote_main(argc, argv, cmd_race_verbs, help);
}
