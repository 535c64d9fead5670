/* The commands' HTTP client against a server of one answer, on a port of the system's choice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cmd/remote/client.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* Takes one connection, reads a request to the end of its body, sends `answer`, hangs up. */
struct one_answer {
    const char *answer;
    int listener;
    char url[64];
    char request[4096];
    pthread_t thread;
};

static size_t body_len(const char *request)
{
    const char *length = strcasestr(request, "Content-Length:");

    return length ? strtoul(length + 15, NULL, 10) : 0;
}

static bool is_whole(const char *request)
{
    const char *end = strstr(request, "\r\n\r\n");

    return end && strlen(end + 4) >= body_len(request);
}

static void *serve(void *arg)
{
    struct one_answer *s = arg;
    int fd = accept(s->listener, NULL, NULL);
    size_t len = 0;
    ssize_t n = 1;

    while (fd >= 0 && n > 0 && !is_whole(s->request)) {
        n = read(fd, s->request + len, sizeof s->request - 1 - len);
        len += n > 0 ? (size_t)n : 0;
    }
    if (fd >= 0 && write(fd, s->answer, strlen(s->answer)) < 0)
        abort();
    (void)close(fd);
    return NULL;
}

static void start(struct one_answer *s, const char *answer)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;

    memset(s, 0, sizeof *s);
    s->answer = answer;
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(s->listener, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(s->listener, 1), 0);
    assert_int_equal(getsockname(s->listener, (struct sockaddr *)&at, &len), 0);
    (void)snprintf(s->url, sizeof s->url, "http://127.0.0.1:%d/", ntohs(at.sin_port));
    assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void stop(struct one_answer *s)
{
    (void)pthread_join(s->thread, NULL);
    (void)close(s->listener);
}

static void test_answers(void **state)
{
    static const struct {
        const char *answer;
        int rc;
        enum err_code code;
        const char *says; /* the answer, or a piece of the error */
    } cases[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", 0, ERR_NONE, "{}"},
        {"HTTP/1.1 201 Created\r\n\r\n{\"runId\": 1}", 0, ERR_NONE, "{\"runId\": 1}"},
        {"HTTP/1.1 404 Not Found\r\n\r\n{\"error\": \"there is no race x\"}", -1, ERR_NOT_FOUND,
            "there is no race x"},
        {"HTTP/1.1 400 Bad\r\n\r\n{\"error\": \"50% is no number %s\"}", -1, ERR_INVALID,
            "50% is no number %s"},
        {"HTTP/1.1 401 No\r\n\r\n{\"error\": \"a token is needed\"}", -1, ERR_UNAUTHORIZED,
            "a token is needed"},
        {"HTTP/1.1 507 Full\r\n\r\n{\"error\": \"the disk is full\"}", -1, ERR_DISK_FULL,
            "the disk is full"},
        {"HTTP/1.1 500 Oops\r\n\r\n<html>", -1, ERR_INTERNAL, "Is it a Trackside server?"},
        {"HTTP/1.1 302 Moved\r\nLocation: file:///etc/passwd\r\n\r\n", -1, ERR_INTERNAL,
            "answers 302"},
        {"", -1, ERR_UNAVAILABLE, "did not answer"},
        {"nonsense", -1, ERR_UNAVAILABLE, "did not answer"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct client_request r = {
            .method = "POST", .path = "/api/races", .body = "{\"a\":1}", .len = 7};
        struct buf answer = BUF_INIT;
        struct one_answer s;
        struct err e = {0};
        struct client *c;

        start(&s, cases[i].answer);
        c = client_new(s.url, NULL, &e);
        assert_non_null(c);
        assert_int_equal(client_call(c, &r, &answer, &e), cases[i].rc);
        stop(&s);
        assert_int_equal(e.code, cases[i].code);
        assert_non_null(strstr(cases[i].rc ? e.text : answer.data, cases[i].says));
        assert_non_null(strstr(s.request, "POST /api/races HTTP/1.1\r\n"));
        assert_non_null(strstr(s.request, "Content-Type: application/json\r\n"));
        assert_non_null(strstr(s.request, "\r\n\r\n{\"a\":1}"));
        assert_null(strstr(s.request, "Authorization"));
        buf_release(&answer);
        client_free(c);
    }
}

static int keep(void *arg, const char *bytes, size_t len)
{
    buf_add(arg, bytes, len);
    return strstr(((struct buf *)arg)->data, "stop") != NULL;
}

static void test_pieces(void **state)
{
    static const char *const answers[] = {
        "HTTP/1.1 200 OK\r\n\r\none\ntwo\n", "HTTP/1.1 200 OK\r\n\r\none\nstop\n"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct buf kept = BUF_INIT, answer = BUF_INIT;
        const struct client_request r = {
            .method = "GET", .path = "/x", .piece = keep, .arg = &kept};
        struct one_answer s;
        struct err e = {0};
        struct client *c;

        start(&s, answers[i]);
        c = client_new(s.url, NULL, &e);
        assert_int_equal(client_call(c, &r, &answer, &e), 0);
        stop(&s);
        assert_int_equal(answer.len, 0);
        assert_string_equal(kept.data, i ? "one\nstop\n" : "one\ntwo\n");
        buf_release(&kept);
        client_free(c);
    }
}

static void test_token(void **state)
{
    static const struct {
        const char *file, *header; /* NULL: refused */
    } cases[] = {
        {"secret\n", "\r\nAuthorization: Bearer secret\r\n"},
        {"se cret\r\nsecond line", "\r\nAuthorization: Bearer se cret\r\n"},
        {"", NULL},
        {"\n", NULL},
    };
    char path[] = "/tmp/trackside-token-XXXXXX";
    int fd = mkstemp(path);

    (void)state;
    (void)close(fd);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct client_request r = {.method = "DELETE", .path = "/x"};
        FILE *f = fopen(path, "w");
        struct buf answer = BUF_INIT;
        struct one_answer s;
        struct err e = {0};
        struct client *c;

        (void)fputs(cases[i].file, f);
        (void)fclose(f);
        if (!cases[i].header) {
            assert_null(client_new(NULL, path, &e));
            assert_int_equal(e.code, ERR_INVALID);
            continue;
        }
        start(&s, "HTTP/1.1 204 No Content\r\n\r\n");
        c = client_new(s.url, path, &e);
        assert_int_equal(client_call(c, &r, &answer, &e), 0);
        stop(&s);
        assert_non_null(strstr(s.request, cases[i].header));
        client_free(c);
    }
    (void)unlink(path);
}

static void test_addresses(void **state)
{
    struct err e = {0};
    struct client *c = client_new("http://127.0.0.1:1///", NULL, &e);
    const struct client_request r = {.method = "GET", .path = "/x"};
    struct buf answer = BUF_INIT;
    long status;

    (void)state;
    assert_string_equal(client_server(c), "http://127.0.0.1:1");
    assert_int_equal(client_request(c, &r, &answer, &status, &e), -1);
    assert_int_equal(e.code, ERR_UNAVAILABLE);
    assert_non_null(strstr(e.text, "No server answers at http://127.0.0.1:1"));
    client_free(c);
    assert_null(client_new("127.0.0.1:8080", NULL, &e));
    assert_null(client_new("ftp://127.0.0.1/", NULL, &e));
    assert_null(client_new(NULL, "/nonexistent/token", &e));
}

static void test_escape(void **state)
{
    struct buf b = BUF_INIT;

    (void)state;
    client_escape(&b, "a-b_c.d~/? &=%\xc3\xa9\n");
    assert_string_equal(b.data, "a-b_c.d~%2F%3F%20%26%3D%25%C3%A9%0A");
    buf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_token),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_escape),
    };

    (void)unsetenv("TRACKSIDE_SERVER");
    (void)unsetenv("TRACKSIDE_TOKEN_FILE");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
