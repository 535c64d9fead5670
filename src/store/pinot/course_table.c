/* course_table.c: compares the dimension table with what this server knows, and loads it where they
 * differ. The table is compared by statements, because the controller does not hand out rows. A
 * load replaces the whole table, so rows of others are read first and written back. */
#include "store/pinot/course_table.h"

#include "base/clock.h"
#include "store/pinot/tables.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define PAUSE_MS 50                  /* between two looks whether queries see the new rows */
#define ROWS_MAX 10000               /* courses of others that are taken along */
#define STATEMENT_BYTES (128u << 10) /* then another statement is begun */

/* "" where it is no text. */
static const char *cell(const json_t *row, size_t i)
{
    const char *text = json_string_value(json_array_get(row, i));

    return text ? text : "";
}

/* The deleted ones, and with `all` also those that are there. */
static void add_names(struct buf *sql, const struct pinot_course_list *l, bool all)
{
    size_t k = 0;

    for (size_t i = 0; i < l->deleted_n; i++, k++) {
        buf_adds(sql, k ? ", " : "");
        pinot_quote(sql, l->deleted[i]);
    }
    for (size_t i = 0; all && i < l->n; i++, k++) {
        buf_adds(sql, k ? ", " : "");
        pinot_quote(sql, l->course[i]->short_name);
    }
}

/* The row of this course as it is now, not as it was before: its line shows in its length. */
static void add_as_it_is(const struct course *c, struct buf *sql)
{
    struct buf fence = BUF_INIT;

    buf_adds(sql, "(shortName = ");
    pinot_quote(sql, c->short_name);
    buf_adds(sql, " and longName = ");
    pinot_quote(sql, c->long_name);
    buf_addf(sql, " and distance = %u.%03u", c->length_mm / 1000, c->length_mm % 1000);
    if (c->fence) {
        fence_wkt(c->fence, &fence);
        buf_adds(sql, " and geoFenceLocation = ST_GeogFromText(");
        pinot_quote(sql, fence.data);
        buf_addc(sql, ')');
    }
    buf_addc(sql, ')');
    buf_release(&fence);
}

/* Does the count that a statement answers equal n? */
static int counts(struct pinot *p, const struct buf *sql, size_t n, bool *equal, struct err *e)
{
    json_t *table;

    if (pinot_query(p, sql->data, &table, e))
        return -1;
    *equal = (size_t)json_integer_value(
                 json_array_get(json_array_get(json_object_get(table, "rows"), 0), 0)) == n;
    json_decref(table);
    return 0;
}

/* As many courses as fit into one statement, from *i on. */
static int holds_some(
    struct pinot *p, const struct pinot_course_list *l, size_t *i, bool *holds, struct err *e)
{
    struct buf sql = BUF_INIT;
    size_t n = 0;
    int rc;

    buf_adds(&sql, "select count(*) from courses where ");
    for (; *i < l->n && sql.len < STATEMENT_BYTES; (*i)++, n++) {
        buf_adds(&sql, n ? " or " : "");
        add_as_it_is(l->course[*i], &sql);
    }
    rc = counts(p, &sql, n, holds, e);
    buf_release(&sql);
    return rc;
}

/* "LINESTRING (x y" or " x y": is it that place? */
static bool is_at(const char *text, struct lonlat at)
{
    double lon, lat;

    if (strncmp(text, "LINESTRING", 10) == 0)
        text += 10;
    text += strspn(text, " (");
    return sscanf(text, "%lf %lf", &lon, &lat) == 2 && llround(lon * 1e9) == at.lon_nd &&
           llround(lat * 1e9) == at.lat_nd;
}

/* NULL: it is somebody else's. */
static const struct course *listed(const struct pinot_course_list *l, const char *short_name)
{
    for (size_t i = 0; i < l->n; i++)
        if (strcmp(l->course[i]->short_name, short_name) == 0)
            return l->course[i];
    return NULL;
}

/* A row: shortName and the first two places of its map. */
static int take_map(const struct pinot_course_list *l, const json_t *row)
{
    const struct course *c = listed(l, cell(row, 0));
    const struct lonlat *vertex;
    const uint64_t *at_um;
    size_t n;

    if (!c)
        return 1;
    n = line_vertices(c->line, &vertex, &at_um);
    return is_at(cell(row, 1), vertex[n - 1]) && is_at(cell(row, 2), vertex[n - 2]);
}

/* Do the maps of our courses run from the finish to the start? Those that an older version has
 * loaded do not, which shows in nothing else. */
static int maps_fit(struct pinot *p, const struct pinot_course_list *l, bool *fit, struct err *e)
{
    struct buf sql = BUF_INIT;
    json_t *table, *row;
    size_t k;
    int rc;

    buf_adds(&sql, "select shortName, splitPart(ST_AsText(courseMap), ',', 0), "
                   "splitPart(ST_AsText(courseMap), ',', 1) from courses where courseMap <> ''");
    buf_addf(&sql, " limit %d", ROWS_MAX);
    rc = pinot_query(p, sql.data, &table, e);
    buf_release(&sql);
    if (rc)
        return -1;
    json_array_foreach(json_object_get(table, "rows"), k, row)
    {
        *fit = *fit && take_map(l, row);
    }
    json_decref(table);
    return 0;
}

/* Pinot does not route to a dimension table that has no segment: no error, but nothing there. */
static int has_segment(struct pinot *p, bool *has, struct err *e)
{
    struct pinot_request r = {.method = "GET", .path = "/segments/courses?type=OFFLINE"};
    struct buf answer = BUF_INIT;
    long status = 0;
    int rc = pinot_controller(p, &r, &answer, &status, e);
    json_t *j = rc ? NULL : json_loadb(answer.data ? answer.data : "", answer.len, 0, NULL);

    *has = json_array_size(json_object_get(json_array_get(j, 0), "OFFLINE")) > 0;
    json_decref(j);
    buf_release(&answer);
    return rc;
}

/* Cheapest question first: most servers find everything in order. */
int pinot_course_table_holds(
    struct pinot *p, const struct pinot_course_list *l, bool *holds, struct err *e)
{
    struct buf sql = BUF_INIT;
    size_t i = 0;
    int rc = has_segment(p, holds, e);

    if (!*holds)
        *holds = l->n == 0;
    else if (!rc && l->deleted_n) {
        buf_adds(&sql, "select count(*) from courses where shortName in (");
        add_names(&sql, l, false);
        buf_addc(&sql, ')');
        rc = counts(p, &sql, 0, holds, e);
    }
    while (!rc && *holds && i < l->n)
        rc = holds_some(p, l, &i, holds, e);
    if (!rc && *holds && l->n)
        rc = maps_fit(p, l, holds, e);
    buf_release(&sql);
    return rc;
}

/* Rows that are not this server's to change, as the text of a CSV: others' courses. */
struct others {
    const json_t *fences; /* rows: shortName, geofence */
    struct buf *csv;
};

static const char *fence_of(const json_t *fences, const char *short_name)
{
    size_t k;
    json_t *row;

    json_array_foreach(fences, k, row)
    {
        if (strcmp(cell(row, 0), short_name) == 0)
            return cell(row, 1);
    }
    return "";
}

/* A row of somebody else, written as it was read. */
static void add_other(const json_t *row, const json_t *fences, struct buf *csv)
{
    struct course_row r = {.short_name = cell(row, 0),
        .long_name = cell(row, 1),
        .distance_m = json_number_value(json_array_get(row, 2)),
        .route = cell(row, 3),
        .geofence = fence_of(fences, cell(row, 0)),
        .start = cell(row, 4),
        .finish = cell(row, 5)};

    course_export_csv_text(&r, csv);
}

/* A column that is empty cannot be read as a place. */
static int ask_others(struct pinot *p, const struct pinot_course_list *l, const char *columns,
    const char *filled, json_t **table, struct err *e)
{
    struct buf sql = BUF_INIT;
    int rc;

    buf_addf(&sql, "select %s from courses where %s", columns, filled);
    if (l->n + l->deleted_n) {
        buf_adds(&sql, " and shortName not in (");
        add_names(&sql, l, true);
        buf_addc(&sql, ')');
    }
    buf_addf(&sql, " limit %d", ROWS_MAX);
    rc = pinot_query(p, sql.data, table, e);
    buf_release(&sql);
    return rc;
}

/* Two statements: a course without a geofence has empty bytes there, which no function reads. */
static int add_others(
    struct pinot *p, const struct pinot_course_list *l, struct buf *csv, struct err *e)
{
    json_t *rows = NULL, *fences = NULL, *row;
    bool any;
    size_t k;
    int rc = has_segment(p, &any, e);

    if (rc || !any)
        return rc;
    rc = ask_others(p, l,
             "shortName, longName, distance, ST_AsText(courseMap), ST_AsText(startLocation), "
             "ST_AsText(endLocation)",
             "courseMap <> '' and startLocation <> '' and endLocation <> ''", &rows, e) ||
         ask_others(
             p, l, "shortName, ST_AsText(geoFenceLocation)", "geoFenceLocation <> ''", &fences, e);
    if (!rc) {
        json_array_foreach(json_object_get(rows, "rows"), k, row)
        {
            add_other(row, json_object_get(fences, "rows"), csv);
        }
    }
    json_decref(rows);
    json_decref(fences);
    return rc ? -1 : 0;
}

/* An empty table cannot be loaded (the CSV would have no row), so nothing is sent then. */
static int upload(struct pinot *p, const struct pinot_course_list *l, bool *loaded, struct err *e)
{
    struct buf csv = BUF_INIT, answer = BUF_INIT;
    struct pinot_request r = {
        .method = "POST", .path = pinot_table_load_path, .file_name = "courses.csv"};
    long status = 0;
    size_t header;
    int failed;

    course_export_csv_header(&csv);
    header = csv.len;
    for (size_t i = 0; i < l->n; i++)
        course_export_csv_row(l->course[i], &csv);
    failed = add_others(p, l, &csv, e);
    r.body = csv.data;
    r.len = csv.len;
    *loaded = !failed && csv.len > header;
    if (*loaded)
        failed = pinot_controller(p, &r, &answer, &status, e);
    if (*loaded && !failed && status != 200)
        failed = err_set(e, status == 401 || status == 403 ? ERR_UNAUTHORIZED : ERR_UNAVAILABLE,
            "Pinot refuses the courses (HTTP %ld): %.200s", status,
            answer.len ? answer.data : "no reason given");
    buf_release(&csv);
    buf_release(&answer);
    return failed;
}

/* Waits until queries see the load: a controller's 200 means only that the segment is accepted. */
static int await(struct pinot *p, const struct pinot_course_list *l, int wait_ms, struct err *e)
{
    int64_t deadline_ms = clock_wall_ms() + wait_ms;
    struct err why = {0};
    bool holds = false;

    while (pinot_course_table_holds(p, l, &holds, &why) || !holds) {
        if (clock_wall_ms() > deadline_ms)
            return err_set(e, ERR_TIMEOUT,
                "the courses cannot be looked up in Pinot as they are, %d s after they were loaded"
                "%s%s",
                wait_ms / 1000, why.code ? ": " : "", why.code ? why.text : "");
        (void)nanosleep(&(struct timespec){.tv_nsec = PAUSE_MS * 1000000L}, NULL);
    }
    return 0;
}

int pinot_course_table_load(
    struct pinot *p, const struct pinot_course_list *l, int wait_ms, bool *loaded, struct err *e)
{
    bool holds;

    *loaded = false;
    if (pinot_course_table_holds(p, l, &holds, e))
        return -1;
    if (holds)
        return 0;
    return upload(p, l, loaded, e) || (*loaded && await(p, l, wait_ms, e)) ? -1 : 0;
}
