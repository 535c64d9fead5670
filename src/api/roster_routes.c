/* roster_routes.c: the routes of rosters: put the file, get it back, get the names in dense
 * order. */
#include "api/api.h"

#include "api/roster.h"
#include "base/csv.h"
#include "base/fmt.h"

#include <stdio.h>
#include <string.h>

static void add_row(struct buf *out, int64_t id, const char *name)
{
    char *at = buf_reserve(out, 24);

    out->len = (size_t)(fmt_i64(at, id) - out->data);
    buf_addc(out, ',');
    csv_add_text(out, name);
    buf_addc(out, '\n');
}

/* Row by row: the page needs the names of a million runners in the order of the frames. */
static void write_dense(const struct roster *r, const struct view *v, struct exchange *x)
{
    struct buf row = BUF_INIT;
    bool wanted = exchange_write(x, ROSTER_HEADER "\n", strlen(ROSTER_HEADER) + 1) == 0;

    for (uint32_t i = 0; wanted && i < v->n; i++) {
        const char *name = roster_name(r, view_id(v, i));

        buf_clear(&row);
        add_row(&row, view_id(v, i), name ? name : "");
        wanted = exchange_write(x, row.data, row.len) == 0;
    }
    buf_release(&row);
}

/* Everybody of a view, with or without a name, in the dense order of the frames. */
static int answer_dense(struct exchange *x, const struct roster *names, struct err *e)
{
    struct store *s = api_of(x)->o.store;
    struct view *v = s->ops->view(s, x->request.params.value[0], e);
    int rc;

    if (!v)
        return -1;
    rc = api_moment_hold(x, v, e);
    if (rc == 0) {
        exchange_header(x, "Roster-Version", "%u", v->n);
        write_dense(names, v, x);
    }
    view_unref(v);
    return rc;
}

/* The file as it is served, made once and kept for the next who asks. */
static int render_file(void *arg, struct buf *out, struct err *e)
{
    const struct roster_source *from = arg;
    struct buf csv = BUF_INIT;
    int rc = from->store->ops->roster(from->store, from->run_id, &csv, e);

    if (rc == 0)
        roster_harmless(csv.data ? csv.data : "", csv.len, out);
    buf_release(&csv);
    return rc;
}

/* Without a version: the file as it was put, but that names which look like formulas are made
 * harmless. With one: everybody of the race, in the dense order that the frames have. */
int api_roster_get(struct exchange *x, struct err *e)
{
    static const char *const known[] = {"version", NULL};
    const char *run_id = x->request.params.value[0];
    struct roster names;
    int64_t version = -1;
    struct answer *a;
    int rc;

    if (params_only(&x->request.query, known, e) ||
        params_i64(&x->request.query, "version", (const int64_t[]){0, UINT32_MAX}, &version, e))
        return -1;
    x->response.type = "text/csv; charset=utf-8";
    a = version < 0 ? roster_shared(x, "roster", run_id, render_file, e)
                    : roster_of_race(x, run_id, &names, e);
    if (!a)
        return -1;
    if (version < 0)
        return exchange_share(x, a);
    rc = answer_dense(x, &names, e);
    answer_unref(a);
    return rc;
}

/* Parsed to be checked, and kept as the bytes that came. */
int api_roster_put(struct exchange *x, struct err *e)
{
    struct store *s = api_of(x)->o.store;
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
    if (engine_race_roster(api_of(x)->o.engine, run_id, body->data ? body->data : "", body->len, e))
        return -1;
    return exchange_json(x, 200, json_pack("{s:s, s:I}", "runId", run_id, "names", (json_int_t)n));
}
