/* checkpoints.h: trackside course checkpoints put|get. */
#ifndef CMD_REMOTE_CHECKPOINTS_H
#define CMD_REMOTE_CHECKPOINTS_H

#include "cmd/remote/remote.h"

/* Runs the verb. Words: put NAME FILE, or get NAME. Option 0: --format table or csv. */
int checkpoints_run(struct remote *r, struct err *e) MUST_CHECK;

#endif
