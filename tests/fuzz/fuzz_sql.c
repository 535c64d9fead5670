/* Any statement is answered in JSON within its time, and what the rewriting takes it takes again.
 */
#include "base/mem.h"
#include "sql/dialect.h"
#include "sql/query.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define TIMEOUT_MS 100

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int no_races(struct store *s, struct race_record **out, size_t *n, struct err *e)
{
    (void)s;
    (void)e;
    *out = NULL;
    *n = 0;
    return 0;
}

static int no_courses(struct store *s, struct course_summary **out, size_t *n, struct err *e)
{
    (void)s;
    (void)e;
    *out = NULL;
    *n = 0;
    return 0;
}

static void ask(const char *sql)
{
    static const struct store_ops ops = {
        .name = "empty", .races = no_races, .course_list = no_courses};
    struct store store = {.ops = &ops};
    json_t *request = json_pack("{s: s}", "sql", sql), *answer;
    char *text = request ? json_dumps(request, JSON_COMPACT) : NULL;
    struct buf out = BUF_INIT;
    struct err e = {0};

    if (text && sql_query(&store, text, strlen(text), TIMEOUT_MS, &out, &e) == 0) {
        answer = json_loadb(out.data, out.len, 0, NULL);
        if (!json_is_array(json_object_get(answer, "exceptions")))
            abort();
        json_decref(answer);
    } else if (text && e.text[0] == '\0') {
        abort();
    }
    buf_release(&out);
    free(text);
    json_decref(request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *sql = mem_strndup((const char *)data, size);
    struct sql_statement first = {0}, again = {0};
    struct err e = {0};

    sql_dialect_options(sql, &first.options);
    if (sql_dialect_init(&first, sql, &e) == 0) {
        /* div(…) nests where / stood in a row, so depth is the one thing that may be refused now.
         */
        if (sql_dialect_init(&again, first.text.data, &e) && e.code != ERR_INVALID)
            abort();
        sql_dialect_release(&again);
        sql_dialect_release(&first);
    } else if (e.text[0] == '\0') {
        abort();
    }
    ask(sql);
    free(sql);
    return 0;
}
