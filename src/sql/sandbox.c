/* sandbox.c: SQLite is a large library that was not made for statements by strangers. Everything is
 * forbidden but what is listed here. */
#include "sql/sandbox.h"

#include "sql/answer.h"
#include "sql/match.h"
#include "sql/tables.h"

#include <stdio.h>
#include <string.h>

/* Steps of SQLite between two looks at the clock and the memory. One step may call a costly
 * function, so there are few. */
#define STEPS 20

/* How much longer a JSON function takes than one that copies its text. */
#define JSON_WEIGHT 32

/* A function that is not here is refused. Missing are those that make gigabytes from nothing
 * (printf, zeroblob), load code, say something about this machine, or take the product of two
 * lengths, which no limit can end (instr, replace). */
static const char *const functions[] = {"->", "->>", "abs", "acos", "acosh", "asin", "asinh",
    "atan", "atan2", "atanh", "avg", "ceil", "ceiling", "coalesce", "concat", "cos", "cosh",
    "count", "cume_dist", "current_date", "current_time", "current_timestamp", "date", "datetime",
    "degrees", "dense_rank", "div", "divide", "exp", "first_value", "floor", "glob", "group_concat",
    "hex", "ifnull", "iif", "json", "json_array", "json_array_length", "json_extract",
    "json_object", "json_quote", "json_type", "json_valid", "julianday", "lag", "last_value",
    "lead", "length", "like", "likelihood", "likely", "ln", "log", "log10", "log2", "lookup",
    "lower", "ltrim", "max", "min", "minus", "mod", "now", "nth_value", "ntile", "nullif",
    "percent_rank", "pi", "plus", "positioncount", "pow", "power", "quote", "radians", "rank",
    "round", "rounddecimal", "row_number", "rtrim", "sign", "sin", "sinh", "sqrt", "stastext",
    "stcontains", "stdistance", "stequals", "stgeogfromtext", "stgeometrytype", "stgeomfromtext",
    "stpoint", "strftime", "stwithin", "substr", "substring", "sum", "tan", "tanh", "time", "times",
    "todatetime", "togeometry", "tosphericalgeography", "total", "trim", "trunc", "typeof",
    "unicode", "unixepoch", "unlikely", "upper"};

static const struct {
    int id;
    int value;
} limits[] = {
    {SQLITE_LIMIT_LENGTH, SQL_VALUE_MAX},
    {SQLITE_LIMIT_SQL_LENGTH, 1 << 20},
    {SQLITE_LIMIT_COLUMN, SQL_COLUMNS_MAX},
    {SQLITE_LIMIT_EXPR_DEPTH, 500},
    {SQLITE_LIMIT_COMPOUND_SELECT, 50},
    {SQLITE_LIMIT_VDBE_OP, SQL_STEPS_MAX},
    {SQLITE_LIMIT_FUNCTION_ARG, 64},
    {SQLITE_LIMIT_ATTACHED, 0},
    {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, SQL_MATCH_PATTERN_MAX},
    {SQLITE_LIMIT_VARIABLE_NUMBER, 0},
    {SQLITE_LIMIT_TRIGGER_DEPTH, 0},
    {SQLITE_LIMIT_WORKER_THREADS, 0},
};

/* Keeps the first reason: SQLite goes on asking after a refusal. */
static int refuse(struct sql_sandbox *g, const char *what, const char *name)
{
    if (!g->refused[0])
        (void)snprintf(g->refused, sizeof g->refused, "%s%s%.60s%s", what, name ? " " : "",
            name ? name : "", name ? "." : "");
    return SQLITE_DENY;
}

/* A search through the list; it is asked once for each function in a statement. */
static bool may_call(const char *name)
{
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
        if (sqlite3_stricmp(name, functions[i]) == 0)
            return true;
    return false;
}

/* Refused are SQLite's own tables, and those that show its pragmas and other statements. */
static bool may_read(const char *table)
{
    static const char *const prefixes[] = {
        "sqlite_", "pragma_", "dbstat", "fts", "rtree", "bytecode", "tables_used"};

    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (sqlite3_strnicmp(table, prefixes[i], (int)strlen(prefixes[i])) == 0)
            return false;
    return true;
}

/* Called for everything that a statement refers to. SQLITE_RECURSIVE is refused with the rest. */
static int authorize(
    void *arg, int action, const char *a, const char *b, const char *db, const char *in)
{
    struct sql_sandbox *g = arg;

    (void)db;
    (void)in;
    if (sql_context_late(g->context))
        return refuse(g, "The statement took too long to be understood.", NULL);
    switch (action) {
    case SQLITE_SELECT:
        return SQLITE_OK;
    case SQLITE_READ:
        return !a || may_read(a) ? SQLITE_OK : refuse(g, "There is no table", a);
    case SQLITE_FUNCTION:
        return b && may_call(b) ? SQLITE_OK : refuse(g, "There is no function", b);
    default:
        return refuse(
            g, "Only SELECT is answered here: nothing is written, attached or set.", NULL);
    }
}

/* Called every STEPS steps; non-zero ends the statement. SQLite counts the memory of the whole
 * process, so statements that run at the same time share the bound. */
static int progress(void *arg)
{
    struct sql_sandbox *g = arg;

    if (sqlite3_memory_used() - g->memory_before > SQL_MEMORY_MAX)
        g->context->too_big = true;
    else
        (void)sql_context_late(g->context);
    return g->context->too_big || g->context->timed_out;
}

/* A virtual table declares itself when it is first named, which the authorizer would see as a
 * CREATE TABLE. So all are named once before the authorizer is set. */
static void declare_tables(sqlite3 *db)
{
    sqlite3_stmt *stmt = NULL;

    (void)sqlite3_prepare_v2(db,
        "SELECT 1 FROM parkrun, parkrun_history, races, courses, json_each, json_tree", -1, &stmt,
        NULL);
    (void)sqlite3_finalize(stmt);
}

void sql_sandbox_init(struct sql_sandbox *g, sqlite3 *db, struct sql_context *c)
{
    *g = (struct sql_sandbox){.context = c, .memory_before = sqlite3_memory_used()};
    (void)snprintf(g->too_big, sizeof g->too_big, "A text or geometry grew beyond 8 MiB.");
    declare_tables(db);
    /* "name" that names nothing is an error. As it is built, most SQLites take it for a text. */
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    (void)sqlite3_exec(db, "PRAGMA temp_store = MEMORY", NULL, NULL, NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
        (void)sqlite3_limit(db, limits[i].id, limits[i].value);
    (void)sqlite3_set_authorizer(db, authorize, g);
    sqlite3_progress_handler(db, STEPS, progress, g);
}

/* How many times as long as a copy of its value a step of the program may take; 0: it moves no
 * value. A filter of json_each parses a whole text. */
static int64_t weight_of(const char *step, const char *function, bool json_tables)
{
    static const char *const moving[] = {"Function", "PureFunc", "Concat", "Column", "VColumn",
        "MakeRecord", "Copy", "Cast", "Eq", "Ne", "Lt", "Le", "Gt", "Ge", "Compare", "AggStep",
        "ResultRow"};

    if (strcmp(step, "VFilter") == 0)
        return json_tables ? JSON_WEIGHT : 0;
    for (size_t i = 0; i < sizeof moving / sizeof moving[0]; i++)
        if (strcmp(step, moving[i]) == 0)
            return strncmp(function, "json", 4) == 0 || strncmp(function, "->", 2) == 0
                       ? JSON_WEIGHT
                       : 1;
    return 0;
}

/* EXPLAIN gives the program of the statement, one step a row. Its steps are not run. */
int sql_sandbox_bound(struct sql_sandbox *g, sqlite3 *db, const char *statement, struct err *e)
{
    char *text = sqlite3_mprintf("EXPLAIN %s", statement);
    sqlite3_stmt *program = NULL;
    bool json_tables = strcasestr(statement, "json_") != NULL;
    int64_t effort = 1, max;
    int rc = text ? sqlite3_prepare_v2(db, text, -1, &program, NULL) : SQLITE_NOMEM;

    while (rc == SQLITE_OK && sqlite3_step(program) == SQLITE_ROW) {
        const char *step = (const char *)sqlite3_column_text(program, 1);
        const char *function = (const char *)sqlite3_column_text(program, 5);

        effort += weight_of(step ? step : "", function ? function : "", json_tables);
    }
    (void)sqlite3_finalize(program);
    sqlite3_free(text);
    if (rc != SQLITE_OK)
        return err_set(e, ERR_TOO_LARGE, "The statement is too long: make it shorter.");
    max = SQL_ROW_EFFORT / effort < SQL_VALUE_MAX ? SQL_ROW_EFFORT / effort : SQL_VALUE_MAX;
    (void)sqlite3_limit(db, SQLITE_LIMIT_LENGTH, (int)max);
    if (max < SQL_VALUE_MAX)
        (void)snprintf(g->too_big, sizeof g->too_big,
            "A text or geometry grew beyond %lld KiB, which a statement of this length may have.",
            (long long)(max >> 10));
    return 0;
}
