/*
 * csv.c: the CSV of the articles (RFC 4180): id,shortName,longName,distance,map,geoFence,start,end
 * in any order, with places as WKT. A column "trackside" has the fields of Trackside's own
 * exports.
 *
 * Tables of other programs are known by their columns, if there is no column "map". With a column
 * of WKT every row is a shape of one course. With a latitude and a longitude every row is a place.
 */
#include "course/read/extension.h"
#include "course/read/read.h"

#include "base/csv.h"
#include "base/mem.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define COLUMNS_MAX 64

enum column { SHORT_NAME, LONG_NAME, DISTANCE, MAP, GEOFENCE, START, END, EXTENSION, COLUMNS };

static const char *const column_names[COLUMNS] = {
    "shortName", "longName", "distance", "map", "geoFence", "start", "end", "trackside"};

/* What a row is. */
enum row_kind { ROW_UNKNOWN, ROW_COURSE, ROW_SHAPE, ROW_PLACE };

struct csv {
    struct csv_reader in;
    struct buf field[COLUMNS_MAX + 1]; /* the last one takes what stands beyond */
    size_t fields;
    int place[COLUMNS]; /* the field that holds the column; -1: none */
    int lon, lat, ele;  /* the same of a table of places */
    enum row_kind kind;
    bool nameless; /* the table has no line with the names of its columns */
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
        struct buf *field = &c->field[c->fields];

        c->fields += c->fields < COLUMNS_MAX;
        (void)csv_read_cell(&c->in, field);
        csv_read_rest(&c->in, field);
    } while (csv_take_comma(&c->in));
    (void)csv_take_line_end(&c->in);
    return true;
}

/* The field of a column; "" if the row or the file does not have it. */
static const char *value(const struct csv *c, enum column column)
{
    int at = c->place[column];

    return at >= 0 && (size_t)at < c->fields ? c->field[at].data : "";
}

/* The separator of the first line: the one that it has most of. */
static char separator_of(const char *file, size_t len)
{
    static const char separators[] = ",;\t";
    size_t count[3] = {0};
    size_t best = 0;

    for (size_t i = 0; i < len && file[i] != '\n' && file[i] != '\r'; i++) {
        const char *found = file[i] ? strchr(separators, file[i]) : NULL;

        if (found)
            count[found - separators]++;
    }
    for (size_t i = 1; i < 3; i++)
        if (count[i] > count[best])
            best = i;
    return separators[best];
}

/* The field with one of these names, in any case, with blanks around it and perhaps a unit behind it:
 * "Latitude (deg)". -1 if there is none. */
static int find_field(const struct csv *c, const char *const *names)
{
    for (; *names; names++) {
        size_t n = strlen(*names);

        for (size_t i = 0; i < c->fields; i++) {
            const char *cell = c->field[i].data + strspn(c->field[i].data, " ");

            const char *rest = cell + n;

            if (strncasecmp(cell, *names, n) != 0)
                continue;
            rest += strspn(rest, " ");
            if (*rest == '\0' ||
                ((*rest == '(' || *rest == '[') && isalpha((unsigned char)rest[1])))
                return (int)i;
        }
    }
    return -1;
}

/* Finds the columns of a table that Trackside did not write. */
static void read_other_header(struct csv *c)
{
    static const char *const wkt[] = {
        "wkt", "geom", "geometry", "the_geom", "wkt_geom", "geom_wkt", "linestring", NULL};
    static const char *const names[] = {"longName", "name", "title", NULL};
    static const char *const lat[] = {"lat", "latitude", "lat_deg", "y", NULL};
    static const char *const lon[] = {"lon", "lng", "long", "longitude", "lon_deg", "x", NULL};
    static const char *const ele[] = {
        "ele", "elevation", "elev", "alt", "altitude", "z", "ele_m", NULL};

    for (int i = 0; i < COLUMNS; i++)
        c->place[i] = find_field(c, (const char *const[]){column_names[i], NULL});
    c->lat = find_field(c, lat);
    c->lon = find_field(c, lon);
    c->ele = find_field(c, ele);
    if (c->place[MAP] >= 0) {
        c->kind = ROW_COURSE;
        return;
    }
    c->place[MAP] = find_field(c, wkt);
    c->place[LONG_NAME] = find_field(c, names);
    if (c->place[MAP] >= 0)
        c->kind = ROW_SHAPE;
    else if (c->lat >= 0 && c->lon >= 0)
        c->kind = ROW_PLACE;
}

/* Reads a cell that is wholly a number. A table whose cells are not parted by commas may have a
 * decimal comma. */
static bool read_cell_number(const struct csv *c, int field, double *out)
{
    const char *cell = (size_t)field < c->fields ? c->field[field].data : "";
    char text[64];
    char *comma;
    const char *end;

    cell += strspn(cell, " ");
    if (strlen(cell) >= sizeof text)
        return false;
    memcpy(text, cell, strlen(cell) + 1);
    comma = strchr(text, ',');
    if (comma && c->in.separator != ',')
        *comma = '.';
    end = read_number(text, out);
    return end && end[strspn(end, " ")] == '\0';
}

/* Whether the first row is no header but a place: two or three numbers. The first is the latitude, as
 * people write it, unless only the second can be one. */
static bool read_numbers_as_header(struct csv *c)
{
    double number[3] = {0};

    if (c->fields < 2 || c->fields > 3)
        return false;
    for (size_t i = 0; i < c->fields; i++)
        if (!read_cell_number(c, (int)i, &number[i]))
            return false;
    c->lat = fabs(number[0]) > 90 && fabs(number[1]) <= 90 ? 1 : 0;
    c->lon = 1 - c->lat;
    c->ele = c->fields == 3 ? 2 : -1;
    return true;
}

/* Skips what some programs write before the first line: "sep=;", and comments. */
static const char *skip_preamble(const char *at, const char *end)
{
    while (end - at > 4 && (*at == '#' || strncasecmp(at, "sep=", 4) == 0)) {
        const char *line = memchr(at, '\n', (size_t)(end - at));

        if (!line)
            break;
        at = line + 1;
    }
    return at;
}

/* Finds the columns by their names, as Trackside writes them or else as others do. */
static void read_header(struct csv *c, const char *file, size_t len)
{
    const char *first = skip_preamble(file, file + len);

    c->in =
        (struct csv_reader){first, file + len, separator_of(first, len - (size_t)(first - file))};
    (void)read_row(c);
    for (int i = 0; i < COLUMNS; i++) {
        c->place[i] = -1;
        for (size_t j = 0; j < c->fields; j++)
            if (strcmp(c->field[j].data, column_names[i]) == 0)
                c->place[i] = (int)j;
    }
    c->kind = ROW_COURSE;
    if (c->place[MAP] < 0) {
        c->kind = ROW_UNKNOWN;
        read_other_header(c);
    }
    if (c->kind == ROW_UNKNOWN && read_numbers_as_header(c)) {
        c->kind = ROW_PLACE;
        c->nameless = true;
        c->in.at = first;
    }
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
    for (size_t i = 0; i <= COLUMNS_MAX; i++)
        buf_release(&rows.field[i]);
    buf_release(&names);
    return ret;
}

/* Adds the shapes of a row under its name. A row that is no line and cannot be read is left out with
 * a note: it does not spoil the line beside it. */
static int take_shape(const struct csv *c, size_t row, struct draft *d, struct err *e)
{
    const char *text = value(c, MAP);
    const char *name = value(c, LONG_NAME);
    size_t first = d->n;

    if (text[strspn(text, " \t\r\n")] == '\0')
        return 0;
    if (read_wkt(text, DRAFT_PLAIN, d, e)) {
        if (strcasestr(text, "line") || strcasestr(text, "coll") || e->code == ERR_TOO_LARGE)
            return err_prefix(e, "Row %zu", row);
        draft_truncate(d, first);
        diagnostics_add(&d->notes, DIAGNOSTIC_WARNING, "unused", NULL,
            "Row %zu of the table was left out. %.300s", row, e->text);
    }
    for (size_t i = first; i < d->n; i++) {
        draft_shape_name(&d->shape[i], name);
        if (d->shape[i].kind == DRAFT_LINE)
            draft_name(d, name, 20);
    }
    return 0;
}

/* Reads a table with a column of WKT. */
static int read_shapes(struct csv *c, struct draft *d, struct err *e)
{
    for (size_t row = 1; read_row(c); row++)
        if (take_shape(c, row, d, e))
            return -1;
    return 0;
}

static bool is_blank(const struct csv *c, int field)
{
    const char *cell = (size_t)field < c->fields ? c->field[field].data : "";

    return cell[strspn(cell, " ")] == '\0';
}

/* Reads a table of places. Rows that follow each other under one name are a line; a row with a name
 * of its own is a point. */
static int read_places(struct csv *c, struct draft *d, struct err *e)
{
    for (size_t row = 1; read_row(c); row++) {
        const char *name = value(c, LONG_NAME);
        double lon;
        double lat;
        double elevation_m;

        if (is_blank(c, c->lat) && is_blank(c, c->lon))
            continue;
        if (!read_cell_number(c, c->lat, &lat) || !read_cell_number(c, c->lon, &lon))
            return err_set(e, ERR_INVALID,
                "Row %zu of the table has the latitude \"%.30s\" and the longitude \"%.30s\", "
                "which "
                "are not degrees.",
                row, is_blank(c, c->lat) ? "" : c->field[c->lat].data,
                is_blank(c, c->lon) ? "" : c->field[c->lon].data);
        if ((d->n == 0 || strncmp(d->shape[d->n - 1].name, name, 200) != 0) &&
            draft_begin(d, DRAFT_LINE, DRAFT_PLAIN, name, e))
            return -1;
        if (draft_add(d, lon, lat, e))
            return -1;
        if (c->ele >= 0 && read_cell_number(c, c->ele, &elevation_m))
            draft_elevate(d, elevation_m);
    }
    for (size_t i = 0; i < d->n; i++) {
        if (d->shape[i].n == 1)
            d->shape[i].kind = DRAFT_POINT;
        else
            draft_name(d, d->shape[i].name, 20);
    }
    if (c->nameless)
        diagnostics_add(&d->notes, DIAGNOSTIC_WARNING, "columns", NULL,
            "The table does not name its columns: the first number of a row was read as the %s, "
            "the "
            "second as the %s. If that is wrong, write \"lat,lon\" or \"lon,lat\" as its first "
            "line.",
            c->lat == 0 ? "latitude" : "longitude", c->lat == 0 ? "longitude" : "latitude");
    return 0;
}

static void release(struct csv *c)
{
    for (size_t i = 0; i <= COLUMNS_MAX; i++)
        buf_release(&c->field[i]);
    free(c);
}

bool read_csv_knows(const char *file, size_t len)
{
    struct csv *c = mem_zalloc(1, sizeof *c);
    bool known;

    read_header(c, file, len);
    known = c->kind != ROW_UNKNOWN;
    release(c);
    return known;
}

int read_csv(const char *file, size_t len, const char *want, struct draft *d, struct err *e)
{
    struct csv *c = mem_zalloc(1, sizeof *c);
    int ret;

    read_header(c, file, len);
    if (c->kind == ROW_COURSE)
        ret = choose(c, want, d, e);
    else if (c->kind == ROW_SHAPE)
        ret = read_shapes(c, d, e);
    else if (c->kind == ROW_PLACE)
        ret = read_places(c, d, e);
    else
        ret = err_set(e, ERR_INVALID,
            "The CSV has no column \"map\"; its first line should be "
            "id,shortName,longName,distance,map,geoFence,start,end, or WKT,name, or lat,lon.");
    release(c);
    return ret;
}
