/* positions.c: parkrun and parkrun_history as virtual tables of SQLite. SQLite hands over
 * conditions on runId, competitorId and rawTime, which decide what is read at all; a filter row by
 * row would read days of history. */
#include "base/mem.h"
#include "sql/geometry/geometry.h"
#include "sql/position_cursor.h"
#include "sql/tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* In ASCII order of the names (tables.h). */
enum column {
    COLUMN_ID,
    COLUMN_COURSE,
    COLUMN_DISTANCE,
    COLUMN_EVENT_ID,
    COLUMN_LAT,
    COLUMN_LOCATION,
    COLUMN_LON,
    COLUMN_RAW,
    COLUMN_RUN_ID,
    COLUMN_TIMESTAMP,
};

static const struct sql_table_column columns[] = {
    [COLUMN_ID] = {"competitorId", SQL_TYPE_LONG},
    [COLUMN_COURSE] = {"course", SQL_TYPE_STRING},
    [COLUMN_DISTANCE] = {"distance", SQL_TYPE_DOUBLE},
    [COLUMN_EVENT_ID] = {"eventId", SQL_TYPE_STRING},
    [COLUMN_LAT] = {"lat", SQL_TYPE_DOUBLE},
    [COLUMN_LOCATION] = {"location", SQL_TYPE_BYTES},
    [COLUMN_LON] = {"lon", SQL_TYPE_DOUBLE},
    [COLUMN_RAW] = {"rawTime", SQL_TYPE_INT},
    [COLUMN_RUN_ID] = {"runId", SQL_TYPE_STRING},
    [COLUMN_TIMESTAMP] = {"timestamp", SQL_TYPE_TIMESTAMP},
};

/* The number that xBestIndex hands to xFilter: which arguments follow, in this order, and whether
 * the statement reads event ids, whose text costs more than the rest of the row. */
enum {
    BY_RUN = 1,
    BY_ID = 2,
    BY_RAW = 4,
    BY_RAW_FROM = 8,
    BY_RAW_TO = 16,
    WANT_EVENT_ID = 32,
};

/* One per connection and table. */
struct positions_table {
    sqlite3_vtab base;
    struct sql_context *context;
    bool history; /* parkrun_history: every event whatever is said of skipUpsert */
};

/* One scan; a join with itself has two. */
struct positions_cursor {
    sqlite3_vtab_cursor base;
    struct sql_walk walk;
    int64_t row_number;
};

/* SQLite's constructor of a table. */
static int connect(sqlite3 *db, void *aux, sqlite3_vtab **out, bool history)
{
    int rc = sql_tables_declare(
        db, columns, sizeof columns / sizeof columns[0], sizeof(struct positions_table), out);

    if (rc == SQLITE_OK) {
        ((struct positions_table *)*out)->context = aux;
        ((struct positions_table *)*out)->history = history;
    }
    return rc;
}

static int connect_latest(
    sqlite3 *db, void *aux, int argc, const char *const *argv, sqlite3_vtab **out, char **why)
{
    (void)argc;
    (void)argv;
    (void)why;
    return connect(db, aux, out, false);
}

static int connect_history(
    sqlite3 *db, void *aux, int argc, const char *const *argv, sqlite3_vtab **out, char **why)
{
    (void)argc;
    (void)argv;
    (void)why;
    return connect(db, aux, out, true);
}

static int disconnect(sqlite3_vtab *t)
{
    free(t);
    return SQLITE_OK;
}

/* The BY_ bit of a condition that the walk can use, 0 for none. */
static int bit_of(const struct sqlite3_index_constraint *c)
{
    bool equal = c->op == SQLITE_INDEX_CONSTRAINT_EQ;

    if (!c->usable)
        return 0;
    if (c->iColumn == COLUMN_RUN_ID)
        return equal ? BY_RUN : 0;
    if (c->iColumn == COLUMN_ID)
        return equal ? BY_ID : 0;
    if (c->iColumn != COLUMN_RAW)
        return 0;
    switch (c->op) {
    case SQLITE_INDEX_CONSTRAINT_EQ:
        return BY_RAW;
    case SQLITE_INDEX_CONSTRAINT_GT:
    case SQLITE_INDEX_CONSTRAINT_GE:
        return BY_RAW_FROM;
    case SQLITE_INDEX_CONSTRAINT_LT:
    case SQLITE_INDEX_CONSTRAINT_LE:
        return BY_RAW_TO;
    default:
        return 0;
    }
}

/* Only the relations matter: SQLite compares the costs of orders of a join. A race is about 1 % of
 * the rows; a competitor is found at once in a view, while in a history its ticks must be read. */
static double cost_of(int index, bool every)
{
    double rows = every ? 1e8 : 1e6;

    if (index & BY_RUN)
        rows /= 100;
    if (index & BY_ID)
        rows /= every ? 2 : 1000;
    if (index & BY_RAW)
        rows /= every ? 1000 : 2;
    if (index & (BY_RAW_FROM | BY_RAW_TO))
        rows /= 2;
    return rows;
}

/* Offers SQLite every condition that narrows the walk. None is marked as done (`omit`), so SQLite
 * checks each row again and the bounds may be wide. */
static int best_index(sqlite3_vtab *base, sqlite3_index_info *info)
{
    const struct positions_table *t = (const struct positions_table *)base;
    int argument = 0;

    info->idxNum = 0;
    for (int bit = BY_RUN; bit <= BY_RAW_TO; bit <<= 1)
        for (int i = 0; i < info->nConstraint; i++)
            if (!(info->idxNum & bit) && bit_of(&info->aConstraint[i]) == bit) {
                info->idxNum |= bit;
                info->aConstraintUsage[i].argvIndex = ++argument;
            }
    info->estimatedCost = cost_of(info->idxNum, t->history || t->context->skip_upsert);
    info->estimatedRows = (sqlite3_int64)info->estimatedCost;
    if (info->colUsed & (UINT64_C(1) << COLUMN_EVENT_ID))
        info->idxNum |= WANT_EVENT_ID;
    return SQLITE_OK;
}

/* skipUpsert makes parkrun the same as parkrun_history. */
static int open_cursor(sqlite3_vtab *base, sqlite3_vtab_cursor **out)
{
    const struct positions_table *t = (const struct positions_table *)base;
    struct positions_cursor *cur = mem_zalloc(1, sizeof *cur);

    cur->walk.context = t->context;
    cur->walk.every = t->history || t->context->skip_upsert;
    *out = &cur->base;
    return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *base)
{
    struct positions_cursor *cur = (struct positions_cursor *)base;

    sql_walk_release(&cur->walk);
    free(cur);
    return SQLITE_OK;
}

/* A bound on the raw second as a whole number, rounded outwards. Of a text or NULL it is no
 * bound. */
static int32_t bound(sqlite3_value *v, bool from)
{
    double d = sqlite3_value_double(v);
    int type = sqlite3_value_type(v);

    if (type != SQLITE_INTEGER && type != SQLITE_FLOAT)
        return from ? 0 : INT32_MAX;
    d = from ? floor(d) : ceil(d);
    return d <= 0 ? (from ? 0 : (int32_t)fmax(d, -1)) : d >= INT32_MAX ? INT32_MAX : (int32_t)d;
}

static void take_arguments(struct sql_walk *w, int index, sqlite3_value **argv)
{
    w->by_id = false;
    w->from_s = 0;
    w->to_s = INT32_MAX;
    w->race = 0;
    w->race_end = w->context->races_n;
    if (index & BY_RUN) {
        const char *run_id = (const char *)sqlite3_value_text(*argv++);

        w->race = sql_context_find_race(w->context, run_id ? run_id : "");
        w->race_end = w->race < w->context->races_n ? w->race + 1 : w->race;
    }
    if (index & BY_ID) {
        w->by_id = sqlite3_value_type(*argv) == SQLITE_INTEGER;
        w->id = sqlite3_value_int64(*argv++);
    }
    if (index & BY_RAW) {
        w->from_s = bound(*argv, true);
        w->to_s = bound(*argv++, false);
    }
    if (index & BY_RAW_FROM) {
        int32_t from_s = bound(*argv++, true);

        w->from_s = from_s > w->from_s ? from_s : w->from_s;
    }
    if (index & BY_RAW_TO) {
        int32_t to_s = bound(*argv, false);

        w->to_s = to_s < w->to_s ? to_s : w->to_s;
    }
}

/* The result of a step of the walk as SQLite's code. */
static int result_of(struct positions_cursor *cur, int rc, const struct err *e)
{
    if (!rc)
        return SQLITE_OK;
    return sql_context_late(cur->walk.context) ? SQLITE_INTERRUPT
                                               : sql_tables_fail(cur->base.pVtab, e);
}

/* Begins a scan, and begins it anew for each row of an outer loop. */
static int filter(
    sqlite3_vtab_cursor *base, int index, const char *text, int argc, sqlite3_value **argv)
{
    struct positions_cursor *cur = (struct positions_cursor *)base;
    struct err e = {0};

    (void)text;
    (void)argc;
    if (sql_context_races(cur->walk.context, &e))
        return sql_tables_fail(base->pVtab, &e);
    take_arguments(&cur->walk, index, argv);
    cur->walk.want_event_id = (index & WANT_EVENT_ID) != 0;
    cur->row_number = 0;
    return result_of(cur, sql_walk_begin(&cur->walk, &e), &e);
}

static int next(sqlite3_vtab_cursor *base)
{
    struct positions_cursor *cur = (struct positions_cursor *)base;
    struct err e = {0};

    cur->row_number++;
    return result_of(cur, sql_walk_next(&cur->walk, &e), &e);
}

static int eof(sqlite3_vtab_cursor *base)
{
    return sql_walk_over(&((const struct positions_cursor *)base)->walk);
}

/* Only has to differ within a scan: nothing looks rows up by it. */
static int rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
    *out = ((struct positions_cursor *)base)->row_number;
    return SQLITE_OK;
}

static void result_location(sqlite3_context *out, const struct sql_position *p)
{
    uint8_t bytes[SQL_GEOMETRY_POINT_LEN];

    sql_geometry_point(bytes, p->lon_deg, p->lat_deg, true);
    sqlite3_result_blob(out, bytes, sizeof bytes, SQLITE_TRANSIENT);
}

/* The values that are numbers or bytes of the position. */
static void result_number(sqlite3_context *out, const struct sql_position *p, enum column column)
{
    switch (column) {
    case COLUMN_ID:
        sqlite3_result_int64(out, p->id);
        return;
    case COLUMN_DISTANCE:
        sqlite3_result_double(out, p->distance_m);
        return;
    case COLUMN_LAT:
        sqlite3_result_double(out, p->lat_deg);
        return;
    case COLUMN_LON:
        sqlite3_result_double(out, p->lon_deg);
        return;
    case COLUMN_RAW:
        sqlite3_result_int(out, p->raw_s);
        return;
    case COLUMN_TIMESTAMP:
        sqlite3_result_int64(out, p->timestamp_s * 1000);
        return;
    default:
        result_location(out, p);
        return;
    }
}

static void result_event_id(sqlite3_context *out, const struct sql_walk *w)
{
    struct buf id = BUF_INIT;

    sql_walk_event_id(w, &id);
    sqlite3_result_text(out, id.len ? id.data : "", (int)id.len, SQLITE_TRANSIENT);
    buf_release(&id);
}

/* Texts that belong to the race are not copied: the context outlives the statement. */
static int column(sqlite3_vtab_cursor *base, sqlite3_context *out, int number)
{
    const struct sql_walk *w = &((const struct positions_cursor *)base)->walk;
    const struct race_record *r = &w->context->race[w->race];
    struct sql_position at;

    switch (number) {
    case COLUMN_COURSE:
        sqlite3_result_text(out, r->spec.course, -1, SQLITE_STATIC);
        return SQLITE_OK;
    case COLUMN_RUN_ID:
        sqlite3_result_text(out, r->spec.run_id, -1, SQLITE_STATIC);
        return SQLITE_OK;
    case COLUMN_EVENT_ID:
        result_event_id(out, w);
        return SQLITE_OK;
    default:
        at = sql_walk_position(w);
        result_number(out, &at, (enum column)number);
        return SQLITE_OK;
    }
}

#define POSITIONS(connector)                                                            \
    {                                                                                   \
        .xConnect = (connector), .xBestIndex = best_index, .xDisconnect = disconnect,   \
        .xOpen = open_cursor, .xClose = close_cursor, .xFilter = filter, .xNext = next, \
        .xEof = eof, .xColumn = column, .xRowid = rowid,                                \
    }

static const sqlite3_module latest_vtab = POSITIONS(connect_latest);
static const sqlite3_module history_vtab = POSITIONS(connect_history);

int sql_positions_register(sqlite3 *db, struct sql_context *c)
{
    int rc = sqlite3_create_module(db, "parkrun", &latest_vtab, c);

    return rc == SQLITE_OK ? sqlite3_create_module(db, "parkrun_history", &history_vtab, c) : rc;
}
