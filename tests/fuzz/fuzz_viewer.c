/* What a viewer sends. With an even first byte the rest are WebSocket frames: however the bytes are
 * cut into pieces, the same events come out. With an odd one the rest is a message. Each message
 * goes to the hub, for a viewer of a race. */
#include "http/websocket_reader.h"
#include "push/hub.h"

#include "../unit/push/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EVENTS_MAX 64u
#define RUN "fuzzed"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct heard {
    struct {
        enum websocket_event event;
        size_t len;
        unsigned sum; /* of its bytes */
    } at[EVENTS_MAX];
    unsigned n;
};

static void check(bool holds, const char *what)
{
    if (holds)
        return;
    (void)fprintf(stderr, "fuzz_viewer: %s\n", what);
    abort();
}

static void want_nothing(void *wsi)
{
    (void)wsi;
}

static void send_all(struct viewer *v)
{
    const struct message *m;

    while ((m = viewer_current(v)) != NULL)
        viewer_sent(v, message_len(m));
}

/* A viewer that has just joined says these. */
static void say(const char *text, size_t len)
{
    static struct hub *hub;
    static struct test_view first;
    struct viewer *v = viewer_new(NULL, want_nothing);

    if (!hub) {
        hub = hub_new();
        test_view_init(&first, 3);
        (void)strcpy(first.v.race.spec.run_id, RUN);
        (void)strcpy(first.v.race.spec.course, "none");
    }
    if (!hub_join(hub, RUN, v))
        hub_admit(v, &first.v);
    send_all(v);
    viewer_receive(v, text, len);
    check(v->limit >= 1 && v->limit <= 1000, "a viewer's boards have a size");
    send_all(v);
    hub_leave(v);
    viewer_free(v);
}

static void hear(struct heard *h, enum websocket_event event, const struct websocket_reader *r)
{
    const unsigned char *p = r->control;
    size_t len = r->control_len;

    if (h->n == EVENTS_MAX)
        return;
    if (event == WS_TEXT) {
        p = (const unsigned char *)r->message.data;
        len = r->message.len;
        check(len <= WS_MESSAGE_MAX, "a message is too long");
    } else if (event == WS_UNWANTED || event == WS_VIOLATION) {
        len = 0;
    }
    h->at[h->n].event = event;
    h->at[h->n].len = len;
    h->at[h->n].sum = 0;
    for (size_t i = 0; i < len; i++)
        h->at[h->n].sum = h->at[h->n].sum * 31 + p[i];
    h->n++;
}

/* In pieces of 1 + (i·7 mod `most`) bytes, up to what ends the reading. */
static void read_all(const uint8_t *data, size_t size, size_t most, struct heard *h, bool told)
{
    struct websocket_reader r = {0};
    enum websocket_event event = WS_MORE;
    bool over = false;

    memset(h, 0, sizeof *h);
    for (size_t at = 0, i = 0; at < size && !over; i++) {
        size_t n = 1 + i * 7 % most;
        const unsigned char *p = data + at, *end = data + (size - at < n ? size : at + n);

        at = (size_t)(end - data);
        while (!over && (event = websocket_reader_next(&r, &p, end)) != WS_MORE) {
            hear(h, event, &r);
            if (event == WS_TEXT && told)
                say(r.message.data ? r.message.data : "", r.message.len);
            over = event == WS_UNWANTED || event == WS_VIOLATION || event == WS_CLOSE;
        }
        check(over || p == end, "bytes are left unread");
    }
    websocket_reader_release(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct heard whole, cut;

    if (size == 0)
        return 0;
    if (data[0] % 2) {
        say((const char *)data + 1, size - 1);
        return 0;
    }
    data++;
    size--;
    read_all(data, size, SIZE_MAX, &whole, true);
    for (size_t most = 1; most <= 9; most += 4) {
        read_all(data, size, most, &cut, false);
        check(memcmp(&whole, &cut, sizeof whole) == 0, "other pieces, other events");
    }
    return 0;
}
