/* progress.h: a bar on stderr for long work, where stderr is a terminal; silent elsewhere. */
#ifndef CMD_PROGRESS_H
#define CMD_PROGRESS_H

#include <stdint.h>

struct progress {
    int shown; /* stderr is a terminal */
    int64_t start_ns;
    int64_t last_ns; /* of the last drawing */
};

void progress_start(struct progress *p);

/* `done` of `total` steps; `count` things of the kind `unit` so far. Draws five times a second at
 * most. */
void progress_show(
    struct progress *p, uint64_t done, uint64_t total, uint64_t count, const char *unit);

void progress_end(struct progress *p); /* wipes the bar */

#endif
