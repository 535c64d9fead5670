/*
 * csv.c: the CSV of the articles (RFC 4180): id,shortName,longName,distance,map,geoFence,start,end
 * in any order, with places as WKT. A column "trackside" has the fields of Trackside's own
 * exports.
 */
#include "course/read/extension.h"
#include "course/read/read.h"

#include "base/csv.h"
#include "base/mem.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 64

enum column { SHORT_NAME, LONG_NAME, DISTANCE, MAP, GEOFENCE, START, END, EXTENSION, COLUMNS };

static const char *const column_names[COLUMNS] = {
    "shortName", "longName", "distance", "map", "geoFence", "start", "end", "trackside"};

struct csv {
    struct csv_reader in;
    struct buf field[COLUMNS_MAX];
    size_t fields;
    int place[COLUMNS]; /* the field that holds the column; -1: none */
};

/* Reads the next row that is not empty. False at the end of the file. */
static bool read_row(struct csv *c)
{
    c->fields = 0;
    while (csv_take_line_end(&c->in))
        ;
    if (c->in.at == c->in.end)
        return false;
    do {
        struct buf *field = &c->field[c->fields++];

        (void)csv_read_cell(&c->in, field);
        csv_read_rest(&c->in, field);
    } while (csv_take_comma(&c->in) && c->fields < COLUMNS_MAX);
    (void)csv_take_line_end(&c->in);
    return true;
}

/* The field of a column; "" if the row or the file does not have it. */
static const char *value(const struct csv *c, enum column column)
{
    int at = c->place[column];

    return at >= 0 && (size_t)at < c->fields ? c->field[at].data : "";
}

/* Finds the columns by their names. Only `map` is needed. */
static int read_header(struct csv *c, struct err *e)
{
    (void)read_row(c);
    for (int i = 0; i < COLUMNS; i++) {
        c->place[i] = -1;
        for (size_t j = 0; j < c->fields; j++)
            if (strcmp(c->field[j].data, column_names[i]) == 0)
                c->place[i] = (int)j;
    }
    if (c->place[MAP] < 0)
        return err_set(e, ERR_INVALID,
            "The CSV has no column \"map\"; its first line should be "
            "id,shortName,longName,distance,map,geoFence,start,end.");
    return 0;
}

/* Adds the WKT of a column as a shape. An empty column adds nothing. */
static int read_place(
    const struct csv *c, enum column column, enum draft_role role, struct draft *d, struct err *e)
{
    const char *text = value(c, column);

    if (text[strspn(text, " \t\r\n")] == '\0')
        return 0;
    return read_wkt(text, role, d, e) ? err_prefix(e, "Column %s", column_names[column]) : 0;
}

/* Takes the fields of Trackside's own export. They name the endpoints, and say which ones the
 * course really has. */
static int take_extension(const struct csv *c, struct draft *d, struct err *e)
{
    const char *text = value(c, EXTENSION);
    const char *start;
    const char *finish;
    json_t *object;

    if (*text == '\0')
        return 0;
    object = read_json(text, strlen(text), e);
    if (!object)
        return err_prefix(e, "Column trackside");
    read_extension(object, d);
    start = json_string_value(json_object_get(object, "startName"));
    finish = json_string_value(json_object_get(object, "finishName"));
    for (size_t i = 0; i < d->n; i++) {
        struct draft_shape *s = &d->shape[i];
        const char *name = s->role == DRAFT_START ? start : s->role == DRAFT_FINISH ? finish : NULL;

        if (name)
            draft_shape_name(s, name);
        else if (s->role == DRAFT_START || s->role == DRAFT_FINISH)
            s->spare = true; /* the table needs a place; the course has only the line's end */
    }
    json_decref(object);
    return 0;
}

/* Copies a row to the draft. */
static int take_row(const struct csv *c, struct draft *d, struct err *e)
{
    const char *long_name = value(c, LONG_NAME);
    size_t len = strlen(long_name);
    double distance_m;

    if (*value(c, SHORT_NAME))
        d->short_name = mem_strndup(value(c, SHORT_NAME), 200);
    draft_name(d, csv_text(long_name, &len), 30);
    if (read_number(value(c, DISTANCE), &distance_m) && distance_m > 0 && distance_m < 1e9)
        d->distance_m = distance_m;
    if (read_place(c, MAP, DRAFT_ROUTE, d, e) || read_place(c, GEOFENCE, DRAFT_GEOFENCE, d, e) ||
        read_place(c, START, DRAFT_START, d, e) || read_place(c, END, DRAFT_FINISH, d, e))
        return -1;
    return take_extension(c, d, e);
}

/* Reads the row that `want` names, or the only one. */
static int choose(struct csv *c, const char *want, struct draft *d, struct err *e)
{
    struct csv rows = *c; /* the first pass only counts; it has its own fields */
    struct buf names = BUF_INIT;
    const char *chosen = NULL;
    const char *only = NULL;
    size_t n = 0;
    int ret = -1;

    memset(rows.field, 0, sizeof rows.field);
    for (const char *from = rows.in.at; read_row(&rows); from = rows.in.at) {
        n++;
        only = from;
        if (want && strcmp(value(&rows, SHORT_NAME), want) == 0)
            chosen = from;
        if (names.len < 300)
            buf_addf(&names, "%s%.64s", n > 1 ? ", " : "", value(&rows, SHORT_NAME));
    }
    if (!chosen && n == 1)
        chosen = only;
    if (chosen) {
        c->in.at = chosen;
        (void)read_row(c);
        ret = take_row(c, d, e);
    } else if (n == 0) {
        (void)err_set(e, ERR_INVALID, "The CSV has a first line, but no course below it.");
    } else {
        (void)err_set_field(e, "shortName",
            "The CSV holds %zu courses. Choose one with shortName: %s%s.", n, names.data,
            names.len >= 300 ? ", ..." : "");
    }
    for (size_t i = 0; i < COLUMNS_MAX; i++)
        buf_release(&rows.field[i]);
    buf_release(&names);
    return ret;
}

int read_csv(const char *file, size_t len, const char *want, struct draft *d, struct err *e)
{
    struct csv *c = mem_zalloc(1, sizeof *c);
    int ret;

    c->in = (struct csv_reader){file, file + len};
    ret = read_header(c, e) || choose(c, want, d, e) ? -1 : 0;
    for (size_t i = 0; i < COLUMNS_MAX; i++)
        buf_release(&c->field[i]);
    free(c);
    return ret;
}
