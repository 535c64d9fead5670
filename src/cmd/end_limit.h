/* end_limit.h: how long the end of the program may take. */
#ifndef CMD_END_LIMIT_H
#define CMD_END_LIMIT_H

/* From now on the program ends by itself, with exit code 0, if it has not ended in 1.7 s.
 * Everything that was acknowledged is on the disk at any moment, so nothing is lost; whoever stops
 * the program waits two seconds at most, whatever still runs. */
void end_limit_begin(void);

#endif
