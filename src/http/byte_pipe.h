/*
 * byte_pipe.h: a bounded queue of bytes from one writer (a worker) to one reader (the server's thread).
 * The writer waits while it is full, the reader never waits. A reader who goes away ends the
 * writer's work.
 */
#ifndef HTTP_BYTE_PIPE_H
#define HTTP_BYTE_PIPE_H

#include <stdbool.h>
#include <stddef.h>

struct pipe;

struct pipe *pipe_new(size_t cap);
void pipe_free(struct pipe *p); /* by whoever is left last; NULL is fine */

/* Writer: all of it, waiting for room. -1: the reader has gone. wake(arg) is called when the
 * reader had found nothing, with no lock held. */
int pipe_write(struct pipe *p, const void *bytes, size_t len, void (*wake)(void *arg), void *arg);
void pipe_end(struct pipe *p);  /* nothing more comes */
void pipe_fail(struct pipe *p); /* nothing more comes, and it is not whole */

enum pipe_state { PIPE_EMPTY, PIPE_DATA, PIPE_ENDED, PIPE_FAILED };

/* Reader: at most `cap` bytes to `out`. PIPE_EMPTY: nothing now, the writer will wake. */
enum pipe_state pipe_read(struct pipe *p, void *out, size_t cap, size_t *len);
void pipe_abandon(struct pipe *p); /* the reader goes away */

#endif
