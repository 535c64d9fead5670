/*
 * viewers.h: many viewers of one race in one thread, as cheap as it goes: epoll, one buffer for all
 * sockets, the frames' heads are looked at and the rest is dropped. And the least that a server can
 * do: one write a message and viewer, once a second, from an epoll loop.
 */
#ifndef BENCH_VIEWERS_H
#define BENCH_VIEWERS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define VIEWERS_MAX 10000u
#define VIEWERS_LAG_MAX_MS 4000u

struct viewers_seen {
    uint64_t frames, frame_bytes;     /* binary messages */
    uint64_t texts, text_bytes;       /* the others */
    uint64_t lag[VIEWERS_LAG_MAX_MS]; /* frames by ms from encoded to received; the last: or more */
};

struct viewer_socket {
    int fd;
    uint8_t head[14 + 32]; /* the message's header, and the frame's */
    size_t head_n;
    uint64_t left; /* bytes of the message still to come */
    int open;      /* the upgrade's answer has been read */
};

struct viewers {
    int epoll;
    size_t n, opened;
    struct viewer_socket *viewer;
    struct viewers_seen seen;
};

/* Connects all, and returns when all are upgraded. `receive_buffer` bytes, 0: the system's. */
void viewers_open(struct viewers *v, int port, const char *run_id, size_t n, int receive_buffer);
void viewers_close(struct viewers *v);

/* Reads for so long. */
void viewers_watch(struct viewers *v, int ms);
double viewers_lag_ms(const struct viewers_seen *s, double part);

/* What the bare server sends to each viewer once a second. */
struct viewers_mix {
    size_t frame_len;
    size_t texts, text_len;
};

/* The process and its port. */
pid_t viewers_bare_start(const struct viewers_mix *mix, int *port);
void viewers_bare_stop(pid_t pid);

#endif
