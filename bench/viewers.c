#include "viewers.h"

#include "base/clock.h"
#include "base/mem.h"
#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define FRAME_HEAD 32u
#define AT_ONCE 100u /* handshakes under way */
#define OPEN_MS 60000

static char piece[256 << 10];

static _Noreturn void fail(const char *what)
{
    (void)fprintf(stderr, "bench viewers: ");
    perror(what);
    exit(1);
}

/* Header of a message from a server: never masked. 0: not whole yet. */
static size_t message_head(const struct viewer_socket *w, uint64_t *len)
{
    const uint8_t *h = w->head;

    if (w->head_n < 2)
        return 0;
    if (h[1] < 126) {
        *len = h[1];
        return 2;
    }
    if (h[1] == 126) {
        *len = (uint64_t)h[2] << 8 | h[3];
        return w->head_n < 4 ? 0 : 4;
    }
    *len = 0;
    for (int i = 2; i < 10; i++)
        *len = *len << 8 | h[i];
    return w->head_n < 10 ? 0 : 10;
}

static void count(struct viewers *v, const struct viewer_socket *w, size_t head, uint64_t len)
{
    double sent_ms, lag_ms;

    if ((w->head[0] & 15) != 2) {
        v->seen.texts++;
        v->seen.text_bytes += len;
        return;
    }
    v->seen.frames++;
    v->seen.frame_bytes += len;
    memcpy(&sent_ms, w->head + head + 8, sizeof sent_ms);
    lag_ms = (double)clock_wall_ms() - sent_ms;
    lag_ms = lag_ms < 0 ? 0 : lag_ms;
    v->seen.lag[lag_ms < VIEWERS_LAG_MAX_MS ? (size_t)lag_ms : VIEWERS_LAG_MAX_MS - 1]++;
}

/* Collects a message's head byte by byte, skips the rest. */
static void eat(struct viewers *v, struct viewer_socket *w, const char *at, size_t n)
{
    while (n) {
        uint64_t len, whole;
        size_t head, skip;

        if (w->left) {
            skip = w->left < n ? (size_t)w->left : n;
            w->left -= skip;
            at += skip;
            n -= skip;
            continue;
        }
        w->head[w->head_n++] = (uint8_t)*at++;
        n--;
        head = message_head(w, &len);
        whole = (w->head[0] & 15) == 2 && len >= FRAME_HEAD ? head + FRAME_HEAD : head;
        if (!head || w->head_n < whole)
            continue;
        count(v, w, head, len);
        w->left = len - (whole - head);
        w->head_n = 0;
    }
}

static void readable(struct viewers *v, struct viewer_socket *w)
{
    ssize_t got = read(w->fd, piece, sizeof piece - 1);
    const char *from = piece;

    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0)
        fail("a viewer was closed");
    if (!w->open) {
        piece[got] = '\0';
        from = strstr(piece, "\r\n\r\n");
        if (!from || !strstr(piece, " 101 "))
            fail("a viewer was refused");
        from += 4;
        w->open = 1;
        v->opened++;
    }
    eat(v, w, from, (size_t)(piece + got - from));
}

static void serve(struct viewers *v, int wait_ms)
{
    struct epoll_event ev[256];
    int n = epoll_wait(v->epoll, ev, 256, wait_ms);

    for (int i = 0; i < n; i++)
        readable(v, ev[i].data.ptr);
}

static void open_one(struct viewers *v, size_t i, int port, const char *run_id, int receive_buffer)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = &v->viewer[i]};
    char text[400];
    int n, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (receive_buffer)
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof at))
        fail("connect");
    n = snprintf(text, sizeof text,
        "GET /ws?race=%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n",
        run_id, port);
    if (write(fd, text, (size_t)n) != n)
        fail("upgrade");
    v->viewer[i].fd = fd;
    if (epoll_ctl(v->epoll, EPOLL_CTL_ADD, fd, &ev))
        fail("epoll");
}

void viewers_open(struct viewers *v, int port, const char *run_id, size_t n, int receive_buffer)
{
    int64_t end_ns = clock_mono_ns() + OPEN_MS * INT64_C(1000000);

    *v = (struct viewers){.epoll = epoll_create1(EPOLL_CLOEXEC), .n = n};
    v->viewer = mem_zalloc(n, sizeof *v->viewer);
    for (size_t i = 0; v->opened < n; serve(v, 10)) {
        while (i < n && i < v->opened + AT_ONCE)
            open_one(v, i++, port, run_id, receive_buffer);
        if (clock_mono_ns() > end_ns) {
            errno = ETIMEDOUT;
            fail("not all viewers came in");
        }
    }
}

void viewers_close(struct viewers *v)
{
    for (size_t i = 0; i < v->n; i++)
        (void)close(v->viewer[i].fd);
    (void)close(v->epoll);
    free(v->viewer);
}

void viewers_watch(struct viewers *v, int ms)
{
    int64_t left_ms, end_ns = clock_mono_ns() + ms * INT64_C(1000000);

    while ((left_ms = (end_ns - clock_mono_ns()) / 1000000) > 0)
        serve(v, (int)left_ms);
}

double viewers_lag_ms(const struct viewers_seen *s, double part)
{
    uint64_t sum = 0, wanted = (uint64_t)(part * (double)s->frames);
    size_t ms = 0;

    while (ms < VIEWERS_LAG_MAX_MS - 1 && (sum += s->lag[ms]) < wanted)
        ms++;
    return (double)ms;
}

/* The bare server. It has the messages ready and looks at nothing. */
struct bare {
    int listener, epoll;
    int fd[VIEWERS_MAX];
    size_t n;
    uint8_t *frame, *text;
    size_t frame_n, text_n, texts;
};

static uint8_t *make_message(uint8_t kind, size_t len, size_t *n)
{
    uint8_t *m = mem_zalloc(len + 10, 1);
    size_t head = len < 126 ? 2 : 4;

    m[0] = (uint8_t)(0x80 | kind);
    m[1] = (uint8_t)(len < 126 ? len : 126);
    if (head == 4) {
        m[2] = (uint8_t)(len >> 8);
        m[3] = (uint8_t)len;
    }
    *n = head + len;
    return m;
}

static void bare_second(struct bare *b)
{
    double now_ms = (double)clock_wall_ms();

    memcpy(b->frame + (b->frame[1] < 126 ? 2 : 4) + 8, &now_ms, sizeof now_ms);
    for (size_t i = 0; i < b->n; i++) {
        if (write(b->fd[i], b->frame, b->frame_n) < 0)
            continue;
        for (size_t k = 0; k < b->texts; k++)
            if (write(b->fd[i], b->text, b->text_n) < 0)
                break;
    }
}

static void bare_event(struct bare *b, int fd)
{
    static const char upgraded[] = "HTTP/1.1 101 Switching Protocols\r\n\r\n";
    struct epoll_event ev = {.events = EPOLLIN};

    if (fd == b->listener) {
        ev.data.fd = accept(b->listener, NULL, NULL);
        if (ev.data.fd >= 0)
            (void)epoll_ctl(b->epoll, EPOLL_CTL_ADD, ev.data.fd, &ev);
    } else if (read(fd, piece, sizeof piece) > 0 && b->n < VIEWERS_MAX) {
        b->fd[b->n++] = fd;
        if (write(fd, upgraded, sizeof upgraded - 1) < 0)
            _exit(1);
    } else {
        _exit(0); /* the first that leaves ends it */
    }
}

static _Noreturn void bare_run(struct bare *b)
{
    int64_t next_ns = clock_mono_ns();

    for (;;) {
        struct epoll_event ev[64];
        int64_t left_ns = next_ns - clock_mono_ns();
        int n;

        if (left_ns <= 0) {
            bare_second(b);
            next_ns += 1000000000;
            continue;
        }
        n = epoll_wait(b->epoll, ev, 64, (int)(left_ns / 1000000) + 1);
        for (int i = 0; i < n; i++)
            bare_event(b, ev[i].data.fd);
    }
}

pid_t viewers_bare_start(const struct viewers_mix *mix, int *port)
{
    struct bare *b = mem_zalloc(1, sizeof *b);
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t len = sizeof at;
    struct epoll_event ev = {.events = EPOLLIN};
    pid_t pid;

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ev.data.fd = b->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(b->listener, (struct sockaddr *)&at, sizeof at) || listen(b->listener, 1024) ||
        getsockname(b->listener, (struct sockaddr *)&at, &len))
        fail("bare server");
    *port = ntohs(at.sin_port);
    b->frame = make_message(2, mix->frame_len, &b->frame_n);
    b->text = make_message(1, mix->text_len, &b->text_n);
    b->texts = mix->texts;
    pid = fork();
    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        b->epoll = epoll_create1(EPOLL_CLOEXEC);
        (void)epoll_ctl(b->epoll, EPOLL_CTL_ADD, b->listener, &ev);
        bare_run(b);
    }
    (void)close(b->listener);
    free(b->frame);
    free(b->text);
    free(b);
    return pid;
}

void viewers_bare_stop(pid_t pid)
{
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
}
