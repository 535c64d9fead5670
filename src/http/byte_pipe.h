/*
 * byte_pipe.h: a bounded queue of bytes from one writer (a worker) to one reader (the server's
 * thread). The writer waits while it is full. The reader never waits. When the reader goes away,
 * the writer's next write fails, so its work ends.
 */
#ifndef HTTP_BYTE_PIPE_H
#define HTTP_BYTE_PIPE_H

#include <stdbool.h>
#include <stddef.h>

struct byte_pipe;

struct byte_pipe *byte_pipe_new(size_t cap);
void byte_pipe_free(struct byte_pipe *p); /* when both sides are done with it; NULL is fine */

/* Writer: writes all of it, and waits for room. -1: the reader has gone. wake(arg) is called, with
 * no lock held, when the reader had found the pipe empty. */
int byte_pipe_write(
    struct byte_pipe *p, const void *bytes, size_t len, void (*wake)(void *arg), void *arg);
void byte_pipe_end(struct byte_pipe *p);  /* nothing more comes */
void byte_pipe_fail(struct byte_pipe *p); /* nothing more comes, and it is not whole */

enum pipe_state { PIPE_EMPTY, PIPE_DATA, PIPE_ENDED, PIPE_FAILED };

/* Reader: at most `cap` bytes to `out`, their number to `len`. PIPE_EMPTY: nothing now, the writer
 * will call its wake. */
enum pipe_state byte_pipe_read(struct byte_pipe *p, void *out, size_t cap, size_t *len);
void byte_pipe_abandon(struct byte_pipe *p); /* the reader goes away */

#endif
