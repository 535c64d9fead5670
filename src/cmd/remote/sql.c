/* sql.c: trackside sql: asks a running server in SQL. */
#include "base/csv.h"
#include "cmd/cmd.h"
#include "cmd/remote/remote.h"
#include "cmd/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATEMENT_MAX 65536u
#define WIDTH_MAX 60u /* of a column of the table; a longer value is shown whole */

static const char help[] =
    "usage: trackside sql [OPTION]... [\"STATEMENT\"]\n"
    "\n"
    "Ask a running server in SQL. Without STATEMENT it is read from standard input. The\n"
    "tables are parkrun (the latest position of each competitor), parkrun_history, races\n"
    "and courses.\n"
    "\n"
    "  --format FORMAT      table, csv or json (table)\n"
    "  --server URL         the server ($TRACKSIDE_SERVER, else http://127.0.0.1:8080)\n"
    "  --token-file FILE    its admin token ($TRACKSIDE_TOKEN_FILE)\n"
    "  --json               the server's answer as it is, like --format json\n"
    "  --help               this text\n"
    "\n"
    "  trackside sql \"SELECT runId, course, state FROM races ORDER BY startTime DESC\"\n";

enum format { FORMAT_TABLE, FORMAT_CSV, FORMAT_JSON };

/* The format that --format or --json names. */
static int read_format(const struct remote *r, enum format *out, struct err *e)
{
    static const char *const names[] = {"table", "csv", "json"};
    const char *text = r->value[0] ? r->value[0] : names[FORMAT_TABLE];
    size_t i = 0;

    while (i < 3 && strcmp(text, names[i]) != 0)
        i++;
    if (i == 3)
        return err_set(e, ERR_INVALID, "--format takes table, csv or json, not \"%.40s\".", text);
    *out = r->json ? FORMAT_JSON : (enum format)i;
    return 0;
}

/* Reads the statement from the word or from standard input. The limit is the server's, so a longer
 * one is refused before it is sent. */
static int read_statement(const struct remote *r, struct buf *out, struct err *e)
{
    if (r->words)
        buf_adds(out, r->word[0]);
    else if (cmd_read_file("-", STATEMENT_MAX, out, e))
        return -1;
    if (out->len > STATEMENT_MAX)
        return err_set(e, ERR_INVALID, "A statement has at most %u bytes.", STATEMENT_MAX);
    if (out->len == 0)
        return err_set(e, ERR_INVALID, "There is no statement.");
    return 0;
}

/* Sends the statement. `answer` gets the bytes of the answer. Returns its JSON, a new reference. */
static json_t *ask(struct remote *r, const struct buf *statement, struct buf *answer, struct err *e)
{
    json_t *request = json_pack("{s: s%}", "sql", statement->data, statement->len), *j = NULL;
    char *body = request ? json_dumps(request, JSON_COMPACT) : NULL;

    if (!body)
        (void)err_set(e, ERR_INVALID, "The statement is not UTF-8.");
    else if (client_call(r->client,
                 &(struct client_request){
                     .method = "POST", .path = "/query/sql", .body = body, .len = strlen(body)},
                 answer, e) == 0) {
        j = json_loadb(answer->data ? answer->data : "", answer->len, JSON_ALLOW_NUL, NULL);
        if (!json_is_object(j)) {
            (void)err_set(
                e, ERR_INTERNAL, "%s does not answer like a SQL server.", client_server(r->client));
            json_decref(j);
            j = NULL;
        }
    }
    free(body);
    json_decref(request);
    return j;
}

/* Appends a value as text: numbers as JSON writes them, nothing for null. */
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

/* Prints a row as CSV. Only texts are quoted and made harmless; numbers keep their sign. */
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

/* A column of numbers is aligned on the right: 'r', else 'l'. */
static char align_of(const json_t *rows, size_t column)
{
    json_t *row;
    size_t i;

    json_array_foreach(rows, i, row)
    {
        const json_t *v = json_array_get(row, column);

        if (!json_is_null(v))
            return json_is_number(v) ? 'r' : 'l';
    }
    return 'l';
}

/* Adds the first `columns` values of a row to the table. */
static void add_row(struct table *t, const json_t *row, size_t columns)
{
    struct buf value = BUF_INIT;

    for (size_t i = 0; i < columns; i++) {
        buf_clear(&value);
        add_value(&value, json_array_get(row, i));
        table_add(t, value.data ? value.data : "");
    }
    buf_release(&value);
}

/* Prints rows in columns. A result without columns prints nothing. */
static void print_table(const json_t *names, const json_t *rows)
{
    size_t columns = json_array_size(names), i;
    struct buf align = BUF_INIT;
    struct table t;
    json_t *row;

    for (i = 0; i < columns; i++)
        buf_addc(&align, align_of(rows, i));
    if (columns > 0) {
        table_init(&t, align.data);
        t.width_max = WIDTH_MAX;
        t.ruled = true;
        add_row(&t, names, columns);
        json_array_foreach(rows, i, row) add_row(&t, row, columns);
        table_print(&t, stdout);
        table_release(&t);
    }
    buf_release(&align);
}

/* Prints the result table of an answer that has no error. */
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

/* A statement that failed has status 200. The answer holds the reason, as with Pinot. */
static int check_answer(const json_t *answer, struct err *e)
{
    const json_t *first = json_array_get(json_object_get(answer, "exceptions"), 0);
    const char *message = json_string_value(json_object_get(first, "message"));

    if (first)
        return err_set(e, ERR_INTERNAL, "%.480s", message ? message : "The statement failed.");
    return 0;
}

/* With --format json the answer is printed even if the statement failed: programs read the
 * exceptions there. */
static int run(struct remote *r, struct err *e)
{
    struct buf statement = BUF_INIT, answer = BUF_INIT;
    enum format format = FORMAT_TABLE;
    json_t *j = NULL;
    int rc = -1;

    if (read_format(r, &format, e) == 0 && read_statement(r, &statement, e) == 0)
        j = ask(r, &statement, &answer, e);
    if (j)
        rc = check_answer(j, e);
    if (j && format == FORMAT_JSON) {
        (void)fwrite(answer.data, 1, answer.len, stdout);
        (void)putchar('\n');
    } else if (rc == 0) {
        print(j, format);
    }
    json_decref(j);
    buf_release(&statement);
    buf_release(&answer);
    return rc;
}

const struct cmd_verb cmd_sql_verb = {"", run, "[STATEMENT]", {"format=", NULL}};

int cmd_sql(int argc, char **argv)
{
    return remote_main_one(argc, argv, &cmd_sql_verb, help);
}
