/*
 * race_checkpoints.c: the checkpoints of a race at one moment: who has passed them, and who is
 * behind a cut-off.
 */
#include "api/api.h"
#include "board/board.h"
#include "board/checkpoints.h"
#include "board/checkpoints_json.h"

/* Begins the answer, up to the list. */
static void begin(const struct view *v, const char *list, struct buf *out)
{
    board_json_head(v, out);
    buf_addf(out, ",\"%s\":", list);
}

int api_checkpoints_race(struct exchange *x, struct err *e)
{
    static const char *const known[] = {"at", NULL};
    struct view *v = params_only(&x->request.query, known, e) ? NULL : api_moment_view(x, e);
    int rc = v ? board_checkpoints_check(v, 0, e) : -1;

    if (rc == 0) {
        begin(v, "checkpoints", &x->response.body);
        board_checkpoints_json(v, &x->response.body);
        buf_adds(&x->response.body, "}\n");
    }
    view_unref(v);
    return rc;
}

int api_checkpoints_cutoffs(struct exchange *x, struct err *e)
{
    static const char *const known[] = {"at", "limit", NULL};
    int64_t limit = 100;
    struct view *v;
    int rc;

    if (params_only(&x->request.query, known, e) ||
        params_i64(&x->request.query, "limit", (const int64_t[]){1, BOARD_MAX_LIMIT}, &limit, e))
        return -1;
    v = api_moment_view(x, e);
    rc = v ? board_checkpoints_check(v, 0, e) : -1;
    if (rc == 0) {
        begin(v, "cutoffs", &x->response.body);
        board_cutoffs_json(v, (uint32_t)limit, &x->response.body);
        buf_adds(&x->response.body, "}\n");
    }
    view_unref(v);
    return rc;
}
