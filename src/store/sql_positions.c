#include "base/mem.h"
#include "store/sql_geometry.h"
#include "store/sql_tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Events are read this many at a time and then to the end of their second: memory is bounded by one
 * tick. */
#define CHUNK 65536u
#define LATE_EVERY 1024u

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

/* What xBestIndex tells xFilter: which arguments come, in this order, and whether event ids are
 * looked at. */
enum {
    BY_RUN = 1,
    BY_ID = 2,
    BY_RAW = 4,
    BY_RAW_FROM = 8,
    BY_RAW_TO = 16,
    WANT_EVENT_ID = 32,
};

struct position {
    int64_t id;
    int64_t timestamp_s;
    double lon_deg, lat_deg, distance_m;
    int32_t raw_s;
    size_t event_id; /* place in event_ids */
};

struct positions_table {
    sqlite3_vtab base;
    struct sql_context *context;
    bool history; /* parkrun_history: every event whatever is said of skipUpsert */
};

struct positions_cursor {
    sqlite3_vtab_cursor base;
    struct sql_context *context;
    bool every; /* every event, else the latest of each competitor */
    bool want_event_id;
    bool by_id;
    int64_t id;
    int32_t from_s, to_s;
    size_t race, race_end; /* in context->race */
    int64_t row_number;

    struct view *view; /* latest: number i of it */
    uint32_t i, i_end;

    struct position *event; /* every: number `at` of what has been read */
    size_t n, cap, at;
    struct buf event_ids;
    int32_t next_s; /* where the next chunk begins */
    bool more;
    bool stopped;
};

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

/* The BY_ bit that a condition of the statement is good for, 0 for none. */
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

static int open_cursor(sqlite3_vtab *base, sqlite3_vtab_cursor **out)
{
    const struct positions_table *t = (const struct positions_table *)base;
    struct positions_cursor *cur = mem_zalloc(1, sizeof *cur);

    cur->context = t->context;
    cur->every = t->history || t->context->skip_upsert;
    *out = &cur->base;
    return SQLITE_OK;
}

static void leave_race(struct positions_cursor *cur)
{
    view_unref(cur->view);
    cur->view = NULL;
    cur->n = cur->at = 0;
    cur->more = true;
    cur->next_s = cur->from_s;
}

static int close_cursor(sqlite3_vtab_cursor *base)
{
    struct positions_cursor *cur = (struct positions_cursor *)base;

    view_unref(cur->view);
    free(cur->event);
    buf_release(&cur->event_ids);
    free(cur);
    return SQLITE_OK;
}

/* Every event. */

static int take_event(void *arg, const struct event *ev)
{
    struct positions_cursor *cur = arg;

    if (++cur->context->rows_read % LATE_EVERY == 0 && sql_context_late(cur->context))
        return 1;
    if (cur->n >= CHUNK && ev->raw_s != cur->event[cur->n - 1].raw_s) {
        cur->stopped = true;
        cur->next_s = ev->raw_s;
        return 1;
    }
    if (cur->by_id && ev->competitor_id != cur->id)
        return 0;
    cur->event = mem_grow(cur->event, cur->n, &cur->cap, sizeof *cur->event);
    cur->event[cur->n++] = (struct position){.id = ev->competitor_id,
        .timestamp_s = ev->timestamp_s,
        .lon_deg = ev->lon_deg,
        .lat_deg = ev->lat_deg,
        .distance_m = ev->distance_m,
        .raw_s = ev->raw_s,
        .event_id = cur->event_ids.len};
    if (cur->want_event_id)
        buf_add(&cur->event_ids, ev->event_id, strlen(ev->event_id) + 1);
    return 0;
}

static int read_chunk(struct positions_cursor *cur)
{
    struct store *s = cur->context->store;
    struct err e = {0};
    int rc;

    cur->n = cur->at = 0;
    cur->stopped = false;
    buf_clear(&cur->event_ids);
    rc = s->ops->events(
        s, cur->context->race[cur->race].spec.run_id, cur->next_s, cur->to_s, take_event, cur, &e);
    cur->more = cur->stopped;
    if (cur->context->timed_out)
        return SQLITE_INTERRUPT;
    if (rc && !cur->stopped && e.code != ERR_NOT_FOUND)
        return sql_tables_fail(cur->base.pVtab, &e);
    return SQLITE_OK;
}

/* To the next event at or behind `at`, of this race or a later one. */
static int seek_event(struct positions_cursor *cur)
{
    while (cur->race < cur->race_end && cur->at >= cur->n) {
        if (!cur->more) {
            leave_race(cur);
            cur->race++;
            continue;
        }
        int rc = read_chunk(cur);
        if (rc != SQLITE_OK)
            return rc;
    }
    return SQLITE_OK;
}

/* The latest of each competitor. */

static int open_view(struct positions_cursor *cur)
{
    struct err e = {0};

    cur->view = sql_context_view(cur->context, cur->race, &e);
    if (!cur->view)
        return e.code == ERR_NOT_FOUND ? SQLITE_OK : sql_tables_fail(cur->base.pVtab, &e);
    cur->i = 0;
    cur->i_end = cur->view->n;
    if (cur->by_id) {
        uint32_t i = view_find(cur->view, cur->id);

        cur->i = i == UINT32_MAX ? cur->view->n : i;
        cur->i_end = i == UINT32_MAX ? cur->view->n : i + 1;
    }
    return SQLITE_OK;
}

static bool in_range(const struct positions_cursor *cur)
{
    int32_t raw_s = cur->view->raw_s[cur->i];

    return raw_s >= 0 && raw_s >= cur->from_s && raw_s <= cur->to_s;
}

static int seek_latest(struct positions_cursor *cur)
{
    for (; cur->race < cur->race_end; cur->race++) {
        int rc = cur->view ? SQLITE_OK : open_view(cur);

        if (rc != SQLITE_OK)
            return rc;
        for (; cur->view && cur->i < cur->i_end; cur->i++) {
            cur->context->rows_read++;
            if (in_range(cur))
                return SQLITE_OK;
        }
        leave_race(cur);
    }
    return SQLITE_OK;
}

static int seek(struct positions_cursor *cur)
{
    return cur->every ? seek_event(cur) : seek_latest(cur);
}

/* Bounds are taken wide: SQLite looks at every row again. */
static int32_t bound(sqlite3_value *v, bool from)
{
    double d = sqlite3_value_double(v);
    int type = sqlite3_value_type(v);

    if (type != SQLITE_INTEGER && type != SQLITE_FLOAT)
        return from ? 0 : INT32_MAX;
    d = from ? floor(d) : ceil(d);
    return d <= 0 ? (from ? 0 : (int32_t)fmax(d, -1)) : d >= INT32_MAX ? INT32_MAX : (int32_t)d;
}

static void take_arguments(struct positions_cursor *cur, int index, sqlite3_value **argv)
{
    cur->by_id = false;
    cur->from_s = 0;
    cur->to_s = INT32_MAX;
    cur->race = 0;
    cur->race_end = cur->context->races_n;
    if (index & BY_RUN) {
        const char *run_id = (const char *)sqlite3_value_text(*argv++);

        cur->race = sql_context_find_race(cur->context, run_id ? run_id : "");
        cur->race_end = cur->race < cur->context->races_n ? cur->race + 1 : cur->race;
    }
    if (index & BY_ID) {
        cur->by_id = sqlite3_value_type(*argv) == SQLITE_INTEGER;
        cur->id = sqlite3_value_int64(*argv++);
    }
    if (index & BY_RAW) {
        cur->from_s = bound(*argv, true);
        cur->to_s = bound(*argv++, false);
    }
    if (index & BY_RAW_FROM) {
        int32_t from_s = bound(*argv++, true);

        cur->from_s = from_s > cur->from_s ? from_s : cur->from_s;
    }
    if (index & BY_RAW_TO) {
        int32_t to_s = bound(*argv, false);

        cur->to_s = to_s < cur->to_s ? to_s : cur->to_s;
    }
}

static int filter(
    sqlite3_vtab_cursor *base, int index, const char *text, int argc, sqlite3_value **argv)
{
    struct positions_cursor *cur = (struct positions_cursor *)base;
    struct err e;

    (void)text;
    (void)argc;
    if (sql_context_races(cur->context, &e))
        return sql_tables_fail(base->pVtab, &e);
    take_arguments(cur, index, argv);
    cur->want_event_id = (index & WANT_EVENT_ID) != 0;
    cur->row_number = 0;
    leave_race(cur);
    if (cur->to_s < cur->from_s)
        cur->race = cur->race_end;
    return seek(cur);
}

static int next(sqlite3_vtab_cursor *base)
{
    struct positions_cursor *cur = (struct positions_cursor *)base;

    cur->row_number++;
    if (cur->every)
        cur->at++;
    else
        cur->i++;
    return seek(cur);
}

static int eof(sqlite3_vtab_cursor *base)
{
    const struct positions_cursor *cur = (const struct positions_cursor *)base;

    return cur->race >= cur->race_end;
}

static int rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
    *out = ((struct positions_cursor *)base)->row_number;
    return SQLITE_OK;
}

static void latest_position(const struct positions_cursor *cur, struct position *out)
{
    const struct view *v = cur->view;

    out->id = view_id(v, cur->i);
    out->raw_s = v->raw_s[cur->i];
    out->timestamp_s = v->race.spec.start_s + out->raw_s;
    out->event_id = 0;
    view_place(v, cur->i, &out->lon_deg, &out->lat_deg, &out->distance_m);
}

/* Our own ids follow from the position; another producer's are in its latest event. */
static void result_latest_event_id(sqlite3_context *out, const struct positions_cursor *cur)
{
    const struct view *v = cur->view;
    struct store *s = cur->context->store;
    int64_t id = view_id(v, cur->i);
    char text[UUID_LEN + 1];
    struct store_competitor who;
    struct err e;

    if (!v->foreign) {
        event_id(v->race.spec.run_id, id, v->raw_s[cur->i], text);
        sqlite3_result_text(out, text, -1, SQLITE_TRANSIENT);
        return;
    }
    if (s->ops->competitor(s, v->race.spec.run_id, id, -1, &who, &e)) {
        sqlite3_result_text(out, "", 0, SQLITE_STATIC);
        return;
    }
    sqlite3_result_text(out, who.latest.event_id, -1, SQLITE_TRANSIENT);
    store_competitor_release(&who);
}

static void result_location(sqlite3_context *out, const struct position *p)
{
    uint8_t bytes[SQL_GEOMETRY_POINT_LEN];

    sql_geometry_point(bytes, p->lon_deg, p->lat_deg, true);
    sqlite3_result_blob(out, bytes, sizeof bytes, SQLITE_TRANSIENT);
}

static void result_number(sqlite3_context *out, const struct position *p, enum column column)
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

static int column(sqlite3_vtab_cursor *base, sqlite3_context *out, int number)
{
    const struct positions_cursor *cur = (const struct positions_cursor *)base;
    const struct race_record *r = &cur->context->race[cur->race];
    struct position latest;

    switch (number) {
    case COLUMN_COURSE:
        sqlite3_result_text(out, r->spec.course, -1, SQLITE_STATIC);
        return SQLITE_OK;
    case COLUMN_RUN_ID:
        sqlite3_result_text(out, r->spec.run_id, -1, SQLITE_STATIC);
        return SQLITE_OK;
    case COLUMN_EVENT_ID:
        if (!cur->every)
            result_latest_event_id(out, cur);
        else
            sqlite3_result_text(
                out, cur->event_ids.data + cur->event[cur->at].event_id, -1, SQLITE_TRANSIENT);
        return SQLITE_OK;
    default:
        break;
    }
    if (!cur->every)
        latest_position(cur, &latest);
    result_number(out, cur->every ? &cur->event[cur->at] : &latest, (enum column)number);
    return SQLITE_OK;
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
