/* The server whole, in this process: several clients at once, a stream that is cut off, a push
 * socket; and a port that is taken. */
#include "api/api.h"

#include "base/buf.h"

#include "../http/loopback.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

static const char short_course[] =
    "{\"type\": \"Feature\", \"properties\": {\"name\": \"Short\"}, \"geometry\": {\"type\": "
    "\"LineString\", "
    "\"coordinates\": [[10, 50], [10.01, 50.0005], [10.02, 50.002]]}}";

struct fixture {
    struct store *store;
    struct hub *hub;
    struct engine *engine;
    struct api *api;
    struct server *server;
    pthread_t thread;
    int port;
};

/* A race that another producer made, whose runId no address can hold as it is. */
static void put_external(struct store *s, const char *run_id)
{
    struct race_record r = {.state = RACE_RUNNING, .external = true};
    struct err e = {0};

    r.spec.speed = r.anchor.speed = 1;
    (void)snprintf(r.spec.run_id, sizeof r.spec.run_id, "%s", run_id);
    (void)snprintf(r.spec.course, sizeof r.spec.course, "elsewhere");
    assert_int_equal(s->ops->put_race(s, &r, &e), 0);
    assert_int_equal(s->ops->commit(s, &e), 0);
}

/* `external`: runIds of races that are there already, up to a NULL. */
static void start_with(struct fixture *f, const char *const *external)
{
    struct err e = {0};
    struct engine_options eo = {.listener = hub_post};
    struct api_options ao = {.store = NULL};
    struct server_options so = {.listen = "127.0.0.1:0"};

    memset(f, 0, sizeof *f);
    f->store = store_embedded_new(&(struct store_embedded_options){0}, &e);
    assert_non_null(f->store);
    for (; *external; external++)
        put_external(f->store, *external);
    f->hub = hub_new();
    eo.store = f->store;
    eo.listener_arg = f->hub;
    f->engine = engine_new(&eo, &e);
    assert_non_null(f->engine);
    ao.store = f->store;
    ao.engine = f->engine;
    ao.hub = f->hub;
    f->api = api_new(&ao);
    f->server = api_start(f->api, &so, &e);
    if (!f->server)
        fail_msg("%s", e.text);
    f->port = loopback_serve(f->server, &f->thread);
}

static void start(struct fixture *f)
{
    static const char *const none[] = {NULL};

    start_with(f, none);
}

static void end(struct fixture *f)
{
    loopback_end(f->server, f->thread);
    api_stop(f->api, f->server);
    api_free(f->api);
    engine_free(f->engine);
    hub_free(f->hub);
    f->store->ops->free(f->store);
}

static void ask(
    int port, const char *method, const char *path, const char *body, struct buf *answer)
{
    struct buf line = BUF_INIT;

    buf_addf(&line, "%s %s", method, path);
    loopback_ask(port, line.data, body, answer);
    buf_release(&line);
}

static void expect(
    int port, const char *method, const char *path, const char *body, const char *start_of)
{
    struct buf answer = BUF_INIT;

    ask(port, method, path, body, &answer);
    if (!answer.data || strncmp(answer.data, start_of, strlen(start_of)) != 0)
        fail_msg("%s %s: %s", method, path, answer.data ? answer.data : "nothing");
    buf_release(&answer);
}

static void make_race(
    const struct fixture *f, const char *run_id, unsigned competitors, double speed)
{
    char body[256];

    (void)snprintf(body, sizeof body,
        "{\"course\": \"short\", \"runId\": \"%s\", \"competitors\": %u, \"speed\": %g, "
        "\"stopRatio\": 0}",
        run_id, competitors, speed);
    expect(f->port, "POST", "/api/races", body, "HTTP/1.1 201");
}

static void strange_ids(void **state)
{
    static const struct {
        const char *run_id, *path;
    } cases[] = {
        {"a/b", "a%2Fb"},
        {"a/b", "a%252Fb"},
        {"a/b/c?d", "a%2Fb%2Fc%3Fd"},
        {"a/b/c?d", "a%252Fb%252Fc%253Fd"},
        {"..", "%252E%252E"},
        {"..", "%2E%2E"},
        {".", "%252E"},
        {"x/../../healthz", "x%252F..%252F..%252Fhealthz"},
        {"x/../../healthz", "x%2F..%2F..%2Fhealthz"},
        {"100%", "100%25"},
        {"50%2F", "50%252F"},
    };
    static const char *const known[] = {
        "a/b", "a/b/c?d", "..", ".", "x/../../healthz", "100%", "50%2F", NULL};
    struct fixture f;

    (void)state;
    start_with(&f, known);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf path = BUF_INIT, wanted = BUF_INIT, answer = BUF_INIT;

        buf_addf(&path, "/api/races/%s", cases[i].path);
        buf_addf(&wanted, "\"runId\":\"%s\"", cases[i].run_id);
        ask(f.port, "GET", path.data, "", &answer);
        if (!answer.data || !strstr(answer.data, wanted.data))
            fail_msg("%s: %s", path.data, answer.data ? answer.data : "nothing");
        buf_adds(&path, "/board");
        expect(f.port, "GET", path.data, "", "HTTP/1.1 200");
        buf_release(&path);
        buf_release(&wanted);
        buf_release(&answer);
    }
    expect(f.port, "POST", "/api/races/a%2Fb/board", "", "HTTP/1.1 405");
    expect(f.port, "DELETE", "/api/races/a%2Fb", "", "HTTP/1.1 200");
    expect(f.port, "GET", "/api/races/a%2Fb", "", "HTTP/1.1 404");
    end(&f);
}

/* A new race gets no such runId. */
static void new_ids(void **state)
{
    static const char *const bad[] = {
        "a/b", "..", ".", "x/../../healthz", "a b", "a?b", "a%b", "a+b", "a:b", "\\u00e9"};
    struct fixture f;

    (void)state;
    start(&f);
    expect(f.port, "POST", "/api/courses?shortName=short", short_course, "HTTP/1.1 201");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char body[160];

        (void)snprintf(body, sizeof body, "{\"course\": \"short\", \"runId\": \"%s\"}", bad[i]);
        expect(f.port, "POST", "/api/races", body, "HTTP/1.1 400");
    }
    make_race(&f, "A-z.0_9~..", 1, 1000);
    expect(f.port, "GET", "/api/races/A-z.0_9~..", "", "HTTP/1.1 200");
    end(&f);
}

static void answers(void **state)
{
    static const struct {
        const char *method, *path, *body, *answer;
    } cases[] = {
        {"GET", "/healthz", "", "HTTP/1.1 200"},
        {"GET", "/readyz", "", "HTTP/1.1 200"},
        {"POST", "/api/courses?shortName=short", short_course, "HTTP/1.1 201"},
        {"POST", "/api/courses?shortName=short", short_course, "HTTP/1.1 409"},
        {"GET", "/api/courses/short?format=gpx", "", "HTTP/1.1 200"},
        {"GET", "/api/races/nobody", "", "HTTP/1.1 404"},
        {"POST", "/api/races", "{", "HTTP/1.1 400"},
        {"PUT", "/api/races", "", "HTTP/1.1 405"},
        {"GET", "/openapi.json", "", "HTTP/1.1 200"},
        {"GET", "/nowhere", "", "HTTP/1.1 404"},
    };
    struct fixture f;

    (void)state;
    start(&f);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect(f.port, cases[i].method, cases[i].path, cases[i].body, cases[i].answer);
    end(&f);
}

struct client {
    pthread_t thread;
    int port, failures;
};

/* Short requests, long ones, and long ones that are left in the middle. */
static void *use(void *arg)
{
    static const char *const paths[] = {"/api/races", "/api/races/a/board?limit=50",
        "/api/races/a/events?to=20", "/api/races/a/positions", "/api/courses/short", "/metrics",
        "/api/races/a/results.csv"};
    static const char leave[] = "GET /api/races/a/events HTTP/1.1\r\nHost: localhost\r\n\r\n";
    struct client *c = arg;
    struct buf answer = BUF_INIT;
    char piece[1000];

    for (size_t i = 0; i < 35; i++) {
        int fd;

        ask(c->port, "GET", paths[i % (sizeof paths / sizeof *paths)], "", &answer);
        c->failures += !answer.data || strncmp(answer.data, "HTTP/1.1 200", 12) != 0;
        fd = loopback_dial(c->port);
        if (fd >= 0 && send(fd, leave, sizeof leave - 1, MSG_NOSIGNAL) > 0)
            (void)recv(fd, piece, sizeof piece, 0);
        if (fd >= 0)
            (void)close(fd);
    }
    buf_release(&answer);
    return NULL;
}

static void clients_at_once(void **state)
{
    struct client clients[4];
    struct fixture f;

    (void)state;
    start(&f);
    expect(f.port, "POST", "/api/courses?shortName=short", short_course, "HTTP/1.1 201");
    make_race(&f, "a", 2000, 1000);
    for (int i = 0; i < 4; i++) {
        clients[i] = (struct client){.port = f.port};
        assert_int_equal(pthread_create(&clients[i].thread, NULL, use, &clients[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        assert_int_equal(pthread_join(clients[i].thread, NULL), 0);
        assert_int_equal(clients[i].failures, 0);
    }
    end(&f);
}

static bool read_all(int fd, void *out, size_t len)
{
    for (size_t n = 0; n < len;) {
        ssize_t got = recv(fd, (char *)out + n, len - n, 0);

        if (got <= 0)
            return false;
        n += (size_t)got;
    }
    return true;
}

/* One WebSocket message of the server (RFC 6455, 5.2: no mask, whole): its opcode, 0 at the end. */
static int read_message(int fd, struct buf *out)
{
    unsigned char head[2], more[8];
    size_t len;

    if (!read_all(fd, head, 2))
        return 0;
    len = head[1] & 127;
    if (len == 126 && read_all(fd, more, 2))
        len = (size_t)more[0] << 8 | more[1];
    buf_clear(out);
    if (len && !read_all(fd, buf_reserve(out, len), len))
        return 0;
    out->len = len;
    out->data[len] = '\0';
    return head[0] & 15;
}

static int upgrade(int port, const char *run_id)
{
    struct buf request = BUF_INIT;
    char answer[1024] = "";
    int fd = loopback_dial(port);

    buf_addf(&request,
        "GET /ws?race=%s HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: "
        "Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        run_id);
    assert_true(send(fd, request.data, request.len, MSG_NOSIGNAL) > 0);
    for (size_t n = 0; n + 1 < sizeof answer && !strstr(answer, "\r\n\r\n"); n++)
        assert_true(recv(fd, answer + n, 1, 0) == 1);
    assert_non_null(strstr(answer, "101 "));
    assert_non_null(strstr(answer, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")); /* RFC 6455, 1.3 */
    buf_release(&request);
    return fd;
}

static void pushes(void **state)
{
    struct buf message = BUF_INIT;
    struct fixture f;
    unsigned frames = 0, kind, seq = 0;
    int fd, opcode;

    (void)state;
    start(&f);
    expect(f.port, "POST", "/api/courses?shortName=short", short_course, "HTTP/1.1 201");
    make_race(&f, "a", 100, 10);
    fd = upgrade(f.port, "a");
    assert_int_equal(read_message(fd, &message), 1);
    assert_non_null(strstr(message.data, "\"hello\""));
    while (frames < 12 && (opcode = read_message(fd, &message)) != 0) {
        if (opcode != 2)
            continue;
        kind = (unsigned char)message.data[0];
        assert_int_equal(kind, frames == 0 ? 1 : 2);
        if (frames)
            assert_int_equal((unsigned char)message.data[2], (seq + 1) & 255);
        seq = (unsigned char)message.data[2];
        frames++;
    }
    assert_int_equal(frames, 12);
    (void)close(fd);
    buf_release(&message);
    end(&f);
}

/* Stopped with streams, a socket and half a request under way. */
static void stop_in_the_middle(void **state)
{
    static const char stream[] = "GET /api/races/a/events HTTP/1.1\r\nHost: localhost\r\n\r\n";
    static const char half[] =
        "POST /api/races HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n{";
    struct fixture f;
    char piece[1000];
    int fd[4];

    (void)state;
    start(&f);
    expect(f.port, "POST", "/api/courses?shortName=short", short_course, "HTTP/1.1 201");
    make_race(&f, "a", 20000, 1000);
    fd[0] = loopback_dial(f.port);
    fd[1] = loopback_dial(f.port);
    fd[2] = loopback_dial(f.port);
    fd[3] = upgrade(f.port, "a");
    assert_true(send(fd[0], stream, sizeof stream - 1, MSG_NOSIGNAL) > 0);
    assert_true(send(fd[1], stream, sizeof stream - 1, MSG_NOSIGNAL) > 0);
    assert_true(send(fd[2], half, sizeof half - 1, MSG_NOSIGNAL) > 0);
    assert_true(recv(fd[0], piece, sizeof piece, 0) > 0);
    end(&f);
    for (int i = 0; i < 4; i++)
        (void)close(fd[i]);
}

static void taken_port(void **state)
{
    struct server_options so = {.listen = NULL};
    struct err e = {0};
    struct fixture f;
    char listen[64];

    (void)state;
    start(&f);
    (void)snprintf(listen, sizeof listen, "127.0.0.1:%d", f.port);
    so.listen = listen;
    assert_null(api_start(f.api, &so, &e));
    assert_non_null(strstr(e.text, "is taken by another program"));
    assert_string_equal(e.field, "listen");
    so.listen = "nowhere";
    assert_null(api_start(f.api, &so, &e));
    so.listen = "203.0.113.7:1"; /* not an address of this machine */
    assert_null(api_start(f.api, &so, &e));
    assert_non_null(strstr(e.text, "Cannot listen"));
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(strange_ids),
        cmocka_unit_test(new_ids),
        cmocka_unit_test(clients_at_once),
        cmocka_unit_test(pushes),
        cmocka_unit_test(stop_in_the_middle),
        cmocka_unit_test(taken_port),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
