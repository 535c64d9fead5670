/* csv_json.c: an answer in CSV as JSON. */
#include "cmd/remote/csv_json.h"

#include "base/buf.h"
#include "base/csv.h"

#include <stdbool.h>
#include <string.h>

struct reader {
    struct csv_reader csv;
    struct buf cell;
    bool quoted; /* the cell was quoted: it is text, even if it looks like a number */
};

/* Reads a cell to in->cell. In a quoted cell two quotes stand for one. */
static void read_cell(struct reader *in)
{
    in->quoted = in->csv.at < in->csv.end && *in->csv.at == '"';
    (void)csv_read_cell(&in->csv, &in->cell);
    csv_read_rest(&in->csv, &in->cell);
}

/* Goes to the next cell. False at the end of a row; the reader is at the next row then. */
static bool next_cell(struct reader *in)
{
    if (csv_take_comma(&in->csv))
        return true;
    while (csv_take_line_end(&in->csv))
        ;
    return false;
}

/* The cell as JSON, a new reference. NULL if it is not UTF-8. */
static json_t *value_of(const struct reader *in)
{
    size_t len = in->cell.len;
    const char *text = csv_text(in->cell.data, &len);
    json_t *j = NULL;

    if (in->cell.len == 0)
        return json_null();
    if (!in->quoted && text == in->cell.data)
        j = json_loadb(text, len, JSON_DECODE_ANY, NULL);
    if (json_is_number(j))
        return j;
    json_decref(j);
    return json_stringn(text, len);
}

/* Reads the first row as an array of names, a new reference. */
static json_t *read_names(struct reader *in)
{
    json_t *names = json_array();

    do {
        read_cell(in);
        (void)json_array_append_new(names, json_stringn(in->cell.data, in->cell.len));
    } while (next_cell(in));
    return names;
}

/* Reads a row as an object. A cell without a name is left out. NULL if a cell is not UTF-8. */
static json_t *read_row(struct reader *in, const json_t *names)
{
    json_t *row = json_object();
    bool good = true;
    size_t i = 0;

    do {
        const char *name = json_string_value(json_array_get(names, i++));
        json_t *value;

        read_cell(in);
        value = value_of(in);
        good = good && value;
        if (name && value)
            (void)json_object_set(row, name, value);
        json_decref(value);
    } while (next_cell(in));
    if (good)
        return row;
    json_decref(row);
    return NULL;
}

json_t *csv_json(const char *csv, size_t len, struct err *e)
{
    struct reader in = {.csv = {.at = csv, .end = csv + len}, .cell = BUF_INIT};
    json_t *rows = json_array(), *names = read_names(&in);

    while (rows && in.csv.at < in.csv.end) {
        json_t *row = read_row(&in, names);

        if (row) {
            (void)json_array_append_new(rows, row);
            continue;
        }
        (void)err_set(e, ERR_INTERNAL, "The server's answer holds text that is not UTF-8.");
        json_decref(rows);
        rows = NULL;
    }
    json_decref(names);
    buf_release(&in.cell);
    return rows;
}
