#include "base/buf.h"
#include "base/csv.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/remote/client.h"

#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATEMENT_MAX 65536u
#define WIDTH_MAX \
    60u /* of a column of the table; longer values are shown whole, but do not push the others \
           away */

enum format { FORMAT_TABLE, FORMAT_CSV, FORMAT_JSON };

struct options {
    const char *server;
    const char *token_file;
    enum format format;
};

static void help(void)
{
    (void)puts(
        "usage: trackside sql [OPTION]... [\"STATEMENT\"]\n\n"
        "Asks a running server in SQL; without a STATEMENT it is read from standard input.\n"
        "Tables: parkrun (latest position of each competitor), parkrun_history, races, courses.\n\n"
        "  --server URL       default: TRACKSIDE_SERVER, else " CLIENT_DEFAULT_SERVER "\n"
        "  --token-file FILE  default: TRACKSIDE_TOKEN_FILE\n"
        "  --format FORMAT    table (default), csv or json (the server's whole answer)\n"
        "  --json             the same as --format json\n"
        "  --help\n\n"
        "  trackside sql \"SELECT runId, course, state FROM races ORDER BY startTime DESC\"");
}

const struct option cmd_sql_options[] = {
    {"server", required_argument, NULL, 's'},
    {"token-file", required_argument, NULL, 't'},
    {"format", required_argument, NULL, 'f'},
    {"json", no_argument, NULL, 'j'},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

/* -1: go on; else the exit code. */
static int read_options(int argc, char **argv, struct options *o)
{
    static const char *const formats[] = {"table", "csv", "json"};
    int c;

    opterr = 0;
    while ((c = getopt_long(argc, argv, "", cmd_sql_options, NULL)) != -1) {
        if (c == 's') {
            o->server = optarg;
        } else if (c == 't') {
            o->token_file = optarg;
        } else if (c == 'f') {
            size_t i = 0;

            while (i < 3 && strcmp(optarg, formats[i]) != 0)
                i++;
            if (i == 3)
                return cmd_usage("sql", "--format is table, csv or json, not \"%.40s\"", optarg);
            o->format = (enum format)i;
        } else if (c == 'j') {
            o->format = FORMAT_JSON;
        } else if (c == 'h') {
            help();
            return CMD_OK;
        } else {
            return cmd_usage(
                "sql", "\"%.40s\" is not an option, or lacks its value", argv[optind - 1]);
        }
    }
    if (argc - optind > 1)
        return cmd_usage("sql", "put the statement in quotes: it is one argument");
    return -1;
}

static int read_statement(const char *argument, struct buf *out, struct err *e)
{
    size_t n;

    if (argument)
        buf_adds(out, argument);
    else
        while (out->len <= STATEMENT_MAX && (n = fread(buf_reserve(out, 4096), 1, 4096, stdin)) > 0)
            out->len += n;
    if (out->len > STATEMENT_MAX)
        return err_set(e, ERR_INVALID, "a statement has at most %u bytes", STATEMENT_MAX);
    if (out->len == 0)
        return err_set(e, ERR_INVALID, "there is no statement");
    return 0;
}

static json_t *ask(
    const struct options *o, const struct buf *statement, struct buf *answer, struct err *e)
{
    struct client *c = client_new(o->server, o->token_file, e);
    json_t *request = json_pack("{s: s%}", "sql", statement->data, statement->len);
    char *body = request ? json_dumps(request, JSON_COMPACT) : NULL;
    json_t *j = NULL;
    int rc = c ? 0 : -1;

    if (c && !body)
        rc = err_set(e, ERR_INVALID, "the statement is not UTF-8");
    if (rc == 0 && body) {
        const struct client_request r = {
            .method = "POST", .path = "/query/sql", .body = body, .len = strlen(body)};

        rc = client_call(c, &r, answer, e);
    }
    if (rc == 0) {
        j = json_loadb(answer->data ? answer->data : "", answer->len, JSON_ALLOW_NUL, NULL);
        if (!json_is_object(j)) {
            err_set(e, ERR_INTERNAL, "%s does not answer like a SQL server", client_server(c));
            json_decref(j);
            j = NULL;
        }
    }
    free(body);
    json_decref(request);
    client_free(c);
    return j;
}

/* A value as text: numbers as JSON writes them, null as nothing. */
static void add_value(struct buf *out, const json_t *v)
{
    char *text;

    if (json_is_string(v)) {
        buf_add(out, json_string_value(v), json_string_length(v));
    } else if (!json_is_null(v)) {
        text = json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15));
        buf_adds(out, text ? text : "");
        free(text);
    }
}

static void csv_row(const json_t *row, struct buf *line)
{
    struct buf value = BUF_INIT;

    buf_clear(line);
    for (size_t i = 0; i < json_array_size(row); i++) {
        buf_clear(&value);
        add_value(&value, json_array_get(row, i));
        buf_adds(line, i ? "," : "");
        if (json_is_string(json_array_get(row, i)))
            csv_add_text(line, value.data ? value.data : "");
        else
            buf_add(line, value.data ? value.data : "", value.len);
    }
    buf_addc(line, '\n');
    (void)fwrite(line->data, 1, line->len, stdout);
    buf_release(&value);
}

/* Characters, not bytes; what controls a terminal is shown as a question mark. */
static size_t clean(struct buf *value)
{
    size_t n = 0;

    for (size_t i = 0; i < value->len; i++) {
        unsigned char c = (unsigned char)value->data[i];

        if (c < 0x20 || c == 0x7f)
            value->data[i] = '?';
        n += (c & 0xC0) != 0x80;
    }
    return n;
}

static void measure(const json_t *row, size_t *width, size_t n)
{
    struct buf value = BUF_INIT;

    for (size_t i = 0; i < n; i++) {
        size_t w;

        buf_clear(&value);
        add_value(&value, json_array_get(row, i));
        w = clean(&value);
        width[i] = w > width[i] ? (w < WIDTH_MAX ? w : WIDTH_MAX) : width[i];
    }
    buf_release(&value);
}

static void table_row(const json_t *row, const size_t *width, size_t n)
{
    struct buf line = BUF_INIT, value = BUF_INIT;

    for (size_t i = 0; i < n; i++) {
        const json_t *v = json_array_get(row, i);
        size_t pad, w;

        buf_clear(&value);
        add_value(&value, v);
        w = clean(&value);
        pad = w < width[i] ? width[i] - w : 0;
        buf_addf(&line, "%s%*s", i ? "  " : "", json_is_number(v) ? (int)pad : 0, "");
        buf_add(&line, value.data ? value.data : "", value.len);
        if (!json_is_number(v) && i + 1 < n)
            buf_addf(&line, "%*s", (int)pad, "");
    }
    buf_addc(&line, '\n');
    (void)fwrite(line.data, 1, line.len, stdout);
    buf_release(&line);
    buf_release(&value);
}

static void print_table(const json_t *names, const json_t *rows)
{
    size_t n = json_array_size(names);
    size_t *width = mem_zalloc(n, sizeof *width);
    json_t *row;
    size_t i;

    measure(names, width, n);
    json_array_foreach(rows, i, row) measure(row, width, n);
    table_row(names, width, n);
    for (i = 0; i < n; i++) {
        (void)fputs(i ? "  " : "", stdout);
        for (size_t k = 0; k < width[i]; k++)
            (void)putchar('-');
    }
    (void)putchar('\n');
    json_array_foreach(rows, i, row) table_row(row, width, n);
    free(width);
}

static void print(const json_t *answer, enum format format)
{
    const json_t *table = json_object_get(answer, "resultTable");
    const json_t *names = json_object_get(json_object_get(table, "dataSchema"), "columnNames");
    const json_t *rows = json_object_get(table, "rows");
    struct buf line = BUF_INIT;
    json_t *row;
    size_t i;

    if (format == FORMAT_TABLE) {
        print_table(names, rows);
        return;
    }
    csv_row(names, &line);
    json_array_foreach(rows, i, row) csv_row(row, &line);
    buf_release(&line);
}

/* Pinot and Trackside tell what is wrong with a statement in the answer, not in the status. */
static int check(const json_t *answer, struct err *e)
{
    const json_t *first = json_array_get(json_object_get(answer, "exceptions"), 0);
    const char *message = json_string_value(json_object_get(first, "message"));

    if (first)
        return err_set(e, ERR_INTERNAL, "%.480s", message ? message : "the statement failed");
    return 0;
}

int cmd_sql(int argc, char **argv)
{
    struct options o = {.format = FORMAT_TABLE};
    struct buf statement = BUF_INIT, answer = BUF_INIT;
    struct err e = {0};
    json_t *j = NULL;
    int rc = read_options(argc, argv, &o);

    if (rc >= 0)
        return rc;
    if (read_statement(optind < argc ? argv[optind] : NULL, &statement, &e) == 0)
        j = ask(&o, &statement, &answer, &e);
    rc = j ? check(j, &e) : -1;
    if (j && o.format == FORMAT_JSON) {
        (void)fwrite(answer.data, 1, answer.len, stdout);
        (void)putchar('\n');
    } else if (rc == 0) {
        print(j, o.format);
    }
    json_decref(j);
    buf_release(&statement);
    buf_release(&answer);
    return rc ? cmd_fail(&e) : CMD_OK;
}
