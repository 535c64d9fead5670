/* course.c: trackside course: the courses of a running server. */
#include "cmd/cmd.h"

#include "base/mem.h"
#include "cmd/courses.h"
#include "cmd/remote/checkpoints.h"
#include "cmd/remote/remote.h"
#include "cmd/table.h"
#include "course/course.h"
#include "course/question.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: trackside course VERB [OPTION]...\n"
    "\n"
    "Courses of a running server.\n"
    "\n"
    "  import FILE              read KML, KMZ, GPX, TCX, FIT, GeoJSON or CSV, and print the\n"
    "                           diagnostics\n"
    "    --short-name NAME      a-z, 0-9 and - (made from the file's name); also --name\n"
    "    --long-name TEXT       name for people (the one in the file)\n"
    "    --line NAME|N[,N...]   which of the file's lines, by name or number (import decides)\n"
    "    --laps N               run the line N times (what the file says, else 1)\n"
    "    --reverse              run it in the other direction\n"
    "    --distance M           its official length in metres\n"
    "    --replace              replace the course of that name\n"
    "    If the file leaves something open, the answers that are possible are printed as a\n"
    "    table, with the option to give.\n"
    "  list                     list all courses\n"
    "  show NAME                show one course and the diagnostics of its import\n"
    "  export NAME              write it to standard output\n"
    "    --format F             geojson, kml, gpx or csv (geojson)\n"
    "  geofence NAME FILE|WKT   set the geofence: a file with GeoJSON or WKT, or\n"
    "                           'POLYGON ((lon lat, ...))' itself\n"
    "  checkpoints put NAME FILE\n"
    "                           replace its checkpoints by those of the file: CSV with the\n"
    "                           columns name, distance or lat and lon, kind and cutoff, or JSON\n"
    "  checkpoints get NAME     list them\n"
    "    --format F             table or csv (table)\n"
    "  delete NAME              delete it; refused while an unfinished race uses it\n"
    "\n"
    "  --server URL         the server ($TRACKSIDE_SERVER, else http://127.0.0.1:8080)\n"
    "  --token-file FILE    its admin token ($TRACKSIDE_TOKEN_FILE)\n"
    "  --json               the server's answer as it is\n"
    "  --help               this text\n";

/* A number of a JSON object; 0 if it has none of that name. */
static double number_of(const json_t *j, const char *field)
{
    return json_number_value(json_object_get(j, field));
}

/* Prints a line for the course, then one for each diagnostic. */
static void print_course(const json_t *c)
{
    json_t *d;
    size_t i;
    char *name = table_harmless(remote_text(c, "longName"));

    (void)printf("%s: %s, %.1f m", remote_text(c, "shortName"), name, number_of(c, "distance"));
    if (json_is_number(json_object_get(c, "climb")))
        (void)printf(", %.0f m up, %.0f m down", number_of(c, "climb"), number_of(c, "descent"));
    (void)putchar('\n');
    free(name);
    json_array_foreach(json_object_get(c, "diagnostics"), i, d)
    {
        char *text = table_harmless(remote_text(d, "text"));

        (void)printf("  %s: %s\n", remote_text(d, "level"), text);
        free(text);
    }
}

/* The answer to import, geofence and show is the course as GeoJSON. Its own fields are in the
 * member "trackside". Borrowed. */
static const json_t *own(const json_t *answer)
{
    const json_t *inner = json_object_get(answer, "trackside");

    return inner ? inner : answer;
}

/* Sends a geofence, and prints the course that the server made with it. */
static int send_geofence(struct remote *r, const char *path, const struct buf *file, struct err *e)
{
    json_t *answer = remote_put(r, path, file, "application/octet-stream", e);

    if (answer && !r->json)
        print_course(own(answer));
    json_decref(answer);
    return answer ? 0 : -1;
}

/* The options of import, in the order of cmd_course_verbs. */
enum {
    IMPORT_NAME,
    IMPORT_LONG_NAME,
    IMPORT_LAPS,
    IMPORT_REVERSE,
    IMPORT_DISTANCE,
    IMPORT_REPLACE,
    IMPORT_SHORT_NAME,
    IMPORT_LINE
};

/* Adds "name=value" to the query of a path; nothing where value is NULL, "true" for a flag. */
static void add_query(struct buf *path, const char *name, const char *value)
{
    if (!value)
        return;
    buf_addf(path, "%c%s=", strchr(path->data, '?') ? '&' : '?', name);
    client_escape(path, *value ? value : "true");
}

/* A candidate of the server's question, without its picture. `line` is a number or a text. */
static void read_candidate(const json_t *j, struct course_question *q)
{
    static const struct lonlat nowhere;
    struct course_candidate *c = course_question_add(q, &nowhere, 1);
    const json_t *line = json_object_get(j, "line");

    if (!c)
        return;
    if (json_is_integer(line))
        (void)snprintf(c->line, sizeof c->line, "%" JSON_INTEGER_FORMAT, json_integer_value(line));
    else if (remote_text(j, "line")[strspn(remote_text(j, "line"), "0123456789,")] == '\0')
        (void)snprintf(c->line, sizeof c->line, "%s", remote_text(j, "line"));
    (void)snprintf(c->name, sizeof c->name, "%s", remote_text(j, "name"));
    c->length_m = number_of(j, "distance");
    c->laps = (uint32_t)number_of(j, "laps");
    c->points = (size_t)number_of(j, "points");
}

/* Prints the question in the server's answer, if it is one. An answer to it is an option, so it is
 * wrong usage. */
static void print_question(const json_t *answer, struct err *e)
{
    const char *code = remote_text(answer, "code");
    struct course_question q = {.code = code, .option = remote_text(answer, "option")};
    const json_t *j;
    size_t i;

    if (strcmp(code, "name-taken") == 0) {
        j = json_array_get(json_object_get(answer, "candidates"), 0);
        (void)err_set(e, ERR_CONFLICT, "%s Give --short-name %.64s or --replace.",
            remote_text(answer, "error"), remote_text(j, "name"));
    }
    if (strcmp(code, "choose-line") != 0 && strcmp(code, "laps") != 0)
        return;
    json_array_foreach(json_object_get(answer, "candidates"), i, j) read_candidate(j, &q);
    courses_print_question(&q, stderr);
    course_question_release(&q);
    e->code = ERR_INVALID;
}

/* Sends the file, and prints the course or the question that the server answers with. */
static int import(struct remote *r, const char *path, const struct buf *file, struct err *e)
{
    struct client_request q = {.method = "POST",
        .path = path,
        .body = file->data ? file->data : "",
        .len = file->len,
        .content_type = "application/octet-stream"};
    struct buf answer = BUF_INIT;
    int rc = client_call(r->client, &q, &answer, e);
    json_t *j = answer.len ? json_loadb(answer.data, answer.len, 0, NULL) : NULL;

    if (r->json && (!rc || json_object_get(j, "candidates")))
        (void)printf("%s\n", answer.data);
    else if (rc)
        print_question(j, e);
    else
        print_course(own(j));
    json_decref(j);
    buf_release(&answer);
    return rc;
}

/* Sends the file as it is. The server recognises its format; the file name is only a hint for the
 * name of the course. */
static int run_import(struct remote *r, struct err *e)
{
    struct buf path = BUF_INIT, file = BUF_INIT;
    const char *base = strrchr(r->word[0], '/');
    int rc = cmd_read_file(r->word[0], COURSE_FILE_MAX, &file, e);

    buf_adds(&path, "/api/courses");
    add_query(&path, "shortName",
        r->value[IMPORT_SHORT_NAME] ? r->value[IMPORT_SHORT_NAME] : r->value[IMPORT_NAME]);
    add_query(&path, "longName", r->value[IMPORT_LONG_NAME]);
    add_query(&path, "line", r->value[IMPORT_LINE]);
    add_query(&path, "laps", r->value[IMPORT_LAPS]);
    add_query(&path, "reverse", r->value[IMPORT_REVERSE]);
    add_query(&path, "distance", r->value[IMPORT_DISTANCE]);
    add_query(&path, "replace", r->value[IMPORT_REPLACE]);
    if (strcmp(r->word[0], "-") != 0)
        add_query(&path, "fileName", base ? base + 1 : r->word[0]);
    if (!rc)
        rc = import(r, path.data, &file, e);
    buf_release(&file);
    buf_release(&path);
    return rc;
}

static int run_list(struct remote *r, struct err *e)
{
    static const char *const heading[] = {"NAME", "DISTANCE M", "GEOFENCE", "LONG NAME"};
    json_t *answer = remote_ask(r, "GET", "/api/courses", NULL, e), *c;
    struct table t;
    size_t i;

    if (!answer)
        return -1;
    table_init(&t, "lrll");
    for (i = 0; i < 4; i++)
        table_add(&t, heading[i]);
    json_array_foreach(json_object_get(answer, "courses"), i, c)
    {
        table_add(&t, remote_text(c, "shortName"));
        table_addf(&t, "%.1f", number_of(c, "distance"));
        table_add(&t, json_is_true(json_object_get(c, "hasGeofence")) ? "yes" : "no");
        table_add(&t, remote_text(c, "longName"));
    }
    if (!r->json)
        table_print(&t, stdout);
    table_release(&t);
    json_decref(answer);
    return 0;
}

static int run_show(struct remote *r, struct err *e)
{
    char *path = remote_path("/api/courses/", r->word[0], "");
    json_t *answer = remote_ask(r, "GET", path, NULL, e);
    const json_t *c;

    free(path);
    if (!answer)
        return -1;
    c = own(answer);
    if (!r->json) {
        print_course(c);
        (void)printf("  laps: %.0f of %.1f m\n  revision: %s\n", number_of(c, "laps"),
            number_of(c, "lapDistance"), remote_text(c, "revision"));
    }
    json_decref(answer);
    return 0;
}

/* Writes the file to standard output as the server sends it. The format is checked here first, so
 * that a wrong one is wrong usage. */
static int run_export(struct remote *r, struct err *e)
{
    const char *format = r->value[0] ? r->value[0] : "geojson";
    struct buf path = BUF_INIT, file = BUF_INIT;
    enum course_format known;
    int rc = course_format_parse(format, &known, e);

    buf_adds(&path, "/api/courses/");
    client_escape(&path, r->word[0]);
    if (strcmp(format, "geojson") != 0)
        add_query(&path, "format", format);
    if (!rc)
        rc = remote_get(r, path.data, &file, e);
    if (!rc && file.len)
        (void)fwrite(file.data, 1, file.len, stdout);
    buf_release(&file);
    buf_release(&path);
    return rc;
}

/* The second word is WKT itself or a file. No file name begins with POLYGON in practice. */
static int run_geofence(struct remote *r, struct err *e)
{
    char *path = remote_path("/api/courses/", r->word[0], "/geofence");
    struct buf text = BUF_INIT;
    int rc = 0;

    if (strncasecmp(r->word[1], "POLYGON", 7) == 0)
        buf_adds(&text, r->word[1]);
    else
        rc = cmd_read_file(r->word[1], COURSE_FILE_MAX, &text, e);
    if (!rc)
        rc = send_geofence(r, path, &text, e);
    buf_release(&text);
    free(path);
    return rc;
}

static int run_delete(struct remote *r, struct err *e)
{
    char *path = remote_path("/api/courses/", r->word[0], "");
    json_t *answer = remote_ask(r, "DELETE", path, NULL, e);

    free(path);
    if (!answer)
        return -1;
    if (!r->json)
        (void)printf("%s deleted\n", r->word[0]);
    json_decref(answer);
    return 0;
}

const struct cmd_verb cmd_course_verbs[] = {
    {"import", run_import, "FILE",
        {"name=", "long-name=", "laps=", "reverse", "distance=", "replace",
            "short-name=", "line=", NULL}},
    {"list", run_list, "", {NULL}},
    {"show", run_show, "NAME", {NULL}},
    {"export", run_export, "NAME", {"format=", NULL}},
    {"geofence", run_geofence, "NAME FILE|WKT", {NULL}},
    {"checkpoints", checkpoints_run, "put|get NAME [FILE]", {"format=", NULL}},
    {"delete", run_delete, "NAME", {NULL}},
    {NULL, NULL, "", {NULL}},
};

int cmd_course(int argc, char **argv)
{
    return remote_main(argc, argv, cmd_course_verbs, help);
}
