/*
 * viewers.c: the push socket. It joins two sides that do not know each other: the server's
 * WebSocket connections and the hub's viewers. A viewer has a slot per kind of message; the server
 * takes the next one when its socket has room, so a slow client makes nothing queue.
 */
#include "api/viewers.h"

#include "api/api.h"
#include "base/clock.h"
#include "push/hub.h"

#include <string.h>

#define VIEWERS_MAX 20000u

_Static_assert(MESSAGE_ROOM >= WEBSOCKET_ROOM, "a message has room for the frame's header");

int viewers_run(void *api)
{
    const struct api *a = api;

    return hub_run(a->o.hub, clock_wall_ms());
}

static void want_write(void *websocket)
{
    websocket_want_write(websocket);
}

/* NULL, and the error, where the address names no race. */
static const char *race_of(const struct params *query, struct err *e)
{
    const char *text = NULL;

    if (params_text(query, "race", &text, e))
        return NULL;
    if (text && strlen(text) <= RUN_ID_MAX && race_run_id_valid(text))
        return text;
    (void)err_set(e, ERR_INVALID, "The address has to name a race: /ws?race={runId}.");
    return NULL;
}

static void refused(void *own, const struct err *why)
{
    struct viewer *v = own;

    if (!v->closing)
        viewer_error(v, err_id(why), why->text);
}

/* The viewer joins before its race's view is fetched, so that no later view is missed. */
static void *opened(void *app, struct websocket *w, const struct params *query)
{
    struct api *a = app;
    struct viewer *v = viewer_new(w, want_write);
    const char *run_id;
    struct err e;

    if (!query)
        return v;
    run_id = race_of(query, &e);
    if (!run_id)
        refused(v, &e);
    else if (!hub_join(a->o.hub, run_id, v))
        websocket_fetch(w, run_id);
    return v;
}

static void received(void *own, const char *text, size_t len)
{
    viewer_receive(own, text, len);
}

static enum websocket_next next(void *own, struct websocket_message *out)
{
    struct viewer *v = own;
    const struct message *m = viewer_current(v);

    if (!m)
        return v->closing ? WEBSOCKET_END : WEBSOCKET_NOTHING;
    *out = (struct websocket_message){
        (unsigned char *)message_payload(m), message_len(m), v->now_sent, m->text};
    return WEBSOCKET_MESSAGE;
}

static void sent(void *own, size_t bytes)
{
    viewer_sent(own, bytes);
}

/* Joining asks the store, which may take its time: this runs on a worker's thread. */
static void *fetch(void *app, const char *key, struct err *e)
{
    const struct api *a = app;

    return engine_view_shown(a->o.engine, a->o.store->ops->view(a->o.store, key, e));
}

static void fetched(void *own, void *what)
{
    hub_admit(own, what);
}

static void drop(void *what)
{
    view_unref(what);
}

static void closed(void *own)
{
    hub_leave(own);
    viewer_free(own);
}

const struct websocket_ops viewers_websocket = {.path = "/ws",
    .max = VIEWERS_MAX,
    .opened = opened,
    .received = received,
    .refused = refused,
    .next = next,
    .sent = sent,
    .fetch = fetch,
    .fetched = fetched,
    .drop = drop,
    .closed = closed};
