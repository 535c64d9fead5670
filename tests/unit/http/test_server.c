/* A server with routes of its own, and none of Trackside's: two routes, a body that is bounded, and
 * a WebSocket that says everything again. */
#include "http/server.h"

#include "base/mem.h"

#include "loopback.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#define BODY_MAX 16u
#define ROOM 2048u

/* The application. */
struct shop {
    const char *name;
    atomic_uint fetched, dropped, closed;
};

static int greet(struct exchange *x, struct err *e)
{
    const struct shop *shop = x->services->app;
    const char *who = x->request.params.value[0];

    if (strcmp(who, "nobody") == 0)
        return err_set_id(e, ERR_NOT_FOUND, "guest-unknown", "There is no guest \"%s\".", who);
    return exchange_json(x, 200, json_pack("{s:s, s:s}", "shop", shop->name, "guest", who));
}

static int turn(struct exchange *x, struct err *e)
{
    struct buf *body = &x->request.body;

    (void)e;
    x->response.type = "text/plain";
    for (size_t i = 0; i < body->len / 2; i++) {
        char c = body->data[i];

        body->data[i] = body->data[body->len - 1 - i];
        body->data[body->len - 1 - i] = c;
    }
    return exchange_write(x, body->data, body->len);
}

static const struct route routes[] = {
    {METHOD_GET, "/guests/{name}", greet, 0, 0},
    {METHOD_POST, "/turn", turn, ROUTE_WRITES, BODY_MAX},
};

/* One WebSocket: the last message comes back. "fetch" asks a worker, "end" ends it. */
struct echo {
    struct shop *shop;
    struct websocket *websocket;
    unsigned char bytes[WEBSOCKET_ROOM + ROOM];
    size_t len, sent;
    bool ending;
};

static void say(struct echo *w, const char *text, size_t len)
{
    assert_true(len <= ROOM);
    memcpy(w->bytes + WEBSOCKET_ROOM, text, len);
    w->len = len;
    w->sent = 0;
    websocket_want_write(w->websocket);
}

static void *opened(void *app, struct websocket *websocket, const struct params *query)
{
    struct echo *w = mem_zalloc(1, sizeof *w);
    const char *first;
    struct err e;

    w->shop = app;
    w->websocket = websocket;
    if (query && params_text(query, "say", &first, &e) == 0 && first)
        say(w, first, strlen(first));
    return w;
}

static void received(void *own, const char *text, size_t len)
{
    struct echo *w = own;

    if (len == 5 && memcmp(text, "fetch", 5) == 0) {
        websocket_fetch(w->websocket, "key");
        return;
    }
    w->ending = len == 3 && memcmp(text, "end", 3) == 0;
    say(w, text, len);
}

static void refused(void *own, const struct err *why)
{
    struct echo *w = own;

    w->ending = true;
    say(w, why->text, strlen(why->text));
}

static enum websocket_next next(void *own, struct websocket_message *out)
{
    struct echo *w = own;

    if (w->sent == w->len)
        return w->ending ? WEBSOCKET_END : WEBSOCKET_NOTHING;
    *out = (struct websocket_message){w->bytes + WEBSOCKET_ROOM, w->len, w->sent, true};
    return WEBSOCKET_MESSAGE;
}

static void sent(void *own, size_t bytes)
{
    ((struct echo *)own)->sent += bytes;
}

static void *fetch(void *app, const char *key, struct err *e)
{
    struct shop *shop = app;

    (void)e;
    atomic_fetch_add(&shop->fetched, 1);
    assert_string_equal(key, "key");
    return shop;
}

static void fetched(void *own, void *what)
{
    const struct shop *shop = what;

    say(own, shop->name, strlen(shop->name));
}

static void drop(void *what)
{
    atomic_fetch_add(&((struct shop *)what)->dropped, 1);
}

static void closed(void *own)
{
    atomic_fetch_add(&((struct echo *)own)->shop->closed, 1);
    free(own);
}

static const struct websocket_ops echo = {.path = "/echo",
    .max = 2,
    .opened = opened,
    .received = received,
    .refused = refused,
    .next = next,
    .sent = sent,
    .fetch = fetch,
    .fetched = fetched,
    .drop = drop,
    .closed = closed};

struct fixture {
    struct shop shop;
    struct budget budget;
    struct server *server;
    pthread_t thread;
    int port;
};

static int start(void **state)
{
    struct fixture *f = mem_zalloc(1, sizeof *f);
    struct server_options o = {.listen = "127.0.0.1:0", .budget = &f->budget};
    struct err e = {0};

    budget_init(&f->budget, BUDGET_DEFAULT_BYTES);
    f->shop.name = "bakery";
    o.app = (struct server_app){.app = &f->shop,
        .routes = {routes, sizeof routes / sizeof *routes},
        .described_at = "/help",
        .websocket = &echo};
    f->server = server_new(&o, &e);
    if (!f->server)
        fail_msg("%s", e.text);
    f->port = loopback_serve(f->server, &f->thread);
    *state = f;
    return 0;
}

static int end(void **state)
{
    struct fixture *f = *state;

    loopback_end(f->server, f->thread);
    server_free(f->server);
    assert_int_equal(budget_used(&f->budget), 0);
    budget_release(&f->budget);
    assert_int_equal(atomic_load(&f->shop.fetched), atomic_load(&f->shop.dropped));
    free(f);
    return 0;
}

static void write_all(int fd, const void *bytes, size_t len)
{
    assert_int_equal(send(fd, bytes, len, MSG_NOSIGNAL), (ssize_t)len);
}

static void requests(void **state)
{
    static const struct {
        const char *line, *body;
        const char *status, *has;
    } cases[] = {
        {"GET /guests/anna", "", "200", "{\"shop\":\"bakery\",\"guest\":\"anna\"}"},
        {"HEAD /guests/anna", "", "200", "Content-Length: 33"},
        {"GET /guests/nobody", "", "404", "\"code\": \"guest-unknown\""},
        {"DELETE /guests/anna", "", "405", "Allow: GET, HEAD"},
        {"OPTIONS /turn", "", "204", "Allow: POST"},
        {"GET /api/races", "", "404", "There is nothing at /api/races: /help says what there is."},
        {"POST /turn", "abcdefghijklmnop", "200", "ponmlkjihgfedcba"},
        {"POST /turn", "abcdefghijklmnopq", "413", "\"code\": \"too-large\""},
        {"GET /echo", "", "404", "There is nothing at /echo"},
    };
    const struct fixture *f = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf answer = BUF_INIT;

        loopback_ask(f->port, cases[i].line, cases[i].body, &answer);
        if (!answer.data || strncmp(answer.data + 9, cases[i].status, 3) != 0 ||
            !strstr(answer.data, cases[i].has))
            fail_msg("%s: %s", cases[i].line, answer.data ? answer.data : "nothing");
        buf_release(&answer);
    }
}

/* `answer` gets the head of the server's answer. */
static int upgrade(const struct fixture *f, const char *path, char answer[1024])
{
    struct buf request = BUF_INIT;
    int fd = loopback_dial(f->port);

    memset(answer, 0, 1024);
    buf_addf(&request,
        "GET %s HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        path);
    write_all(fd, request.data, request.len);
    for (size_t n = 0; n < 1023 && !strstr(answer, "\r\n\r\n"); n++)
        assert_int_equal(recv(fd, answer + n, 1, 0), 1);
    buf_release(&request);
    return fd;
}

/* A text frame of a client (RFC 6455, 5.2) whose mask is zero. */
static void send_text(int fd, const char *text)
{
    unsigned char frame[6 + 125] = {0x81, (unsigned char)(0x80 | strlen(text))};

    memcpy(frame + 6, text, strlen(text));
    write_all(fd, frame, 6 + strlen(text));
}

/* The next frame of the server: its opcode. */
static int read_frame(int fd, char text[126])
{
    unsigned char head[2];

    memset(text, 0, 126);
    assert_int_equal(recv(fd, head, 2, MSG_WAITALL), 2);
    assert_true(head[1] < 126);
    assert_int_equal(recv(fd, text, head[1], head[1] ? MSG_WAITALL : 0), head[1]);
    return head[0] & 15;
}

static void expect_text(int fd, const char *text)
{
    char got[126];

    assert_int_equal(read_frame(fd, got), 1);
    assert_string_equal(got, text);
}

static void websocket(void **state)
{
    static const unsigned char binary[] = {0x82, 0x81, 0, 0, 0, 0, 'x'};
    struct fixture *f = *state;
    char answer[1024], text[126];
    int fd[3];

    fd[0] = upgrade(f, "/echo?say=hello", answer);
    assert_non_null(strstr(answer, "101 "));
    expect_text(fd[0], "hello");
    send_text(fd[0], "one");
    expect_text(fd[0], "one");
    send_text(fd[0], "fetch");
    expect_text(fd[0], "bakery");
    fd[1] = upgrade(f, "/echo", answer);
    assert_non_null(strstr(answer, "101 "));
    fd[2] = upgrade(f, "/echo", answer);
    assert_non_null(strstr(answer, "503 ")); /* two is as many as may be open */
    (void)close(fd[2]);
    fd[2] = upgrade(f, "/elsewhere", answer);
    assert_non_null(strstr(answer, "404 "));
    write_all(fd[1], binary, sizeof binary);
    expect_text(fd[1], "A message has to be text of at most 1 KiB.");
    send_text(fd[0], "end");
    expect_text(fd[0], "end");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(read_frame(fd[i], text), 8);
        assert_memory_equal(text, "\x03\xf0", 2); /* 1008 */
    }
    for (int i = 0; i < 3; i++)
        (void)close(fd[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(requests, start, end),
        cmocka_unit_test_setup_teardown(websocket, start, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
