/* startlist_routes.c: the start list of a live race, and its start. */
#include "api/tracking/tracking.h"

#include "base/clock.h"
#include "base/mem.h"
#include "tracking/startlist/startlist.h"

#include <stdlib.h>
#include <string.h>

int api_startlist_get(struct exchange *x, struct err *e)
{
    struct fixlog *log = tracking_log(x, e);

    if (!log || tracking_need_token(x, e) ||
        fixlog_list(log, x->request.params.value[0], &x->response.body, e))
        return -1;
    x->response.type = "text/csv; charset=utf-8";
    return 0;
}

static json_t *problems_json(const struct startlist *s)
{
    json_t *list = json_array();

    for (size_t i = 0; i < s->problems && i < STARTLIST_PROBLEMS_MAX; i++)
        (void)json_array_append_new(
            list, json_pack("{s:I, s:s, s:s}", "line", (json_int_t)s->problem[i].line, "column",
                      s->problem[i].column, "text", s->problem[i].text));
    return list;
}

static int answer(struct exchange *x, const struct startlist *s, bool taken)
{
    json_t *j = json_pack("{s:I, s:b, s:I, s:o, s:o}", "competitors", (json_int_t)s->n, "taken",
        (int)taken, "problemsInAll", (json_int_t)s->problems, "problems", problems_json(s),
        "encoding", s->encoding ? json_string(s->encoding) : json_null());

    return exchange_json(x, 200, j);
}

/* The people, their ids, the file and the names: in this order, so that whoever asks for the file
 * finds ids in it. */
static int put(struct exchange *x, struct fixlog *log, const struct startlist *s, struct err *e)
{
    const char *run_id = x->request.params.value[0];
    struct fixlog_entrant *people = mem_zalloc(s->n ? s->n : 1, sizeof *people);
    int64_t *id = mem_zalloc(s->n ? s->n : 1, sizeof *id);
    struct buf csv = BUF_INIT, roster = BUF_INIT;
    int rc;

    for (size_t i = 0; i < s->n; i++)
        people[i] = (struct fixlog_entrant){startlist_cell(s, i, STARTLIST_BIB),
            startlist_cell(s, i, STARTLIST_DEVICE), s->row[i].competitor_id};
    rc = fixlog_put_people(log, run_id, people, s->n, e);
    for (size_t i = 0; i < s->n; i++)
        id[i] = people[i].competitor_id;
    startlist_write(s, id, &csv);
    startlist_roster(s, id, &roster);
    if (!rc)
        rc = fixlog_put_list(log, run_id, &csv, e) ||
                     engine_race_roster(api_of(x)->o.engine, run_id, roster.data, roster.len, e)
                 ? -1
                 : 0;
    buf_release(&csv);
    buf_release(&roster);
    free(people);
    free(id);
    return rc;
}

/* ?check=1: nothing is taken. ?lenient=1: what has no problem is. */
int api_startlist_put(struct exchange *x, struct err *e)
{
    static const char *const known[] = {"lenient", "check", NULL};
    struct fixlog *log = tracking_log(x, e);
    const struct buf *body = &x->request.body;
    bool lenient = false, check = false, taken;
    struct buf before = BUF_INIT;
    struct startlist s;
    int rc;

    if (!log || params_only(&x->request.query, known, e) ||
        params_bool(&x->request.query, "lenient", &lenient, e) ||
        params_bool(&x->request.query, "check", &check, e))
        return -1;
    rc = fixlog_list(log, x->request.params.value[0], &before, e); /* is it a live race? */
    buf_release(&before);
    if (rc || startlist_parse(&s, body->data ? body->data : "", body->len, e))
        return -1;
    taken = !check && (lenient || !s.problems);
    rc = taken ? put(x, log, &s, e) : 0;
    if (!rc)
        rc = answer(x, &s, taken);
    startlist_release(&s);
    return rc;
}

/* "2026-05-01T09:00:00.250Z": the second it is in. */
static int read_at(struct exchange *x, int64_t *at_ms, struct err *e)
{
    json_t *body;
    const char *at;
    struct err why;
    int64_t at_s;
    int rc = 0;

    *at_ms = clock_wall_ms();
    if (!x->request.body.len)
        return 0;
    body = exchange_body_json(x, e);
    if (!body)
        return -1;
    at = json_string_value(json_object_get(body, "at"));
    if (json_object_size(body) != (at ? 1 : 0))
        rc = err_set_field(e, "at",
            "The body is empty or {\"at\": \"2026-05-01T09:00:00Z\"}, the time of the gun.");
    else if (at && clock_parse(at, &at_s, &why))
        rc = err_set_field(e, "at", "at: %s", why.text);
    else if (at)
        *at_ms = at_s * 1000;
    json_decref(body);
    return rc;
}

int api_live_start(struct exchange *x, struct err *e)
{
    struct race_record r;
    int64_t at_ms;

    if (read_at(x, &at_ms, e) ||
        engine_race_start(api_of(x)->o.engine, x->request.params.value[0], at_ms, &r, e))
        return -1;
    return exchange_json(x, 200, race_record_json(&r));
}
