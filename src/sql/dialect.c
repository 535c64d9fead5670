/* dialect.c: rewrites Pinot's SQL into SQLite's, token by token, in one pass. A real parser of SQL
 * would be thousands of lines, and would have to follow both programs; here only what differs is
 * touched. */
#include "sql/dialect.h"

#include "base/clock.h"
#include "base/mem.h"
#include "sql/columns.h"
#include "sql/count.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DIVISIONS_MAX 1000u /* each wraps what is before it, so the work grows with their square */
#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* Where a sequence of tokens ends for its caller. */
enum stop { STOP_AT_END, STOP_AT_CLOSE, STOP_AT_CASE_END, STOP_AT_AS };

/* Writes the tokens to `out`, changed where they have to be. This is no parser: it follows
 * brackets, CASE and the operators that bind as tight as / and %, and copies everything else.
 * SQLite parses the result and reports the errors. */
struct emitter {
    const struct sql_token *t;
    size_t n;
    size_t i;
    struct buf *out;
    unsigned depth;
    unsigned divisions;
    bool too_deep;
    const struct sql_column *column; /* names that are still to be written */
    size_t columns_n;
};

/* Functions that Pinot knows by any spelling: St_AsText, stAsText, ST_ASTEXT. */
static const char *const functions[] = {"concat", "divide", "lookup", "minus", "now", "plus",
    "rounddecimal", "stastext", "stcontains", "stdistance", "stequals", "stgeogfromtext",
    "stgeometrytype", "stgeomfromtext", "stpoint", "stwithin", "times", "todatetime", "togeometry",
    "tosphericalgeography"};

/* Names of options in any case. A timeout of 0 or less is no timeout. */
static void set_option(struct sql_options *o, const char *name, const char *value)
{
    if (strcasecmp(name, "skipUpsert") == 0)
        o->skip_upsert = strcasecmp(value, "true") == 0 || strcmp(value, "1") == 0;
    else if (strcasecmp(name, "timeoutMs") == 0)
        o->timeout_ms = strtoll(value, NULL, 10) > 0 ? strtoll(value, NULL, 10) : o->timeout_ms;
}

static void set_option_tokens(
    struct sql_options *o, const struct sql_token *name, const struct sql_token *value)
{
    char *n = sql_token_value(name);
    char *v = sql_token_value(value);

    set_option(o, n, v);
    free(n);
    free(v);
}

/* Semicolons, commas and spaces separate options. Whatever has no = is passed over. */
void sql_dialect_options(const char *text, struct sql_options *out)
{
    char *copy = mem_strdup(text);
    char *rest = NULL;

    for (char *one = strtok_r(copy, ";, ", &rest); one; one = strtok_r(NULL, ";, ", &rest)) {
        char *value = strchr(one, '=');
        if (!value)
            continue;
        *value++ = 0;
        set_option(out, one, value);
    }
    free(copy);
}

/* SET name = value ; as often as it is there. A negative value says nothing. */
static int take_sets(struct emitter *em, struct sql_options *o, struct err *e)
{
    while (em->i < em->n && sql_token_is(&em->t[em->i], "SET")) {
        const struct sql_token *t = &em->t[em->i];
        size_t left = em->n - em->i;
        size_t minus = left > 3 && sql_token_is(&t[3], "-") ? 1 : 0;

        if (left < 5 + minus || !sql_token_is(&t[2], "=") || !sql_token_is(&t[4 + minus], ";"))
            return err_set(
                e, ERR_INVALID, "A SET before the statement has the form SET name = value;");
        if (!minus)
            set_option_tokens(o, &t[1], &t[3]);
        em->i += 5 + minus;
    }
    return 0;
}

/* One option(name = value, …) at the end: false where there is none. */
static bool take_option(struct emitter *em, struct sql_options *o)
{
    size_t open = em->n;

    if (em->n < em->i + 4 || em->t[em->n - 1].kind != SQL_CLOSE)
        return false;
    while (open > em->i + 1 && em->t[open - 1].kind != SQL_OPEN)
        open--;
    if (open <= em->i + 1 || !sql_token_is(&em->t[open - 2], "OPTION"))
        return false;
    for (size_t i = open; i + 2 < em->n; i += 4) {
        if (!sql_token_is(&em->t[i + 1], "="))
            return false;
        set_option_tokens(o, &em->t[i], &em->t[i + 2]);
    }
    em->n = open - 2;
    return true;
}

/* A space before each token: it separates words, and harms nothing between others. */
static void put_next(struct emitter *em)
{
    if (em->i == em->n)
        return;
    buf_addc(em->out, ' ');
    buf_add(em->out, em->t[em->i].at, em->t[em->i].len);
    em->i++;
}

/* Behind the end an empty mark. */
static const struct sql_token *peek(const struct emitter *em, size_t ahead)
{
    static const struct sql_token none = {SQL_MARK, "", 0};

    return em->i + ahead < em->n ? &em->t[em->i + ahead] : &none;
}

/* A TIMESTAMP column holds milliseconds. Without this a time in quotes would be compared as a text
 * and be greater than every number. */
static void emit_text(struct emitter *em)
{
    char *value = sql_token_value(&em->t[em->i]);
    int64_t epoch_s;
    struct err ignored;

    if (sql_type_compared_as_time(em->t, em->n, em->i) &&
        clock_parse(value, &epoch_s, &ignored) == 0) {
        buf_addf(em->out, " %" PRId64, epoch_s * 1000);
        em->i++;
    } else {
        put_next(em);
    }
    free(value);
}

static void emit_sequence(struct emitter *em, enum stop stop);

/* ( sequence ). Brackets are balanced already (token.c). */
static void emit_bracket(struct emitter *em)
{
    put_next(em);
    emit_sequence(em, STOP_AT_CLOSE);
    put_next(em);
}

/* CAST(expression AS type): Pinot's types by SQLite's names. */
static void emit_cast(struct emitter *em)
{
    const char *type;

    put_next(em);
    put_next(em);
    emit_sequence(em, STOP_AT_AS);
    if (sql_token_is(peek(em, 0), "AS")) {
        put_next(em);
        type = sql_type_cast(peek(em, 0));
        if (type)
            buf_addf(em->out, " %s", type);
        em->i += type ? 1 : 0;
    }
    emit_sequence(em, STOP_AT_CLOSE);
    put_next(em);
}

/* A function with its arguments, and what may follow it: FILTER (…), OVER (…) or OVER name. */
static void emit_call(struct emitter *em)
{
    char name[64];
    bool ours = false;

    sql_token_canonical(peek(em, 0), name, sizeof name);
    /* DISTINCTCOUNT(x) is count(DISTINCT x), which SQLite has. */
    if (strcmp(name, "distinctcount") == 0) {
        em->i += 2;
        buf_adds(em->out, " count(DISTINCT");
        emit_sequence(em, STOP_AT_CLOSE);
        put_next(em);
        return;
    }
    for (size_t i = 0; i < COUNT(functions); i++)
        ours = ours || strcmp(name, functions[i]) == 0;
    if (ours) {
        buf_addf(em->out, " %s", name);
        em->i++;
    } else {
        put_next(em);
    }
    emit_bracket(em);
    while (sql_token_is(peek(em, 0), "FILTER") || sql_token_is(peek(em, 0), "OVER")) {
        put_next(em);
        if (peek(em, 0)->kind == SQL_OPEN)
            emit_bracket(em);
        else
            put_next(em);
    }
}

static void emit_name(struct emitter *em)
{
    put_next(em);
    while (sql_token_is(peek(em, 0), ".")) {
        put_next(em);
        put_next(em);
    }
}

/* Keywords and marks are copied as they are. */
static bool starts_value(const struct sql_token *t)
{
    return t->kind != SQL_CLOSE && t->kind != SQL_MARK && !sql_token_is_reserved(t);
}

static void emit_value(struct emitter *em)
{
    const struct sql_token *t = peek(em, 0);

    if (t->kind == SQL_OPEN) {
        emit_bracket(em);
    } else if (t->kind == SQL_STRING) {
        emit_text(em);
    } else if (sql_token_is(t, "CASE")) {
        put_next(em);
        emit_sequence(em, STOP_AT_CASE_END);
        put_next(em);
    } else if (t->kind == SQL_WORD && peek(em, 1)->kind == SQL_OPEN) {
        if (sql_token_is(t, "CAST"))
            emit_cast(em);
        else
            emit_call(em);
    } else if (t->kind == SQL_WORD || t->kind == SQL_QUOTED) {
        emit_name(em);
    } else {
        put_next(em);
    }
}

/* A value with everything that binds tighter than * and /: signs, ||, -> and COLLATE. */
static void emit_operand(struct emitter *em)
{
    for (;;) {
        while (peek(em, 0)->kind == SQL_MARK && peek(em, 0)->len == 1 &&
               strchr("+-~", peek(em, 0)->at[0]))
            put_next(em);
        if (!starts_value(peek(em, 0)))
            return;
        emit_value(em);
        while (sql_token_is(peek(em, 0), "COLLATE")) {
            put_next(em);
            put_next(em);
        }
        if (!sql_token_is(peek(em, 0), "||") && !sql_token_is(peek(em, 0), "->") &&
            !sql_token_is(peek(em, 0), "->>"))
            return;
        put_next(em);
    }
}

/* Inserts the function's name before what was written since `start`. */
static void wrap(struct emitter *em, size_t start, const char *function)
{
    size_t n = strlen(function);
    size_t behind = em->out->len - start;

    (void)buf_reserve(em->out, n + 1);
    memmove(em->out->data + start + n, em->out->data + start, behind);
    memcpy(em->out->data + start, function, n);
    em->out->len += n;
    em->out->data[em->out->len] = 0;
}

/* a * b / c % d becomes mod(div(a * b, c), d). SQLite's own / cuts whole numbers, and its division
 * by zero is NULL; Pinot's divides doubles. */
static void emit_product(struct emitter *em)
{
    size_t start = em->out->len;

    emit_operand(em);
    for (;;) {
        const struct sql_token *op = peek(em, 0);
        bool wrapped = sql_token_is(op, "/") || sql_token_is(op, "%");

        if (!wrapped && !sql_token_is(op, "*"))
            return;
        /* The statement is refused at the end; until then it is copied, not wrapped. */
        if (wrapped && ++em->divisions > DIVISIONS_MAX)
            em->too_deep = true;
        if (!wrapped || em->too_deep) {
            put_next(em);
            emit_operand(em);
            continue;
        }
        wrap(em, start, sql_token_is(op, "/") ? " div(" : " mod(");
        buf_addc(em->out, ',');
        em->i++;
        emit_operand(em);
        buf_addc(em->out, ')');
    }
}

/* An expression of the select list ends here, and has no name: gives it Pinot's. */
static void emit_column_name(struct emitter *em)
{
    buf_adds(em->out, " AS \"");
    for (const char *p = em->column->name; *p; p++)
        buf_adds(em->out, *p == '"' ? "\"\"" : (char[]){*p, 0});
    buf_addc(em->out, '"');
    em->column++;
    em->columns_n--;
}

/* Copies up to the stop, and rewrites each expression on the way. Depth is counted here, because
 * this is the only function that calls itself through others. */
static void emit_sequence(struct emitter *em, enum stop stop)
{
    if (++em->depth > SQL_DEPTH_MAX)
        em->too_deep = true;
    while (em->i < em->n && !em->too_deep) {
        const struct sql_token *t = peek(em, 0);

        if (stop == STOP_AT_END && em->columns_n && em->i == em->column->end)
            emit_column_name(em);
        if ((t->kind == SQL_CLOSE && stop != STOP_AT_END) ||
            (stop == STOP_AT_CASE_END && sql_token_is(t, "END")) ||
            (stop == STOP_AT_AS && sql_token_is(t, "AS")))
            break;
        if (starts_value(t))
            emit_product(em);
        else
            put_next(em);
    }
    if (stop == STOP_AT_END && em->columns_n && !em->too_deep)
        emit_column_name(em);
    em->depth--;
}

/* Is there a LIMIT outside of brackets? */
static bool has_limit(const struct emitter *em)
{
    int depth = 0;

    for (size_t i = em->i; i < em->n; i++) {
        depth += em->t[i].kind == SQL_OPEN ? 1 : em->t[i].kind == SQL_CLOSE ? -1 : 0;
        if (depth == 0 && sql_token_is(&em->t[i], "LIMIT"))
            return true;
    }
    return false;
}

/* Refuses early, with the reason, what SQLite would refuse later with a syntax error or not at
 * all. */
static int check_select(const struct emitter *em, struct err *e)
{
    const struct sql_token *first;

    if (em->i == em->n)
        return err_set(e, ERR_INVALID, "There is no statement: send one SELECT.");
    for (size_t i = em->i; i < em->n; i++)
        if (em->t[i].kind == SQL_WORD && sql_token_is(&em->t[i], "WITH"))
            return err_set(e, ERR_INVALID,
                "WITH is not supported: put the sub-select in brackets where its name stands.");
    first = &em->t[em->i];
    if (!sql_token_is(first, "SELECT"))
        return err_set(e, ERR_FORBIDDEN, "Only SELECT is answered here, not \"%.*s\".",
            (int)(first->len < 40 ? first->len : 40), first->at);
    if (em->n - em->i == 1)
        return err_set(e, ERR_INVALID, "The statement ends behind SELECT: say what to select.");
    for (size_t i = em->i; i < em->n; i++)
        if (sql_token_is(&em->t[i], ";"))
            return err_set(e, ERR_INVALID,
                "Send one statement at a time; only SET name = value; may stand before it.");
    return 0;
}

/* Names of columns come first, because they belong before tokens that are then written. */
static void emit_select(struct emitter *em)
{
    struct sql_column *column;
    size_t n;

    em->t += em->i;
    em->n -= em->i;
    em->i = 0;
    column = sql_columns_read(em->t, em->n, &n);
    em->column = column;
    em->columns_n = n;
    emit_sequence(em, STOP_AT_END);
    sql_columns_free(column, n);
}

static int rewrite(struct sql_statement *out, struct emitter *em, struct err *e)
{
    bool limited;

    if (take_sets(em, &out->options, e))
        return -1;
    while (em->n > em->i && sql_token_is(&em->t[em->n - 1], ";"))
        em->n--;
    while (take_option(em, &out->options))
        ;
    if (check_select(em, e))
        return -1;
    limited = has_limit(em);
    if (!sql_count_rewrite(em->t + em->i, em->n - em->i, em->out))
        emit_select(em);
    if (em->too_deep)
        return err_set(e, ERR_INVALID,
            "The statement nests deeper than %u, or divides more than %u times.", SQL_DEPTH_MAX,
            DIVISIONS_MAX);
    if (!limited)
        buf_addf(em->out, " LIMIT %d", SQL_DEFAULT_LIMIT);
    return 0;
}

int sql_dialect_init(struct sql_statement *out, const char *sql, struct err *e)
{
    struct sql_token_list tokens;
    int rc;

    out->text = (struct buf)BUF_INIT;
    if (sql_token_list_init(&tokens, sql, e))
        return -1;
    struct emitter em = {.t = tokens.token, .n = tokens.n, .out = &out->text};
    rc = rewrite(out, &em, e);
    sql_token_list_release(&tokens);
    if (rc)
        sql_dialect_release(out);
    return rc;
}

void sql_dialect_release(struct sql_statement *s)
{
    buf_release(&s->text);
}
