/*
 * server.h: a `trackside serve` of the benchmark's own, on a port of the system's choice and in a
 * temporary data directory, and a small HTTP client on one kept connection. Whatever fails ends the
 * benchmark with a sentence.
 */
#ifndef BENCH_SERVER_H
#define BENCH_SERVER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct server {
    pid_t pid;
    int port;
    int out; /* its stdout */
    int fd;  /* our connection, -1: none */
};

/* The program's path: $TRACKSIDE. */
const char *server_program(void);

/* `extra`: two more arguments, or NULL. Returns when it has told its address. */
void server_start(struct server *s, const char *data_dir, const char *const extra[2]);
void server_stop(struct server *s);

/* A temporary folder below $TMPDIR or /tmp, and its removal. */
void server_make_dir(char dir[64]);
void server_remove_dir(const char *dir);

/* User and system time so far, in seconds; resident memory in MB. */
double server_cpu_s(pid_t pid);
double server_rss_mb(pid_t pid);

/* Returns the status; the body, NUL-terminated, is valid until the next call. `body` NULL: none is
 * sent. */
int server_request(
    struct server *s, const char *method, const char *path, const char *body, const char **answer);

/* The value of one line of /metrics. */
double server_metric(struct server *s, const char *name);

/* A race on the built-in course crystal. */
void server_create_race(struct server *s, const char *run_id, uint32_t competitors, double speed);
void server_delete_race(struct server *s, const char *run_id);

void server_sleep_ms(int ms);

#endif
