#include "http/api.h"

#include "base/mem.h"
#include "http/roster.h"

int api_roster_get(struct exchange *x, struct err *e)
{
    static const char *const known[] = {"version", NULL};
    struct store *s = x->services->store;
    const char *run_id = x->request.params.value[0];
    int64_t version = -1;
    struct roster names;
    struct view *v;
    int rc;

    if (query_only(&x->request.query, known, e) ||
        query_i64(&x->request.query, "version", (const int64_t[]){0, UINT32_MAX}, &version, e))
        return -1;
    x->response.type = "text/csv; charset=utf-8";
    if (version < 0)
        return s->ops->roster(s, run_id, &x->response.body, e);
    v = s->ops->view(s, run_id, e);
    if (!v)
        return -1;
    rc = roster_load(&names, s, run_id, e);
    if (rc == 0) {
        exchange_header(x, "Roster-Version", "%u", v->n);
        roster_dense_csv(&names, v, x);
        roster_release(&names);
    }
    view_unref(v);
    return rc;
}

int api_roster_put(struct exchange *x, struct err *e)
{
    struct store *s = x->services->store;
    const char *run_id = x->request.params.value[0];
    const struct buf *body = &x->request.body;
    struct roster names;
    struct race_record r;
    size_t n;

    if (s->ops->race(s, run_id, &r, e))
        return -1;
    if (roster_parse(&names, body->data ? body->data : "", body->len, e))
        return -1;
    n = names.n;
    roster_release(&names);
    if (engine_race_roster(x->services->engine, run_id, body->data ? body->data : "", body->len, e))
        return -1;
    return exchange_json(x, 200, json_pack("{s:s, s:I}", "runId", run_id, "names", (json_int_t)n));
}
