/*
 * sql.c: POST /query/sql. A store that answers statements itself gets them as they are (Pinot);
 * otherwise sql/query answers over the store's views.
 */
#include "api/api.h"

#include "sql/query.h"

int api_sql_query(struct exchange *x, struct err *e)
{
    struct store *s = api_of(x)->o.store;
    const struct buf *body = &x->request.body;

    if (body->len == 0)
        return err_set(
            e, ERR_INVALID, "The request has no body: send {\"sql\": \"select ...\"} as JSON.");
    if (s->ops->sql)
        return s->ops->sql(s, body->data, body->len, &x->response.body, e);
    return sql_query(s, body->data, body->len, 0, &x->response.body, e);
}
