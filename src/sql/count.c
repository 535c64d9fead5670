/* count.c: recognises a plain count by its tokens, and answers it through a function. The
 * recogniser is strict on purpose: whatever it does not take is counted by SQLite row by row, which
 * is slow and right. */
#include "sql/count.h"

#include "sql/functions.h"
#include "sql/position_cursor.h"

#include <string.h>
#include <strings.h>

/* The parts of the statement that its rewritten form needs. */
struct plain {
    const struct sql_token *name;   /* of the column; NULL: none is given */
    const struct sql_token *alias;  /* of the table; NULL: none */
    const struct sql_token *run_id; /* NULL: of all races */
    const struct sql_token *limit;  /* NULL: none */
    bool history;
};

/* The tokens and where the recogniser stands. */
struct reader {
    const struct sql_token *t;
    size_t n, i;
};

static const struct sql_token *take(struct reader *r)
{
    return r->i < r->n ? &r->t[r->i++] : NULL;
}

static bool take_word(struct reader *r, const char *word)
{
    if (r->i == r->n || !sql_token_is(&r->t[r->i], word))
        return false;
    r->i++;
    return true;
}

/* [AS] name; false where AS is followed by none. */
static bool take_name(struct reader *r, const struct sql_token **out)
{
    bool as = take_word(r, "AS");

    *out = NULL;
    if (r->i < r->n && (r->t[r->i].kind == SQL_WORD || r->t[r->i].kind == SQL_QUOTED) &&
        !sql_token_is_reserved(&r->t[r->i]))
        *out = take(r);
    return *out || !as;
}

/* parkrun is the latest position of each competitor, parkrun_history every event. */
static bool take_table(struct reader *r, struct plain *p)
{
    const struct sql_token *t = take(r);

    p->history = t && sql_token_names(t, "parkrun_history");
    return t && (p->history || sql_token_names(t, "parkrun")) && take_name(r, &p->alias);
}

/* Bare names only: a quoted alias is left to SQLite. */
static bool same_name(const struct sql_token *a, const struct sql_token *b)
{
    return a->kind == SQL_WORD && b->kind == SQL_WORD && a->len == b->len &&
           strncasecmp(a->at, b->at, a->len) == 0;
}

/* runId, or that of the table by its alias. */
static bool take_run_id(struct reader *r, const struct plain *p)
{
    const struct sql_token *t = take(r);

    if (t && p->alias && same_name(t, p->alias) && take_word(r, "."))
        t = take(r);
    return t && sql_token_names(t, "runId");
}

/* One condition, and only on a text: a comparison with a column or a function depends on the
 * row. */
static bool take_where(struct reader *r, struct plain *p)
{
    if (!take_word(r, "WHERE"))
        return true;
    if (!take_run_id(r, p) || !take_word(r, "="))
        return false;
    p->run_id = take(r);
    return p->run_id && p->run_id->kind == SQL_STRING;
}

static bool take_limit(struct reader *r, struct plain *p)
{
    if (!take_word(r, "LIMIT"))
        return true;
    p->limit = take(r);
    return p->limit && p->limit->kind == SQL_NUMBER;
}

/* Every token must be used, else the statement is more than a plain count. */
static bool read_plain(struct reader *r, struct plain *p)
{
    return take_word(r, "SELECT") && take_word(r, "count") && take_word(r, "(") &&
           take_word(r, "*") && take_word(r, ")") && take_name(r, &p->name) &&
           take_word(r, "FROM") && take_table(r, p) && take_where(r, p) && take_limit(r, p) &&
           r->i == r->n;
}

/* Tokens are copied as they were written, quotes and all, so nothing has to be escaped. */
static void put(struct buf *out, const char *before, const struct sql_token *t)
{
    if (!t)
        return;
    buf_adds(out, before);
    buf_add(out, t->at, t->len);
}

bool sql_count_rewrite(const struct sql_token *t, size_t n, struct buf *out)
{
    struct reader r = {.t = t, .n = n};
    struct plain p = {.name = NULL};

    if (!read_plain(&r, &p))
        return false;
    buf_addf(out, "SELECT positioncount(%d", p.history);
    put(out, ", ", p.run_id);
    buf_addc(out, ')');
    if (p.name)
        put(out, " AS ", p.name);
    else
        buf_adds(out, " AS \"count(*)\"");
    put(out, " LIMIT ", p.limit);
    return true;
}

/* Counts one race's positions one by one, where the store does not know how many there are: single
 * events and ticks may hold the same position twice. */
static int walk_over(struct sql_context *c, size_t race, bool every, uint64_t *n, struct err *e)
{
    struct sql_walk w = {
        .context = c, .every = every, .to_s = INT32_MAX, .race = race, .race_end = race + 1};
    int rc;

    for (rc = sql_walk_begin(&w, e); !rc && !sql_walk_over(&w); rc = sql_walk_next(&w, e))
        ++*n;
    sql_walk_release(&w);
    return rc;
}

/* A race that is deleted while it is counted counts nothing. */
static int count_race(struct sql_context *c, size_t race, bool every, uint64_t *n, struct err *e)
{
    struct store *s = c->store;
    uint64_t known = 0;
    int rc = 0;

    if (sql_context_late(c))
        return err_set(e, ERR_TIMEOUT, "The statement's time is up.");
    if (s->ops->count)
        rc = s->ops->count(s, c->race[race].spec.run_id, every, &known, e);
    if (rc < 0)
        return e->code == ERR_NOT_FOUND ? 0 : -1; /* deleted meanwhile */
    if (rc == 0)
        return walk_over(c, race, every, n, e);
    *n += known;
    c->rows_read += known;
    return 0;
}

/* Without a runId all races that readers see. */
static int count(struct sql_context *c, bool every, const char *run_id, uint64_t *n, struct err *e)
{
    size_t i = 0, end;

    *n = 0;
    if (sql_context_races(c, e))
        return -1;
    end = c->races_n;
    if (run_id) {
        i = sql_context_find_race(c, run_id);
        end = i < end ? i + 1 : i;
    }
    for (; i < end; i++)
        if (count_race(c, i, every, n, e))
            return -1;
    return 0;
}

static void position_count(sqlite3_context *out, int argc, sqlite3_value **argv)
{
    struct sql_context *c = sql_functions_app(out);
    const char *run_id = argc > 1 ? (const char *)sqlite3_value_text(argv[1]) : NULL;
    bool every = c->skip_upsert || sqlite3_value_int(argv[0]) != 0;
    struct err e = {0};
    uint64_t n;

    if (argc > 1 && !run_id) /* runId = NULL finds no race */
        run_id = "";
    if (count(c, every, run_id, &n, &e) == 0)
        sqlite3_result_int64(out, (sqlite3_int64)n);
    else if (sql_context_late(c))
        sqlite3_result_error_code(out, SQLITE_INTERRUPT);
    else
        sql_functions_fail(out, &e);
}

int sql_count_register(sqlite3 *db, struct sql_context *c)
{
    static const struct sql_function functions[] = {
        {"positioncount", 1, position_count},
        {"positioncount", 2, position_count},
    };

    return sql_functions_add(db, functions, sizeof functions / sizeof functions[0], c, c);
}
