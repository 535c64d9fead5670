/* tables.c: races and courses as virtual tables of SQLite. Both are short lists that the context
 * has read, so one cursor serves both. */
#include "sql/tables.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* Which of the two lists a table shows. */
enum table_kind { TABLE_RACES, TABLE_COURSES };

/* races and courses: rows 0 … n - 1 of what the context holds. There are at most some thousand of
 * them, so no condition is looked up: SQLite filters. */
struct list_table {
    sqlite3_vtab base;
    struct sql_context *context;
    enum table_kind kind;
};

struct list_cursor {
    sqlite3_vtab_cursor base;
    size_t i;
    size_t end;
};

/* What SQLite gives to the constructor; freed with the module. */
struct list_module {
    struct sql_context *context;
    enum table_kind kind;
};

/* In ASCII order of the names (tables.h). */
enum race_column {
    RACE_ANCHOR_RAW,
    RACE_ANCHOR_WALL,
    RACE_COMPETITORS,
    RACE_COURSE,
    RACE_CREATED_AT,
    RACE_DRIVER,
    RACE_REASON,
    RACE_RUN_ID,
    RACE_SPEC,
    RACE_SPEED,
    RACE_START_TIME,
    RACE_STATE,
};

static const struct sql_table_column race_columns[] = {
    [RACE_ANCHOR_RAW] = {"anchorRawTime", SQL_TYPE_INT},
    [RACE_ANCHOR_WALL] = {"anchorWall", SQL_TYPE_TIMESTAMP},
    [RACE_COMPETITORS] = {"competitors", SQL_TYPE_INT},
    [RACE_COURSE] = {"course", SQL_TYPE_STRING},
    [RACE_CREATED_AT] = {"createdAt", SQL_TYPE_TIMESTAMP},
    [RACE_DRIVER] = {"driver", SQL_TYPE_STRING},
    [RACE_REASON] = {"reason", SQL_TYPE_STRING},
    [RACE_RUN_ID] = {"runId", SQL_TYPE_STRING},
    [RACE_SPEC] = {"spec", SQL_TYPE_STRING},
    [RACE_SPEED] = {"speed", SQL_TYPE_DOUBLE},
    [RACE_START_TIME] = {"startTime", SQL_TYPE_TIMESTAMP},
    [RACE_STATE] = {"state", SQL_TYPE_STRING},
};

/* In ASCII order of the names, where "courseMap" comes before "distance". */
enum course_column {
    COURSE_MAP,
    COURSE_DISTANCE,
    COURSE_END,
    COURSE_FENCE,
    COURSE_LONG_NAME,
    COURSE_SHORT_NAME,
    COURSE_START,
};

static const struct sql_table_column course_columns[] = {
    [COURSE_MAP] = {"courseMap", SQL_TYPE_BYTES},
    [COURSE_DISTANCE] = {"distance", SQL_TYPE_DOUBLE},
    [COURSE_END] = {"endLocation", SQL_TYPE_BYTES},
    [COURSE_FENCE] = {"geoFenceLocation", SQL_TYPE_BYTES},
    [COURSE_LONG_NAME] = {"longName", SQL_TYPE_STRING},
    [COURSE_SHORT_NAME] = {"shortName", SQL_TYPE_STRING},
    [COURSE_START] = {"startLocation", SQL_TYPE_BYTES},
};

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

int sql_tables_fail(sqlite3_vtab *t, const struct err *e)
{
    sqlite3_free(t->zErrMsg);
    t->zErrMsg = sqlite3_mprintf("%s", e->text);
    return SQLITE_ERROR;
}

int sql_tables_declare(
    sqlite3 *db, const struct sql_table_column *column, size_t n, size_t size, sqlite3_vtab **out)
{
    struct buf sql = BUF_INIT;
    int rc;

    for (size_t i = 0; i < n; i++)
        buf_addf(&sql, "%s\"%s\" %s", i ? ", " : "CREATE TABLE t(", column[i].name,
            sql_type_declaration(column[i].type));
    buf_addc(&sql, ')');
    rc = sqlite3_declare_vtab(db, sql.data);
    buf_release(&sql);
    if (rc == SQLITE_OK)
        *out = mem_zalloc(1, size);
    return rc;
}

static int list_connect(
    sqlite3 *db, void *aux, int argc, const char *const *argv, sqlite3_vtab **out, char **why)
{
    const struct list_module *m = aux;
    bool races = m->kind == TABLE_RACES;
    int rc = sql_tables_declare(db, races ? race_columns : course_columns,
        races ? COUNT(race_columns) : COUNT(course_columns), sizeof(struct list_table), out);

    (void)argc;
    (void)argv;
    (void)why;
    if (rc == SQLITE_OK) {
        ((struct list_table *)*out)->context = m->context;
        ((struct list_table *)*out)->kind = m->kind;
    }
    return rc;
}

static int list_disconnect(sqlite3_vtab *t)
{
    free(t);
    return SQLITE_OK;
}

/* One plan. The number only has to be small beside that of positions, so that a join loops over
 * races outside and positions inside. */
static int list_best_index(sqlite3_vtab *t, sqlite3_index_info *info)
{
    (void)t;
    info->estimatedCost = 100;
    info->estimatedRows = 100;
    return SQLITE_OK;
}

static int list_open(sqlite3_vtab *t, sqlite3_vtab_cursor **out)
{
    struct list_cursor *cur = mem_zalloc(1, sizeof *cur);

    (void)t;
    *out = &cur->base;
    return SQLITE_OK;
}

static int list_close(sqlite3_vtab_cursor *cur)
{
    free(cur);
    return SQLITE_OK;
}

/* Begins a scan. The context reads the races or courses when the first scan begins. */
static int list_filter(
    sqlite3_vtab_cursor *base, int index, const char *text, int argc, sqlite3_value **argv)
{
    struct list_cursor *cur = (struct list_cursor *)base;
    struct list_table *t = (struct list_table *)base->pVtab;
    bool races = t->kind == TABLE_RACES;
    struct err e;

    (void)index;
    (void)text;
    (void)argc;
    (void)argv;
    if (races ? sql_context_races(t->context, &e) : sql_context_courses(t->context, &e))
        return sql_tables_fail(&t->base, &e);
    cur->i = 0;
    cur->end = races ? t->context->races_n : t->context->courses_n;
    t->context->rows_read += cur->end;
    return SQLITE_OK;
}

static int list_next(sqlite3_vtab_cursor *cur)
{
    struct sql_context *c = ((struct list_table *)cur->pVtab)->context;

    ((struct list_cursor *)cur)->i++;
    return sql_context_late(c) ? SQLITE_INTERRUPT : SQLITE_OK;
}

static int list_eof(sqlite3_vtab_cursor *cur)
{
    return ((struct list_cursor *)cur)->i >= ((struct list_cursor *)cur)->end;
}

static int list_rowid(sqlite3_vtab_cursor *cur, sqlite3_int64 *out)
{
    *out = (sqlite3_int64)((struct list_cursor *)cur)->i;
    return SQLITE_OK;
}

static void result_text(sqlite3_context *out, const char *s)
{
    sqlite3_result_text(out, s, -1, SQLITE_TRANSIENT);
}

/* What the race was asked for, as JSON. An external race was not asked for here. */
static void result_spec(sqlite3_context *out, const struct race_record *r)
{
    json_t *j = r->external ? NULL : race_spec_json(&r->spec);
    char *text = j ? json_dumps(j, JSON_COMPACT) : NULL;

    result_text(out, text ? text : "{}");
    free(text);
    json_decref(j);
}

static void race_value(sqlite3_context *out, const struct race_record *r, enum race_column column)
{
    switch (column) {
    case RACE_ANCHOR_RAW:
        sqlite3_result_int(out, r->anchor.raw_s);
        return;
    case RACE_ANCHOR_WALL:
        sqlite3_result_int64(out, r->anchor.wall_ms);
        return;
    case RACE_COMPETITORS:
        sqlite3_result_int64(out, r->spec.competitors);
        return;
    case RACE_COURSE:
        result_text(out, r->spec.course);
        return;
    case RACE_CREATED_AT:
        sqlite3_result_int64(out, r->created_ms);
        return;
    case RACE_DRIVER:
        result_text(out, r->driver);
        return;
    case RACE_REASON:
        result_text(out, r->reason);
        return;
    case RACE_RUN_ID:
        result_text(out, r->spec.run_id);
        return;
    case RACE_SPEC:
        result_spec(out, r);
        return;
    case RACE_SPEED:
        sqlite3_result_double(out, r->anchor.speed);
        return;
    case RACE_START_TIME:
        sqlite3_result_int64(out, r->spec.start_s * 1000);
        return;
    case RACE_STATE:
        result_text(out, race_state_name(r->state));
        return;
    }
}

/* Not copied, because the context outlives the statement. */
static void result_bytes(sqlite3_context *out, const struct buf *b)
{
    sqlite3_result_blob(out, b->len ? b->data : "", (int)b->len, SQLITE_STATIC);
}

static void course_value(
    sqlite3_context *out, struct sql_context *c, struct sql_course *k, enum course_column column)
{
    bool of_line = column == COURSE_MAP || column == COURSE_END || column == COURSE_FENCE ||
                   column == COURSE_START;
    struct err e;

    if (of_line && sql_context_make(c, k, &e)) {
        sqlite3_result_error(out, e.text, -1);
        return;
    }
    switch (column) {
    case COURSE_MAP:
        result_bytes(out, &k->map);
        return;
    case COURSE_DISTANCE:
        sqlite3_result_double(out, (double)k->about.length_mm / 1000);
        return;
    case COURSE_END:
        result_bytes(out, &k->finish);
        return;
    case COURSE_FENCE:
        result_bytes(out, &k->fence);
        return;
    case COURSE_LONG_NAME:
        result_text(out, k->about.long_name);
        return;
    case COURSE_SHORT_NAME:
        result_text(out, k->about.short_name);
        return;
    case COURSE_START:
        result_bytes(out, &k->start);
        return;
    }
}

static int list_column(sqlite3_vtab_cursor *base, sqlite3_context *out, int column)
{
    struct list_cursor *cur = (struct list_cursor *)base;
    struct list_table *t = (struct list_table *)base->pVtab;

    if (t->kind == TABLE_RACES)
        race_value(out, &t->context->race[cur->i], (enum race_column)column);
    else
        course_value(out, t->context, &t->context->course[cur->i], (enum course_column)column);
    return SQLITE_OK;
}

static const sqlite3_module list_vtab = {
    .xConnect = list_connect,
    .xBestIndex = list_best_index,
    .xDisconnect = list_disconnect,
    .xOpen = list_open,
    .xClose = list_close,
    .xFilter = list_filter,
    .xNext = list_next,
    .xEof = list_eof,
    .xColumn = list_column,
    .xRowid = list_rowid,
};

static int register_list(sqlite3 *db, const char *name, struct sql_context *c, enum table_kind kind)
{
    struct list_module *m = mem_alloc(sizeof *m);

    *m = (struct list_module){c, kind};
    return sqlite3_create_module_v2(db, name, &list_vtab, m, free);
}

int sql_tables_register(sqlite3 *db, struct sql_context *c)
{
    int rc = register_list(db, "races", c, TABLE_RACES);

    if (rc == SQLITE_OK)
        rc = register_list(db, "courses", c, TABLE_COURSES);
    return rc;
}
