/* course_checkpoints.c: the checkpoints of a course: get them, put others. */
#include "api/api.h"

#include "course/checkpoint/export.h"

#include <strings.h>

/* Answers with the list, and the revision that it belongs to. */
static int answer_list(struct exchange *x, const struct course *c)
{
    struct buf *out = &x->response.body;

    buf_addf(out,
        "{\"shortName\": \"%s\", \"revision\": \"%s\", \"distance\": %.3f, \"checkpoints\": ",
        c->short_name, c->revision, c->length_mm / 1000.0);
    checkpoints_json(&c->checkpoints, out);
    buf_adds(out, "}\n");
    return 0;
}

int api_checkpoints_get(struct exchange *x, struct err *e)
{
    static const char *const known[] = {"format", "revision", NULL};
    struct store *s = api_of(x)->o.store;
    const char *name = x->request.params.value[0];
    const char *format = NULL;
    const char *revision = NULL;
    struct course *c;
    bool csv;

    if (params_only(&x->request.query, known, e) ||
        params_text(&x->request.query, "format", &format, e) ||
        params_text(&x->request.query, "revision", &revision, e))
        return -1;
    csv = format && strcasecmp(format, "csv") == 0;
    if (format && !csv && strcasecmp(format, "json") != 0)
        return err_set_field(
            e, "format", "There is no format \"%.40s\"; take json or csv.", format);
    c = revision ? s->ops->course_revision(s, name, revision, e) : s->ops->course(s, name, e);
    if (!c)
        return -1;
    if (csv) {
        x->response.type = "text/csv; charset=utf-8";
        checkpoints_csv(&c->checkpoints, &x->response.body);
    } else {
        (void)answer_list(x, c);
    }
    course_unref(c);
    return 0;
}

int api_checkpoints_put(struct exchange *x, struct err *e)
{
    const struct buf *body = &x->request.body;
    struct store *s = api_of(x)->o.store;
    struct course *old = s->ops->course(s, x->request.params.value[0], e);
    struct course *c;
    int rc;

    if (!old)
        return -1;
    c = course_with_checkpoints(old, body->data ? body->data : "", body->len, e);
    course_unref(old);
    if (!c)
        return -1;
    rc = engine_course_put(api_of(x)->o.engine, course_ref(c), 1, e);
    if (rc == 0)
        rc = answer_list(x, c);
    course_unref(c);
    return rc;
}
