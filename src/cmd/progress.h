/* progress.h: a progress bar on stderr for long work. It is silent if stderr is not a terminal. */
#ifndef CMD_PROGRESS_H
#define CMD_PROGRESS_H

#include <stdint.h>

struct progress {
    int shown; /* stderr is a terminal */
    int64_t start_ns;
    int64_t last_ns; /* when it was last drawn */
};

/* Starts the clock. The caller owns the struct. */
void progress_start(struct progress *p);

/* Draws the bar for `done` of `total` steps, and `count` things of the kind `unit` so far. Cheap to
 * call often: it draws at most five times a second. */
void progress_show(
    struct progress *p, uint64_t done, uint64_t total, uint64_t count, const char *unit);

/* Removes the bar from the terminal. */
void progress_end(struct progress *p);

#endif
