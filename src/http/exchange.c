/*
 * exchange.c: runs a handler and collects its answer.
 *
 * A short answer is kept whole and handed over at the end, so a handler that fails late can still
 * answer with an error. A long one is handed over after 32 KiB; when its handler fails after that,
 * the answer is cut off in a way that the client notices.
 */
#include "http/exchange.h"

#include "base/cancel.h"
#include "base/log.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STREAM_AFTER (32u << 10)

struct exchange *exchange_new(const struct services *services)
{
    struct exchange *x = mem_zalloc(1, sizeof *x);

    atomic_init(&x->refs, 1);
    atomic_init(&x->ready, false);
    atomic_init(&x->gone, false);
    x->services = services;
    x->response.status = 200;
    x->response.type = "application/json";
    return x;
}

struct exchange *exchange_ref(struct exchange *x)
{
    atomic_fetch_add_explicit(&x->refs, 1, memory_order_relaxed);
    return x;
}

int exchange_take(struct exchange *x, size_t bytes, struct err *e)
{
    if (budget_take(x->services->budget, BUDGET_LARGE, bytes, e))
        return -1;
    x->taken += bytes;
    return 0;
}

int exchange_hold(struct exchange *x, const struct exchange_hold *h, struct err *e)
{
    if (budget_hold(x->services->budget, h->holders, h->bytes, e)) {
        h->drop(h->what);
        return -1;
    }
    x->held = *h;
    return 0;
}

static void drop_held(struct exchange *x)
{
    struct exchange_hold h = x->held;

    x->held = (struct exchange_hold){0};
    if (!h.what)
        return;
    budget_drop(x->services->budget, h.holders, h.bytes);
    h.drop(h.what);
}

int exchange_body_add(struct exchange *x, const void *bytes, size_t len, struct err *e)
{
    if (budget_take(x->services->budget, BUDGET_BODY, len, e))
        return -1;
    x->body_taken += len;
    buf_add(&x->request.body, bytes, len);
    return 0;
}

static void release_body(struct exchange *x)
{
    buf_release(&x->request.body);
    budget_give(x->services->budget, x->body_taken);
    x->body_taken = 0;
}

void exchange_unref(struct exchange *x)
{
    if (!x || atomic_fetch_sub_explicit(&x->refs, 1, memory_order_acq_rel) != 1)
        return;
    params_release(&x->request.query);
    release_body(x);
    drop_held(x);
    budget_give(x->services->budget, x->taken);
    buf_release(&x->out);
    buf_release(&x->response.headers);
    buf_release(&x->response.body);
    answer_unref(x->response.shared);
    byte_pipe_free(x->pipe);
    if (x->result)
        x->drop_result(x->result);
    free(x);
}

static void wake(void *arg)
{
    struct exchange *x = arg;

    x->services->wake(x->services->wake_arg, x);
}

static void to_pipe(struct exchange *x, const void *bytes, size_t len)
{
    if (byte_pipe_write(x->pipe, bytes, len, wake, x))
        x->cut = true;
}

/* The worker sets `ready` and then reads `gone`; this thread sets `gone` and then reads `ready`. So
 * at least one of the two sees the other's flag and abandons the pipe. */
void exchange_leave(struct exchange *x)
{
    x->wsi = NULL;
    atomic_store(&x->gone, true);
    if (atomic_load(&x->ready) && x->pipe)
        byte_pipe_abandon(x->pipe);
    exchange_unref(x);
}

int exchange_write(struct exchange *x, const void *bytes, size_t len)
{
    if (x->cut || x->failed.code || atomic_load(&x->gone))
        return -1;
    if (x->pipe) {
        to_pipe(x, bytes, len);
        return x->cut ? -1 : 0;
    }
    buf_add(&x->response.body, bytes, len);
    if (!(x->route->flags & ROUTE_LONG) || x->response.body.len < STREAM_AFTER)
        return 0;
    if (x->request.method == METHOD_HEAD) {
        x->cut = true;
        return -1;
    }
    if (exchange_take(x, EXCHANGE_PIPE_BYTES + STREAM_AFTER, &x->failed))
        return -1;
    x->pipe = byte_pipe_new(EXCHANGE_PIPE_BYTES);
    x->response.streamed = true;
    atomic_store(&x->ready, true);
    wake(x);
    if (atomic_load(&x->gone))
        byte_pipe_abandon(x->pipe);
    return 0;
}

void exchange_header(struct exchange *x, const char *name, const char *fmt, ...)
{
    va_list ap;

    buf_addf(&x->response.headers, "%s: ", name);
    va_start(ap, fmt);
    buf_vaddf(&x->response.headers, fmt, ap);
    va_end(ap);
    buf_adds(&x->response.headers, "\r\n");
}

void exchange_fail(struct exchange *x, const struct err *e)
{
    struct response *r = &x->response;

    r->status = (unsigned)err_http_status(e->code);
    r->type = "application/json";
    r->fixed = NULL;
    buf_release(&r->body);
    buf_adds(&r->body, "{\"error\": ");
    buf_add_json(&r->body, e->text);
    buf_addf(&r->body, ", \"code\": \"%s\"", err_id(e));
    if (e->field[0]) {
        buf_adds(&r->body, ", \"field\": ");
        buf_add_json(&r->body, e->field);
    }
    buf_adds(&r->body, "}\n");
    if (r->status == 401)
        exchange_header(x, "WWW-Authenticate", "Bearer");
    if (r->status == 429 || r->status == 503 || r->status == 507)
        exchange_header(x, "Retry-After", "2");
}

/* Counts the bytes of a whole answer: they are held until the client has read them. */
static int count_whole(struct exchange *x, struct err *e)
{
    size_t bytes = x->response.body.cap;

    if (bytes > BUDGET_SMALL_MAX)
        return exchange_take(x, bytes, e);
    if (budget_take(x->services->budget, BUDGET_SMALL, bytes, e))
        return -1;
    x->taken += bytes;
    return 0;
}

static bool is_unwanted(void *x)
{
    return atomic_load(&((struct exchange *)x)->gone);
}

bool exchange_reads(const struct exchange *x)
{
    return x->route->method == METHOD_GET || (x->route->flags & ROUTE_POSTED);
}

/* A handler that only reads ends when its client has gone. One that changes something is run to its
 * end: the client may have gone because the connection broke. */
static int run_handler(struct exchange *x, struct err *e)
{
    struct cancel limit = {.unwanted = exchange_reads(x) ? is_unwanted : NULL, .arg = x};
    struct cancel before = cancel_set(limit);
    int rc = x->route->handler(x, e);

    (void)cancel_set(before);
    return rc;
}

/* A client that has gone misses nothing: its stream ended because of that. */
static void log_failure(struct exchange *x, const struct err *e)
{
    if (is_unwanted(x))
        return;
    if (x->pipe || e->code == ERR_INTERNAL || e->code == ERR_IO || e->code == ERR_READ_ONLY)
        log_error("%s %.200s%s: %s", route_method_name(x->request.method), x->request.path,
            x->pipe ? " was cut off in the middle" : "", e->text);
}

/* A stream ends, or is cut off; any other answer is complete now. */
static void hand_over(struct exchange *x, bool failed)
{
    if (!x->pipe) {
        if (failed)
            exchange_fail(x, &x->failed);
        atomic_store(&x->ready, true);
    } else if (failed) {
        byte_pipe_fail(x->pipe);
    } else {
        byte_pipe_end(x->pipe);
    }
    wake(x);
}

void exchange_run(struct exchange *x)
{
    struct err e = {0};
    int rc;

    if (x->services->prepare)
        x->services->prepare(x);
    rc = run_handler(x, &e);
    if (rc)
        log_failure(x, &e);
    release_body(x);
    drop_held(x);
    if (rc == 0 && !x->failed.code && !x->pipe)
        rc = count_whole(x, &e);
    if (rc)
        x->failed = e;
    hand_over(x, x->failed.code != ERR_NONE);
}

int exchange_json(struct exchange *x, unsigned status, json_t *j)
{
    char *text = json_dumps(j, EXCHANGE_JSON_FLAGS);

    x->response.status = status;
    if (text) {
        buf_adds(&x->response.body, text);
        buf_addc(&x->response.body, '\n');
    }
    free(text);
    json_decref(j);
    return 0;
}

int exchange_share(struct exchange *x, struct answer *a)
{
    x->response.shared = a;
    x->response.fixed = answer_bytes(a)->data;
    x->response.fixed_len = answer_bytes(a)->len;
    return 0;
}

json_t *exchange_body_json(const struct exchange *x, struct err *e)
{
    const struct buf *body = &x->request.body;
    json_error_t why;
    json_t *j;

    if (body->len == 0) {
        (void)err_set(e, ERR_INVALID, "The request has no body: send a JSON object.");
        return NULL;
    }
    j = json_loadb(body->data, body->len, JSON_REJECT_DUPLICATES, &why);
    if (!j) {
        (void)err_set(e, ERR_INVALID, "The body is not JSON: %s (line %d, column %d).", why.text,
            why.line, why.column);
        return NULL;
    }
    if (json_is_object(j))
        return j;
    json_decref(j);
    (void)err_set(e, ERR_INVALID, "The body has to be a JSON object.");
    return NULL;
}
